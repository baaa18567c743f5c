import { at, objectsAt, stringAt, stringsAt, type JsonObject } from '../../local/azure/json.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { createShop, FIREWALL, NETWORK, type Shop } from '../support/shop.ts';

const VNET = `${NETWORK}/virtualNetworks/shop-vnet`;

let cloud: TestCloud;
let shop: Shop;
afterEach(() => cloud.close());

const stored = async (id: string) => (await cloud.control('GET', `/state${id}`)) as JsonObject;
const start = async (spec: object) => {
  cloud = await startTestCloud();
  shop = await createShop(cloud, spec);
};
const subnets = async () => objectsAt(await stored(VNET), 'properties', 'subnets').map((one) => stringAt(one, 'name'));
const dnsServers = async () => stringsAt(await stored(VNET), 'properties', 'dhcpOptions', 'dnsServers');
const networkRules = async () =>
  objectsAt(await stored(FIREWALL), 'properties', 'networkRuleCollections')
    .flatMap((one) => objectsAt(one, 'properties', 'rules'))
    .map((rule) => stringAt(rule, 'name'));
const remaining = async () => {
  expect((await cloud.call('DELETE', '/environments/shop')).status).toBe(202);
  await cloud.untilState('shop', 'deleted', 'failed');
  const { resources } = (await cloud.control('GET', '/state')) as { resources: { id: string }[] };
  return resources.map(({ id }) => id).filter((id) => !id.includes('/gatehouse-rg'));
};

test.each(['classic', 'policy'])('the Basic tier is managed apart and resolves nothing, %s', async (rules) => {
  await start({ firewall: { tier: 'Basic', rules } });
  expect(await subnets()).toEqual(['aks-subnet', 'AzureFirewallSubnet', 'AzureFirewallManagementSubnet']);
  const firewall = await stored(FIREWALL);
  expect(at(firewall, 'properties', 'managementIpConfiguration')).toMatchObject({
    name: 'shop-fwmanagementconfig',
    properties: {
      subnet: { id: `${VNET}/subnets/AzureFirewallManagementSubnet` },
      publicIPAddress: { id: `${NETWORK}/publicIPAddresses/shop-fwmanagementip` },
    },
  });
  expect(await dnsServers()).toEqual([]);
  if (rules === 'classic') {
    expect(await networkRules()).toEqual(['apiudp', 'apitcp']);
    expect(await shop.firewallWrites()).toBe(1);
  }
  await shop.apply('web');
  await shop.until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
  const { sync } = await shop.sync();
  expect(sync?.report).toMatchObject({ drift: [], writes: [] });
  const plan = (await cloud.call('POST', '/environments/shop/plan')).body as never as { warnings: string[] };
  expect(plan.warnings).toContain(
    'Without DNS proxy the firewall resolves no names in network rules, so these rules are left out: time (ntp.ubuntu.com).',
  );
  expect(await remaining()).toEqual([]);
});

test('a firewall in zones has zone-redundant addresses and its own DNS servers, which stay so', async () => {
  const dns = ['10.42.4.4', '10.42.4.5'];
  const firewall = { tier: 'Premium', zones: ['1', '2'], threatIntel: 'Deny', dnsServers: dns, publicIpCount: 2 };
  await start({ firewall });
  expect(await stored(FIREWALL)).toMatchObject({
    zones: ['1', '2'],
    properties: {
      sku: { tier: 'Premium' },
      threatIntelMode: 'Deny',
      additionalProperties: { 'Network.DNS.EnableProxy': 'true', 'Network.DNS.Servers': '10.42.4.4,10.42.4.5' },
    },
  });
  for (const id of ['publicIPAddresses/shop-fwpublicip-2', 'publicIPPrefixes/shop-fwipprefix'])
    expect(await stored(`${NETWORK}/${id}`)).toMatchObject({ zones: ['1', '2', '3'] });
  await cloud.control('PUT', `/state${FIREWALL}`, {
    properties: { threatIntelMode: 'Alert', additionalProperties: { 'Network.DNS.Servers': '10.9.9.9' } },
  });
  const { counts } = await shop.sync();
  expect(counts.driftRepairs).toBe(2);
  expect(await stored(FIREWALL)).toMatchObject({
    properties: { threatIntelMode: 'Deny', additionalProperties: { 'Network.DNS.Servers': '10.42.4.4,10.42.4.5' } },
  });
  expect(await remaining()).toEqual([]);
});

test('a firewall without DNS proxy leaves the network its DNS servers', async () => {
  await start({ firewall: { dnsProxy: false } });
  expect(await dnsServers()).toEqual([]);
  expect(await networkRules()).toEqual(['apiudp', 'apitcp']);
  const { sync } = await shop.sync();
  expect(sync?.report).toMatchObject({ drift: [], writes: [] });
});

test('internal load balancers in a subnet of their own are published, and answer', async () => {
  await start({
    network: { ingressSubnet: { name: 'lb', prefix: '10.42.4.0/24' } },
    ingress: { expose: 'all', defaultSources: { internal: ['*'] } },
  });
  expect(await subnets()).toEqual(['aks-subnet', 'AzureFirewallSubnet', 'lb']);
  const { resources } = (await cloud.control('GET', '/state')) as { resources: { id: string }[] };
  const roles = resources.filter(({ id }) => id.includes('/subnets/lb/providers/Microsoft.Authorization/'));
  expect(roles).toHaveLength(1);
  const internal = 'service.beta.kubernetes.io/azure-load-balancer-internal';
  await shop.apply('web', {}, { [internal]: 'true', [`${internal}-subnet`]: 'lb' });
  await shop.until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
  const [rule] = await shop.rules();
  expect(rule?.translatedAddress).toMatch(/^10\.42\.4\./);
  const packet = { from: '198.51.100.23', to: rule?.destinationAddresses[0], port: 80 };
  expect(await cloud.control('POST', '/probe', packet)).toMatchObject({ reachable: true });
  expect(await remaining()).toEqual([]);
});

test('zones that a region has not are told before anything is written', async () => {
  cloud = await startTestCloud();
  const planned = async (location: string) =>
    (await cloud.call('POST', '/plans', { name: 'shop', location, firewall: { zones: ['1'] } })).body;
  expect(await planned('westus2')).toMatchObject({ problems: [] });
  expect(await planned('northcentralus')).toMatchObject({
    problems: [{ path: 'firewall.zones', message: 'Location northcentralus has no availability zones.' }],
  });
});

test('names in network rules of the Basic tier are refused with what to do instead', async () => {
  cloud = await startTestCloud();
  const { status, body } = await cloud.call('POST', '/environments', {
    name: 'shop',
    firewall: { tier: 'Basic' },
    egress: { allow: { network: [{ name: 'time', fqdns: ['time.example.com'], ports: ['123'] }] } },
  });
  expect(status).toBe(400);
  expect(body).toMatchObject({
    problems: [
      {
        path: 'egress.allow.network.0.fqdns',
        message: 'names in network rules need the DNS proxy, which the Basic tier has not',
        remedy: expect.stringContaining('egress.allow.application') as string,
      },
    ],
  });
});
