import { OrchestrationRuntimeStatus, type DurableClient, type DurableOrchestrationStatus } from 'durable-functions';
import { SIGNAL_EVENT } from '../../orchestrations/lane.ts';
import { FIREWALL_LANE } from '../../orchestrations/firewallLane.ts';
import { accessLaneId, migrateAccessState, type AccessState } from '../../orchestrations/accessState.ts';
import { afterWait } from '../../orchestrations/laneTransitions.ts';
import { environmentState } from '../../orchestrations/environmentState.ts';
import { migrateLaneState, type LaneState } from '../../orchestrations/laneState.ts';
import { newLaneState } from '../../orchestrations/graphStart.ts';
import { restrictedClustersOf } from '../../shared/model/clusters.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import type { EnvironmentState, EnvironmentStatus } from '../../shared/model/environmentStatus.ts';
import type { Signal } from '../../shared/model/signal.ts';
import { environmentNamePattern } from '../../shared/model/names.ts';
import { count } from '../../shared/telemetry/instruments.ts';
import { currentTraceparent, withTrace } from '../../shared/telemetry/scope.ts';
import { httpProblem, type HttpProblem } from './problem.ts';

/** An environment as its lane knows it. */
export interface Lane {
  readonly name: string;
  /** Whether the orchestration runs; one that is neither live nor broken has ended with the deletion. */
  readonly live: boolean;
  /** Whether the orchestration failed or was terminated: it hears nothing until it is started again. */
  readonly broken: boolean;
  /** What the environment is in, in one word; failed where the lane broke, whatever it published last. */
  readonly shown: EnvironmentState;
  readonly state: LaneState;
  readonly status: EnvironmentStatus | undefined;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A lane whose state this version of the app can't read. */
export interface UnreadableLane {
  readonly name: string;
  readonly unreadable: string;
}

const liveStatuses: readonly OrchestrationRuntimeStatus[] = [
  OrchestrationRuntimeStatus.Pending,
  OrchestrationRuntimeStatus.Running,
  OrchestrationRuntimeStatus.Suspended,
  OrchestrationRuntimeStatus.ContinuedAsNew,
];

/**
 * The lane of a name, also when its environment has been deleted; undefined for what was never one.
 *
 * @throws HttpProblem 500 when its state can't be read
 */
export async function findLane(client: DurableClient, name: string): Promise<Lane | undefined> {
  if (!environmentNamePattern.test(name)) return undefined;
  try {
    const status = await client.getStatus(name, { showInput: true });
    if (status.name !== FIREWALL_LANE) return undefined;
    const lane = laneOf(status);
    if ('unreadable' in lane) throw unreadable(lane);
    return lane;
  } catch (error) {
    if (isUnknownInstance(error)) return undefined;
    throw error;
  }
}

/** The client tells an unknown instance from other failures by the text of its error alone. */
const isUnknownInstance = (error: unknown): boolean => error instanceof Error && error.message.includes('HTTP 404');

/** The lanes of every environment that exists or broke, by name; not those that were deleted. */
export async function listLanes(client: DurableClient): Promise<(Lane | UnreadableLane)[]> {
  const statuses = await client.getStatusBy({
    runtimeStatus: [...liveStatuses, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated],
  });
  return statuses
    .filter(({ name }) => name === FIREWALL_LANE)
    .map(laneOf)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function laneOf(status: DurableOrchestrationStatus): Lane | UnreadableLane {
  const { runtimeStatus, instanceId: name } = status;
  try {
    const state = migrateLaneState(parsed(status.input));
    const published = (parsed(status.customStatus) as EnvironmentStatus | null) ?? undefined;
    const live = liveStatuses.includes(runtimeStatus);
    const broken = !live && runtimeStatus !== OrchestrationRuntimeStatus.Completed;
    return {
      name,
      live,
      broken,
      shown: broken ? 'failed' : (published?.state ?? environmentState(state)),
      state,
      status: published,
      // Each generation of a lane is created anew as an instance; the lane itself remembers its beginning.
      createdAt: state.createdAt ?? iso(status.createdTime),
      updatedAt: iso(status.lastUpdatedTime),
    };
  } catch (error) {
    return { name, unreadable: error instanceof Error ? error.message : String(error) };
  }
}

/** The extension hands inputs over as JSON or as text of JSON, depending on how they were given. */
const parsed = (value: unknown): unknown => (typeof value === 'string' ? (JSON.parse(value) as unknown) : value);

const iso = (time: Date): string => new Date(time).toISOString();

/**
 * Starts the lane of a new environment.
 *
 * @throws HttpProblem 409 when another start of the same name was faster
 */
export async function startLane(client: DurableClient, spec: EnvironmentSpec): Promise<void> {
  try {
    await client.startNew(FIREWALL_LANE, { instanceId: spec.name, input: newLaneState(spec, currentTraceparent()) });
  } catch (error) {
    if ((await findLane(client, spec.name))?.live) throw alreadyExists(spec.name);
    throw error;
  }
}

/** A lane that keeps a cluster's authorized ranges. */
export interface AccessLane {
  /** The cluster's name. */
  readonly cluster: string;
  readonly state: AccessState;
}

/** The lanes that keep the authorized ranges of an environment's clusters, in their order; those that run. */
export async function findAccessLanes(client: DurableClient, spec: EnvironmentSpec): Promise<readonly AccessLane[]> {
  const lanes = await Promise.all(
    restrictedClustersOf(spec).map(async ({ name }) => {
      const state = await findAccessState(client, spec.name, name);
      return state === undefined ? [] : [{ cluster: name, state }];
    }),
  );
  return lanes.flat();
}

async function findAccessState(
  client: DurableClient,
  environment: string,
  cluster: string,
): Promise<AccessState | undefined> {
  try {
    const status = await client.getStatus(accessLaneId(environment, cluster), { showInput: true });
    return liveStatuses.includes(status.runtimeStatus) ? migrateAccessState(parsed(status.input)) : undefined;
  } catch (error) {
    if (isUnknownInstance(error)) return undefined;
    throw error;
  }
}

/**
 * Sends a signal to a lane. A broken one hears nothing, so it starts again from its last state, to which the signal has
 * been applied; a deletion thereby begins at once instead of after a pass of the steps that the lane broke in.
 */
export async function signalLane(client: DurableClient, lane: Lane, sent: Signal): Promise<void> {
  const { name, broken, state } = lane;
  const signal = withTrace(sent);
  count('gatehouse_signals_total', { kind: signal.kind });
  if (broken) {
    try {
      const input = afterWait(state, [signal], signal.time);
      await client.startNew(FIREWALL_LANE, { instanceId: name, input });
      return;
    } catch (error) {
      // Somebody else was faster to start it again, and then it hears.
      if (!(await findLane(client, name))?.live) throw error;
    }
  }
  await client.raiseEvent(name, SIGNAL_EVENT, signal);
}

/** Sends a signal to the lanes that keep the authorized ranges of an environment's clusters. */
export async function signalAccessLanes(client: DurableClient, spec: EnvironmentSpec, signal: Signal): Promise<void> {
  for (const { name } of restrictedClustersOf(spec))
    await client.raiseEvent(accessLaneId(spec.name, name), SIGNAL_EVENT, withTrace(signal));
}

const unreadable = (lane: UnreadableLane): HttpProblem =>
  httpProblem('environment-unreadable', `The state of environment ${lane.name} can't be read: ${lane.unreadable}`);

export const alreadyExists = (name: string): HttpProblem =>
  httpProblem('environment-exists', `Environment ${name} exists already; nothing was started.`, { slots: { name } });

/**
 * The lane of an environment that exists, also when it is broken.
 *
 * @throws HttpProblem 404 when there is none, 410 when it has been deleted
 */
export async function existingLane(client: DurableClient, name: string): Promise<Lane> {
  const lane = await findLane(client, name);
  if (lane === undefined) throw notFound(name);
  if (!lane.live && !lane.broken) {
    const how = lane.state.graph === 'release' ? 'released' : 'deleted';
    throw httpProblem('environment-gone', `Environment ${name} has been ${how}.`);
  }
  return lane;
}

export const notFound = (name: string): HttpProblem =>
  httpProblem('environment-not-found', `There is no environment ${name}.`);
