import { provisioningState } from '../../shared/actual/facts.ts';
import type { JsonObject } from '../../shared/model/json.ts';
import { resourceIds } from '../../shared/model/names.ts';
import type { SyncReport, SyncTarget } from '../../shared/model/syncReport.ts';
import { observeIngress, type ObservedIngress } from '../../shared/observe/ingress.ts';
import type { DriftFinding } from '../../shared/plan/driftChecks.ts';
import { editedRules, fingerprintsOf } from '../../shared/plan/fingerprints.ts';
import { planPublications, type PublicationPlan } from '../../shared/plan/publicationPlan.ts';
import { planSync, type SyncPlan } from '../../shared/plan/syncPlan.ts';
import type { StartStepInput } from '../advance.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { failed, isSettled, waitFor } from './outcomes.ts';

/** How long the services may take to be listed, and a command to be run in a cluster that can't be reached. */
const READ_DEADLINES = { deadlineSeconds: 30, commandDeadlineSeconds: 90 };

/** What one look at everything says: as it is, and as it should be. */
export interface SyncObservation {
  readonly observed: ObservedIngress;
  readonly firewall: JsonObject;
  readonly publications: PublicationPlan;
  readonly plan: SyncPlan;
  /** Edits behind Gatehouse's back, without what services call for. */
  readonly drift: readonly DriftFinding[];
  readonly report: SyncReport;
}

/**
 * Looks at services, firewall and network side by side, and plans. Nothing is written.
 *
 * @returns an outcome instead where there is nothing to judge: the firewall is gone, or somebody is writing to it
 * @throws ArmError, GatehouseError when the environment can't be looked at
 */
export async function observeSync(
  input: Pick<StartStepInput, 'spec' | 'approved' | 'known'>,
): Promise<SyncObservation | { readonly outcome: StepOutcome }> {
  const { spec, approved } = input;
  const observed = await observeIngress(spec, READ_DEADLINES);
  const { firewall } = observed;
  if (firewall === undefined) return { outcome: firewallMissing(resourceIds(spec).firewall) };
  const state = provisioningState(firewall);
  if (!isSettled(state)) return { outcome: waitFor(`the firewall is ${state}`) };
  return { observed, firewall, ...planned(input, observed, firewall, approved) };
}

/** The same judged again by the firewall as it is now: only the rest of the observation is as old as the look. */
export function planned(
  { spec, known = [] }: Pick<StartStepInput, 'spec' | 'known'>,
  observed: ObservedIngress,
  firewall: JsonObject,
  approved: string | undefined,
): Pick<SyncObservation, 'publications' | 'plan' | 'drift' | 'report'> {
  const { services: lists, facts } = observed;
  const publications = planPublications({
    spec,
    lists,
    firewall,
    facts,
    ...(approved === undefined ? {} : { approved }),
  });
  const plan = planSync({ spec, ...observed, firewall, frontends: observed.internetRanges, publications });
  const edited = new Set(editedRules(publications, known));
  // What services call for is no drift.
  const drift = plan.findings.filter(({ check, what }) => check !== 'dnatRules' || edited.has(what));
  return { publications, plan, drift, report: reportOf(publications, plan, observed.problems, drift.map(nameOf)) };
}

/** A difference as lanes remember it. */
export const nameOf = ({ check, what }: Pick<DriftFinding, 'check' | 'what'>): string => `${check}: ${what}`;

function reportOf(
  publications: PublicationPlan,
  plan: SyncPlan,
  problems: readonly string[],
  drift: readonly string[],
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
    conflicts,
    ...(held === undefined ? {} : { held: { hash: held.hash, rules: held.rules.length, reason: held.reason } }),
    problems: [...problems, ...publications.problems.map(({ message }) => message)],
    drift,
    causes: [],
    writes: targetsOf(plan),
    wrote: false,
    probes: [],
    fingerprints: fingerprintsOf(publications),
  };
}

function targetsOf({ firewallBody, resources }: SyncPlan): readonly SyncTarget[] {
  return [
    ...(firewallBody === undefined ? [] : (['firewallRules'] as const)),
    ...(resources.some(({ kind }) => kind === 'routeTable') ? (['routes'] as const) : []),
    ...(resources.some(({ kind }) => kind !== 'routeTable') ? (['networkRouting'] as const) : []),
  ];
}

const firewallMissing = (id: string): StepOutcome =>
  failed({
    code: 'FirewallMissing',
    message: `${id} is gone.`,
    remedy: 'Retry: it is built again with its rules, and the services are published anew by themselves.',
  });
