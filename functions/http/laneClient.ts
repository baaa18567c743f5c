import { OrchestrationRuntimeStatus, type DurableClient, type DurableOrchestrationStatus } from 'durable-functions';
import { SIGNAL_EVENT } from '../../orchestrations/lane.ts';
import { FIREWALL_LANE } from '../../orchestrations/firewallLane.ts';
import { accessLaneId, migrateAccessState, type AccessState } from '../../orchestrations/accessState.ts';
import { migrateLaneState, newLaneState, type LaneState } from '../../orchestrations/laneState.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import type { EnvironmentStatus } from '../../shared/model/environmentStatus.ts';
import type { Signal } from '../../shared/model/signal.ts';
import { environmentNamePattern } from '../../shared/model/names.ts';
import { HttpProblem } from './problem.ts';

/** An environment as its lane knows it. */
export interface Lane {
  readonly live: boolean;
  readonly state: LaneState;
  readonly status: EnvironmentStatus | undefined;
  readonly runtimeStatus: OrchestrationRuntimeStatus;
  readonly createdAt: string;
  readonly updatedAt: string;
}

const liveStatuses: readonly OrchestrationRuntimeStatus[] = [
  OrchestrationRuntimeStatus.Pending,
  OrchestrationRuntimeStatus.Running,
  OrchestrationRuntimeStatus.Suspended,
  OrchestrationRuntimeStatus.ContinuedAsNew,
];

/** The lane of a name, also when its environment has been deleted; undefined for what was never one. */
export async function findLane(client: DurableClient, name: string): Promise<Lane | undefined> {
  if (!environmentNamePattern.test(name)) return undefined;
  try {
    const status = await client.getStatus(name, { showInput: true });
    return status.name === FIREWALL_LANE ? laneOf(status) : undefined;
  } catch (error) {
    if (isUnknownInstance(error)) return undefined;
    throw error;
  }
}

/** The client tells an unknown instance from other failures by the text of its error alone. */
const isUnknownInstance = (error: unknown): boolean => error instanceof Error && error.message.includes('HTTP 404');

/** The lanes of every environment that exists or broke, by name; not those that were deleted. */
export async function listLanes(client: DurableClient): Promise<Lane[]> {
  const statuses = await client.getStatusBy({
    runtimeStatus: [...liveStatuses, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated],
  });
  return statuses
    .filter(({ name }) => name === FIREWALL_LANE)
    .map(laneOf)
    .sort((a, b) => (a.state.spec.name < b.state.spec.name ? -1 : 1));
}

function laneOf(status: DurableOrchestrationStatus): Lane {
  const { runtimeStatus } = status;
  const state = migrateLaneState(parsed(status.input));
  return {
    live: liveStatuses.includes(runtimeStatus),
    state,
    status: (parsed(status.customStatus) as EnvironmentStatus | null) ?? undefined,
    runtimeStatus,
    // Each generation of a lane is created anew as an instance; the lane itself remembers its beginning.
    createdAt: state.createdAt ?? iso(status.createdTime),
    updatedAt: iso(status.lastUpdatedTime),
  };
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
    await client.startNew(FIREWALL_LANE, { instanceId: spec.name, input: newLaneState(spec) });
  } catch (error) {
    if ((await findLane(client, spec.name))?.live) throw alreadyExists(spec.name);
    throw error;
  }
}

/** Starts a lane that had ended on its own again, from its last state. */
export const restartLane = async (client: DurableClient, { state }: Lane): Promise<void> => {
  await client.startNew(FIREWALL_LANE, { instanceId: state.spec.name, input: state });
};

/** The state of the lane that keeps a cluster's authorized ranges; undefined while there is none. */
export async function findAccessState(client: DurableClient, spec: EnvironmentSpec): Promise<AccessState | undefined> {
  try {
    const status = await client.getStatus(accessLaneId(spec.name, spec.cluster.name), { showInput: true });
    return liveStatuses.includes(status.runtimeStatus) ? migrateAccessState(parsed(status.input)) : undefined;
  } catch (error) {
    if (isUnknownInstance(error)) return undefined;
    throw error;
  }
}

/** Sends a signal to a live lane. */
export const signalLane = (client: DurableClient, name: string, signal: Signal): Promise<void> =>
  client.raiseEvent(name, SIGNAL_EVENT, signal);

export const alreadyExists = (name: string): HttpProblem =>
  new HttpProblem(
    409,
    'environment-exists',
    'The environment exists',
    `Environment ${name} exists already; nothing was started.`,
    `See GET /api/environments/${name}; choose another name, or delete it first.`,
  );

/**
 * The live lane of a name.
 *
 * @throws HttpProblem 404 when there is none, 410 when it has been deleted
 */
export async function liveLane(client: DurableClient, name: string): Promise<Lane> {
  const lane = await findLane(client, name);
  if (lane === undefined) throw notFound(name);
  if (!lane.live) {
    throw new HttpProblem(
      410,
      'environment-gone',
      'The environment is gone',
      `Environment ${name} has been deleted.`,
      'Start it again with POST /api/environments.',
    );
  }
  return lane;
}

export const notFound = (name: string): HttpProblem =>
  new HttpProblem(
    404,
    'environment-not-found',
    'No such environment',
    `There is no environment ${name}.`,
    'GET /api/environments lists those that exist.',
  );
