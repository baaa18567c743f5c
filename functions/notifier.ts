import { app, type InvocationContext, type Timer } from '@azure/functions';
import * as df from 'durable-functions';
import { NOTIFICATION } from '../orchestrations/notification.ts';
import type { Notice } from '../shared/model/notice.ts';
import { noticesOf } from '../shared/plan/notices.ts';
import { settings } from '../shared/settings.ts';
import { listLanes, type Lane } from './http/laneClient.ts';

const everyMinute = '30 * * * * *';
/** What came about before is news to nobody; a webhook that is set today does not tell of last week. */
const NEWS_MS = 24 * 3_600_000;

/**
 * Registers the timer that finds what there is to tell, and has it sent: no lane waits for a webhook. An app that starts without one has no
 * such timer, which would wake it every minute for nothing.
 */
export function registerNotifier(): void {
  if ((process.env['GATEHOUSE_NOTIFY_URL'] ?? '') === '') return;
  app.timer('notifier', {
    schedule: everyMinute,
    extraInputs: [df.input.durableClient()],
    handler: findNews,
  });
}

async function findNews(_timer: Timer, context: InvocationContext): Promise<void> {
  if (settings().notifications === undefined) return;
  const client = df.getClient(context);
  const lanes = await listLanes(client);
  const notices = lanes.flatMap((lane) => ('unreadable' in lane ? [] : newsOf(lane)));
  for (const notice of notices) {
    // One that can't be begun keeps no other waiting; the next minute tries it again.
    await tellOnce(client, notice, context).catch((error: unknown) => {
      context.error(`${notice.environment}: ${notice.title} could not be told`, error);
    });
  }
}

function newsOf({ name, shown, state, status, createdAt, updatedAt }: Lane): readonly Notice[] {
  const { readyAt, lastSync, lastChange, problem, driftSince = {} } = state;
  const found = noticesOf({
    name,
    shown,
    since: status?.since ?? createdAt,
    steps: status?.steps ?? [],
    driftSince,
    ...(readyAt === undefined ? {} : { readyAt }),
    ...(lastSync === undefined ? {} : { lastSync }),
    ...(lastChange === undefined ? {} : { lastChange }),
    ...(problem === undefined ? {} : { problem }),
  });
  // Judged by the lane's own clock: by when it was last awake.
  return found.filter(({ time }) => Date.parse(time) > Date.parse(updatedAt) - NEWS_MS);
}

/** What this process has had sent, so that the task hub is asked once for each. */
const sent = new Set<string>();
const REMEMBERED = 1000;

/** A notice is an orchestration of its name: one that there is, has been told or is being told. */
async function tellOnce(client: df.DurableClient, notice: Notice, context: InvocationContext): Promise<void> {
  if (sent.has(notice.id)) return;
  const known = await client.getStatus(notice.id).catch((error: unknown) => {
    if (error instanceof Error && error.message.includes('HTTP 404')) return undefined;
    throw error;
  });
  if (known === undefined) {
    await client.startNew(NOTIFICATION, { instanceId: notice.id, input: notice });
    context.info(`${notice.environment}: ${notice.title} (${notice.id}).`);
  }
  if (sent.size >= REMEMBERED) sent.clear();
  sent.add(notice.id);
}
