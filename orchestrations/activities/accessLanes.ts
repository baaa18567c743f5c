import { OrchestrationRuntimeStatus, type DurableClient } from 'durable-functions';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { ACCESS_LANE } from '../accessLane.ts';
import { accessLaneId, newAccessState } from '../accessState.ts';
import { SIGNAL_EVENT } from '../lane.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { done, waitFor } from './outcomes.ts';

/** What a step may do to the lanes of an environment's clusters. */
export interface AccessLanes {
  /** Starts the lane unless it runs. */
  start(spec: EnvironmentSpec): Promise<StepOutcome>;
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
      await client.startNew(ACCESS_LANE, { instanceId: id, input: newAccessState(spec) });
      return done(false);
    },
    end: async (spec) => {
      const id = accessLaneId(spec.name, spec.cluster.name);
      if (!(await isLive(id))) return done(false);
      // The signal's id is the environment's: however often it is sent, it is applied once.
      const signal = { kind: 'delete', id: `end-${spec.name}`, time: new Date().toISOString(), force: false };
      await client.raiseEvent(id, SIGNAL_EVENT, signal);
      return waitFor("the lane of the cluster's authorized ranges ends", WAIT_SECONDS);
    },
  };
}
