import { provisioningState } from '../../shared/actual/facts.ts';
import { withApiServerRule } from '../../shared/desired/apiServerEgress.ts';
import { catalogueVersion } from '../../shared/desired/egressCatalogue.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { stringAt } from '../../shared/model/json.ts';
import { API_SERVER_RULE, resourceIds } from '../../shared/model/names.ts';
import type { ResourceKind } from '../../shared/model/resource.ts';
import type { ServiceList } from '../../shared/model/service.ts';
import { ownProblem } from '../../shared/model/step.ts';
import type { SyncReport, SyncTarget } from '../../shared/model/syncReport.ts';
import { observeIngress, type ObservedIngress } from '../../shared/observe/ingress.ts';
import { driftFindings } from '../../shared/plan/drift/driftChecks.ts';
import type { DriftFinding } from '../../shared/plan/drift/finding.ts';
import { editedRules, fingerprintsOf } from '../../shared/plan/fingerprints.ts';
import { planPublications, type PublicationPlan } from '../../shared/plan/publicationPlan.ts';
import { natRulesOf, natRuleView, ruleHolder, type RuleHolder } from '../../shared/plan/ruleHolder.ts';
import { retiredConfigurations, type RetiredConfigurations } from '../../shared/plan/retiredFrontends.ts';
import { serviceFingerprints } from '../../shared/plan/serviceFingerprints.ts';
import { planSync, type SyncPlan } from '../../shared/plan/syncPlan.ts';
import type { StartStepInput } from '../advance.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { failed, isSettled, waitFor } from './outcomes.ts';

/** How long the services may take to be listed, and a command to be run in a cluster that can't be reached. */
const READ_DEADLINES = { deadlineSeconds: 30, commandDeadlineSeconds: 90 };

/** What one look at everything says: as it is, and as it should be. */
export interface SyncObservation {
  /** With the rule to the API servers, where it asks for one. */
  readonly spec: EnvironmentSpec;
  readonly observed: ObservedIngress;
  readonly holder: RuleHolder;
  readonly publications: PublicationPlan;
  readonly plan: SyncPlan;
  /** Names of IP configurations that the firewall need not have any more. */
  readonly retired: readonly string[];
  /** Edits behind Gatehouse's back, without what services call for. */
  readonly drift: readonly DriftFinding[];
  readonly report: SyncReport;
}

/**
 * Looks at services, firewall and network side by side, and plans. Nothing is written.
 *
 * @returns an outcome instead where there is nothing to judge: firewall or policy is gone, or somebody is writing to it
 * @throws ArmError, GatehouseError when the environment can't be looked at
 */
export async function observeSync(
  input: Pick<StartStepInput, 'spec' | 'approved' | 'known' | 'catalogue'>,
): Promise<SyncObservation | { readonly outcome: StepOutcome }> {
  const { spec, approved } = input;
  const observed = await observeIngress(spec, READ_DEADLINES);
  const { firewall, policy } = observed;
  if (firewall === undefined) return { outcome: firewallMissing(resourceIds(spec).firewall, spec.adopt !== undefined) };
  const holder = ruleHolder(observed);
  if (holder === undefined) return { outcome: policyMissing(policy?.id ?? '') };
  const busy = busyPart(holder);
  if (busy !== undefined) return { outcome: waitFor(busy) };
  return { observed, holder, ...planned(input, observed, holder, approved) };
}

/** What of the firewall and its policy is being written: Azure takes one write of all of these at a time. */
export function busyPart({ firewall, policy }: RuleHolder): string | undefined {
  const parts = [firewall, ...(policy?.policy === undefined ? [] : [policy.policy]), ...(policy?.groups ?? [])];
  const part = parts.find((one) => !isSettled(provisioningState(one)));
  return part === undefined ? undefined : `${stringAt(part, 'id') ?? 'the firewall'} is ${provisioningState(part)}`;
}

