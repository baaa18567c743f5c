import { putResource, readResource } from '../../shared/azure/resource.ts';
import { isAdopting } from '../../shared/desired/adopted.ts';
import { apiVersions } from '../../shared/model/apiVersions.ts';
import { clustersOf } from '../../shared/model/clusters.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { resourceIds } from '../../shared/model/names.ts';
import type { ServiceList } from '../../shared/model/service.ts';
import type { SingleStepName } from '../../shared/model/step.ts';
import type { SyncReport, SyncTarget } from '../../shared/model/syncReport.ts';
import { probeConnectivity } from '../../shared/observe/connectivity.ts';
import type { ObservedIngress } from '../../shared/observe/ingress.ts';
import { driftCauses } from '../../shared/observe/driftCauses.ts';
import { draftProblems, readRulePolicy } from '../../shared/observe/rulePolicy.ts';
import { tellServices } from '../../shared/observe/serviceFeedback.ts';
import type { DriftFinding } from '../../shared/plan/drift/finding.ts';
import { foreignFingerprint, ruleFingerprint } from '../../shared/plan/fingerprints.ts';
import { groupProblem } from '../../shared/plan/groupLimits.ts';
import type { PublicationPlan } from '../../shared/plan/publicationPlan.ts';
import { ruleHolder, type RuleHolder } from '../../shared/plan/ruleHolder.ts';
import { serviceNotes } from '../../shared/plan/serviceNotes.ts';
import type { StartStepInput } from '../advance.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { ensureAdoptedNetworks, ensureAdoptedRoutes } from './adoptedSteps.ts';
import type { AccessLanes } from './accessLanes.ts';
import { startPolicyFirewall, startPublicIpRemoval } from './frontendSteps.ts';
import { removeJumpbox } from './jumpboxSteps.ts';
import { done, failed, missing, outcomeOf, waitFor } from './outcomes.ts';
import { startFirewallPolicy } from './policySteps.ts';
import { startNetworkRouting, startRoutes } from './provisioningSteps.ts';
import { combined } from './sideBySide.ts';
import { busyPart, observeSync, planned } from './syncObservation.ts';
import { redacted } from '../../shared/redact.ts';

const PROBE_DEADLINE_SECONDS = 5;
/** New publications beyond it are not tried one by one: a sync is not a port scan. */
const MAX_PROBES = 10;

type SyncStep = (input: StartStepInput, lanes: AccessLanes) => Promise<StepOutcome>;

/** What each step of a sync does. */
export const syncSteps: Readonly<Partial<Record<SingleStepName, SyncStep>>> = {
  observe: async (input, lanes) => {
    const looked = await observeSync(input);
    if ('outcome' in looked) return looked.outcome;
    const { observed, drift, report, publications } = looked;
    const [ranges, causes, told] = await Promise.all([
      lookAtRanges(input, lanes, observed),
      causesOf(drift, input),
      tell(input, publications, observed.services, input.told),
    ]);
    const problems = [...report.problems, ...ranges];
    return { outcome: 'done', wrote: false, report: { ...report, problems, causes, told } };
  },
  firewallPolicy: onlyWhereFound('firewallPolicy', ({ spec, mayWrite }) => startFirewallPolicy(spec, mayWrite)),
  firewallRules: onlyWhereFound('firewallRules', startFirewallRules),
  firewall: onlyWhereFound('firewall', ({ spec, mayWrite }) => startPolicyFirewall(spec, mayWrite)),
  routes: async (input, lanes) => {
    const routes = await onlyWhereFound('routes', ({ spec, mayWrite }) =>
      isAdopting(spec) ? ensureAdoptedRoutes(spec, mayWrite) : startRoutes(spec, mayWrite),
    )(input, lanes);
    // An address is given back once no route leads past the firewall for it.
    if (routes.outcome !== 'done' || input.found?.writes.includes('publicIps') !== true) return routes;
    return combined([routes, await startPublicIpRemoval(input.spec)]);
  },
  networkRouting: async (input, lanes) => {
    const routing = await onlyWhereFound('networkRouting', ({ spec, mayWrite }) =>
      isAdopting(spec) ? ensureAdoptedNetworks(spec, mayWrite) : startNetworkRouting(spec, mayWrite),
    )(input, lanes);
    if (routing.outcome !== 'done' || input.found?.writes.includes('jumpbox') !== true) return routing;
    return combined([routing, await removeJumpbox(input.spec, false)]);
  },
};

