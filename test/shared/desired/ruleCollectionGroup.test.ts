import { desiredFirewall } from '../../../shared/desired/firewall.ts';
import { desiredFirewallPolicy } from '../../../shared/desired/firewallPolicy.ts';
import { desiredRuleCollectionGroup, ownGroupCollectionNames } from '../../../shared/desired/ruleCollectionGroup.ts';
import { presetsOfCloud } from '../../../shared/model/presetsOfCloud.ts';
import { jsonAt, objectsAt, stringAt, type JsonObject } from '../../../shared/model/json.ts';
import { aJumpbox, articleSpec } from '../../support/spec.ts';

const id = '/subscriptions/s/resourceGroups/hub/providers/Microsoft.Network/firewallPolicies/hub';
const everything = articleSpec({
  firewall: { rules: 'policy' },
  egress: {
    presets: presetsOfCloud.public,
    allow: {
      application: [{ name: 'a', fqdns: ['a.example.com'] }],
      network: [{ name: 'n', destinations: ['20.1.2.3'], ports: [1] }],
    },
  },
  jumpbox: aJumpbox,
});
const group = (name: string, priority: number, ...ruleCollections: JsonObject[]): JsonObject => ({
  name,
  properties: { priority, ruleCollections },
});
const collections = ({ body }: { body: JsonObject }) => objectsAt(body, 'properties', 'ruleCollections');

test('every egress rule is in the group; names and priorities are each unique among all of its collections', () => {
  const list = collections(desiredRuleCollectionGroup(everything, { id, groups: [] }));
  expect(list.map((one) => `${JSON.stringify(one['priority'])} ${stringAt(one, 'name') ?? ''}`)).toEqual([
    '100 aksfwnr',
    '140 monitor-network',
    '200 egress-allow-network',
    '300 aksfwar',
    '301 aksfwarweb',
    '310 ubuntu-updates',
    '320 gpu',
    '330 windows',
    '340 monitor',
    '350 defender',
    '360 policy',
    '370 key-vault',
    '400 egress-allow',
    '410 gatehouse-jumpbox',
  ]);
  expect(list.map(({ name }) => name).toSorted()).toEqual([...ownGroupCollectionNames].toSorted());
  expect(list[0]?.['rules']).toContainEqual({
    ruleType: 'NetworkRule',
    name: 'apiudp',
    ipProtocols: ['UDP'],
    sourceAddresses: ['*'],
    destinationAddresses: ['AzureCloud.eastus'],
    destinationPorts: ['1194'],
  });
  expect(list[3]?.['rules']).toEqual([
    {
      ruleType: 'ApplicationRule',
      name: 'fqdn',
      sourceAddresses: ['*'],
      protocols: [
        { protocolType: 'Http', port: 80 },
        { protocolType: 'Https', port: 443 },
      ],
      fqdnTags: ['AzureKubernetesService'],
    },
  ]);
});

test('the group lies in whichever policy, keeps its priority, and takes a free one where it is new', () => {
  const priority = (...groups: JsonObject[]) =>
    jsonAt(desiredRuleCollectionGroup(everything, { id, groups }).body, 'properties', 'priority');
  expect(desiredRuleCollectionGroup(everything, { id, groups: [] }).id).toBe(`${id}/ruleCollectionGroups/aks-egress`);
  expect(priority()).toBe(1000);
  expect(priority(group('a', 1000), group('b', 1001))).toBe(1002);
  expect(priority(group('a', 1000), group('AKS-egress', 4000))).toBe(4000);
});

test('a priority that somebody else has taken in the group is left to them', () => {
  const theirs = { name: 'theirs', priority: 100, ruleCollectionType: 'FirewallPolicyFilterRuleCollection' };
  const groups = [group('aks-egress', 1000, theirs)];
  const [first] = collections(desiredRuleCollectionGroup(articleSpec(), { id, groups }));
  expect(first).toMatchObject({ name: 'aksfwnr', priority: 101 });
});

test('the firewall has its policy, and neither rules nor settings beside it', () => {
  const { properties } = desiredFirewall(everything).body;
  expect(Object.keys(properties as JsonObject).toSorted()).toEqual(['firewallPolicy', 'ipConfigurations', 'sku']);
  expect(desiredFirewallPolicy(everything).body).toMatchObject({
    tags: { 'gatehouse-environment': 'aks-egress' },
    properties: { sku: { tier: 'Standard' }, threatIntelMode: 'Alert', dnsSettings: { enableProxy: true } },
  });
});

test('a base policy that is stricter than the spec has its way', () => {
  const mode = (actual: JsonObject) =>
    jsonAt(desiredFirewallPolicy(everything, { properties: actual }).body, 'properties', 'threatIntelMode');
  expect(mode({ threatIntelMode: 'Deny' })).toBe('Alert');
  expect(mode({ threatIntelMode: 'Deny', basePolicy: { id } })).toBe('Deny');
  expect(mode({ threatIntelMode: 'Off', basePolicy: { id } })).toBe('Alert');
});
