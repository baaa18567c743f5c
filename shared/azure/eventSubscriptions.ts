import type { EventGridManagementClient, EventSubscription, SystemTopic } from '@azure/arm-eventgrid';
import { sameId } from '../actual/compare.ts';
import type { OperationRecord } from '../model/operation.ts';
import { settings, type DeadLetterSettings, type EventSettings } from '../settings.ts';
import { typedClient } from './clients.ts';
import { ArmError } from './errors.ts';
import { deliversAsWanted, deliversTo, eventSubscriptionShape, shownDestination } from './eventSubscriptionShape.ts';
import { partsOf } from './resourceParts.ts';
import { asArmError } from './restErrors.ts';

/** What a look at a subscription's events came to. */
export type EventsOutcome =
  /** Nothing is wanted, or nothing can be done: the light pass finds every change. */
  | { readonly state: 'off'; readonly reason: string }
  | { readonly state: 'ready'; readonly topicId: string; readonly detail?: string }
  /** Something was written; to be looked at again once it is done. */
  | { readonly state: 'started'; readonly operation: OperationRecord }
  | { readonly state: 'waiting'; readonly reason: string }
  /** Something foreign stands where ours would; it stays as it is. */
  | { readonly state: 'conflict'; readonly reason: string; readonly remedy: string };

const TOPIC_TYPE = 'Microsoft.Resources.Subscriptions';
const TOPIC_NAME = 'gatehouse-subscription-events';
const EVENT_SUBSCRIPTION_NAME = 'gatehouse';

/**
 * Brings what ARM does in a subscription to the app: one system topic whose source is the subscription, one event
 * subscription on it. Azure allows one topic per source, so one that exists is used wherever it lives and whoever made it,
 * and it is never changed; every environment of the subscription shares the two.
 *
 * Each call reads, writes one thing at most, and waits for nothing.
 *
 * @param subscription id (a GUID)
 * @throws ArmError
 */
export async function ensureEventSubscription(subscription: string): Promise<EventsOutcome> {
  const { events } = settings();
  if (events === undefined) {
    const names = 'GATEHOUSE_EVENTS_FUNCTION_ID or GATEHOUSE_EVENTS_ENDPOINT';
    return off(`Events are off, since neither ${names} is set.`);
  }
  const { EventGridManagementClient } = await import('./eventGridSdk.ts');
  const client = await typedClient(
    (credential, options) => new EventGridManagementClient(credential, subscription, options),
  );
  try {
    return await ensure(client, subscription, events);
  } catch (error) {
    throw asArmError(error);
  }
}

async function ensure(
  client: EventGridManagementClient,
  subscription: string,
  events: EventSettings,
): Promise<EventsOutcome> {
  const source = `/subscriptions/${subscription}`;
  const topics: SystemTopic[] = [];
  for await (const topic of client.systemTopics.listBySubscription()) topics.push(topic);
  const topic = topics.find(
    (one) => one.topicType?.toLowerCase() === TOPIC_TYPE.toLowerCase() && sameId(one.source ?? '', source),
  );
  if (topic === undefined) return createTopic(client, source, events, topics);
  const { id = '', provisioningState = 'Succeeded' } = topic;
  if (!isSettled(provisioningState)) return { state: 'waiting', reason: `${id} is ${provisioningState}` };
  const unwritable = lacksWriter(topic, events.deadLetter);
  if (unwritable === undefined) return ensureOnTopic(client, id, events);
  // Events without dead letters are better than none; whose topic it is decides about its identities.
  const { deadLetter: _, ...others } = events;
  const outcome = await ensureOnTopic(client, id, others);
  return outcome.state === 'ready' ? { ...outcome, detail: unwritable } : outcome;
}

/** Why dead letters can't be written on a topic that somebody else has made, or before the settings named an identity. */
function lacksWriter(
  { id = '', identity }: SystemTopic,
  deadLetter: DeadLetterSettings | undefined,
): string | undefined {
  const writer = deadLetter?.identityId;
  if (writer === undefined) return undefined;
  if (Object.keys(identity?.userAssignedIdentities ?? {}).some((one) => sameId(one, writer))) return undefined;
  return `Events that can't be delivered are dropped: ${id} lacks the identity ${writer} (GATEHOUSE_EVENTS_IDENTITY), which would write them down. Add it to the topic.`;
}