/** Tells services' owners what has become of their ports; of what is to be written only once it is. */
const tell = (
  { spec, time }: StartStepInput,
  publications: PublicationPlan,
  lists: readonly ServiceList[],
  told: string | undefined,
): Promise<string> =>
  tellServices({
    environment: spec.name,
    clusters: clustersOf(spec),
    notes: serviceNotes(publications, lists),
    time,
    ...(told === undefined ? {} : { told }),
  });

/** A lane of authorized ranges that can't be told never keeps the firewall from its write; that is said instead. */
async function lookAtRanges(
  { spec, time }: StartStepInput,
  lanes: AccessLanes,
  { clusters, nodeRanges }: ObservedIngress,
): Promise<readonly string[]> {
  const problems = await Promise.all(
    clusters.map(async (observed) => {
      try {
        await lanes.look(spec, observed, nodeRanges, time);
        return [];
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return [redacted(`The authorized ranges of ${observed.name} could not be looked at: ${reason}`)];
      }
    }),
  );
  return problems.flat();
}

/** Who did it, where the log tells; asked only where something differs, so that an unchanged environment costs nothing. */
async function causesOf(
  drift: readonly DriftFinding[],
  { changesFrom: from, time: seen }: StartStepInput,
): Promise<readonly string[]> {
  // A newer catalogue is nobody's doing.
  const edits = drift.filter(({ check }) => check !== 'egressCatalogue');
  if (edits.length === 0 || from === undefined) return [];
  const causes = await driftCauses(
    edits.map(({ resource }) => resource),
    { from, seen },
  );
  return [...causes].map(
    ([id, { caller, time, operation }]) =>
      `${id.split('/').at(-1) ?? id} was changed by ${caller} at ${time} (${operation}).`,
  );
}

/** Where the look has found nothing to write, nothing is read again either. */
function onlyWhereFound(target: SyncTarget, step: SyncStep): SyncStep {
  return (input, lanes) =>
    input.found?.writes.includes(target) === false ? Promise.resolve(done(false)) : step(input, lanes);
}

/**
 * Lists the services afresh, plans their rules together with the egress rules of the spec, and writes what holds them (the
 * firewall, or the one group of its policy) once where anything differs. Run again after the write, it reads back and tries the new publications, and writes nothing:
 * what came meanwhile is the next sync's.
 *
 * Nothing says that Azure honours If-Match on firewalls or groups, so these are read once more right before the write: an edit
 * that came while services were listed is planned with, instead of being overwritten.
 *
 * @throws ArmError, GatehouseError when the firewall can't be judged; nothing is written then
 */
