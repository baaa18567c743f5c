import { ensureEventSubscription } from '../../../shared/azure/eventSubscriptions.ts';
import { startArmServer, type ArmServer } from '../../support/armServer.ts';

const SUBSCRIPTION = '00000000-0000-0000-0000-0000000000aa';
const SOURCE = `/subscriptions/${SUBSCRIPTION}`;
const TOPICS = `${SOURCE}/providers/Microsoft.EventGrid/systemTopics`;
const OUR_TOPIC = `${SOURCE}/resourceGroups/app/providers/Microsoft.EventGrid/systemTopics/gatehouse-subscription-events`;
const FUNCTION_ID = `${SOURCE}/resourceGroups/app/providers/Microsoft.Web/sites/gatehouse/functions/loadBalancerChanged`;

let arm: ArmServer;
beforeAll(async () => {
  arm = await startArmServer();
});
afterAll(() => arm.close());
beforeEach(() => {
  for (const name of Object.keys(process.env).filter((one) => one.startsWith('GATEHOUSE_EVENTS_')))
    delete process.env[name];
});

type Resource = Record<string, unknown> & { properties: Record<string, unknown> };

/** Event Grid, as far as this needs it: topics and event subscriptions by id. */
function eventGrid(resources: Record<string, Resource> = {}): Record<string, Resource> {
  const store = new Map(Object.entries(resources).map(([id, resource]) => [id.toLowerCase(), { id, ...resource }]));
  arm.answer(({ method, path, body }) => {
    const key = path.toLowerCase();
    if (method === 'GET' && key === TOPICS.toLowerCase()) {
      const topics = [...store].filter(([id]) => /\/systemtopics\/[^/]+$/.test(id)).map(([, topic]) => topic);
      return { status: 200, body: { value: topics } };
    }
    const present = store.get(key);
    if (method === 'GET') return present === undefined ? undefined : { status: 200, body: present };
    const given = body as Resource;
    const changed: Resource =
      method === 'PUT'
        ? { ...given, id: path, properties: { ...given.properties, provisioningState: 'Creating' } }
        : { ...present, properties: { ...present?.properties, ...given } };
    store.set(key, changed as Resource & { id: string });
    resources[path] = changed;
    const operationUrl = `${arm.origin}${SOURCE}/providers/Microsoft.EventGrid/locations/global/operations/1?t=signed`;
    return { status: 201, body: changed, headers: { 'azure-asyncoperation': operationUrl } };
  });
  return resources;
}

const topic = (properties: object = {}): Resource => ({
  location: 'global',
  properties: {
    provisioningState: 'Succeeded',
    source: SOURCE,
    topicType: 'Microsoft.Resources.Subscriptions',
    ...properties,
  },
});

const wantedFilter = {
  includedEventTypes: ['Microsoft.Resources.ResourceWriteSuccess', 'Microsoft.Resources.ResourceDeleteSuccess'],
  advancedFilters: [
    {
      operatorType: 'StringIn',
      key: 'data.operationName',
      values: [
        'Microsoft.Network/loadBalancers/write',
        'Microsoft.Network/loadBalancers/delete',
        'Microsoft.Network/networkSecurityGroups/write',
      ],
    },
  ],
};

/** Our event subscription as Event Grid answers it: defaults added, spelt its own way. */
const ours = (properties: object = {}): Resource => ({
  name: 'gatehouse',
  properties: {
    provisioningState: 'Succeeded',
    topic: OUR_TOPIC.toLowerCase(),
    destination: {
      endpointType: 'AzureFunction',
      properties: { resourceId: FUNCTION_ID.toLowerCase(), maxEventsPerBatch: 1, preferredBatchSizeInKilobytes: 64 },
    },
    filter: {
      subjectBeginsWith: '',
      subjectEndsWith: '',
      enableAdvancedFilteringOnArrays: false,
      includedEventTypes: wantedFilter.includedEventTypes.toReversed(),
      advancedFilters: wantedFilter.advancedFilters.map((filter) => ({
        ...filter,
        values: filter.values.toReversed(),
      })),
    },
    labels: [],
    eventDeliverySchema: 'EventGridSchema',
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 },
    ...properties,
  },
});

const ensure = () => ensureEventSubscription(SUBSCRIPTION);
const toTheFunction = () => {
  process.env['GATEHOUSE_EVENTS_FUNCTION_ID'] = FUNCTION_ID;
  process.env['GATEHOUSE_EVENTS_RESOURCE_GROUP'] = 'app';
};
const writes = () => arm.requests.filter((request) => !request.startsWith('GET'));

const IDENTITY = `${SOURCE}/resourceGroups/app/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app`;
const STORAGE = `${SOURCE}/resourceGroups/app/providers/Microsoft.Storage/storageAccounts/dead`;
const deadLettersTo = (blobContainerName: string) => ({
  endpointType: 'StorageBlob',
  properties: { resourceId: STORAGE, blobContainerName },
});
const withDeadLetters = (settings: Record<string, string> = {}) => {
  toTheFunction();
  const container = `${STORAGE}/blobServices/default/containers/events`;
  Object.assign(process.env, { GATEHOUSE_EVENTS_DEADLETTER: container, ...settings });
};

