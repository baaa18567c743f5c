import { randomUUID } from 'node:crypto';
import { app, type InvocationContext, type Timer } from '@azure/functions';
import * as df from 'durable-functions';
import { environmentState } from '../orchestrations/environmentState.ts';
import { clustersOf, type ClusterPlace } from '../shared/model/clusters.ts';
import { sentences } from '../shared/model/sentences.ts';
import { azureFailure } from '../shared/observe/failure.ts';
import { servicesHaveChanged } from '../shared/observe/servicePass.ts';
import { timerSchedule } from '../shared/settings.ts';
import { audit } from './audit.ts';
import { listLanes, signalLane, type Lane } from './http/laneClient.ts';
import { exportLanes } from './metrics.ts';

const everyQuarterOfAnHour = '0 */15 * * * *';
const everyTwoMinutes = '0 */2 * * * *';

/**
 * Registers the timers: a full drift check of every environment (`GATEHOUSE_DRIFT_SCHEDULE`), and a light pass over the
 * services that asks for a sync only where one would change something (`GATEHOUSE_SERVICE_POLL`). What ARM never sees, such
 * as a changed annotation, is found by the latter.
 */
export function registerDriftTimer(): void {
  app.timer('driftTimer', {
    schedule: timerSchedule('GATEHOUSE_DRIFT_SCHEDULE', everyQuarterOfAnHour),
    extraInputs: [df.input.durableClient()],
    handler: checkDrift,
  });
  app.timer('servicePass', {
    schedule: timerSchedule('GATEHOUSE_SERVICE_POLL', everyTwoMinutes),
    extraInputs: [df.input.durableClient()],
    handler: passServices,
  });
}

/**
 * Signals every environment; the lanes do the work, a little apart from each other. One that broke is started again
 * thereby. What a lane finds wrong with authorized ranges, it passes on to the cluster's own lane.
 */
async function checkDrift(_timer: Timer, context: InvocationContext): Promise<void> {
  const client = df.getClient(context);
  const lanes = await readableLanes(client, context);
  await forEachLane(lanes, context, 'could not be told to check for drift', async (lane) => {
    await signalLane(client, lane, {
      kind: 'sync',
      id: randomUUID(),
      time: new Date().toISOString(),
      reason: 'drift',
      ...delayOf(lanes.indexOf(lane), lanes.length, lane),
    });
    auditSignal(context, 'driftTimer', lane);
  });
}

/** The most environments share five minutes of the quarter of an hour; fewer are two seconds apart. */
const APART_SECONDS = 2;
const SPREAD_SECONDS = 300;

/** How long the lane waits before it looks. One that broke starts again at once. */
function delayOf(index: number, count: number, { broken }: Lane): { afterSeconds?: number } {
  if (index === 0 || broken) return {};
  return { afterSeconds: Math.min(APART_SECONDS, SPREAD_SECONDS / count) * index };
}

async function passServices(timer: Timer, context: InvocationContext): Promise<void> {
  const client = df.getClient(context);
  await exportLanes(client);
  const looksInside = isFirstOfItsTenMinutes(timer);
  const isLookedAt = ({ isPrivate }: ClusterPlace) => looksInside || !isPrivate;
  const lanes = (await readableLanes(client, context))
    .filter(waitsReady)
    .filter(({ state }) => clustersOf(state.spec).some(isLookedAt));
  await forEachLane(lanes, context, 'could not be looked at', async (lane) => {
    const { spec, lastSync } = lane.state;
    const known = lastSync?.problem === undefined ? lastSync?.report?.services : undefined;
    if (!(await servicesHaveChanged(spec, clustersOf(spec).filter(isLookedAt), known))) return;
    await signalLane(client, lane, {
      kind: 'sync',
      id: randomUUID(),
      time: new Date().toISOString(),
      reason: 'services',
    });
    auditSignal(context, 'servicePass', lane);
  });
}

const auditSignal = (context: InvocationContext, id: string, { name }: Lane): string =>
  audit(context, { actor: { kind: 'timer', id }, act: 'syncEnvironment', environment: name, outcome: 'signalled' });

const TEN_MINUTES_MS = 600_000;

/**
 * A private cluster is looked at from inside, which takes a pod in it each time: every ten minutes will do. Judged by the
 * timer's own times, before whose next one a new ten minutes have begun since the last one, or not.
 */
function isFirstOfItsTenMinutes({ scheduleStatus: { last, next } }: Timer): boolean {
  const tenMinutes = (time: number) => Math.floor(time / TEN_MINUTES_MS);
  return tenMinutes(Date.parse(last)) !== tenMinutes(Date.parse(next) - 1);
}

/** How many environments are looked at side by side. */
const AT_ONCE = 4;

/**
 * One environment that fails must not keep the others waiting or from their turn.
 *
 * @throws Error when it failed for all of them, so that the invocation counts as failed
 */
async function forEachLane(
  lanes: readonly Lane[],
  context: InvocationContext,
  failure: string,
  work: (lane: Lane) => Promise<void>,
): Promise<void> {
  const left = [...lanes];
  let failed = 0;
  const worker = async () => {
    for (let lane = left.shift(); lane !== undefined; lane = left.shift()) {
      try {
        await work(lane);
      } catch (error) {
        failed++;
        // What Azure says has a name and a remedy; anything else is a surprise, and told whole.
        const known = azureFailure(error);
        if (known === undefined) context.error(`${lane.name} ${failure}`, error);
        else context.warn(`${lane.name} ${failure}: ${sentences(known.message, known.remedy)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (failed > 0 && failed === lanes.length)
    throw new Error(`None of ${failed} environments ${failure.replace('could not', 'could')}.`);
}

async function readableLanes(client: df.DurableClient, context: InvocationContext): Promise<Lane[]> {
  const lanes = await listLanes(client);
  for (const lane of lanes) if ('unreadable' in lane) context.warn(`${lane.name} is left out: ${lane.unreadable}`);
  return lanes.flatMap((lane) => ('unreadable' in lane ? [] : [lane]));
}

/** A lane that works syncs anyway. */
const waitsReady = ({ live, state }: Lane): boolean =>
  live && state.phase === 'waiting' && environmentState(state) === 'ready';