/** The same judged again by the rules as they are now: only the rest of the observation is as old as the look. */
export function planned(
  { spec: given, known = [], catalogue }: Pick<StartStepInput, 'spec' | 'known' | 'catalogue'>,
  observed: ObservedIngress,
  holder: RuleHolder,
  approved: string | undefined,
): Pick<SyncObservation, 'spec' | 'publications' | 'plan' | 'retired' | 'drift' | 'report'> {
  const { services: lists, facts } = observed;
  const spec = withApiServerRule(
    given,
    observed.clusters.map(({ cluster }) => cluster),
  );
  const publications = planPublications({
    spec,
    lists,
    firewall: natRuleView(spec, holder),
    facts,
    ...(approved === undefined ? {} : { approved }),
  });
  // The rules of a classic firewall are written together with its IP configurations, those of a policy before them.
  const together = holder.policy === undefined ? publications.natRuleCollections : undefined;
  const { free: retired, held } = retiredConfigurations(
    spec,
    holder.firewall,
    observed.addresses,
    together ?? natRulesOf(spec, holder),
  );
  const frontends = observed.internetRanges;
  const judged = {
    ...observed,
    ...holder,
    frontends,
    publications,
    retired,
    ...(catalogue === undefined ? {} : { catalogue }),
  };
  const plan = planSync({ ...judged, spec });
  const edited = new Set(editedRules(publications, known));
  // What services call for is no drift, nor is the rule to an API server that has only now got its name.
  const drift = (isFirstOfItsKind(spec, holder) ? driftFindings({ ...judged, spec: given }) : plan.findings).filter(
    ({ check, what }) => check !== 'dnatRules' || edited.has(what),
  );
  const problems = [...observed.problems, ...held.map(stillNamed)];
  return {
    spec,
    publications,
    plan,
    retired,
    drift,
    report: reportOf(publications, plan, problems, drift.map(nameOf), lists),
  };
}

/** Whether the rule to the API servers is called for, and not there at all. */
const isFirstOfItsKind = (spec: EnvironmentSpec, holder: RuleHolder): boolean =>
  spec.egress.allow.network.some(({ name }) => name === API_SERVER_RULE) &&
  !JSON.stringify(holder).includes(API_SERVER_RULE);

const stillNamed = ({ name, rule }: RetiredConfigurations['held'][number]): string =>
  `The frontend ${name} is no longer in the spec and stays, because the DNAT rule ${rule} is for it. Remove or move the rule.`;

/** A difference as lanes remember it. */
export const nameOf = ({ check, what }: Pick<DriftFinding, 'check' | 'what'>): string => `${check}: ${what}`;

function reportOf(
  publications: PublicationPlan,
  plan: SyncPlan,
  problems: readonly string[],
  drift: readonly string[],
  lists: readonly ServiceList[],
): SyncReport {
  const { held } = publications;
  const { created, updated, deleted, unchanged, skipped, conflicts } = plan.summary;
  return {
    created,
    updated,
    deleted,
    unchanged,
    kept: publications.kept.length,
    skipped,
    ...(skipped === 0 ? {} : { skippedBy: countsOf(publications.skipped.map(({ code }) => code)) }),
    conflicts,
    ...(held === undefined ? {} : { held: { hash: held.hash, rules: held.rules.length, reason: held.reason } }),
    problems: [...problems, ...publications.problems.map(({ message }) => message)],
    drift,
    causes: [],
    writes: targetsOf(plan),
    wrote: false,
    probes: [],
    fingerprints: fingerprintsOf(publications),
    services: serviceFingerprints(lists, publications.skipped),
    catalogue: catalogueVersion,
  };
}

function countsOf<Key extends string>(keys: readonly Key[]): Partial<Record<Key, number>> {
  const counts: Partial<Record<Key, number>> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

/** Which step writes a resource; what is not named here, the network's does. */
const targetOf: Readonly<Partial<Record<ResourceKind, SyncTarget>>> = {
  firewallPolicy: 'firewallPolicy',
  firewall: 'firewall',
  routeTable: 'routes',
};

function targetsOf({ rules, resources, released, retiresJumpbox }: SyncPlan): readonly SyncTarget[] {
  const given: readonly SyncTarget[] = [
    ...(released.length === 0 ? [] : (['publicIps'] as const)),
    ...(retiresJumpbox ? (['jumpbox'] as const) : []),
  ];
  const targets = resources.map(({ kind }) => targetOf[kind] ?? 'networkRouting');
  return [...(rules === undefined ? [] : (['firewallRules'] as const)), ...new Set(targets), ...given];
}

const policyMissing = (id: string): StepOutcome =>
  failed(ownProblem('FirewallPolicyMissing', `${id} is gone, and every rule of the firewall with it.`));

const firewallMissing = (id: string, isAdopted: boolean): StepOutcome =>
  failed({
    code: 'FirewallMissing',
    message: `${id} is gone.`,
    remedy: isAdopted
      ? 'Restore it, or release this environment and adopt what has taken its place.'
      : 'Retry: it is built again with its rules, and the services are published anew by themselves.',
  });
