import { parseSettings } from '../../shared/settings.ts';

test('without any setting the app talks to the public cloud and may touch nothing', () => {
  expect(parseSettings({})).toEqual({
    allowedScopes: [],
    outboundRanges: [],
    armEndpoint: 'https://management.azure.com',
  });
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
