import { isBroken } from '../actual/facts.ts';
import { owner } from '../actual/owner.ts';
import { collectionsOf, ownGroup, withNatRules, type RulePolicy } from '../actual/rulePolicy.ts';
import { desiredAdoptedFirewall, isAdopting } from '../desired/adopted.ts';
import { desiredFirewall } from '../desired/firewall.ts';
import { desiredRuleCollectionGroup } from '../desired/ruleCollectionGroup.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { isJsonObject, jsonAt, type JsonObject } from '../model/json.ts';
import type { DesiredResource } from '../model/resource.ts';
import { ownershipTag } from '../model/names.ts';
import { planResource } from './mergeResource.ts';
import type { PublicationPlan } from './publicationPlan.ts';
import { mayHoldRules, type RuleHolder } from './ruleHolder.ts';

/** The one write that a sync makes of rules: the whole firewall, or one rule collection group of its policy. */
export interface RuleWrite {
  /** Full ARM id of what is written. */
  readonly id: string;
  /** The whole PUT body: what was read, with egress repaired and the published rules in place. */
  readonly body: JsonObject;
}

type Published = Pick<PublicationPlan, 'natRuleCollections'>;

/**
 * Puts together what the spec and what the services call for. With `drift.action: report` only the published rules are
 * written; what is not this environment's is never written at all. What a last write has left broken is written again even
 * where it says what is wanted, since it does not work so.
 *
 * @param retired names of IP configurations that go with the write, where it is the firewall that is written
 * @returns undefined when nothing differs that may be written
 */
export function ruleUpdate(
  spec: EnvironmentSpec,
  { firewall, policy }: RuleHolder,
  publications: Published,
  retired: readonly string[] = [],
): RuleWrite | undefined {
  return policy === undefined
    ? firewallUpdate(desiredOf(spec, firewall, retired), spec, firewall, publications)
    : groupUpdate(spec, policy, publications);
}

const desiredOf = (spec: EnvironmentSpec, firewall: JsonObject, retired: readonly string[]): DesiredResource =>
  isAdopting(spec) ? desiredAdoptedFirewall(spec, firewall) : desiredFirewall(spec, retired);

function firewallUpdate(
  desired: DesiredResource,
  spec: EnvironmentSpec,
  firewall: JsonObject,
  { natRuleCollections }: Published,
): RuleWrite | undefined {
  const plan = planResource(desired, firewall, spec.name);
  if (plan.action === 'foreign') return undefined;
  const repairs = spec.drift.action === 'repair' && (plan.differences.length > 0 || isBroken(firewall));
  const { id } = plan;
  const base = claimed(spec, repairs ? plan.body : firewall);
  if (natRuleCollections === undefined) return repairs ? { id, body: base } : undefined;
  const properties = jsonAt(base, 'properties');
  return {
    id,
    body: { ...base, properties: { ...(isJsonObject(properties) ? properties : {}), natRuleCollections } },
  };
}

/** An adopted firewall carries the claim of its environment from its first write on, so that no other one writes to it. */
function claimed(spec: EnvironmentSpec, firewall: JsonObject): JsonObject {
  if (!isAdopting(spec) || owner(firewall) === spec.name) return firewall;
  const tags = firewall['tags'];
  return { ...firewall, tags: { ...(isJsonObject(tags) ? tags : {}), [ownershipTag]: spec.name } };
}

/** A group that is missing is made anew: it is ours alone, whosever the policy is. */
function groupUpdate(
  spec: EnvironmentSpec,
  policy: RulePolicy,
  { natRuleCollections }: Published,
): RuleWrite | undefined {
  if (!mayHoldRules(policy, spec.name)) return undefined;
  const group = ownGroup(policy, spec.name);
  const desired = desiredRuleCollectionGroup(spec, policy);
  const plan = planResource(desired, group, spec.name);
  if (plan.action === 'foreign') return undefined;
  // A group is made once there is something to put into it: an adopted firewall may be kept for its services alone.
  const isEmpty = group === undefined && collectionsOf(desired.body).length === 0;
  const repairs =
    spec.drift.action === 'repair' && !isEmpty && (plan.action !== 'none' || (group !== undefined && isBroken(group)));
  const { id } = plan;
  const base = repairs ? plan.body : (group ?? withoutEgress(desired.body));
  if (natRuleCollections === undefined) return repairs ? { id, body: base } : undefined;
  return { id, body: withNatRules(base, natRuleCollections, spec.name) };
}

function withoutEgress(group: JsonObject): JsonObject {
  const properties = jsonAt(group, 'properties');
  return { ...group, properties: { ...(isJsonObject(properties) ? properties : {}), ruleCollections: [] } };
}
