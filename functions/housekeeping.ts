import { app, type InvocationContext, type Timer } from '@azure/functions';
import * as df from 'durable-functions';
import { ACCESS_PASS } from '../orchestrations/accessLane.ts';
import { graphOrchestrator } from '../orchestrations/firewallLane.ts';
import { audit } from './audit.ts';
import { NOTIFICATION } from '../orchestrations/notification.ts';

const everyHour = '0 7 * * * *';
const HOUR_MS = 3_600_000;
/** What has ended well is of no use any more; who looks into a failure gets a week for it. */
const KEPT_MS = { Completed: HOUR_MS, Failed: 168 * HOUR_MS, Terminated: 168 * HOUR_MS } as const;

/** The passes that lanes make: sub-orchestrations, of which each leaves a history behind. Lanes are never purged. */
const passes: readonly string[] = [...Object.values(graphOrchestrator), ACCESS_PASS];
/** A notice that was told is known by its history: without it, what still stands would be told again. */
const NOTICES_KEPT_MS = 7 * 24 * HOUR_MS;

/** Registers the timer that keeps the task hub from growing with every pass that a lane has ever made. */
export function registerHousekeeping(): void {
  app.timer('housekeeping', {
    schedule: everyHour,
    extraInputs: [df.input.durableClient()],
    handler: purgePasses,
  });
}

async function purgePasses(_timer: Timer, context: InvocationContext): Promise<void> {
  const client = df.getClient(context);
  for (const [status, keptMs] of Object.entries(KEPT_MS)) {
    const finished = await client.getStatusBy({
      createdTimeTo: new Date(Date.now() - keptMs),
      runtimeStatus: [df.OrchestrationRuntimeStatus[status as keyof typeof KEPT_MS]],
    });
    const isOld = (time: Date) => new Date(time).getTime() < Date.now() - NOTICES_KEPT_MS;
    const old = finished.filter(
      ({ name, createdTime }) => passes.includes(name) || (name === NOTIFICATION && isOld(createdTime)),
    );
    // One after the other: nobody waits for it, and the task hub has better things to do.
    for (const { instanceId } of old) await client.purgeInstanceHistory(instanceId);
    if (old.length === 0) continue;
    const detail = `${old.length} passes that ended as ${status}`;
    audit(context, { actor: { kind: 'timer', id: 'housekeeping' }, act: 'purgeHistory', detail, outcome: 'accepted' });
  }
}
