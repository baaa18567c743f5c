import { randomUUID } from 'node:crypto';
import { drawLatency, TENANT_ID, type Azure } from '../azure.ts';
import type { JsonObject } from '../json.ts';
import { objectAt, stringAt } from '../json.ts';
import { lastSegment, parentId, sameId } from '../resourceId.ts';
import type { Change, Resource } from '../store.ts';
import { retried, type Delivery, type ResourceEvent, type RetryPolicy } from './delivery.ts';
import { payload, resourceEvent, type DeliverySchema } from './events.ts';
import { EVENT_SUBSCRIPTION_TYPE } from './eventSubscriptions.ts';
import { noFaults, reorderSeconds, type EventGridFaults } from './faults.ts';
import { passes } from './filter.ts';
import { eventGridReport } from './report.ts';
import { callWebhook, deliveryUrl, type FunctionsHost } from './webhook.ts';

export interface EventGrid {
  /** Hands the events of writes that have ended to the subscriptions that want them. */
  publish(): void;
  /** Sends what is due. */
  deliver(): void;
  /** When the next event is to be published or delivered (epoch ms). */
  nextAt(): number | undefined;
  /** Whether anybody has subscribed. */
  hasSubscriptions(): boolean;
  /** Where `AzureFunction` destinations are from now on. */
  deliverTo(functions: FunctionsHost): void;
  setFaults(faults: EventGridFaults): void;
  /** Until what is being sent has been answered. */
  idle(): Promise<void>;
  /** Everything there is to know, for the control endpoint. */
  describe(): JsonObject;
}

const NO_HOST = { status: undefined, reason: 'nobody has told where functions run' } as const;

/** Publishes and delivers events, at least once, in Azure time. What is under way survives a restart. */
export function startEventGrid(azure: Azure): EventGrid {
  const { clock, store } = azure;
  const report = eventGridReport();
  const sending = new Map<string, Promise<void>>();
  let faults = noFaults;
  let functions: FunctionsHost | undefined;
  let published = 0;

  const subscriptions = () => [...store.resources.values()].filter(({ type }) => type === EVENT_SUBSCRIPTION_TYPE);

  const enqueue = (event: ResourceEvent, subscription: Resource): Change[] => {
    if (faults.lose > 0) {
      faults = { ...faults, lose: faults.lose - 1 };
      report.count('lost');
      return [];
    }
    return Array.from({ length: 1 + faults.duplicates }).flatMap(() => {
      const { seconds, changes } = drawLatency(azure, 'eventGrid.delivery', subscription.id);
      store.commit(changes);
      const later = seconds + faults.delaySeconds + (faults.reorder ? reorderSeconds(published) : 0);
      published++;
      const dueAt = event.time + later * 1000;
      const id = randomUUID();
      const delivery = { id, subscriptionId: subscription.id, event, publishedAt: event.time, attempts: 0, dueAt };
      return [['deliveries', id, delivery] as const];
    });
  };

  const publishOne = (id: string): void => {
    const activity = store.activities.get(id);
    const event = activity === undefined ? undefined : resourceEvent(activity, TENANT_ID);
    const wanted = event === undefined ? [] : subscriptions().filter((one) => takes(one, store, event));
    const deliveries = event === undefined ? [] : wanted.flatMap((one) => enqueue(event, one));
    store.commit([['unpublished', id, null], ...deliveries]);
  };

  /** Sends an event once and says what becomes of its delivery. */
  const attempt = async (delivery: Delivery): Promise<Delivery | null> => {
    const subscription = store.resources.get(delivery.subscriptionId.toLowerCase());
    if (subscription === undefined) return null;
    const properties = objectAt(subscription.body, 'properties');
    const url = deliveryUrl(objectAt(properties, 'destination'), functions);
    const schema = stringAt(properties, 'eventDeliverySchema') as DeliverySchema;
    const body = payload(delivery.event, schema);
    const answer =
      url === undefined ? NO_HOST : await callWebhook(clock, url, 'POST', headersOf(delivery, schema), body);
    report.attempted(delivery, clock.now(), answer.status ?? answer.reason);
    if (answer.status !== undefined && answer.status >= 200 && answer.status < 300) {
      report.count('delivered');
      return null;
    }
    report.count('failedAttempts');
    const policy = objectAt(properties, 'retryPolicy') as unknown as RetryPolicy;
    const next = retried(delivery, answer.status, policy, clock.now());
    if (typeof next !== 'string') return next;
    const kept = ['deadLetterDestination', 'deadLetterWithResourceIdentity'].some((name) => name in properties);
    report.gaveUp(delivery, next, kept, body);
    return null;
  };

  const send = async (delivery: Delivery): Promise<void> => {
    const next = await attempt(delivery);
    sending.delete(delivery.id);
    store.commit([['deliveries', delivery.id, next]]);
  };

  return {
    publish: () => {
      const now = clock.now();
      const due = [...store.unpublished]
        .filter(([, endsAt]) => endsAt <= now)
        .sort(([, one], [, other]) => one - other);
      for (const [id] of due) publishOne(id);
    },
    deliver: () => {
      const now = clock.now();
      for (const delivery of store.deliveries.values()) {
        if (delivery.dueAt > now || sending.has(delivery.id)) continue;
        sending.set(delivery.id, send(delivery));
      }
    },
    nextAt: () => {
      const deliveries = [...store.deliveries.values()].filter(({ id }) => !sending.has(id)).map(({ dueAt }) => dueAt);
      return [...store.unpublished.values(), ...deliveries].reduce<number | undefined>(
        (first, time) => (first === undefined || time < first ? time : first),
        undefined,
      );
    },
    hasSubscriptions: () => subscriptions().length > 0,
    deliverTo: (host) => {
      functions = host;
    },
    setFaults: (wanted) => {
      faults = wanted;
    },
    idle: async () => void (await Promise.allSettled(sending.values())),
    describe: () => ({ faults: { ...faults }, ...report.describe(store.deliveries.size) }),
  };
}

/** Whether a subscription that is ready wants an event of its topic's source. */
function takes({ id, body }: Resource, store: Azure['store'], event: ResourceEvent): boolean {
  const state = stringAt(body, 'properties', 'provisioningState');
  if (state === 'Creating' || state === 'Deleting') return false;
  const topic = store.resources.get(parentId(id).toLowerCase());
  const source = stringAt(topic?.body, 'properties', 'source') ?? '';
  return sameId(source, event.source) && passes(objectAt(body, 'properties', 'filter'), event);
}

function headersOf({ attempts, event, subscriptionId }: Delivery, schema: DeliverySchema): Record<string, string> {
  return {
    'content-type':
      schema === 'EventGridSchema' ? 'application/json; charset=utf-8' : 'application/cloudevents+json; charset=utf-8',
    'aeg-event-type': 'Notification',
    'aeg-subscription-name': lastSegment(subscriptionId).toUpperCase(),
    'aeg-delivery-count': String(attempts),
    'aeg-output-event-id': event.id,
    ...(schema === 'EventGridSchema' ? { 'aeg-data-version': '2', 'aeg-metadata-version': '1' } : {}),
  };
}
