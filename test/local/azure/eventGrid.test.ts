import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at, isObject, objectAt, objectsAt, stringAt, type Json, type JsonObject } from '../../../local/azure/json.ts';
import { aNetwork, GROUP, NETWORK, refusal, startClient, SUBSCRIPTION, type Client } from './client.ts';
import { describeWithReferenceData, referenceJson } from './referenceData.ts';
import { startSubscriber, type Subscriber } from './subscriber.ts';

const TOPICS = `${GROUP}/providers/Microsoft.EventGrid/systemTopics`;
const TOPIC = `${TOPICS}/all-of-it`;
const SUBSCRIBED = `${TOPIC}/eventSubscriptions/gatehouse`;
const aTopic = (source = SUBSCRIPTION, location = 'global'): JsonObject => ({
  location,
  properties: { source, topicType: 'Microsoft.Resources.Subscriptions' },
});
const aSubscription = (endpointUrl: string, properties: JsonObject = {}): JsonObject => ({
  properties: { destination: { endpointType: 'WebHook', properties: { endpointUrl } }, ...properties },
});
const operations = (...values: string[]): JsonObject => ({
  filter: { advancedFilters: [{ operatorType: 'StringIn', key: 'data.operationName', values }] },
});

let client: Client;
let subscriber: Subscriber;
beforeEach(async () => {
  client = await startClient();
  subscriber = await startSubscriber(client.clock);
  await client.apply('PUT', GROUP, { location: 'eastus' });
});
afterEach(async () => {
  await client.close();
  await subscriber.close();
});

const subscribe = async (properties: JsonObject = {}) => {
  await client.apply('PUT', TOPIC, aTopic());
  return client.apply('PUT', SUBSCRIBED, aSubscription(subscriber.url, properties));
};
const report = () => client.get('/_local/event-grid');

describe('a system topic', () => {
  test('stands for a subscription, everywhere, once it is made', async () => {
    const reply = await client.send('PUT', TOPIC, aTopic());
    expect([reply.status, at(reply.body, 'properties', 'provisioningState')]).toEqual([201, 'Creating']);
    expect(await client.finish(reply)).toEqual({ status: 'Succeeded', polls: 2 });
    expect(await client.get(TOPIC)).toEqual({
      id: TOPIC,
      name: 'all-of-it',
      type: 'Microsoft.EventGrid/systemTopics',
      location: 'global',
      tags: {},
      properties: {
        provisioningState: 'Succeeded',
        source: SUBSCRIPTION,
        topicType: 'Microsoft.Resources.Subscriptions',
        metricResourceId: expect.any(String) as string,
      },
    });
    const bySubscription = await client.get(`${SUBSCRIPTION}/providers/Microsoft.EventGrid/systemTopics`);
    expect(objectsAt(bySubscription, 'value')).toHaveLength(1);
  });

  test('is the only one of its source', async () => {
    await client.apply('PUT', TOPIC, aTopic());
    const second = await client.send('PUT', `${TOPICS}/another`, aTopic(SUBSCRIPTION.toUpperCase()));
    expect(refusal(second)).toEqual([400, 'InvalidRequest']);
    expect(stringAt(second.body, 'error', 'message')).toContain('Only one system topic is allowed per source.');
    await client.apply('DELETE', TOPIC);
    expect((await client.send('PUT', `${TOPICS}/another`, aTopic())).status).toBe(201);
  });

  test('lies nowhere else and never changes its source', async () => {
    expect(refusal(await client.send('PUT', TOPIC, aTopic(SUBSCRIPTION, 'eastus')))).toEqual([400, 'InvalidRequest']);
    expect(refusal(await client.send('PUT', TOPIC, aTopic(GROUP)))).toEqual([400, 'InvalidRequest']);
    const { properties } = aTopic();
    const ofGroups = { ...objectAt(properties), topicType: 'Microsoft.Storage.StorageAccounts' };
    expect(refusal(await client.send('PUT', TOPIC, { ...aTopic(), properties: ofGroups }))[0]).toBe(400);
  });
});

