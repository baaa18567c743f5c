import { provisioningState } from '../../shared/actual/facts.ts';
import { putResource } from '../../shared/azure/resource.ts';
import { apiVersions } from '../../shared/model/apiVersions.ts';
import { resourceIds } from '../../shared/model/names.ts';
import type { Publication } from '../../shared/model/publication.ts';
import type { StepName } from '../../shared/model/step.ts';
import type { SyncReport } from '../../shared/model/syncReport.ts';
import { probeConnectivity } from '../../shared/observe/connectivity.ts';
import { observeIngress } from '../../shared/observe/ingress.ts';
import { firewallUpdate } from '../../shared/plan/firewallUpdate.ts';
import { planPublications, type PublicationPlan } from '../../shared/plan/publicationPlan.ts';
import type { StartStepInput } from '../advance.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { done, failed, isSettled, waitFor } from './outcomes.ts';
import { startNetworkRouting, startRoutes } from './provisioningSteps.ts';

/** How long the services may take to be listed, and a command to be run in a cluster that can't be reached. */
const READ_DEADLINES = { deadlineSeconds: 30, commandDeadlineSeconds: 90 };
const PROBE_DEADLINE_SECONDS = 5;
/** New publications beyond it are not tried one by one: a sync is not a port scan. */
const MAX_PROBES = 10;

/** What each step of a sync does. */
export const syncSteps: Readonly<Partial<Record<StepName, (input: StartStepInput) => Promise<StepOutcome>>>> = {
  firewallRules: startFirewallRules,
  routes: ({ spec, mayWrite }) =>
    spec.drift.action === 'repair' ? startRoutes(spec, mayWrite) : Promise.resolve(done(false)),
  networkRouting: ({ spec, mayWrite }) =>
    spec.drift.action === 'repair' ? startNetworkRouting(spec, mayWrite) : Promise.resolve(done(false)),
};

/**
 * Lists the services afresh, plans their rules together with the egress rules of the spec, and writes the firewall once
 * where anything differs. Run again after the write, it reads back and tries the new publications, and writes nothing:
 * what came meanwhile is the next sync's.
 *
 * @throws ArmError, GatehouseError when the firewall can't be judged; nothing is written then
 */
async function startFirewallRules({ spec, approved, writes, report }: StartStepInput): Promise<StepOutcome> {
  const observed = await observeIngress(spec, READ_DEADLINES);
  const { firewall, facts, services: lists } = observed;
  if (firewall === undefined) {
    return failed({
      code: 'FirewallMissing',
      message: `${resourceIds(spec).firewall} is gone.`,
      remedy: 'Delete the environment and start it again; its services are published anew by themselves.',
    });
  }
  const state = provisioningState(firewall);
  if (!isSettled(state)) return waitFor(`the firewall is ${state}`);

  const plan = planPublications({ spec, lists, firewall, facts, ...(approved === undefined ? {} : { approved }) });
  const update = firewallUpdate(spec, firewall, plan);
  const found = reportOf(plan, [...observed.problems], update.drift);
  if (writes > 0 && report !== undefined) {
    const probes = await probeAll(plan, report, facts.frontends);
    const left =
      update.body === undefined ? [] : ['The firewall differs again after the write; the next sync looks anew.'];
    return { ...done(false), report: { ...report, probes, problems: [...report.problems, ...left] } } as StepOutcome;
  }
  if (update.body === undefined) return { outcome: 'done', wrote: false, report: found };
  const accepted = await putResource(resourceIds(spec).firewall, apiVersions.network, update.body);
  const wrote: SyncReport = { ...found, wrote: true };
  if (accepted.operation === undefined) return { outcome: 'done', wrote: true, report: wrote };
  return {
    outcome: 'started',
    operation: accepted.operation,
    ...(accepted.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: accepted.retryAfterSeconds }),
    report: wrote,
  };
}

function reportOf(plan: PublicationPlan, problems: readonly string[], drift: readonly string[]): SyncReport {
  const { held } = plan;
  return {
    created: plan.created.length,
    updated: plan.updated.length,
    deleted: plan.deleted.length,
    unchanged: plan.unchanged.length,
    skipped: plan.skipped.length,
    conflicts: plan.conflicts.length,
    ...(held === undefined ? {} : { held: { hash: held.hash, rules: held.rules.length, reason: held.reason } }),
    problems: [...problems, ...plan.problems.map(({ message }) => message)],
    drift,
    wrote: false,
    probes: [],
  };
}

/** Tries what this sync has made; after the write, the plan counts it as unchanged. */
async function probeAll(
  plan: PublicationPlan,
  report: SyncReport,
  frontends: readonly string[],
): Promise<SyncReport['probes']> {
  if (report.created + report.updated === 0) return [];
  const tried: readonly Publication[] = plan.unchanged.slice(-MAX_PROBES);
  return Promise.all(
    tried.map(async ({ rule }) => {
      const { result } = await probeConnectivity(rule, { frontends, deadlineSeconds: PROBE_DEADLINE_SECONDS });
      return { name: rule.name, result };
    }),
  );
}
