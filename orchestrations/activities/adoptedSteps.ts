import { natRules, rulesIn } from '../../shared/actual/natRules.ts';
import { owner } from '../../shared/actual/owner.ts';
import { provisioningState } from '../../shared/actual/facts.ts';
import { collectionsOf, ownGroup, withNatRules } from '../../shared/actual/rulePolicy.ts';
import { deleteResource, putResource, readResource, type Accepted } from '../../shared/azure/resource.ts';
import type { AdoptingSpec } from '../../shared/desired/adopted.ts';
import { apiVersions } from '../../shared/model/apiVersions.ts';
import { isJsonObject, type JsonObject } from '../../shared/model/json.ts';
import { ownershipTag, ruleCollectionGroupId } from '../../shared/model/names.ts';
import { observeAdoption } from '../../shared/observe/adoption.ts';
import { readRulePolicy } from '../../shared/observe/rulePolicy.ts';
import { current, networkFixes, routeFixes, type AdoptionFix } from '../../shared/plan/adoptionFixes.ts';
import { withRules } from '../../shared/plan/natRuleBody.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { ensureResource } from './ensureResource.ts';
import { done, isSettled, waitFor } from './outcomes.ts';

/** Keeps the routes of what is adopted, as far as `adopt.fix` asks for them. */
export async function ensureAdoptedRoutes(spec: AdoptingSpec, mayWrite: boolean): Promise<StepOutcome> {
  return ensureAll(spec, mayWrite, routeFixes);
}

/** Keeps resolvers and associations of the clusters' networks, as far as `adopt.fix` asks for them. */
export async function ensureAdoptedNetworks(spec: AdoptingSpec, mayWrite: boolean): Promise<StepOutcome> {
  return ensureAll(spec, mayWrite, networkFixes);
}

async function ensureAll(
  spec: AdoptingSpec,
  mayWrite: boolean,
  fixesOf: (
    spec: AdoptingSpec,
    actual: Awaited<ReturnType<typeof observeAdoption>>['actual'],
  ) => readonly AdoptionFix[],
): Promise<StepOutcome> {
  const adoption = await observeAdoption(spec.adopt);
  const fixes = fixesOf(current(spec, { actual: adoption.actual, found: adoption.found }), adoption.actual);
  let wrote = false;
  let pending: StepOutcome | undefined;
  // Each lies in a network or table of its own: one that is busy keeps no other waiting. The step is run again after it, and
  // fails only then where another one has: a write that was started is followed to its end.
  for (const { desired } of fixes) {
    const outcome = await ensureResource(desired, spec.name, mayWrite);
    if (outcome.outcome === 'failed') return pending ?? outcome;
    if (outcome.outcome === 'done') wrote ||= outcome.wrote;
    else pending ??= outcome;
  }
  return pending ?? done(wrote);
}

/**
 * Takes back what was published on an adopted firewall, and the claim with it. Egress rules and routes that `adopt.fix` has
 * put there stay: without them the nodes would be cut off. A write that is under way is waited for, by force or not: it may be
 * its owner's, and a newer one would cancel it.
 */
export async function withdrawRules(spec: AdoptingSpec): Promise<StepOutcome> {
  const policy = spec.adopt.found?.policy;
  return policy === undefined ? withdrawFromFirewall(spec) : withdrawFromPolicy(spec, policy);
}

/** The environment's group goes where nothing else is in it. */
async function withdrawFromPolicy(spec: AdoptingSpec, policyId: string): Promise<StepOutcome> {
  const policy = await readRulePolicy(policyId, false);
  const group = ownGroup(policy, spec.name);
  if (policy.policy === undefined || group === undefined) return done(false);
  const busy = [policy.policy, ...policy.groups].map(provisioningState).find((state) => !isSettled(state));
  if (busy !== undefined) return waitFor(`${policyId} is ${busy}`);
  const id = ruleCollectionGroupId(policyId, spec.name);
  const body = withNatRules(group, [], spec.name);
  const left = collectionsOf(body).length;
  if (left > 0 && left === collectionsOf(group).length) return done(false);
  return written(
    left === 0 ? await deleteResource(id, apiVersions.network) : await putResource(id, apiVersions.network, body),
  );
}

async function withdrawFromFirewall(spec: AdoptingSpec): Promise<StepOutcome> {
  const id = spec.adopt.firewall;
  const firewall = await readResource(id, apiVersions.network);
  if (firewall === undefined) return done(false);
  const claim = owner(firewall);
  if (claim !== undefined && claim !== spec.name) return done(false, `kept: ${id} is the environment ${claim}'s`);
  const state = provisioningState(firewall);
  if (!isSettled(state)) return waitFor(`${id} is ${state}`);
  const body = withoutOurs(firewall, spec.name);
  if (body === undefined) return done(false);
  return written(await putResource(id, apiVersions.network, body));
}

function written({ operation, retryAfterSeconds }: Accepted): StepOutcome {
  if (operation === undefined) return done(true);
  return { outcome: 'started', operation, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
}

/** The firewall without the environment's rules and tag; undefined where it has neither. */
function withoutOurs(firewall: JsonObject, environment: string): JsonObject | undefined {
  const rules = natRules(firewall, environment);
  const isClaimed = owner(firewall) === environment;
  if (rules.owned.length === 0 && !isClaimed) return undefined;
  const ours = new Set(rules.owned.map(({ raw }) => raw));
  const properties = firewall['properties'];
  const others = rulesIn(rules.collection).filter((rule) => !isJsonObject(rule) || !ours.has(rule));
  const natRuleCollections = rules.owned.length === 0 ? rules.collections : withRules(rules, environment, others);
  const tags = Object.entries(isJsonObject(firewall['tags']) ? firewall['tags'] : {}).filter(
    ([name]) => name.toLowerCase() !== ownershipTag,
  );
  return {
    ...firewall,
    tags: Object.fromEntries(tags),
    properties: { ...(isJsonObject(properties) ? properties : {}), natRuleCollections },
  };
}
