import { randomUUID } from 'node:crypto';
import { app, type InvocationContext, type Timer } from '@azure/functions';
import * as df from 'durable-functions';
import { environmentState } from '../orchestrations/laneState.ts';
import { servicesHaveChanged } from '../shared/observe/servicePass.ts';
import { listLanes, signalAccessLane, signalLane, type Lane } from './http/laneClient.ts';

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

/** Signals every environment; the lanes do the work, each in its own time. One that broke is started again thereby. */
async function checkDrift(_timer: Timer, context: InvocationContext): Promise<void> {
  const client = df.getClient(context);
  for (const lane of await readableLanes(client)) {
    const signal = { kind: 'sync', id: randomUUID(), time: new Date().toISOString(), reason: 'drift' } as const;
    await signalLane(client, lane, signal);
    if (lane.state.readyAt !== undefined) await signalAccessLane(client, lane.state.spec, signal);
  }
}

async function passServices(_timer: Timer, context: InvocationContext): Promise<void> {
  const client = df.getClient(context);
  for (const lane of (await readableLanes(client)).filter(waitsReady)) {
    try {
      if (!(await servicesHaveChanged(lane.state.spec))) continue;
      const signal = { kind: 'sync', id: randomUUID(), time: new Date().toISOString(), reason: 'services' } as const;
      await signalLane(client, lane, signal);
    } catch (error) {
      // One environment that can't be looked at must not keep the others from being looked at.
      context.error(`The services of ${lane.name} could not be looked at`, error);
    }
  }
}

const readableLanes = async (client: df.DurableClient): Promise<Lane[]> =>
  (await listLanes(client)).flatMap((lane) => ('unreadable' in lane ? [] : [lane]));

/** A lane that works syncs anyway. */
const waitsReady = ({ live, state }: Lane): boolean =>
  live && state.phase === 'waiting' && environmentState(state) === 'ready';