describe('an event subscription', () => {
  test('keeps what was sent, says who made what of it, and hides the secret in its URL', async () => {
    const made = await subscribe(operations('Microsoft.Network/loadBalancers/write'));
    expect(made).toMatchObject({
      id: SUBSCRIBED,
      type: 'Microsoft.EventGrid/systemTopics/eventSubscriptions',
      properties: {
        provisioningState: 'Succeeded',
        topic: SUBSCRIPTION,
        eventDeliverySchema: 'EventGridSchema',
        retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 },
        filter: { advancedFilters: [{ operatorType: 'StringIn' }] },
      },
    });
    const destination = objectAt(made, 'properties', 'destination', 'properties');
    expect([destination['endpointUrl'], destination['endpointBaseUrl']]).toEqual([
      undefined,
      subscriber.url.split('?')[0],
    ]);
    const full = await client.send('POST', `${SUBSCRIBED}/getFullUrl`);
    expect(full.body).toEqual({ endpointUrl: subscriber.url });
    expect(objectsAt(await client.get(`${TOPIC}/eventSubscriptions`), 'value')).toHaveLength(1);
    await client.apply('DELETE', SUBSCRIBED);
    expect(refusal(await client.send('GET', SUBSCRIBED))).toEqual([404, 'ResourceNotFound']);
  });

  test('is patched at the top level, and keeps the rest', async () => {
    await subscribe(operations('Microsoft.Network/loadBalancers/write'));
    const reply = await client.send('PATCH', SUBSCRIBED, { retryPolicy: { maxDeliveryAttempts: 5 } });
    await client.finish(reply);
    expect(objectAt(await client.get(SUBSCRIBED), 'properties')).toMatchObject({
      retryPolicy: { maxDeliveryAttempts: 5, eventTimeToLiveInMinutes: 1440 },
      filter: { advancedFilters: [{ key: 'data.operationName' }] },
    });
    expect(subscriber.handshakes).toHaveLength(1);
  });

  test.each<[string, JsonObject]>([
    ['has a schema nobody knows', { eventDeliverySchema: 'Letters' }],
    ['filters for more than 25 values', operations(...Array.from({ length: 26 }, (_, index) => `operation ${index}`))],
    ['filters for types the topic has not', { filter: { includedEventTypes: ['Microsoft.Storage.BlobCreated'] } }],
    ['is to try more than 30 times', { retryPolicy: { maxDeliveryAttempts: 31 } }],
    [
      'delivers to plain http',
      { destination: { endpointType: 'WebHook', properties: { endpointUrl: 'http://example.com' } } },
    ],
    ['delivers to no function', { destination: { endpointType: 'AzureFunction', properties: { resourceId: GROUP } } }],
  ])('is refused when it %s', async (_, properties) => {
    await client.apply('PUT', TOPIC, aTopic());
    const reply = await client.send('PUT', SUBSCRIBED, aSubscription(subscriber.url, properties));
    expect(refusal(reply)).toEqual([400, 'InvalidRequest']);
  });

  test('is refused when the webhook does not answer the handshake', async () => {
    await client.apply('PUT', TOPIC, aTopic());
    subscriber.refuseHandshakes();
    expect(refusal(await client.send('PUT', SUBSCRIBED, aSubscription(subscriber.url)))).toEqual([
      400,
      'Url validation',
    ]);
    const clouds = aSubscription(subscriber.url, { eventDeliverySchema: 'CloudEventSchemaV1_0' });
    expect(refusal(await client.send('PUT', SUBSCRIBED, clouds))).toEqual([400, 'Url validation']);
    const nobody = aSubscription('http://127.0.0.1:9/events');
    expect(refusal(await client.send('PUT', SUBSCRIBED, nobody))).toEqual([400, 'Url validation']);
    expect(subscriber.handshakes.map(({ method }) => method)).toEqual(['POST', 'OPTIONS']);
  });
});