async function createTopic(
  client: EventGridManagementClient,
  source: string,
  { resourceGroup, deadLetter }: EventSettings,
  topics: readonly SystemTopic[],
): Promise<EventsOutcome> {
  if (resourceGroup === undefined) {
    return off(
      `Events are off: ${source} has no system topic, and GATEHOUSE_EVENTS_RESOURCE_GROUP names no group for it.`,
    );
  }
  const id = `${source}/resourceGroups/${resourceGroup}/providers/Microsoft.EventGrid/systemTopics/${TOPIC_NAME}`;
  if (topics.some((topic) => sameId(topic.id ?? '', id))) {
    return {
      state: 'conflict',
      reason: `${id} exists and has another source than ${source}.`,
      remedy: 'Remove it if nobody needs it, or name another group in GATEHOUSE_EVENTS_RESOURCE_GROUP.',
    };
  }
  try {
    return await started(id, (onResponse) =>
      client.systemTopics.beginCreateOrUpdate(
        resourceGroup,
        TOPIC_NAME,
        // The source is no place, so its topic is in none.
        { location: 'global', source, topicType: TOPIC_TYPE, ...topicIdentity(deadLetter?.identityId) },
        { onResponse },
      ),
    );
  } catch (error) {
    const armError = asArmError(error);
    if (!(armError instanceof ArmError) || armError.code !== 'ResourceGroupNotFound') throw armError;
    return off(
      `Events are off: ${source} has no system topic, and no group ${resourceGroup} (GATEHOUSE_EVENTS_RESOURCE_GROUP) for it.`,
    );
  }
}

function topicIdentity(id: string | undefined): Pick<SystemTopic, 'identity'> {
  return id === undefined ? {} : { identity: { type: 'UserAssigned', userAssignedIdentities: { [id]: {} } } };
}

async function ensureOnTopic(
  client: EventGridManagementClient,
  topicId: string,
  events: EventSettings,
): Promise<EventsOutcome> {
  const { resourceGroup, name: topic } = partsOf(topicId);
  const id = `${topicId}/eventSubscriptions/${EVENT_SUBSCRIPTION_NAME}`;
  const shape = eventSubscriptionShape(events);
  const on = client.systemTopicEventSubscriptions;
  const actual = await unlessMissing(on.get(resourceGroup, topic, EVENT_SUBSCRIPTION_NAME));
  if (actual === undefined) {
    return started(id, (onResponse) =>
      on.beginCreateOrUpdate(resourceGroup, topic, EVENT_SUBSCRIPTION_NAME, shape, { onResponse }),
    );
  }
  const { provisioningState = 'Succeeded' } = actual;
  if (!isSettled(provisioningState)) return { state: 'waiting', reason: `${id} is ${provisioningState}` };
  if (!deliversTo(actual, events.destination)) {
    return {
      state: 'conflict',
      reason: `${id} exists and delivers to ${shownDestination(actual)}.`,
      remedy: 'Remove it if nobody needs it, or set the destination of the events (GATEHOUSE_EVENTS_*) to the same.',
    };
  }
  if (provisioningState === 'Succeeded' && deliversAsWanted(actual, shape)) return { state: 'ready', topicId };
  // A PATCH, so that what others have set beside it (labels, batching) stays.
  const { destination: _destination, eventDeliverySchema: _schema, ...changes } = shape;
  return started(id, (onResponse) =>
    on.beginUpdate(resourceGroup, topic, EVENT_SUBSCRIPTION_NAME, changes, { onResponse }),
  );
}

type OnResponse = (response: { readonly headers: { get(name: string): string | undefined } }) => void;

/**
 * Sends a write and keeps the URL of its operation, which outlives a process. The SDK's poller looks at it once more by
 * itself before it is handed over; what it meets there is for those to tell who follow the URL.
 */
async function started(resourceId: string, send: (onResponse: OnResponse) => Promise<unknown>): Promise<EventsOutcome> {
  let headers: { get(name: string): string | undefined } | undefined;
  const operationUrlOf = () => headers?.get('azure-asyncoperation') ?? headers?.get('location');
  try {
    await send((response) => {
      headers ??= response.headers;
    });
  } catch (error) {
    if (operationUrlOf() === undefined) throw error;
  }
  const operationUrl = operationUrlOf();
  if (operationUrl === undefined)
    return { state: 'waiting', reason: `${resourceId} was written and is to be read back` };
  const date = new Date(headers?.get('date') ?? '');
  const acceptedAt = Number.isNaN(date.getTime()) ? '' : date.toISOString();
  return { state: 'started', operation: { resourceId, operationUrl, acceptedAt } };
}

async function unlessMissing(read: Promise<EventSubscription>): Promise<EventSubscription | undefined> {
  try {
    return await read;
  } catch (error) {
    const armError = asArmError(error);
    if (armError instanceof ArmError && armError.kind === 'notFound') return undefined;
    throw armError;
  }
}

const off = (reason: string): EventsOutcome => ({
  state: 'off',
  reason: `${reason} Changes of services are found by the light pass instead.`,
});

const isSettled = (provisioningState: string) => ['Succeeded', 'Failed', 'Canceled'].includes(provisioningState);
