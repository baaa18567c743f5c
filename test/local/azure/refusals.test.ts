import { at, objectsAt, type Json, type JsonObject } from '../../../local/azure/json.ts';
import {
  aFirewall,
  aNetwork,
  aPublicIp,
  buildFirewall,
  GROUP,
  NETWORK,
  refusal,
  startClient,
  SUBSCRIPTION,
  type Client,
} from './client.ts';

const FIREWALL = `${NETWORK}/azureFirewalls/f`;
const NET = `${NETWORK}/virtualNetworks/v`;
const ROUTES = `${NETWORK}/routeTables/t`;

let client: Client;
beforeEach(async () => {
  client = await startClient();
});
afterEach(() => client.close());

/** Sends a PUT and gives status and code of what comes back. */
const put = async (path: string, body: Json) => refusal(await client.send('PUT', path, body));
const network = (subnets: JsonObject) => put(NET, aNetwork(subnets));

describe('requests that ARM itself refuses', () => {
  test.each([
    ['without an api-version', `${SUBSCRIPTION}?x=1`, 400, 'MissingApiVersionParameter'],
    ['with a malformed api-version', `${SUBSCRIPTION}?api-version=latest`, 400, 'InvalidApiVersionParameter'],
    ['to an unknown subscription', '/subscriptions/00000000-0000-0000-0000-0000000000bb', 404, 'SubscriptionNotFound'],
    ['to an unknown group', GROUP, 404, 'ResourceGroupNotFound'],
    ['to a resource in an unknown group', NET, 404, 'ResourceGroupNotFound'],
    ['to an unknown provider', `${SUBSCRIPTION}/providers/Microsoft.Nothing/things`, 404, 'InvalidResourceNamespace'],
  ])('%s', async (_, path, status, code) => {
    expect(refusal(await client.send('GET', path))).toEqual([status, code]);
  });

  describe('in a group', () => {
    beforeEach(() => client.apply('PUT', GROUP, { location: 'eastus' }));

    test('a resource that does not exist', async () => {
      expect(refusal(await client.send('GET', NET))).toEqual([404, 'ResourceNotFound']);
    });
    test('a child whose parent does not exist', async () => {
      expect(await put(`${NET}/subnets/s`, { properties: { addressPrefix: '10.0.0.0/24' } })).toEqual([
        404,
        'ParentResourceNotFound',
      ]);
    });
    test('a type that is not there', async () => {
      expect(await put(`${NETWORK}/natGateways/n`, { location: 'eastus' })).toEqual([404, 'InvalidResourceType']);
    });
    test('a body that is no JSON object', async () => {
      expect(await put(NET, [])).toEqual([400, 'InvalidRequestContent']);
    });
    test('no location, an unknown one, and another than that of the resource', async () => {
      const { properties } = aNetwork();
      expect(await put(NET, { properties: properties ?? {} })).toEqual([400, 'LocationRequired']);
      expect(await put(NET, { ...aNetwork(), location: 'atlantis' })).toEqual([
        400,
        'LocationNotAvailableForResourceType',
      ]);
      await client.apply('PUT', NET, aNetwork());
      expect(await put(NET, { ...aNetwork(), location: 'westus' })).toEqual([409, 'InvalidResourceLocation']);
      expect(await put(GROUP, { location: 'westus' })).toEqual([409, 'InvalidResourceGroupLocation']);
    });
    test('a name with forbidden characters', async () => {
      expect(await put(`${NETWORK}/publicIPAddresses/-p`, aPublicIp())).toEqual([400, 'InvalidResourceName']);
    });
    test('a provider that is not registered, until it is', async () => {
      await client.send('PUT', '/_local/providers/Microsoft.Network', { registrationState: 'NotRegistered' });
      expect(await put(NET, aNetwork())).toEqual([409, 'MissingSubscriptionRegistration']);
      const provider = `${SUBSCRIPTION}/providers/Microsoft.Network`;
      expect(at((await client.send('POST', `${provider}/register`)).body, 'registrationState')).toBe('Registering');
      await client.pass(60);
      expect(at(await client.get(provider), 'registrationState')).toBe('Registered');
      expect((await client.send('PUT', NET, aNetwork())).status).toBe(201);
    });
    test('anything in a group that is being deleted', async () => {
      await client.apply('PUT', NET, aNetwork());
      await client.send('DELETE', GROUP);
      expect(await put(NET, aNetwork())).toEqual([409, 'ResourceGroupBeingDeleted']);
    });
  });
});

describe('members that no provider knows', () => {
  beforeEach(() => client.apply('PUT', GROUP, { location: 'eastus' }));

  test.each<[string, string, JsonObject]>([
    ['at the top', `${NETWORK}/publicIPAddresses/p`, { ...aPublicIp(), colour: 'red' }],
    ['in properties', FIREWALL, aFirewall({ ipConfigurations: [], threatIntelligence: 'Alert' })],
    [
      'in a child',
      NET,
      {
        location: 'eastus',
        properties: {
          addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
          subnets: [{ name: 's', properties: { prefix: '10.0.0.0/24' } }],
        },
      },
    ],
  ])('are refused %s', async (_, path, body) => {
    const reply = await client.send('PUT', path, body);
    expect(refusal(reply)).toEqual([400, 'InvalidRequestFormat']);
    expect(at(objectsAt(reply.body, 'error', 'details')[0], 'message')).toMatch(
      /^Could not find member '(colour|threatIntelligence|prefix)'/,
    );
  });
});