describe('delivery', () => {
  test('comes once the write has ended, with what Event Grid says beside it', async () => {
    await subscribe(operations('MICROSOFT.NETWORK/VIRTUALNETWORKS/WRITE'));
    const started = client.clock.now();
    await client.send('PUT', `${NETWORK}/virtualNetworks/v`, aNetwork());
    await client.send('PUT', `${NETWORK}/routeTables/r`, { location: 'eastus' });
    const [event] = await subscriber.until(1);
    // A network takes 4 s and the delivery 2; a route table isn't asked for.
    expect((event?.time ?? 0) - started).toBe(6000);
    expect(event?.headers).toMatchObject({
      'aeg-event-type': 'Notification',
      'aeg-subscription-name': 'GATEHOUSE',
      'aeg-delivery-count': '0',
      'content-type': 'application/json; charset=utf-8',
    });
    const [body] = objectsAt({ body: event?.body }, 'body');
    expect(body).toMatchObject({
      topic: SUBSCRIPTION,
      eventType: 'Microsoft.Resources.ResourceWriteSuccess',
      data: { operationName: 'Microsoft.Network/virtualNetworks/write', status: 'Succeeded' },
    });
    expect(stringAt(body, 'subject')?.toLowerCase()).toBe(`${NETWORK}/virtualNetworks/v`.toLowerCase());
    await client.pass(3600);
    expect(subscriber.events).toHaveLength(1);
  });

  test('goes to functions by their resource id, with the key of the host', async () => {
    await client.apply('PUT', TOPIC, aTopic());
    const app = `${SUBSCRIPTION}/resourceGroups/app/providers/Microsoft.Web/sites/gatehouse`;
    const destination = {
      endpointType: 'AzureFunction',
      properties: { resourceId: `${app}/functions/loadBalancerChanged` },
    };
    await client.apply('PUT', SUBSCRIBED, {
      properties: { destination, ...operations('Microsoft.Network/routeTables/write') },
    });
    client.azure.deliverTo({ origin: new URL(subscriber.url).origin, key: 'the key' });
    await client.send('PUT', `${NETWORK}/routeTables/r`, { location: 'eastus' });
    const [event] = await subscriber.until(1);
    expect(event?.url).toBe('/runtime/webhooks/EventGrid?functionName=loadBalancerChanged&code=the+key');
    expect(subscriber.handshakes).toEqual([]);
  });

  test('is repeated after 10 s, 30 s, a minute, and says how often it has been', async () => {
    await subscribe(operations('Microsoft.Network/routeTables/write'));
    subscriber.answer(500, 503, 404);
    await client.send('PUT', `${NETWORK}/routeTables/r`, { location: 'eastus' });
    const events = await subscriber.until(4);
    const [first = 0] = events.map(({ time }) => time);
    expect(events.map(({ time }) => (time - first) / 1000)).toEqual([0, 10, 40, 100]);
    expect(events.map(({ headers }) => headers['aeg-delivery-count'])).toEqual(['0', '1', '2', '3']);
    expect(new Set(events.map(({ headers }) => headers['aeg-output-event-id'])).size).toBe(1);
  });

  test.each([400, 401, 403, 413])('is given up at once after %d', async (status) => {
    const kept = { endpointType: 'StorageBlob', properties: { resourceId: `${GROUP}/x`, blobContainerName: 'c' } };
    await subscribe({ ...operations('Microsoft.Network/routeTables/write'), deadLetterDestination: kept });
    subscriber.answer(status);
    await client.send('PUT', `${NETWORK}/routeTables/r`, { location: 'eastus' });
    await subscriber.until(1);
    await client.pass(48 * 3600);
    expect(subscriber.events).toHaveLength(1);
    expect(await report()).toMatchObject({
      counts: { delivered: 0, failedAttempts: 1, deadLettered: 1, dropped: 0 },
      pending: 0,
      deadLetters: [{ deadLetterReason: 'NonRetriableError' }],
    });
  });

  test('with dead letters written by an identity that the topic lacks is refused', async () => {
    const deadLetterDestination = {
      endpointType: 'StorageBlob',
      properties: { resourceId: `${GROUP}/x`, blobContainerName: 'c' },
    };
    await client.apply('PUT', TOPIC, aTopic());
    const identity = { type: 'UserAssigned', userAssignedIdentity: `${GROUP}/y` };
    const written = { deadLetterWithResourceIdentity: { identity, deadLetterDestination } };
    for (const [properties, reason] of [
      [written, "is not one of the topic's own"],
      [{ ...written, deadLetterDestination }, 'exclude each other'],
      [{ deadLetterDestination: { endpointType: 'StorageBlob', properties: {} } }, 'blobContainerName'],
    ] as const) {
      const refused = await client.send('PUT', SUBSCRIBED, aSubscription(subscriber.url, properties));
      expect([refused.status, JSON.stringify(refused.body)]).toEqual([400, expect.stringContaining(reason)]);
    }
  });

  test('is given up after a day or the last attempt', async () => {
    await subscribe({ ...operations('Microsoft.Network/routeTables/write'), retryPolicy: { maxDeliveryAttempts: 3 } });
    subscriber.answer(...Array.from({ length: 100 }, () => 500));
    await client.send('PUT', `${NETWORK}/routeTables/r`, { location: 'eastus' });
    await subscriber.until(3);
    await client.pass(48 * 3600);
    expect(subscriber.events).toHaveLength(3);
    await client.finish(await client.send('PATCH', SUBSCRIBED, { retryPolicy: { maxDeliveryAttempts: 30 } }));
    await client.send('PUT', `${NETWORK}/routeTables/s`, { location: 'eastus' });
    await client.pass(48 * 3600);
    const own = subscriber.events.slice(3);
    expect((own.at(-1)?.time ?? 0) - (own[0]?.time ?? 0)).toBeLessThanOrEqual(24 * 3600 * 1000);
    expect(own).toHaveLength(11);
    expect(await report()).toMatchObject({ counts: { dropped: 2, deadLettered: 0 }, pending: 0 });
  });

  test('goes on after a restart', async () => {
    const stateDirectory = mkdtempSync(join(tmpdir(), 'event-grid-'));
    const { clock } = client;
    const first = await startClient({ clock, stateDirectory });
    await first.apply('PUT', GROUP, { location: 'eastus' });
    await first.apply('PUT', TOPIC, aTopic());
    await first.apply(
      'PUT',
      SUBSCRIBED,
      aSubscription(subscriber.url, operations('Microsoft.Network/routeTables/write')),
    );
    const release = clock.busy();
    await first.send('PUT', `${NETWORK}/routeTables/r`, { location: 'eastus' });
    await first.close();
    const second = await startClient({ clock, stateDirectory });
    release();
    await subscriber.until(1);
    expect(await second.get('/_local/event-grid')).toMatchObject({ pending: 0, counts: { delivered: 1 } });
    await second.close();
    rmSync(stateDirectory, { recursive: true });
  });
});

