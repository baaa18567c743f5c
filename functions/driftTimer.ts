import { randomUUID } from 'node:crypto';
import { app, type InvocationContext, type Timer } from '@azure/functions';
import * as df from 'durable-functions';
import { accessLaneId } from '../orchestrations/accessState.ts';
import { environmentState } from '../orchestrations/laneState.ts';
import { servicesHaveChanged } from '../shared/observe/servicePass.ts';
import { listLanes, restartLane, signalLane, type Lane } from './http/laneClient.ts';

const everyQuarterOfAnHour = '0 */15 * * * *';
const everyTwoMinutes = '0 */2 * * * *';

/**
 * Registers the timers: a full drift check of every environment (`GATEHOUSE_DRIFT_SCHEDULE`), and a light pass over the
 * services that asks for a sync only where one would change something (`GATEHOUSE_SERVICE_POLL`). What ARM never sees, such
 * as a changed annotation, is found by the latter.
 */
export function registerDriftTimer(): void {
  app.timer('driftTimer', {
    schedule: process.env['GATEHOUSE_DRIFT_SCHEDULE'] ?? everyQuarterOfAnHour,
    extraInputs: [df.input.durableClient()],
    handler: checkDrift,
  });
  app.timer('servicePass', {
    schedule: process.env['GATEHOUSE_SERVICE_POLL'] ?? everyTwoMinutes,
    extraInputs: [df.input.durableClient()],
    handler: passServices,
  });
}

/** Signals every environment; the lanes do the work, each in its own time. */
async function checkDrift(_timer: Timer, context: InvocationContext): Promise<void> {
  const client = df.getClient(context);
  for (const lane of await listLanes(client)) {
    const { spec } = lane.state;
    if (!lane.live) {
      context.warn(
        `The lane of ${spec.name} had ended as ${lane.runtimeStatus}; it is started again from its last state.`,
      );
      await restartLane(client, lane);
      continue;
    }
    const signal = { kind: 'sync', id: randomUUID(), time: new Date().toISOString(), reason: 'drift' } as const;
    await signalLane(client, spec.name, signal);
    if (lane.state.readyAt !== undefined) await signalLane(client, accessLaneId(spec.name, spec.cluster.name), signal);
  }
}

async function passServices(_timer: Timer, context: InvocationContext): Promise<void> {
  const client = df.getClient(context);
  const ready = (await listLanes(client)).filter((lane) => lane.live && waitsReady(lane));
  for (const { state } of ready) {
    try {
      if (!(await servicesHaveChanged(state.spec))) continue;
      const signal = { kind: 'sync', id: randomUUID(), time: new Date().toISOString(), reason: 'services' } as const;
      await signalLane(client, state.spec.name, signal);
    } catch (error) {
      // One environment that can't be looked at must not keep the others from being looked at.
      context.error(`The services of ${state.spec.name} could not be looked at`, error);
    }
  }
}

/** A lane that works syncs anyway. */
const waitsReady = ({ state }: Lane): boolean => state.phase === 'waiting' && environmentState(state) === 'ready';
