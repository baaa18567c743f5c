import { parseSettings, timerSchedule } from '../../shared/settings.ts';

test('without any setting the app talks to the public cloud and may touch nothing', () => {
  expect(parseSettings({})).toEqual({
    allowedScopes: [],
    outboundRanges: [],
    auth: 'keys',
    logLevel: 'info',
    rateLimits: { perCaller: 600, inAll: 3000 },
    cloud: 'public',
    armEndpoint: 'https://management.azure.com',
    armAudience: 'https://management.azure.com',
    authorityHost: 'https://login.microsoftonline.com',
  });
});

test.each([
  [
    { GATEHOUSE_CLOUD: 'government' },
    'government',
    'https://management.usgovcloudapi.net',
    'https://login.microsoftonline.us',
  ],
  [{ GATEHOUSE_CLOUD: 'china' }, 'china', 'https://management.chinacloudapi.cn', 'https://login.chinacloudapi.cn'],
  [
    { GATEHOUSE_ARM_ENDPOINT: 'https://management.chinacloudapi.cn/' },
    'china',
    'https://management.chinacloudapi.cn',
    'https://login.chinacloudapi.cn',
  ],
])('%j is the cloud with its endpoints', (variables, cloud, armEndpoint, authorityHost) => {
  expect(parseSettings(variables)).toMatchObject({ cloud, armEndpoint, armAudience: armEndpoint, authorityHost });
});

test('endpoints can be given on their own; a stand-in takes the tokens of the cloud that it stands in for', () => {
  const local = { GATEHOUSE_CLOUD: 'government', GATEHOUSE_ARM_ENDPOINT: 'http://127.0.0.1:8480' };
  expect(parseSettings(local)).toMatchObject({
    armEndpoint: 'http://127.0.0.1:8480',
    armAudience: 'https://management.usgovcloudapi.net',
  });
  const own = { GATEHOUSE_ARM_AUDIENCE: 'https://arm.example', GATEHOUSE_AUTHORITY_HOST: 'https://login.example/' };
  expect(parseSettings({ ...local, ...own })).toMatchObject({
    armAudience: 'https://arm.example',
    authorityHost: 'https://login.example',
  });
});

test('an endpoint of another cloud is refused', () => {
  const parse = (cloud: string) => () =>
    parseSettings({ GATEHOUSE_CLOUD: cloud, GATEHOUSE_ARM_ENDPOINT: 'https://management.azure.com' });
  expect(parse('china')).toThrow(/GATEHOUSE_ARM_ENDPOINT is of another cloud/);
  expect(parse('moon')).toThrow(/GATEHOUSE_CLOUD must be one of public, government, china/);
  expect(parse('public')()).toMatchObject({ cloud: 'public' });
});

test('lists are split at commas and white space, and empty values count as absent', () => {
  const settings = parseSettings({
    GATEHOUSE_SUBSCRIPTION: '',
    GATEHOUSE_ALLOWED_SCOPES: ' /subscriptions/a, /subscriptions/b\n/subscriptions/c ',
    GATEHOUSE_OUTBOUND_RANGES: '',
  });
  expect(settings.allowedScopes).toEqual(['/subscriptions/a', '/subscriptions/b', '/subscriptions/c']);
  expect(settings.subscription).toBeUndefined();
});

test.each(['http://127.0.0.1:8480/', 'http://localhost:8480', 'https://management.usgovcloudapi.net'])(
  '%s is an endpoint that tokens may go to',
  (endpoint) => {
    expect(parseSettings({ GATEHOUSE_ARM_ENDPOINT: endpoint }).armEndpoint).toBe(endpoint.replace(/\/$/, ''));
  },
);

test('tokens never go over plain http to another machine', () => {
  expect(() => parseSettings({ GATEHOUSE_ARM_ENDPOINT: 'http://10.0.0.5:8480' })).toThrow(
    /GATEHOUSE_ARM_ENDPOINT.*https/,
  );
});

test('every setting that is wrong is named at once', () => {
  const parse = () => parseSettings({ GATEHOUSE_SUBSCRIPTION: 'mine', GATEHOUSE_ARM_ENDPOINT: 'azure' });
  expect(parse).toThrow(/GATEHOUSE_SUBSCRIPTION.*GATEHOUSE_ARM_ENDPOINT/);
});

