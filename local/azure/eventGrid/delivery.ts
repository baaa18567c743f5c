import type { JsonObject } from '../json.ts';

/** An event of a resource, in what both schemas have in common. */
export interface ResourceEvent {
  readonly id: string;
  /** The subscription (of Azure) that it comes from. */
  readonly source: string;
  readonly subject: string;
  readonly type: string;
  /** Epoch ms, Azure time. */
  readonly time: number;
  readonly data: JsonObject;
}

/** An event on its way to one event subscription. */
export interface Delivery {
  readonly id: string;
  readonly subscriptionId: string;
  readonly event: ResourceEvent;
  /** Epoch ms, Azure time. */
  readonly publishedAt: number;
  /** How often it was tried in vain. */
  readonly attempts: number;
  readonly dueAt: number;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const pauses = [
  ...[10 * SECOND_MS, 30 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS],
  ...[HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS],
];

/** Answers that no repetition would change. */
const FINAL_STATUSES = [400, 401, 403, 413];

export interface RetryPolicy {
  readonly maxDeliveryAttempts: number;
  readonly eventTimeToLiveInMinutes: number;
}

/**
 * The delivery as it is tried again, or why it is given up. Event Grid waits longer after each attempt, and gives up when
 * the attempts or the event's time to live are used up, or at once when the answer is final.
 *
 * @param status of the answer; undefined when none came
 */
export function retried(
  delivery: Delivery,
  status: number | undefined,
  policy: RetryPolicy,
  now: number,
): Delivery | 'NonRetriableError' | 'MaxDeliveryAttemptsExceeded' | 'TimeToLiveExceeded' {
  if (status !== undefined && FINAL_STATUSES.includes(status)) return 'NonRetriableError';
  const attempts = delivery.attempts + 1;
  if (attempts >= policy.maxDeliveryAttempts) return 'MaxDeliveryAttemptsExceeded';
  const dueAt = now + (pauses[delivery.attempts] ?? 12 * HOUR_MS);
  if (dueAt > delivery.publishedAt + policy.eventTimeToLiveInMinutes * MINUTE_MS) return 'TimeToLiveExceeded';
  return { ...delivery, attempts, dueAt };
}
