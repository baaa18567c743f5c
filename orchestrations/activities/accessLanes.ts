import { randomUUID } from 'node:crypto';
import { OrchestrationRuntimeStatus, type DurableClient } from 'durable-functions';
import { isKeptBy } from '../../shared/actual/owner.ts';
import { sameSpec, type EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { clustersOf, restrictedClustersOf } from '../../shared/model/clusters.ts';
import type { ObservedCluster } from '../../shared/observe/ingress.ts';
import type { Signal } from '../../shared/model/signal.ts';
import { ownProblem, type OwnProblem, type StepProblem } from '../../shared/model/step.ts';
import { isToBeWritten, planRanges } from '../../shared/plan/rangePlan.ts';
import { settings } from '../../shared/settings.ts';
import { withTrace } from '../../shared/telemetry/scope.ts';
import { ACCESS_LANE } from '../accessLane.ts';
import { accessLaneId, migrateAccessState, newAccessState, type AccessState } from '../accessState.ts';
import { SIGNAL_EVENT } from '../lane.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { done, failed, waitFor } from './outcomes.ts';

/** What a step may do to the lanes of an environment's clusters. */
export interface AccessLanes {
  /** Starts the lanes that don't run, and tells those that do where the spec has changed. */
  start(spec: EnvironmentSpec): Promise<StepOutcome>;
  /**
   * Tells a cluster's lane to look where its ranges are not what they should be. The cluster has been read already, so an
   * unchanged environment costs no further read.
   */
  look(spec: EnvironmentSpec, observed: ObservedCluster, frontends: readonly string[], time: string): Promise<void>;
  /**
   * Ends the lanes, so that nothing writes to a cluster that is being deleted or let go; of an adopted cluster that is not let
   * go, what was granted is taken back first, by a lane that broke as well unless that is forced.
   */
  end(spec: EnvironmentSpec, how: 'delete' | 'release', force: boolean): Promise<StepOutcome>;
}

const live: readonly OrchestrationRuntimeStatus[] = [
  OrchestrationRuntimeStatus.Pending,
  OrchestrationRuntimeStatus.Running,
  OrchestrationRuntimeStatus.Suspended,
  OrchestrationRuntimeStatus.ContinuedAsNew,
];
const broken: readonly OrchestrationRuntimeStatus[] = [
  OrchestrationRuntimeStatus.Failed,
  OrchestrationRuntimeStatus.Terminated,
];
const WAIT_SECONDS = 5;

export function accessLanes(client: DurableClient): AccessLanes {
  const send = (id: string, signal: Signal) => client.raiseEvent(id, SIGNAL_EVENT, withTrace(signal));
  const statusOf = async (id: string): Promise<OrchestrationRuntimeStatus | undefined> => {
    try {
      return (await client.getStatus(id)).runtimeStatus;
    } catch (error) {
      // The client tells an unknown instance from other failures by the text of its error alone.
      if (error instanceof Error && error.message.includes('HTTP 404')) return undefined;
      throw error;
    }
  };
  const isOneOf = (list: readonly OrchestrationRuntimeStatus[], status: OrchestrationRuntimeStatus | undefined) =>
    status !== undefined && list.includes(status);
  const isLive = async (id: string): Promise<boolean> => isOneOf(live, await statusOf(id));
  /** @returns whether the lane ran already */
  const ensureLive = async (spec: EnvironmentSpec, cluster: string): Promise<boolean> => {
    const id = accessLaneId(spec.name, cluster);
    if (await isLive(id)) return true;
    await client.startNew(ACCESS_LANE, { instanceId: id, input: await lastState(client, spec, cluster) });
    return false;
  };
  /** What a lane goes by is its own copy of the spec. @returns whether it had another */
  const tell = async (spec: EnvironmentSpec, id: string, known: EnvironmentSpec): Promise<boolean> => {
    if (sameSpec(spec, known)) return false;
    const time = new Date().toISOString();
    await send(id, { kind: 'spec', id: randomUUID(), time, spec });
    return true;
  };
  return {
    start: async (spec) => {
      for (const { name } of restrictedClustersOf(spec)) {
        if (!(await ensureLive(spec, name))) continue;
        const id = accessLaneId(spec.name, name);
        await tell(spec, id, (await stateOf(client, id)).spec);
      }
      return done(false);
    },
    look: async (spec, { name, cluster }, frontends, time) => {
      if (cluster === undefined || !isKeptBy(spec, cluster)) return;
      if (!restrictedClustersOf(spec).some((place) => place.name === name)) return;
      if (!(await ensureLive(spec, name))) return;
      const id = accessLaneId(spec.name, name);
      const { grants, ownedRanges, phase, rewrite, problem, spec: known } = await stateOf(client, id);
      if (await tell(spec, id, known)) return;
      // What it is about to write is compared when it has written.
      if (phase !== 'waiting') return;
      const { outboundRanges } = settings();
      const now = new Date(time);
      const plan = planRanges({ spec, cluster, frontends, outboundRanges, grants, ownedRanges, now });
      // What went wrong with the last look or write may be over: only another look can tell.
      const inDoubt = rewrite !== undefined || problem !== undefined;
      if (!inDoubt && !isToBeWritten(plan, spec, ownedRanges)) return;
      await send(id, { kind: 'sync', id: randomUUID(), time, reason: 'drift' });
    },
    end: async (spec, how, force) => {
      // The API servers of what was adopted stay, and with them whom they let in.
      const takesBack = how === 'delete' && spec.adopt !== undefined && !force;
      let ends = false;
      for (const { name } of clustersOf(spec)) {
        const id = accessLaneId(spec.name, name);
        const status = await statusOf(id);
        if (takesBack && isOneOf(broken, status)) await ensureLive(spec, name);
        else if (!isOneOf(live, status)) {
          // What a broken lane was last in must not be taken up by another environment of this name: it holds grants.
          await client.purgeInstanceHistory(id);
          continue;
        } else if (takesBack) {
          const { ending, phase, problem } = await stateOf(client, id);
          if (ending === true && phase === 'waiting' && problem !== undefined)
            return failed(notTakenBack(name, problem));
        }
        await send(id, endSignal(spec, how, force));
        ends = true;
      }
      return ends ? waitFor("the lane of the cluster's authorized ranges ends", WAIT_SECONDS) : done(false);
    },
  };
}

/** The signal's id is the environment's: however often it is sent, it is applied once. */
function endSignal({ name, adopt }: EnvironmentSpec, how: 'delete' | 'release', force: boolean): Signal {
  const time = new Date().toISOString();
  // By force an adopted cluster is let go as it is.
  const isLetGo = how === 'release' || (adopt !== undefined && force);
  return isLetGo
    ? { kind: 'release', id: `release-${name}`, time }
    : { kind: 'delete', id: `delete-${name}`, time, force: false };
}

const notTakenBack = (cluster: string, { message }: StepProblem): OwnProblem =>
  ownProblem('GrantsNotTakenBack', `What was granted on ${cluster} can't be taken back: ${message}`);

async function stateOf(client: DurableClient, id: string): Promise<AccessState> {
  const { input } = await client.getStatus(id, { showInput: true });
  // The extension hands inputs over as JSON or as text of JSON, depending on how they were given.
  return migrateAccessState(typeof input === 'string' ? JSON.parse(input) : input);
}

/** The state in which a lane that broke was last, so that no grant is forgotten; a new one where there was none. */
async function lastState(client: DurableClient, spec: EnvironmentSpec, cluster: string): Promise<AccessState> {
  try {
    const state = await stateOf(client, accessLaneId(spec.name, cluster));
    return state.phase === 'ended' ? newAccessState(spec, cluster) : { ...state, spec };
  } catch (error) {
    if (error instanceof Error && error.message.includes('HTTP 404')) return newAccessState(spec, cluster);
    throw error;
  }
}
