import { at, objectsAt, type Json, type JsonObject } from '../../../local/azure/json.ts';
import { aFirewall, buildFirewall, GROUP, NETWORK, refusal, startClient, type Client } from './client.ts';

const POLICY = `${NETWORK}/firewallPolicies/pol`;
const FIREWALL = `${NETWORK}/azureFirewalls/f`;
const rules = (name: string) => `${POLICY}/ruleCollectionGroups/${name}`;

function natRule(properties: JsonObject = {}): JsonObject {
  return {
    ruleType: 'NatRule',
    name: 'web',
    ipProtocols: ['TCP'],
    sourceAddresses: ['*'],
    destinationAddresses: ['20.1.2.3'],
    destinationPorts: ['80'],
    translatedAddress: '10.42.1.100',
    translatedPort: '80',
    ...properties,
  };
}

function natCollection(rule: JsonObject = natRule(), more: JsonObject = {}): JsonObject {
  const ruleCollectionType = 'FirewallPolicyNatRuleCollection';
  return { ruleCollectionType, name: 'nat', priority: 200, action: { type: 'DNAT' }, rules: [rule], ...more };
}

function filterCollection(rule: JsonObject): JsonObject {
  const ruleCollectionType = 'FirewallPolicyFilterRuleCollection';
  return { ruleCollectionType, name: 'filter', priority: 300, action: { type: 'Allow' }, rules: [rule] };
}

function networkRule(properties: JsonObject = {}): JsonObject {
  const addresses = { sourceAddresses: ['10.42.0.0/16'], destinationAddresses: ['*'], destinationPorts: ['443'] };
  return { ruleType: 'NetworkRule', name: 'out', ipProtocols: ['TCP'], ...addresses, ...properties };
}

const aGroup = (priority: number, ...ruleCollections: JsonObject[]) => ({ properties: { priority, ruleCollections } });
const aPolicy = (properties: JsonObject = {}) => ({ location: 'eastus', properties });

