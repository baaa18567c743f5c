import { invalidRequest } from '../errors.ts';
import { compact, isObject, objectAt, omit, stringAt, type JsonObject } from '../json.ts';
import { parentId } from '../resourceId.ts';
import type { ResourceType } from '../resources/resourceType.ts';
import { checkSubscription } from './subscriptionChecks.ts';

export const EVENT_SUBSCRIPTION_TYPE = 'Microsoft.EventGrid/systemTopics/eventSubscriptions';

/** Event subscriptions of system topics. Where a webhook really is stays a secret: reading tells its URL without the query. */
export const eventSubscriptions: ResourceType = {
  type: EVENT_SUBSCRIPTION_TYPE,
  shape: true,
  hasLocation: false,
  children: [],
  busy: 'AnotherOperationInProgress',
  checkName(name) {
    if (/^[A-Za-z0-9-]{3,64}$/.test(name)) return;
    throw invalidRequest(`Event subscription name '${name}' is not valid. It must be 3–64 letters, digits and '-'.`);
  },
  plan(write) {
    const sent = objectAt(write.sent, 'properties');
    const topic = write.world.find(parentId(write.id))?.body;
    checkSubscription(sent, topic);
    return {
      body: {
        id: write.id,
        name: write.name,
        type: EVENT_SUBSCRIPTION_TYPE,
        properties: compact({
          ...omit(sent, 'provisioningState', 'topic'),
          topic: stringAt(topic, 'properties', 'source'),
          destination: filledDestination(objectAt(sent, 'destination')),
          filter: { subjectBeginsWith: '', subjectEndsWith: '', ...objectAt(sent, 'filter') },
          labels: sent['labels'] ?? [],
          eventDeliverySchema: sent['eventDeliverySchema'] ?? 'EventGridSchema',
          retryPolicy: {
            maxDeliveryAttempts: 30,
            eventTimeToLiveInMinutes: 1440,
            ...objectAt(sent, 'retryPolicy'),
          },
        }),
      },
      kind: 'eventSubscriptions.put',
      provisioningState: write.before === undefined ? 'Creating' : 'Updating',
    };
  },
  complete: (body) => ({ body }),
  present(body) {
    const properties = objectAt(body, 'properties');
    return { ...omit(body, 'etag'), properties: { ...properties, destination: shownDestination(properties) } };
  },
  deleteKind: () => 'eventSubscriptions.put',
};

function filledDestination(destination: JsonObject): JsonObject {
  const batching = { maxEventsPerBatch: 1, preferredBatchSizeInKilobytes: 64 };
  const properties = omit(objectAt(destination, 'properties'), 'endpointBaseUrl');
  return { ...destination, properties: { ...batching, ...properties } };
}

function shownDestination(properties: JsonObject): JsonObject {
  const destination = objectAt(properties, 'destination');
  const inner = objectAt(destination, 'properties');
  const url = stringAt(inner, 'endpointUrl');
  if (url === undefined || !isObject(destination['properties'])) return destination;
  return {
    ...destination,
    properties: { ...omit(inner, 'endpointUrl'), endpointBaseUrl: url.split('?')[0] ?? '' },
  };
}