test('a schedule that the host could not read is refused, and the timer keeps to its own', () => {
  expect(() => parseSettings({ GATEHOUSE_SERVICE_POLL: 'every minute' })).toThrow(/GATEHOUSE_SERVICE_POLL must be/);
  expect(parseSettings({ GATEHOUSE_SERVICE_POLL: '0 * * * * *' })).toMatchObject({ cloud: 'public' });
  const before = process.env['GATEHOUSE_SERVICE_POLL'];
  try {
    for (const [given, runs] of [
      ['every minute', '0 */2 * * * *'],
      ['', '0 */2 * * * *'],
      ['0 * * * * *', '0 * * * * *'],
    ] as const) {
      process.env['GATEHOUSE_SERVICE_POLL'] = given;
      expect(timerSchedule('GATEHOUSE_SERVICE_POLL', '0 */2 * * * *')).toBe(runs);
    }
  } finally {
    if (before === undefined) delete process.env['GATEHOUSE_SERVICE_POLL'];
    else process.env['GATEHOUSE_SERVICE_POLL'] = before;
  }
});

describe('events', () => {
  const functionId =
    '/subscriptions/s/resourceGroups/app/providers/Microsoft.Web/sites/gatehouse/functions/loadBalancerChanged';
  const storageAccountId = '/subscriptions/s/resourceGroups/app/providers/Microsoft.Storage/storageAccounts/dead';

  test('go to the function, with a home for the topic and a container for what could not be delivered', () => {
    const { events } = parseSettings({
      GATEHOUSE_EVENTS_FUNCTION_ID: functionId,
      GATEHOUSE_EVENTS_RESOURCE_GROUP: 'app',
      GATEHOUSE_EVENTS_DEADLETTER: `${storageAccountId}/blobServices/default/containers/events`,
    });
    expect(events).toEqual({
      destination: { kind: 'function', functionId },
      resourceGroup: 'app',
      deadLetter: { storageAccountId, container: 'events' },
    });
  });

  test('are written down by an identity, where the account takes no keys', () => {
    const identityId =
      '/subscriptions/s/resourceGroups/app/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app';
    const { events } = parseSettings({
      GATEHOUSE_EVENTS_FUNCTION_ID: functionId,
      GATEHOUSE_EVENTS_DEADLETTER: `${storageAccountId}/blobServices/default/containers/events`,
      GATEHOUSE_EVENTS_IDENTITY: identityId,
    });
    expect(events?.deadLetter).toEqual({ storageAccountId, container: 'events', identityId });
  });

  test('or to a webhook, whose URL stays as it is', () => {
    const url = 'https://gatehouse.example/runtime/webhooks/eventgrid?functionName=loadBalancerChanged&code=a/b/';
    expect(parseSettings({ GATEHOUSE_EVENTS_ENDPOINT: url }).events).toEqual({ destination: { kind: 'webhook', url } });
  });

  test('are off without a destination, whatever else is set', () => {
    expect(parseSettings({ GATEHOUSE_EVENTS_RESOURCE_GROUP: 'app' }).events).toBeUndefined();
  });

  test.each([
    ['GATEHOUSE_EVENTS_FUNCTION_ID', { GATEHOUSE_EVENTS_FUNCTION_ID: '/subscriptions/s/sites/gatehouse' }],
    ['GATEHOUSE_EVENTS_ENDPOINT', { GATEHOUSE_EVENTS_ENDPOINT: 'http://gatehouse.example/events' }],
    ['GATEHOUSE_EVENTS_DEADLETTER', { GATEHOUSE_EVENTS_DEADLETTER: storageAccountId }],
    ['GATEHOUSE_EVENTS_IDENTITY', { GATEHOUSE_EVENTS_IDENTITY: storageAccountId }],
    ['GATEHOUSE_EVENTS_RESOURCE_GROUP', { GATEHOUSE_EVENTS_RESOURCE_GROUP: '/subscriptions/s/resourceGroups/app' }],
    [
      'one destination',
      { GATEHOUSE_EVENTS_FUNCTION_ID: functionId, GATEHOUSE_EVENTS_ENDPOINT: 'https://gatehouse.example' },
    ],
  ])('%s is refused when it makes no sense', (named, variables) => {
    expect(() => parseSettings(variables)).toThrow(named);
  });
});

test('how callers prove who they are, and how often they may ask', () => {
  const given = { GATEHOUSE_AUTH: 'entra', GATEHOUSE_RATE_LIMIT: '60', GATEHOUSE_RATE_LIMIT_TOTAL: '120' };
  expect(parseSettings(given)).toMatchObject({ auth: 'entra', rateLimits: { perCaller: 60, inAll: 120 } });
});

test.each([
  ['GATEHOUSE_AUTH', 'Entra'],
  ['GATEHOUSE_RATE_LIMIT', '0'],
  ['GATEHOUSE_RATE_LIMIT', '1.5'],
  ['GATEHOUSE_RATE_LIMIT_TOTAL', 'many'],
])('%s: %s is refused by its name', (name, value) => {
  expect(() => parseSettings({ [name]: value })).toThrow(name);
});