describe('a firewall policy', () => {
  let client: Client;
  beforeEach(async () => {
    client = await startClient();
    await client.apply('PUT', GROUP, { location: 'eastus' });
    await client.apply('PUT', POLICY, aPolicy());
  });
  afterEach(() => client.close());

  const secondsOfLastWrite = async () =>
    objectsAt(await client.get('/_local/requests'), 'requests')
      .filter(({ write }) => write === true)
      .at(-1)?.['operationSeconds'];

  const withFirewall = async () => {
    await buildFirewall(client);
    const attached = await client.send('PUT', FIREWALL, aFirewall({ firewallPolicy: { id: POLICY } }));
    await client.finish(attached);
  };

  test('refers back to its groups, its firewalls and the policies that inherit from it', async () => {
    await client.apply('PUT', rules('a'), aGroup(100));
    await client.apply('PUT', `${NETWORK}/firewallPolicies/child`, aPolicy({ basePolicy: { id: POLICY } }));
    await withFirewall();
    expect(await client.get(POLICY)).toMatchObject({
      properties: {
        sku: { tier: 'Standard' },
        threatIntelMode: 'Alert',
        ruleCollectionGroups: [{ id: rules('a') }],
        childPolicies: [{ id: `${NETWORK}/firewallPolicies/child` }],
        firewalls: [{ id: FIREWALL }],
      },
    });
  });

  test('gives each group a body and an etag of its own', async () => {
    await client.apply('PUT', rules('a'), aGroup(100, natCollection()));
    await client.apply('PUT', rules('b'), aGroup(200));
    const [first, second] = objectsAt(await client.get(`${POLICY}/ruleCollectionGroups`), 'value');
    expect(first?.['etag']).not.toBe(second?.['etag']);
    expect(at(first, 'properties', 'priority')).toBe(100);
    expect(objectsAt(first, 'properties', 'ruleCollections')).toMatchObject([{ action: { type: 'Dnat' } }]);
    const policy = at(await client.get(POLICY), 'etag');
    await client.apply('PUT', rules('b'), aGroup(300));
    expect(at(await client.get(POLICY), 'etag')).toBe(policy);
    expect(at(await client.get(rules('a')), 'etag')).toBe(first?.['etag']);
  });

  test('is attached, and its groups are written, in the time that an allocated firewall takes for it', async () => {
    await client.apply('PUT', rules('a'), aGroup(100));
    expect(await secondsOfLastWrite()).toBe(10);
    await withFirewall();
    expect(await secondsOfLastWrite()).toBe(90);
    await client.apply('PUT', rules('a'), aGroup(100, natCollection()));
    expect(await secondsOfLastWrite()).toBe(90);
    await client.apply('DELETE', rules('a'));
    expect(await secondsOfLastWrite()).toBe(90);
  });

  test('takes one group at a time, and its firewalls wait for it too', async () => {
    await withFirewall();
    const first = await client.send('PUT', rules('a'), aGroup(100));
    const busy = [409, 'AnotherOperationInProgress'];
    expect(refusal(await client.send('PUT', rules('b'), aGroup(200)))).toEqual(busy);
    expect(refusal(await client.send('PUT', rules('a'), aGroup(300)))).toEqual(busy);
    expect(refusal(await client.send('PUT', POLICY, aPolicy({ threatIntelMode: 'Deny' })))).toEqual(busy);
    expect(refusal(await client.send('PUT', FIREWALL, aFirewall({ firewallPolicy: { id: POLICY } })))).toEqual(busy);
    await client.finish(first);
    const removal = await client.send('DELETE', rules('a'));
    expect(removal.status).toBe(202);
    expect(refusal(await client.send('PUT', rules('b'), aGroup(200)))).toEqual(busy);
    await client.finish(removal);
    const firewall = await client.send(
      'PUT',
      FIREWALL,
      aFirewall({ threatIntelMode: 'Off', firewallPolicy: { id: POLICY } }),
    );
    expect(refusal(await client.send('PUT', rules('b'), aGroup(200)))).toEqual(busy);
    await client.finish(firewall);
    await client.apply('PUT', rules('b'), aGroup(200));
  });

  test('stays while a firewall or another policy goes by it; unused it is gone at once', async () => {
    await client.apply('PUT', rules('a'), aGroup(100));
    await client.apply('PUT', `${NETWORK}/firewallPolicies/child`, aPolicy({ basePolicy: { id: POLICY } }));
    expect(refusal(await client.send('DELETE', POLICY))).toEqual([400, 'FirewallPolicyInUse']);
    expect((await client.send('DELETE', `${NETWORK}/firewallPolicies/child`)).status).toBe(200);
    await withFirewall();
    expect(refusal(await client.send('DELETE', POLICY))).toEqual([400, 'FirewallPolicyInUse']);
    await client.apply('DELETE', FIREWALL);
    expect(await client.send('DELETE', POLICY)).toMatchObject({ status: 200, body: null });
    expect((await client.send('GET', rules('a'))).status).toBe(404);
  });

  test('stands in for classic rules, not beside them', async () => {
    await withFirewall();
    const rule = { name: 'r', protocols: ['TCP'], sourceAddresses: ['*'], destinationAddresses: ['*'] };
    const properties = { priority: 100, action: { type: 'Allow' }, rules: [{ ...rule, destinationPorts: ['443'] }] };
    const both = { firewallPolicy: { id: POLICY }, networkRuleCollections: [{ name: 'n', properties }] };
    expect(refusal(await client.send('PUT', FIREWALL, aFirewall(both)))).toEqual([
      400,
      'AzureFirewallPolicyAndRuleCollectionsConflict',
    ]);
  });

  test('of a higher tier than the firewall is refused, and so is one that is not there', async () => {
    const premium = `${NETWORK}/firewallPolicies/premium`;
    await client.apply('PUT', premium, aPolicy({ sku: { tier: 'Premium' } }));
    await buildFirewall(client);
    const attach = (id: string) => client.send('PUT', FIREWALL, aFirewall({ firewallPolicy: { id } }));
    expect(refusal(await attach(premium))).toEqual([400, 'AzureFirewallPolicyTierMismatch']);
    expect(refusal(await attach(`${NETWORK}/firewallPolicies/none`))).toEqual([400, 'InvalidResourceReference']);
  });

  test.each<[string, JsonObject, string]>([
    ['an unknown tier', { sku: { tier: 'Gold' } }, 'InvalidRequestFormat'],
    ['an unknown threat intelligence mode', { threatIntelMode: 'Panic' }, 'InvalidRequestFormat'],
    [
      'DNS settings of the Basic tier, even those that turn the proxy off',
      { sku: { tier: 'Basic' }, dnsSettings: { enableProxy: false } },
      'FirewallPolicyHigherTierOnlyProperties',
    ],
    [
      'threat intelligence of the Basic tier that denies',
      { sku: { tier: 'Basic' }, threatIntelMode: 'Deny' },
      'FirewallPolicyHigherTierOnlyProperties',
    ],
    [
      'intrusion detection without Premium',
      { intrusionDetection: { mode: 'Alert' } },
      'FirewallPolicyIntrusionDetectionNotSupported',
    ],
    ['itself as base policy', { basePolicy: { id: POLICY } }, 'FirewallPolicyInvalidBasePolicy'],
    ['a misspelt member', { threatIntelligence: 'Alert' }, 'InvalidRequestFormat'],
  ])('is refused with %s', async (_, properties, code) => {
    expect(refusal(await client.send('PUT', POLICY, aPolicy(properties)))).toEqual([400, code]);
  });

  test('has one draft, which changes nothing and goes with it', async () => {
    const draft = `${POLICY}/firewallPolicyDrafts/default`;
    expect((await client.send('GET', draft)).status).toBe(404);
    const properties = { threatIntelMode: 'Deny' };
    expect(await client.send('PUT', draft, { properties })).toMatchObject({ status: 201, body: { properties } });
    expect(await client.get(draft)).toMatchObject({ name: 'default', properties });
    expect((await client.get(POLICY)) as JsonObject).toMatchObject({ properties: { threatIntelMode: 'Alert' } });
    expect(refusal(await client.send('PUT', `${POLICY}/firewallPolicyDrafts/mine`, {}))[0]).toBe(400);
    expect((await client.send('DELETE', draft)).status).toBe(200);
    expect((await client.send('DELETE', draft)).status).toBe(204);
    await client.send('PUT', draft, { properties });
    await client.send('DELETE', POLICY);
    await client.apply('PUT', POLICY, aPolicy());
    expect((await client.send('GET', draft)).status).toBe(404);
  });

  test('is no less strict than its base policy', async () => {
    const base = `${NETWORK}/firewallPolicies/base`;
    await client.apply('PUT', base, aPolicy({ threatIntelMode: 'Deny' }));
    expect(refusal(await client.send('PUT', POLICY, aPolicy({ basePolicy: { id: base } })))).toEqual([
      400,
      'FirewallPolicyThreatIntelModeLessStrictThanBase',
    ]);
    await client.apply('PUT', POLICY, aPolicy({ basePolicy: { id: base }, threatIntelMode: 'Deny' }));
  });

  test('has at most 90 groups, each with a priority of its own', async () => {
    await client.apply('PUT', rules('a'), aGroup(100));
    expect(refusal(await client.send('PUT', rules('b'), aGroup(100)))).toEqual([
      400,
      'FirewallPolicyRuleCollectionGroupDuplicatePriority',
    ]);
    expect(refusal(await client.send('PUT', rules('b'), aGroup(99)))).toEqual([
      400,
      'FirewallPolicyRuleCollectionGroupInvalidPriority',
    ]);
    for (let more = 1; more < 90; more++)
      await client.send('PUT', `/_local/state${rules(`g${more}`)}`, aGroup(100 + more));
    expect(refusal(await client.send('PUT', rules('b'), aGroup(1000)))).toEqual([
      400,
      'FirewallPolicyRuleCollectionGroupsLimitExceeded',
    ]);
    await client.apply('PUT', rules('a'), aGroup(1000));
  });

  test.each<[string, JsonObject, string]>([
    [
      'several destination ports',
      natCollection(natRule({ destinationPorts: ['80', '443'] })),
      'FirewallPolicyNatRuleInvalidDnatMultipleDestinationPortsExists',
    ],
    [
      'a range of destination ports',
      natCollection(natRule({ destinationPorts: ['80-90'] })),
      'FirewallPolicyNatRuleInvalidDnatMultipleDestinationPortsExists',
    ],
    [
      'a translated port beyond 63999',
      natCollection(natRule({ translatedPort: '64000' })),
      'FirewallPolicyNatRuleInvalidPort',
    ],
    [
      'no translation',
      natCollection({ ...natRule(), translatedAddress: undefined }),
      'FirewallPolicyNatRuleInvalidTranslation',
    ],
    [
      'two destinations',
      natCollection(natRule({ destinationAddresses: ['20.1.2.3', '20.1.2.4'] })),
      'FirewallPolicyNatRuleInvalidDestinationAddress',
    ],
    [
      'a protocol that DNAT has not',
      natCollection(natRule({ ipProtocols: ['Any'] })),
      'FirewallPolicyRuleInvalidProtocol',
    ],
    ['no source', natCollection(natRule({ sourceAddresses: [] })), 'FirewallPolicyRuleMissingSource'],
    [
      'an IPv6 address',
      natCollection(natRule({ translatedAddress: 'fd00::1' })),
      'AzureFirewallRuleInvalidIpAddressOrRangeFormat',
    ],
    [
      'an action of another kind',
      natCollection(natRule(), { action: { type: 'Allow' } }),
      'FirewallPolicyRuleCollectionInvalidAction',
    ],
    ['a rule of another kind', natCollection(networkRule()), 'FirewallPolicyRuleCollectionInvalidRuleType'],
    [
      'a priority out of range',
      natCollection(natRule(), { priority: 1 }),
      'FirewallPolicyRuleCollectionInvalidPriority',
    ],
    ['no such kind of collection', natCollection(natRule(), { ruleCollectionType: 'Nat' }), 'InvalidRequestFormat'],
    [
      'FQDNs without the DNS proxy',
      filterCollection(networkRule({ destinationAddresses: [], destinationFqdns: ['ntp.ubuntu.com'] })),
      'FirewallPolicyNetworkRuleFqdnRequiresDnsProxy',
    ],
    [
      'a network rule without destination',
      filterCollection(networkRule({ destinationAddresses: [] })),
      'FirewallPolicyNetworkRuleMissingDestination',
    ],
    [
      'a network rule without ports',
      filterCollection(networkRule({ destinationPorts: [] })),
      'FirewallPolicyNetworkRuleInvalidPort',
    ],
    [
      'an application rule without target',
      filterCollection({ ruleType: 'ApplicationRule', name: 'a', sourceAddresses: ['*'] }),
      'FirewallPolicyApplicationRuleMissingTarget',
    ],
  ])('refuses a rule collection with %s', async (_, collection, code) => {
    expect(refusal(await client.send('PUT', rules('a'), aGroup(100, collection)))).toEqual([400, code]);
  });

  test('has at most 250 frontends and DNAT destinations on a firewall, which a base policy’s are none of', async () => {
    const base = `${NETWORK}/firewallPolicies/base`;
    const ports = (count: number, from: number) =>
      Array.from({ length: count }, (_, n) => natRule({ name: `r${n}`, destinationPorts: [String(from + n)] }));
    const group = (count: number, from: number) => aGroup(100, { ...natCollection(), rules: ports(count, from) });
    await client.apply('PUT', base, aPolicy());
    await client.apply('PUT', `${base}/ruleCollectionGroups/b`, group(100, 1000));
    await client.apply('PUT', POLICY, aPolicy({ basePolicy: { id: base } }));
    await withFirewall();
    const full = [400, 'FirewallPolicyDnatRulesLimitExceeded'];
    expect(refusal(await client.send('PUT', rules('a'), group(250, 2000)))).toEqual(full);
    await client.apply('PUT', rules('a'), group(249, 2000));
    await client.apply('PUT', `${base}/ruleCollectionGroups/b`, group(101, 1000));
    await client.apply('PUT', FIREWALL, aFirewall());
    await client.apply('PUT', rules('a'), group(250, 2000));
    const attach = aFirewall({ firewallPolicy: { id: POLICY } });
    expect(refusal(await client.send('PUT', FIREWALL, attach))).toEqual(full);
  });

  test('takes FQDNs in network rules with the DNS proxy', async () => {
    await client.apply('PUT', POLICY, aPolicy({ dnsSettings: { enableProxy: true } }));
    const rule = networkRule({ destinationAddresses: [], destinationFqdns: ['ntp.ubuntu.com'] });
    expect(await client.apply('PUT', rules('a'), aGroup(100, filterCollection(rule)))).toMatchObject({
      properties: { provisioningState: 'Succeeded' },
    });
  });

  test('is what packets go by: groups by priority, none of a base policy’s; a write counts once it has ended', async () => {
    const base = `${NETWORK}/firewallPolicies/base`;
    await withFirewall();
    const frontend = at(await client.get(`${NETWORK}/publicIPAddresses/p`), 'properties', 'ipAddress') as string;
    const target = async (): Promise<Json | undefined> => {
      const packet = { from: '198.51.100.7', to: frontend, port: 80 };
      return at(objectsAt((await client.send('POST', '/_local/probe', packet)).body, 'hops')[1], 'detail');
    };
    const to = (name: string) => natCollection(natRule({ name, destinationAddresses: [frontend] }));
    const writing = await client.send('PUT', rules('late'), aGroup(500, to('late')));
    expect(await target()).toBeUndefined();
    await client.finish(writing);
    expect(await target()).toBe('late sends it to 10.42.1.100:80');
    await client.apply('PUT', rules('early'), aGroup(400, to('early')));
    expect(await target()).toBe('early sends it to 10.42.1.100:80');
    await client.apply('PUT', base, aPolicy());
    await client.apply('PUT', `${base}/ruleCollectionGroups/b`, aGroup(600, to('inherited')));
    await client.apply('PUT', POLICY, aPolicy({ basePolicy: { id: base } }));
    expect(await target()).toBe('early sends it to 10.42.1.100:80');
  });
});
