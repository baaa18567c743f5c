import { at, objectAt, objectsAt, stringAt, type JsonObject } from '../../../local/azure/json.ts';
import { aFirewall, NETWORK, refusal } from './client.ts';
import { FIREWALL, ROUTES, startClusterWorld, type ClusterWorld } from './clusterWorld.ts';

const CLIENT = '198.51.100.7';
let world: ClusterWorld;
let frontend: string;
beforeEach(async () => {
  world = await startClusterWorld({ firewall: true });
  frontend = stringAt(await world.client.get(`${NETWORK}/publicIPAddresses/p`), 'properties', 'ipAddress') ?? '';
});
afterEach(() => world.client.close());

const dnat = (translatedAddress: string, changes: JsonObject = {}): JsonObject => ({
  name: 'rule',
  protocols: ['TCP'],
  sourceAddresses: ['*'],
  destinationAddresses: [frontend],
  destinationPorts: ['8080'],
  translatedAddress,
  translatedPort: '80',
  ...changes,
});
const withRules = (...rules: JsonObject[]): JsonObject =>
  aFirewall({ natRuleCollections: [{ name: 'n', properties: { priority: 100, action: { type: 'Dnat' }, rules } }] });
const publish = (...rules: JsonObject[]) => world.client.apply('PUT', FIREWALL, withRules(...rules));
const returnRoute = () =>
  world.client.apply('PUT', `${ROUTES}/routes/back`, {
    properties: { addressPrefix: `${frontend}/32`, nextHopType: 'Internet' },
  });
const probe = async (changes: JsonObject = {}) => {
  const packet = { from: CLIENT, to: frontend, port: 8080, ...changes };
  return objectAt({ body: (await world.client.send('POST', '/_local/probe', packet)).body }, 'body');
};
const brokenAt = async (changes: JsonObject = {}) => (await probe(changes))['brokenAt'];

describe('a packet to a public service', () => {
  test('arrives by DNAT rule, return route, load balancer and port, and sees the page', async () => {
    const ip = world.ensure();
    await publish(dnat(ip));
    await returnRoute();
    const result = await probe();
    expect(result).toMatchObject({ reachable: true, target: { service: 'web', namespace: 'default', port: 80 } });
    expect(objectsAt(result, 'hops').map(({ hop }) => hop)).toEqual([
      'firewall',
      'dnatRule',
      'loadBalancer',
      'returnRoute',
      'servicePort',
      'sourceRanges',
    ]);
    expect(result['page']).toContain('default/web');
  });

  test('finds no way back without the route', async () => {
    await publish(dnat(world.ensure()));
    const result = await probe();
    expect([result['reachable'], result['brokenAt']]).toEqual([false, 'returnRoute']);
    expect(result['reason']).toContain(`${frontend}/32 to Internet`);
  });

  test('gets nowhere past the firewall, since the way back leads through it', async () => {
    expect(await brokenAt({ to: world.ensure(), port: 80 })).toBe('returnRoute');
  });
});

describe('a packet to an internal service', () => {
  test('needs no route', async () => {
    await publish(dnat(world.ensure({ internal: true })));
    expect(await probe()).toMatchObject({ reachable: true, target: { service: 'web' } });
  });

  test('comes from the firewall, as far as source ranges know', async () => {
    const ip = world.ensure({ internal: true, sourceRanges: ['198.51.100.0/24'] });
    await publish(dnat(ip));
    const result = await probe();
    expect(result['brokenAt']).toBe('sourceRanges');
    expect(result['reason']).toContain('10.42.2.4');
    world.ensure({ internal: true, sourceRanges: ['198.51.100.0/24', '10.42.2.0/24'] });
    expect((await probe())['reachable']).toBe(true);
  });
});

describe('a packet ends', () => {
  test('at an address that nobody has', async () => {
    expect(await brokenAt({ to: '20.9.9.9' })).toBe('firewall');
  });

  test('at the firewall when no rule means its protocol, its port or its source', async () => {
    await publish(
      dnat(world.ensure({ internal: true }), { sourceAddresses: ['198.51.100.0/25', '203.0.113.1-203.0.113.9'] }),
    );
    expect((await probe())['reachable']).toBe(true);
    expect((await probe({ from: '203.0.113.5' }))['reachable']).toBe(true);
    expect(await brokenAt({ from: '203.0.113.10' })).toBe('dnatRule');
    expect(await brokenAt({ protocol: 'UDP' })).toBe('dnatRule');
    expect(await brokenAt({ port: 80 })).toBe('dnatRule');
  });

  test('behind the firewall when the load balancer or its port is gone', async () => {
    const ip = world.ensure({ internal: true });
    await publish(dnat(ip));
    world.ensure({ internal: true, ports: [{ protocol: 'TCP', port: 443, nodePort: 1 }] });
    expect(await brokenAt()).toBe('servicePort');
    world.remove({ internal: true });
    expect(await brokenAt()).toBe('loadBalancer');
  });

  test('by the rules that work now: a write changes them when it has ended', async () => {
    const ip = world.ensure({ internal: true });
    await publish(dnat(ip));
    const release = world.client.clock.busy();
    const write = await world.client.send('PUT', FIREWALL, withRules(dnat(ip, { destinationPorts: ['9090'] })));
    expect([await brokenAt({ port: 9090 }), (await probe())['reachable']]).toEqual(['dnatRule', true]);
    release();
    await world.client.finish(write);
    expect([(await probe({ port: 9090 }))['reachable'], await brokenAt()]).toEqual([true, 'dnatRule']);
  });
});

test.each<[string, JsonObject]>([
  ['from must be an IPv4 address', { from: 'me' }],
  ['to must be an IPv4 address', { to: '::1' }],
  ['port must be a whole number', { port: 0 }],
  ['protocol must be TCP or UDP', { protocol: 'SCTP' }],
])('%s', async (message, changes) => {
  const reply = await world.client.send('POST', '/_local/probe', { from: CLIENT, to: frontend, port: 1, ...changes });
  expect(refusal(reply)).toEqual([400, 'InvalidRequestContent']);
  expect(at(reply.body, 'error', 'message')).toContain(message);
});
