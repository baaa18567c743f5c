import { at, objectAt, type Json, type JsonObject } from '../../../local/azure/json.ts';
import {
  aFirewall,
  aNetwork,
  aPublicIp,
  GROUP,
  ipConfiguration,
  NETWORK,
  refusal,
  startClient,
  type Client,
} from './client.ts';

const FIREWALL = `${NETWORK}/azureFirewalls/f`;
const NET = `${NETWORK}/virtualNetworks/v`;

let client: Client;
beforeEach(async () => {
  client = await startClient();
});
afterEach(() => client.close());

/** Sends a PUT and gives status and code of what comes back. */
const put = async (path: string, body: Json) => refusal(await client.send('PUT', path, body));

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
  test('what the Basic tier lacks: a DNS proxy, DNS servers, threat intelligence that denies', async () => {
    const basic = (properties: JsonObject) => firewall({ sku: { tier: 'Basic' }, ...properties });
    const dns = (settings: JsonObject) => basic({ additionalProperties: settings });
    expect(await dns({ 'Network.DNS.EnableProxy': 'true' })).toEqual([400, 'AzureFirewallBasicDnsProxyNotSupported']);
    expect(await dns({ 'Network.DNS.Servers': '10.0.0.4' })).toEqual([400, 'AzureFirewallBasicDnsProxyNotSupported']);
    expect(await basic({ additionalProperties: {}, threatIntelMode: 'Deny' })).toEqual([
      400,
      'AzureFirewallBasicThreatIntelDenyNotSupported',
    ]);
  });
  test('DNS servers that are no addresses', async () => {
    const servers = 'Network.DNS.Servers';
    expect(await firewall({ additionalProperties: { [servers]: '10.0.0.4, 10.0.0.5' } })).toEqual([
      400,
      'AzureFirewallInvalidDnsServer',
    ]);
  });
  test('a management IP configuration that comes later', async () => {
    const subnets = { AzureFirewallSubnet: '10.42.2.0/24', AzureFirewallManagementSubnet: '10.42.3.0/26' };
    await client.apply('PUT', NET, aNetwork(subnets));
    await client.apply('PUT', `${NETWORK}/publicIPAddresses/m`, aPublicIp());
    await client.apply('PUT', FIREWALL, aFirewall());
    const subnet = { id: `${NET}/subnets/AzureFirewallManagementSubnet` };
    const publicIPAddress = { id: `${NETWORK}/publicIPAddresses/m` };
    const managementIpConfiguration = { name: 'm', properties: { subnet, publicIPAddress } };
    expect(await firewall({ managementIpConfiguration })).toEqual([
      400,
      'AzureFirewallManagementIpConfigCannotBeAdded',
    ]);
  });
  test('zones that its public IP has not, that its region has not, and other ones later', async () => {
    const zonal = (zones: readonly string[], properties: JsonObject = {}) =>
      put(FIREWALL, { ...aFirewall(properties), zones });
    expect(await zonal(['1', '2'])).toEqual([400, 'ZonalAzureFirewallCannotReferenceNoZonePublicIp']);
    expect(await zonal(['4'])).toEqual([400, 'InvalidAvailabilityZone']);
    await client.apply('PUT', `${NETWORK}/publicIPAddresses/z`, { ...aPublicIp(), zones: ['1', '2'] });
    expect(await client.get(`${NETWORK}/publicIPAddresses/z`)).toMatchObject({ zones: ['1', '2', '3'] });
    const ipConfigurations = [ipConfiguration('c', 'z', true)];
    await client.apply('PUT', FIREWALL, { ...aFirewall({ ipConfigurations }), zones: ['1', '2'] });
    expect(await zonal(['1'], { ipConfigurations })).toEqual([400, 'ResourceAvailabilityZonesCannotBeModified']);
    expect(await put(`${NETWORK}/publicIPAddresses/w`, { ...aPublicIp(), location: 'westus', zones: ['1'] })).toEqual([
      400,
      'LocationNotSupportAvailabilityZones',
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
