import type { Json, JsonObject } from '../json.ts';
import { timeText } from './events.ts';
import type { Delivery } from './delivery.ts';

const KEPT = 200;

/** Keeps count of what Event Grid did, and the latest of it in full, for the control endpoint. */
export function eventGridReport() {
  const counts = { delivered: 0, failedAttempts: 0, lost: 0, deadLettered: 0, dropped: 0 };
  const deliveries: JsonObject[] = [];
  const deadLetters: JsonObject[] = [];
  const add = (list: JsonObject[], entry: JsonObject) => {
    list.push(entry);
    if (list.length > KEPT) list.shift();
  };
  return {
    count(what: keyof typeof counts): void {
      counts[what]++;
    },
    /** One attempt and what came back: a status, or the reason why no answer came. */
    attempted(delivery: Delivery, now: number, outcome: number | string): void {
      const { attempts, event, subscriptionId } = delivery;
      add(deliveries, {
        time: timeText(now),
        eventId: event.id,
        subject: event.subject,
        operationName: event.data['operationName'],
        subscriptionId,
        attempt: attempts + 1,
        outcome,
      });
    },
    /** An event that never arrived: kept where the subscription has a place for dead letters, else only counted. */
    gaveUp({ event, subscriptionId }: Delivery, reason: string, kept: boolean, body: Json): void {
      counts[kept ? 'deadLettered' : 'dropped']++;
      if (kept) add(deadLetters, { eventId: event.id, subscriptionId, deadLetterReason: reason, event: body });
    },
    describe: (pending: number): JsonObject => ({ counts: { ...counts }, pending, deliveries, deadLetters }),
  };
}