describe('a network refuses', () => {
  beforeEach(() => client.apply('PUT', GROUP, { location: 'eastus' }));

  test('subnets that overlap', async () => {
    expect(await network({ a: '10.42.1.0/24', b: '10.42.1.128/25' })).toEqual([400, 'NetcfgSubnetRangesOverlap']);
  });
  test('a subnet outside its address space', async () => {
    expect(await network({ a: '10.43.1.0/24' })).toEqual([400, 'NetcfgInvalidSubnet']);
  });
  test('a prefix that does not start at its network address', async () => {
    expect(await network({ a: '10.42.1.7/24' })).toEqual([400, 'InvalidCIDRNotation']);
  });
  test('a route table that does not exist', async () => {
    await client.apply('PUT', NET, aNetwork());
    const subnet = { properties: { addressPrefix: '10.42.1.0/24', routeTable: { id: ROUTES } } };
    expect(await put(`${NET}/subnets/nodes`, subnet)).toEqual([400, 'InvalidResourceReference']);
  });
  test('a route table on the firewall subnet that leads away from the Internet', async () => {
    await client.apply('PUT', NET, aNetwork());
    await client.apply('PUT', ROUTES, { location: 'eastus' });
    const subnet = { properties: { addressPrefix: '10.42.2.0/24', routeTable: { id: ROUTES } } };
    expect(await put(`${NET}/subnets/AzureFirewallSubnet`, subnet)).toEqual([
      400,
      'AzureFirewallSubnetRouteTableMustHaveDefaultRouteToInternet',
    ]);
  });
});

describe('what is in use stays', () => {
  beforeEach(() => buildFirewall(client));
  const remove = async (path: string) => refusal(await client.send('DELETE', path));

  test('a subnet: its own deletion, a PUT of the network without it, and a move', async () => {
    expect(await remove(`${NET}/subnets/AzureFirewallSubnet`)).toEqual([400, 'InUseSubnetCannotBeDeleted']);
    expect(await network({ nodes: '10.42.1.0/24' })).toEqual([400, 'InUseSubnetCannotBeDeleted']);
    expect(await network({ nodes: '10.42.1.0/24', AzureFirewallSubnet: '10.42.3.0/24' })).toEqual([
      400,
      'InUseSubnetCannotBeUpdated',
    ]);
    expect(await remove(NET)).toEqual([400, 'InUseSubnetCannotBeDeleted']);
    expect(await network({ AzureFirewallSubnet: '10.42.2.0/24' })).toEqual([200, undefined]);
  });
  test('a public IP', async () => {
    expect(await remove(`${NETWORK}/publicIPAddresses/p`)).toEqual([400, 'PublicIPAddressCannotBeDeleted']);
  });
  test('a route table', async () => {
    await client.apply('PUT', ROUTES, { location: 'eastus' });
    await client.apply('PUT', `${NET}/subnets/nodes`, {
      properties: { addressPrefix: '10.42.1.0/24', routeTable: { id: ROUTES } },
    });
    expect(await remove(ROUTES)).toEqual([400, 'InUseRouteTableCannotBeDeleted']);
  });
});

describe('a route table refuses', () => {
  beforeEach(() => client.apply('PUT', GROUP, { location: 'eastus' }));
  const route = (properties: JsonObject) =>
    put(ROUTES, { location: 'eastus', properties: { routes: [{ name: 'r', properties }] } });

  test.each<[string, JsonObject, string]>([
    [
      'an appliance without address',
      { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance' },
      'RouteNextHopIpAddressRequired',
    ],
    [
      'an address without appliance',
      { addressPrefix: '0.0.0.0/0', nextHopType: 'Internet', nextHopIpAddress: '10.0.0.4' },
      'RouteNextHopIpAddressNotAllowed',
    ],
    ['a prefix that is none', { addressPrefix: '10.0.0.0/40', nextHopType: 'None' }, 'InvalidAddressPrefixFormat'],
  ])('%s', async (_, properties, code) => {
    expect(await route(properties)).toEqual([400, code]);
  });
});

test('public IPs stop at their quota', async () => {
  await client.apply('PUT', GROUP, { location: 'eastus' });
  await client.send('PUT', '/_local/quotas', { eastus: { PublicIPAddresses: 1 } });
  await client.apply('PUT', `${NETWORK}/publicIPAddresses/p`, aPublicIp());
  expect(await put(`${NETWORK}/publicIPAddresses/q`, aPublicIp())).toEqual([400, 'PublicIPCountLimitReached']);
  const usages = objectsAt(
    await client.get(`${SUBSCRIPTION}/providers/Microsoft.Network/locations/eastus/usages`),
    'value',
  );
  expect(usages.find((usage) => at(usage, 'name', 'value') === 'PublicIPAddresses')).toMatchObject({
    currentValue: 1,
    limit: 1,
  });
});

test('a Standard public IP must be static', async () => {
  await client.apply('PUT', GROUP, { location: 'eastus' });
  const dynamic = { ...aPublicIp(), properties: { publicIPAllocationMethod: 'Dynamic' } };
  expect(await put(`${NETWORK}/publicIPAddresses/p`, dynamic)).toEqual([
    400,
    'StandardSkuPublicIPAddressesMustBeStatic',
  ]);
});