describe('Event Grid at its worst', () => {
  const written = async (...names: string[]) => {
    for (const name of names) await client.send('PUT', `${NETWORK}/routeTables/${name}`, { location: 'eastus' });
  };
  const subjects = () =>
    subscriber.events.map(({ body }) => stringAt(objectsAt({ body }, 'body')[0], 'subject')?.split('/').at(-1));

  beforeEach(() => subscribe(operations('Microsoft.Network/routeTables/write')));

  test('delivers late and twice', async () => {
    await client.send('PUT', '/_local/event-grid', { delaySeconds: 100, duplicates: 1 });
    const started = client.clock.now();
    await written('r');
    const events = await subscriber.until(2);
    expect(events.map(({ time }) => (time - started) / 1000)).toEqual([112, 112]);
    expect(subjects()).toEqual(['r', 'r']);
  });

  test('lets events overtake each other', async () => {
    await client.send('PUT', '/_local/event-grid', { reorder: true });
    const release = client.clock.busy();
    await written('a', 'b', 'c');
    release();
    await subscriber.until(3);
    expect(subjects()).toEqual(['c', 'b', 'a']);
  });

  test('loses as many as it is told to', async () => {
    await client.send('PUT', '/_local/event-grid', { lose: 1 });
    await written('a');
    await client.pass(60);
    await written('b');
    await subscriber.until(1);
    expect(subjects()).toEqual(['b']);
    expect(await report()).toMatchObject({ counts: { lost: 1, delivered: 1 } });
  });

  test('says what it does not understand', async () => {
    const reply = await client.send('PUT', '/_local/event-grid', { delay: 5 });
    expect(refusal(reply)).toEqual([400, 'InvalidRequestContent']);
    expect(stringAt(reply.body, 'error', 'message')).toContain('delaySeconds, duplicates, reorder, lose');
  });
});

/** What a value is made of: names and types, no values. */
function shapeOf(value: Json): Json {
  if (Array.isArray(value)) return value.map((element: Json) => shapeOf(element));
  if (!isObject(value)) return typeof value;
  const names = Object.keys(value).filter((name) => name !== 'httpRequest' && name !== 'claims');
  return Object.fromEntries(names.sort().map((name) => [name, shapeOf(value[name] ?? null)]));
}

describeWithReferenceData('events', 'what is delivered', () => {
  test.each([
    ['EventGridSchema', 'PUT', 'load-balancer-written.eventgrid.json', 'application/json'],
    ['CloudEventSchemaV1_0', 'DELETE', 'load-balancer-deleted.cloudevent.json', 'application/cloudevents+json'],
  ])('has in %s for a %s the shape of the real thing', async (eventDeliverySchema, method, file, contentType) => {
    const table = `${NETWORK}/routeTables/r`;
    await client.apply('PUT', table, { location: 'eastus' });
    const verb = method === 'PUT' ? 'write' : 'delete';
    await subscribe({ ...operations(`Microsoft.Network/routeTables/${verb}`), eventDeliverySchema });
    await client.send(method, table, method === 'PUT' ? { location: 'eastus', tags: { a: 'b' } } : undefined);
    const [event] = await subscriber.until(1);
    expect(event?.headers['content-type']).toContain(contentType);
    expect(shapeOf(event?.body ?? null)).toEqual(shapeOf(referenceJson(`events/${file}`) as Json));
  });

  test('begins with a handshake in the shape of the real one', async () => {
    await subscribe();
    const [handshake] = subscriber.handshakes;
    expect(handshake?.headers['aeg-event-type']).toBe('SubscriptionValidation');
    expect(shapeOf(handshake?.body ?? null)).toEqual(
      shapeOf(referenceJson('events/subscription-validation.eventgrid.json') as Json),
    );
  });
});
