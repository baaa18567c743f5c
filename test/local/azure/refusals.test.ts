import { at, objectAt, objectsAt, type Json, type JsonObject } from '../../../local/azure/json.ts';
import {
  aFirewall,
  aNetwork,
  aPublicIp,
  buildFirewall,
  GROUP,
  ipConfiguration,
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

describe('while an operation is under way', () => {
  test('a firewall that is updating answers 409 and where to look', async () => {
    await buildFirewall(client);
    const accepted = await client.send('PUT', FIREWALL, aFirewall({ threatIntelMode: 'Deny' }));
    const second = await client.send('PUT', FIREWALL, aFirewall({ threatIntelMode: 'Off' }));
    expect(refusal(second)).toEqual([409, 'AnotherOperationInProgress']);
    expect(second.headers.get('retry-after')).toBeNull();
    const id = /operations\/([0-9a-f-]{36})/.exec(accepted.headers.get('azure-asyncoperation') ?? '')?.[1] ?? 'none';
    expect(at(second.body, 'error', 'message')).toContain(id);
    expect(refusal(await client.send('DELETE', FIREWALL))).toEqual([409, 'AnotherOperationInProgress']);
  });

  test('other network resources answer 429, with a hint, until it is over', async () => {
    await client.apply('PUT', GROUP, { location: 'eastus' });
    await client.send('PUT', NET, aNetwork());
    const busy = await client.send('PUT', `${NET}/subnets/more`, { properties: { addressPrefix: '10.42.9.0/24' } });
    expect(refusal(busy)).toEqual([429, 'RetryableError']);
    expect(busy.headers.get('retry-after')).toBe('11');
    expect(objectsAt(busy.body, 'error', 'details')[0]).toMatchObject({
      code: 'RetryableErrorDueToAnotherOperation',
      message: expect.stringMatching(
        /^Operation PutVirtualNetworkOperation .* The call can be retried in 11 seconds\.$/,
      ) as string,
    });
    await client.pass(11);
    expect(
      (await client.send('PUT', `${NET}/subnets/more`, { properties: { addressPrefix: '10.42.9.0/24' } })).status,
    ).toBe(201);
  });

  test('a firewall waits for its network and public IP, and they wait for its allocation', async () => {
    await client.apply('PUT', GROUP, { location: 'eastus' });
    await client.apply('PUT', NET, aNetwork());
    await client.send('PUT', `${NETWORK}/publicIPAddresses/p`, aPublicIp());
    const early = await client.send('PUT', FIREWALL, aFirewall());
    expect(refusal(early)).toEqual([429, 'RetryableError']);
    expect(objectsAt(early.body, 'error', 'details')[0]).toMatchObject({ code: 'ReferencedResourceNotProvisioned' });
    await client.pass(11);
    await client.send('PUT', FIREWALL, aFirewall());
    expect(await put(NET, { ...aNetwork(), tags: { a: 'b' } })).toEqual([429, 'RetryableError']);
  });
});

describe('a firewall refuses', () => {
  beforeEach(async () => {
    await client.apply('PUT', GROUP, { location: 'eastus' });
    await client.apply('PUT', NET, aNetwork());
    await client.apply('PUT', `${NETWORK}/publicIPAddresses/p`, aPublicIp());
  });
  const firewall = (properties: JsonObject = {}) => put(FIREWALL, aFirewall(properties));

  test('a subnet of another name', async () => {
    const configuration = ipConfiguration('c', 'p', true);
    const subnet = { id: `${NET}/subnets/nodes` };
    expect(
      await firewall({
        ipConfigurations: [{ ...configuration, properties: { ...objectAt(configuration, 'properties'), subnet } }],
      }),
    ).toEqual([400, 'AzureFirewallSubnetNameInvalid']);
  });
  test('a subnet smaller than /26', async () => {
    await client.apply('PUT', NET, aNetwork({ AzureFirewallSubnet: '10.42.2.0/27' }));
    expect(await firewall()).toEqual([400, 'AzureFirewallSubnetTooSmall']);
  });
  test('a first IP configuration without subnet, and a second one with it', async () => {
    expect(await firewall({ ipConfigurations: [ipConfiguration('c', 'p')] })).toEqual([
      400,
      'AzureFirewallIpConfigurationMissingSubnet',
    ]);
    const two = [ipConfiguration('c', 'p', true), ipConfiguration('d', 'p', true)];
    expect(await firewall({ ipConfigurations: two })).toEqual([400, 'AzureFirewallIpConfigurationSubnetNotAllowed']);
  });
  test('a public IP that is Basic, elsewhere, missing, or taken', async () => {
    const using = (name: string) => firewall({ ipConfigurations: [ipConfiguration('c', name, true)] });
    await client.apply('PUT', `${NETWORK}/publicIPAddresses/basic`, { ...aPublicIp(), sku: { name: 'Basic' } });
    await client.apply('PUT', `${NETWORK}/publicIPAddresses/west`, { ...aPublicIp(), location: 'westus' });
    expect(await using('basic')).toEqual([400, 'AzureFirewallPublicIpMustBeStandardStatic']);
    expect(await using('west')).toEqual([400, 'InvalidResourceReference']);
    expect(await using('none')).toEqual([400, 'InvalidResourceReference']);
    const twice = [ipConfiguration('c', 'p', true), ipConfiguration('d', 'p')];
    expect(await firewall({ ipConfigurations: twice })).toEqual([400, 'PublicIPAddressInUse']);
  });
  test('a Basic tier without management IP configuration', async () => {
    expect(await firewall({ sku: { tier: 'Basic' }, additionalProperties: {} })).toEqual([
      400,
      'AzureFirewallManagementIpConfigurationRequired',
    ]);
  });

  const networkRule = {
    name: 'r',
    protocols: ['TCP'],
    sourceAddresses: ['*'],
    destinationAddresses: ['10.0.0.0/8'],
    destinationPorts: ['443'],
  };
  const natRule = {
    name: 'r',
    protocols: ['TCP'],
    sourceAddresses: ['*'],
    destinationAddresses: ['20.0.0.1'],
    destinationPorts: ['80'],
    translatedAddress: '10.42.1.250',
    translatedPort: '80',
  };
  const collections = (rules: readonly JsonObject[], priority = 100, type = 'Allow', name = 'c') => [
    { name, properties: { priority, action: { type }, rules } },
  ];

  test.each<[string, JsonObject, string]>([
    [
      'a priority below 100',
      { networkRuleCollections: collections([networkRule], 99) },
      'AzureFirewallRuleCollectionInvalidPriority',
    ],
    [
      'a priority above 65000',
      { networkRuleCollections: collections([networkRule], 65_001) },
      'AzureFirewallRuleCollectionInvalidPriority',
    ],
    [
      'two collections of one priority',
      { networkRuleCollections: [...collections([networkRule]), ...collections([networkRule], 100, 'Deny', 'd')] },
      'AzureFirewallRuleCollectionDuplicatePriority',
    ],
    [
      'a collection name with a slash',
      { networkRuleCollections: collections([networkRule], 100, 'Allow', 'a/b') },
      'InvalidResourceName',
    ],
    [
      'a collection without rules',
      { networkRuleCollections: collections([]) },
      'AzureFirewallRuleCollectionMustHaveRules',
    ],
    [
      'an action of another kind',
      { networkRuleCollections: collections([networkRule], 100, 'Dnat') },
      'AzureFirewallRuleCollectionInvalidAction',
    ],
    [
      'a rule without source',
      { networkRuleCollections: collections([{ ...networkRule, sourceAddresses: [] }]) },
      'AzureFirewallRuleMissingSource',
    ],
    [
      'a rule without destination',
      { networkRuleCollections: collections([{ ...networkRule, destinationAddresses: [] }]) },
      'AzureFirewallRuleMissingDestination',
    ],
    [
      'an FQDN among the addresses',
      { networkRuleCollections: collections([{ ...networkRule, destinationAddresses: ['a.example.com'] }]) },
      'AzureFirewallRuleInvalidIpAddressOrRangeFormat',
    ],
    [
      'IPv6',
      { networkRuleCollections: collections([{ ...networkRule, sourceAddresses: ['2001:db8::/32'] }]) },
      'AzureFirewallRuleInvalidIpAddressOrRangeFormat',
    ],
    [
      'a port beyond 65535',
      { networkRuleCollections: collections([{ ...networkRule, destinationPorts: ['70000'] }]) },
      'AzureFirewallRuleInvalidPortOrRangeFormat',
    ],
    [
      'an FQDN tag without protocol',
      {
        applicationRuleCollections: collections([
          { name: 'r', sourceAddresses: ['*'], protocols: [], fqdnTags: ['AzureKubernetesService'] },
        ]),
      },
      'AzureFirewallRuleInvalidProtocol',
    ],
    [
      'a DNAT destination that is no frontend',
      { natRuleCollections: collections([natRule], 100, 'Dnat') },
      'AzureFirewallNatRuleInvalidDestinationAddress',
    ],
    [
      'a DNAT port range',
      { natRuleCollections: collections([{ ...natRule, translatedPort: '80-90' }], 100, 'Dnat') },
      'AzureFirewallRuleInvalidDnatPortOrRangeFormat',
    ],
    [
      'a DNAT port above 63999',
      { natRuleCollections: collections([{ ...natRule, destinationPorts: ['64000'] }], 100, 'Dnat') },
      'AzureFirewallRuleInvalidDnatPortOrRangeFormat',
    ],
    [
      'an FQDN in a network rule without DNS proxy',
      {
        additionalProperties: {},
        networkRuleCollections: collections([
          { ...networkRule, destinationAddresses: [], destinationFqdns: ['a.example.com'] },
        ]),
      },
      'AzureFirewallNetworkRuleFqdnRequiresDnsProxy',
    ],
  ])('%s', async (_, properties, code) => {
    expect(await firewall(properties)).toEqual([400, code]);
  });

  test('the same priority for two kinds is fine', async () => {
    const applicationRule = {
      name: 'r',
      sourceAddresses: ['*'],
      protocols: [{ protocolType: 'Https', port: 443 }],
      targetFqdns: ['*.example.com'],
    };
    const rules = {
      networkRuleCollections: collections([networkRule]),
      applicationRuleCollections: collections([applicationRule]),
    };
    expect(await firewall(rules)).toEqual([201, undefined]);
  });

  test('more than 250 frontends and DNAT destinations', async () => {
    const address = at(await client.get(`${NETWORK}/publicIPAddresses/p`), 'properties', 'ipAddress');
    const rules = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        ...natRule,
        name: `r${index}`,
        destinationAddresses: [address ?? ''],
        destinationPorts: [String(1000 + index)],
      }));
    expect(await firewall({ natRuleCollections: collections(rules(250), 100, 'Dnat') })).toEqual([
      400,
      'AzureFirewallDnatRulesLimitExceeded',
    ]);
    expect(await firewall({ natRuleCollections: collections(rules(249), 100, 'Dnat') })).toEqual([201, undefined]);
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
