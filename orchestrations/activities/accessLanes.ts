import { randomUUID } from 'node:crypto';
import { OrchestrationRuntimeStatus, type DurableClient } from 'durable-functions';
import { owner } from '../../shared/actual/owner.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import type { JsonObject } from '../../shared/model/json.ts';
import { isToBeWritten, planRanges } from '../../shared/plan/rangePlan.ts';
import { settings } from '../../shared/settings.ts';
import { ACCESS_LANE } from '../accessLane.ts';
import { accessLaneId, migrateAccessState, newAccessState, type AccessState } from '../accessState.ts';
import { SIGNAL_EVENT } from '../lane.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { done, waitFor } from './outcomes.ts';

/** What a step may do to the lanes of an environment's clusters. */
export interface AccessLanes {
  /** Starts the lane unless it runs. */
  start(spec: EnvironmentSpec): Promise<StepOutcome>;
  /**
   * Tells the lane to look where the cluster's ranges are not what they should be. The cluster has been read already, so
   * an unchanged environment costs no further read.
   */
  look(
    spec: EnvironmentSpec,
    cluster: JsonObject | undefined,
    frontends: readonly string[],
    time: string,
  ): Promise<void>;
  /** Ends the lane, so that nothing writes to a cluster that is being deleted. */
  end(spec: EnvironmentSpec): Promise<StepOutcome>;
}

const live: readonly OrchestrationRuntimeStatus[] = [
  OrchestrationRuntimeStatus.Pending,
  OrchestrationRuntimeStatus.Running,
  OrchestrationRuntimeStatus.Suspended,
  OrchestrationRuntimeStatus.ContinuedAsNew,
];
const WAIT_SECONDS = 5;

export function accessLanes(client: DurableClient): AccessLanes {
  const isLive = async (id: string): Promise<boolean> => {
    try {
      return live.includes((await client.getStatus(id)).runtimeStatus);
    } catch (error) {
      // The client tells an unknown instance from other failures by the text of its error alone.
      if (error instanceof Error && error.message.includes('HTTP 404')) return false;
      throw error;
    }
  };
  return {
    start: async (spec) => {
      const id = accessLaneId(spec.name, spec.cluster.name);
      if (await isLive(id)) return done(false);
      await client.startNew(ACCESS_LANE, { instanceId: id, input: await lastState(client, spec, id) });
      return done(false);
    },
    look: async (spec, cluster, frontends, time) => {
      if (cluster === undefined || owner(cluster) !== spec.name) return;
      const id = accessLaneId(spec.name, spec.cluster.name);
      if (!(await isLive(id))) {
        await client.startNew(ACCESS_LANE, { instanceId: id, input: await lastState(client, spec, id) });
        return;
      }
      const { grants, ownedRanges, phase, rewrite, problem } = await stateOf(client, id);
      // What it is about to write is compared when it has written.
      if (phase !== 'waiting') return;
      const { outboundRanges } = settings();
      const now = new Date(time);
      const plan = planRanges({ spec, cluster, frontends, outboundRanges, grants, ownedRanges, now });
      // What went wrong with the last look or write may be over: only another look can tell.
      const inDoubt = rewrite !== undefined || problem !== undefined;
      if (!inDoubt && !isToBeWritten(plan, spec, ownedRanges)) return;
      await client.raiseEvent(id, SIGNAL_EVENT, { kind: 'sync', id: randomUUID(), time, reason: 'drift' });
    },
    end: async (spec) => {
      const id = accessLaneId(spec.name, spec.cluster.name);
      if (!(await isLive(id))) {
        // What a broken lane was last in must not be taken up by another environment of this name: it holds grants.
        await client.purgeInstanceHistory(id);
        return done(false);
      }
      // The signal's id is the environment's: however often it is sent, it is applied once.
      const signal = { kind: 'delete', id: `end-${spec.name}`, time: new Date().toISOString(), force: false };
      await client.raiseEvent(id, SIGNAL_EVENT, signal);
      return waitFor("the lane of the cluster's authorized ranges ends", WAIT_SECONDS);
    },
  };
}

async function stateOf(client: DurableClient, id: string): Promise<AccessState> {
  const { input } = await client.getStatus(id, { showInput: true });
  // The extension hands inputs over as JSON or as text of JSON, depending on how they were given.
  return migrateAccessState(typeof input === 'string' ? JSON.parse(input) : input);
}

/** The state in which a lane that broke was last, so that no grant is forgotten; a new one where there was none. */
async function lastState(client: DurableClient, spec: EnvironmentSpec, id: string): Promise<AccessState> {
  try {
    const state = await stateOf(client, id);
    return state.phase === 'ended' ? newAccessState(spec) : state;
  } catch (error) {
    if (error instanceof Error && error.message.includes('HTTP 404')) return newAccessState(spec);
    throw error;
  }
}