describe('without a destination', () => {
  test('events are off, and Azure is not even asked', async () => {
    eventGrid();
    expect(await ensure()).toEqual({ state: 'off', reason: expect.stringContaining('light pass') });
    expect(arm.requests).toEqual([]);
  });
});

describe('in a subscription without a topic', () => {
  test("one is made in the app's group, then the event subscription on it, and then nothing more", async () => {
    toTheFunction();
    const resources = eventGrid();
    expect(await ensure()).toEqual({
      state: 'started',
      operation: {
        resourceId: OUR_TOPIC,
        operationUrl: expect.stringContaining('operations/1?t=signed'),
        acceptedAt: expect.stringMatching(/Z$/),
      },
    });
    expect(resources[OUR_TOPIC]).toMatchObject({
      location: 'global',
      properties: { source: SOURCE, topicType: 'Microsoft.Resources.Subscriptions' },
    });
    expect(await ensure()).toEqual({ state: 'waiting', reason: `${OUR_TOPIC} is Creating` });

    eventGrid({ [OUR_TOPIC]: topic() });
    const id = `${OUR_TOPIC}/eventSubscriptions/gatehouse`;
    const withTopic = eventGrid({ [OUR_TOPIC]: topic() });
    expect(await ensure()).toMatchObject({ state: 'started', operation: { resourceId: id } });
    expect(withTopic[id]?.properties).toMatchObject({
      destination: { endpointType: 'AzureFunction', properties: { resourceId: FUNCTION_ID } },
      eventDeliverySchema: 'EventGridSchema',
      filter: wantedFilter,
      retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 },
    });
    expect(writes()).toEqual([`PUT ${id}`]);

    eventGrid({ [OUR_TOPIC]: topic(), [id]: ours() });
    expect(await ensure()).toEqual({ state: 'ready', topicId: OUR_TOPIC });
    expect(writes()).toEqual([]);
  });

  test('and without a group for it, events are off', async () => {
    process.env['GATEHOUSE_EVENTS_FUNCTION_ID'] = FUNCTION_ID;
    eventGrid();
    expect(await ensure()).toMatchObject({
      state: 'off',
      reason: expect.stringContaining('GATEHOUSE_EVENTS_RESOURCE_GROUP'),
    });
    expect(writes()).toEqual([]);
  });

  test('a topic of our name with another source is not taken over', async () => {
    toTheFunction();
    eventGrid({ [OUR_TOPIC]: topic({ source: `${SOURCE}/resourceGroups/other` }) });
    expect(await ensure()).toMatchObject({ state: 'conflict', reason: expect.stringContaining('another source') });
    expect(writes()).toEqual([]);
  });
});

describe("in a subscription with somebody's topic", () => {
  const THEIRS = `${SOURCE}/resourceGroups/Platform/providers/Microsoft.EventGrid/systemTopics/audit`;

  test('it is used where it is, and left as it is', async () => {
    toTheFunction();
    const spelt = { source: SOURCE.toUpperCase(), topicType: 'microsoft.resources.subscriptions' };
    const resources = eventGrid({
      [`${SOURCE}/resourceGroups/x/providers/Microsoft.EventGrid/systemTopics/storage`]: topic({
        source: `${SOURCE}/resourceGroups/x/providers/Microsoft.Storage/storageAccounts/x`,
        topicType: 'Microsoft.Storage.StorageAccounts',
      }),
      [THEIRS]: topic(spelt),
    });
    expect(await ensure()).toMatchObject({ state: 'started' });
    expect(writes()).toEqual([`PUT ${THEIRS}/eventSubscriptions/gatehouse`]);
    expect(resources[THEIRS]).toEqual(topic(spelt));
  });

  test('it is waited for while it is being made', async () => {
    toTheFunction();
    eventGrid({ [THEIRS]: topic({ provisioningState: 'Creating' }) });
    expect(await ensure()).toEqual({ state: 'waiting', reason: `${THEIRS} is Creating` });
  });
});