async function startFirewallRules(input: StartStepInput): Promise<StepOutcome> {
  const { approved, writes, report: written } = input;
  const looked = await observeSync(input);
  if ('outcome' in looked) return looked.outcome;
  const { spec } = looked;
  const adopts = input.unconfirmed === true && looked.plan.rules === undefined;
  if (written !== undefined && (adopts || (writes > 0 && input.unconfirmed === undefined))) {
    const report = await readBack({ ...input, spec }, written, looked.publications, looked.holder, {
      frontends: looked.observed.facts.frontends,
      differs: looked.plan.rules !== undefined,
    });
    const told = await tell(input, looked.publications, looked.observed.services, input.found?.told ?? input.told);
    return { outcome: 'done', wrote: false, report: { ...report, told } };
  }
  if (looked.plan.rules === undefined) return { outcome: 'done', wrote: false, report: looked.report };

  const holder = await readAgain(spec, looked.holder);
  if (holder === undefined) return missing(looked.plan.rules.id);
  const busy = busyPart(holder);
  if (busy !== undefined) return waitFor(busy);
  const { plan, report: again } = planned(input, looked.observed, holder, approved);
  const drafts = holder.policy === undefined ? [] : await draftProblems(holder.policy);
  const report: SyncReport = {
    ...again,
    causes: input.found?.causes ?? [],
    problems: [...again.problems, ...drafts],
  };
  if (plan.rules === undefined) return { outcome: 'done', wrote: false, report };
  const { id, body } = plan.rules;
  const tooMuch = holder.policy === undefined ? undefined : groupProblem(plan.rules, holder.policy);
  if (tooMuch !== undefined) return failed(tooMuch);
  if (!input.mayWrite) {
    return failed({
      code: 'KeepsDiffering',
      message: `${id} still differs after it was written several times: something else writes to it.`,
      remedy: 'Find who writes to it in the activity log (often an Azure Policy or another automation).',
    });
  }
  const wrote: SyncReport = { ...report, wrote: true, foreign: foreignFingerprint(spec, holder) };
  let accepted;
  try {
    accepted = await putResource(id, apiVersions.network, body);
  } catch (error) {
    const outcome = outcomeOf(error);
    // Found written, it is this write: its report tells what it was.
    return outcome.outcome === 'wait' && outcome.unconfirmed === true ? { ...outcome, report: wrote } : outcome;
  }
  if (accepted.operation === undefined) return { outcome: 'done', wrote: true, report: wrote };
  return {
    outcome: 'started',
    operation: accepted.operation,
    ...(accepted.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: accepted.retryAfterSeconds }),
    report: wrote,
  };
}

/** Only what is about to be written is read: the firewall, or its policy with the groups. */
async function readAgain(spec: EnvironmentSpec, { firewall, policy }: RuleHolder): Promise<RuleHolder | undefined> {
  if (policy !== undefined) return ruleHolder({ firewall, policy: await readRulePolicy(policy.id, policy.isOwn) });
  const again = await readResource(resourceIds(spec).firewall, apiVersions.network);
  return again === undefined ? undefined : { firewall: again };
}

/** What stands after the write, and whether somebody else has written meanwhile. */
async function readBack(
  { spec, known = [] }: StartStepInput,
  written: SyncReport,
  publications: PublicationPlan,
  holder: RuleHolder,
  { frontends, differs }: { readonly frontends: readonly string[]; readonly differs: boolean },
): Promise<SyncReport> {
  const problems = [
    ...(differs ? ['The firewall differs again after the write; the next sync looks anew.'] : []),
    ...(foreignFingerprint(spec, holder) === written.foreign
      ? []
      : [
          "Somebody has changed other rules of the firewall while it was written; check that nothing of theirs is lost (the firewall's activity log tells who).",
        ]),
  ];
  const probes = await probeNew(publications, written, known, frontends);
  return { ...written, probes, problems: [...written.problems, ...problems] };
}

/** Tries what this sync has made or changed: what was not there before just so. */
async function probeNew(
  { unchanged }: PublicationPlan,
  written: SyncReport,
  known: readonly string[],
  frontends: readonly string[],
): Promise<SyncReport['probes']> {
  const before = new Set(known);
  const fresh = unchanged.filter(
    ({ rule, ruleName }) => !before.has(ruleFingerprint(rule)) || written.drift.includes(`dnatRules: ${ruleName}`),
  );
  return Promise.all(
    fresh.slice(0, MAX_PROBES).map(async ({ rule }) => {
      const { result } = await probeConnectivity(rule, { frontends, deadlineSeconds: PROBE_DEADLINE_SECONDS });
      return { name: rule.name, result };
    }),
  );
}