describe('an event subscription of our name', () => {
  const ID = `${OUR_TOPIC}/eventSubscriptions/gatehouse`;
  const grid = (properties: object) => eventGrid({ [OUR_TOPIC]: topic(), [ID]: ours(properties) });

  test('with another destination is reported and stays', async () => {
    toTheFunction();
    grid({ destination: { endpointType: 'EventHub', properties: { resourceId: '/subscriptions/s/hub' } } });
    expect(await ensure()).toEqual({
      state: 'conflict',
      reason: expect.stringContaining('/subscriptions/s/hub'),
      remedy: expect.stringContaining('GATEHOUSE_EVENTS_'),
    });
    expect(writes()).toEqual([]);
  });

  test.each([
    ['another filter', { filter: { includedEventTypes: ['Microsoft.Resources.ResourceWriteSuccess'] } }],
    ['a narrower subject', { filter: { ...wantedFilter, subjectBeginsWith: '/subscriptions/x' } }],
    ['fewer attempts', { retryPolicy: { maxDeliveryAttempts: 3, eventTimeToLiveInMinutes: 1440 } }],
    ['a failed state', { provisioningState: 'Failed' }],
  ])('with %s is set right by a PATCH that leaves the rest alone', async (_what, properties) => {
    toTheFunction();
    const resources = grid({ ...properties, labels: ['theirs'] });
    expect(await ensure()).toMatchObject({ state: 'started', operation: { resourceId: ID } });
    expect(writes()).toEqual([`PATCH ${ID}`]);
    expect(resources[ID]?.properties).toMatchObject({ labels: ['theirs'], filter: wantedFilter });
  });

  test('is waited for while somebody changes it', async () => {
    toTheFunction();
    grid({ provisioningState: 'Updating' });
    expect(await ensure()).toEqual({ state: 'waiting', reason: `${ID} is Updating` });
  });

  test('gets dead letters when the settings say where to', async () => {
    withDeadLetters();
    const deadLetterDestination = deadLettersTo('events');
    const resources = grid({});
    expect(await ensure()).toMatchObject({ state: 'started' });
    expect(resources[ID]?.properties).toMatchObject({ deadLetterDestination });
    grid({ deadLetterDestination });
    expect(await ensure()).toMatchObject({ state: 'ready' });
  });

  test('has dead letters written by the identity that the settings name', async () => {
    withDeadLetters({ GATEHOUSE_EVENTS_IDENTITY: IDENTITY });
    const made = eventGrid();
    expect(await ensure()).toMatchObject({ state: 'started', operation: { resourceId: OUR_TOPIC } });
    const identity = { type: 'UserAssigned', userAssignedIdentities: { [IDENTITY]: {} } };
    expect(made[OUR_TOPIC]).toMatchObject({ identity });

    const written = eventGrid({ [OUR_TOPIC]: { ...topic(), identity } });
    expect(await ensure()).toMatchObject({ state: 'started', operation: { resourceId: ID } });
    const { deadLetterWithResourceIdentity } = written[ID]?.properties ?? {};
    const writer = { type: 'UserAssigned', userAssignedIdentity: IDENTITY };
    expect(deadLetterWithResourceIdentity).toEqual({
      identity: writer,
      deadLetterDestination: deadLettersTo('events'),
    });

    const standing = (container: string) =>
      ours({
        deadLetterWithResourceIdentity: { identity: writer, deadLetterDestination: deadLettersTo(container) },
      });
    eventGrid({ [OUR_TOPIC]: { ...topic(), identity }, [ID]: standing('events') });
    expect(await ensure()).toEqual({ state: 'ready', topicId: OUR_TOPIC });
    eventGrid({ [OUR_TOPIC]: { ...topic(), identity }, [ID]: standing('others') });
    expect(await ensure()).toMatchObject({ state: 'started' });
    expect(writes()).toEqual([`PATCH ${ID}`]);
  });

  test('comes without dead letters on a topic that lacks the identity, and says so', async () => {
    withDeadLetters({ GATEHOUSE_EVENTS_IDENTITY: IDENTITY });
    grid({});
    expect(await ensure()).toMatchObject({ state: 'ready', detail: expect.stringContaining(IDENTITY) });
    expect(writes()).toEqual([]);
  });

  test('keeps dead letters that somebody else has switched on', async () => {
    toTheFunction();
    grid({
      deadLetterDestination: { endpointType: 'StorageBlob', properties: { resourceId: '/x', blobContainerName: 'y' } },
    });
    expect(await ensure()).toMatchObject({ state: 'ready' });
  });

  test('to a webhook is compared without the key in its query', async () => {
    process.env['GATEHOUSE_EVENTS_ENDPOINT'] = 'https://gatehouse.example/runtime/webhooks/eventgrid?code=secret';
    const destination = (endpointBaseUrl: string) => ({ endpointType: 'WebHook', properties: { endpointBaseUrl } });
    grid({ destination: destination('https://gatehouse.example/runtime/webhooks/eventgrid') });
    expect(await ensure()).toMatchObject({ state: 'ready' });
    grid({ destination: destination('https://elsewhere.example/hook') });
    const outcome = await ensure();
    expect(outcome).toMatchObject({ state: 'conflict', reason: expect.stringContaining('elsewhere.example') });
    expect(JSON.stringify(outcome)).not.toContain('secret');
  });
});

test('a refusal is an ArmError with its code', async () => {
  toTheFunction();
  arm.answer(() => ({ status: 403, body: { error: { code: 'AuthorizationFailed', message: 'may not' } } }));
  await expect(ensure()).rejects.toMatchObject({ name: 'ArmError', kind: 'forbidden', code: 'AuthorizationFailed' });
});
