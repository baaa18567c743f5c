import { objectsAt, stringAt, stringsAt, type JsonObject } from '../../local/azure/json.ts';
import type { CallCluster } from '../../local/clusterClient.ts';
import { strikeBy } from '../support/faults.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { createShop, FIREWALL, GROUP, NETWORK, type Shop } from '../support/shop.ts';

const first = { name: 'shop' };
const green = { name: 'green', cni: 'azure-overlay', identity: 'user-assigned' };

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startTestCloud();
});
afterEach(() => cloud.close());

const clusterId = (name: string) => `${GROUP}/providers/Microsoft.ContainerService/managedClusters/${name}`;
const subnetId = (name: string) => `${NETWORK}/virtualNetworks/shop-vnet/subnets/${name}`;
const state = async (id: string) => (await cloud.control('GET', `/state${id}`)) as JsonObject;
const ranges = async (name: string) =>
  stringsAt(await state(clusterId(name)), 'properties', 'apiServerAccessProfile', 'authorizedIPRanges');
const shown = async () => (await cloud.call('GET', '/environments/shop')).body as JsonObject;
const put = (spec: object, query = '') =>
  cloud.call('PUT', `/environments/shop/spec${query}`, { name: 'shop', ...spec });

interface Logged {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly at?: string;
}
const requests = async () => ((await cloud.control('GET', '/requests')) as { requests: Logged[] }).requests;
const writesTo = async (id: string) =>
  (await requests()).filter(({ method, path, status }) => method === 'PUT' && path === id && status < 300).length;

const service = (name: string, annotations: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, annotations },
  spec: { type: 'LoadBalancer', ports: [{ port: 80 }], selector: { app: name } },
});
async function apply(kubernetes: CallCluster, name: string, annotations: object = {}): Promise<void> {
  const { status } = await kubernetes('POST', '/api/v1/namespaces/default/services', service(name, annotations));
  expect(status).toBe(201);
}
const published = (shop: Shop, count: number) =>
  shop.until(({ counts, sync }) => counts.publications === count && sync?.running === false);

describe('two clusters', () => {
  let shop: Shop;
  beforeEach(async () => {
    const allow = { network: [{ name: 'db', destinations: ['198.51.100.10'], ports: ['5432'] }] };
    shop = await createShop(cloud, { clusters: [first, green], egress: { allow } });
  });

  test('are created side by side, each with what is its own, behind a firewall that is written once', async () => {
    const { steps, clusters } = (await shown()) as never as {
      steps: { name: string; title: string; startedAt: string; finishedAt: string; state: string }[];
      clusters: { id: string; subnets: { id: string; prefixes: string[] }[] }[];
    };
    expect(clusters).toMatchObject([
      { id: clusterId('shop'), subnets: [{ id: subnetId('aks-subnet'), prefixes: ['10.42.1.0/24'] }] },
      { id: clusterId('green'), subnets: [{ id: subnetId('aks-subnet-green'), prefixes: ['10.42.11.0/24'] }] },
    ]);
    const step = (name: string) => steps.find((one) => one.name === name)!;
    expect([step('cluster').title, step('cluster:green').title]).toEqual(['Cluster (shop)', 'Cluster (green)']);
    expect(step('cluster:green').startedAt < step('cluster').finishedAt).toBe(true);
    expect(step('cluster').startedAt < step('cluster:green').finishedAt).toBe(true);
    expect(await writesTo(FIREWALL)).toBe(1);
    expect(await writesTo(`${NETWORK}/virtualNetworks/shop-vnet`)).toBe(2);

    const subnets = objectsAt(await state(`${NETWORK}/virtualNetworks/shop-vnet`), 'properties', 'subnets');
    const routed = subnets.filter((subnet) => stringAt(subnet, 'properties', 'routeTable', 'id') !== undefined);
    expect(routed.map((subnet) => stringAt(subnet, 'name'))).toEqual(['aks-subnet', 'aks-subnet-green']);
    const collections = objectsAt(await state(FIREWALL), 'properties', 'networkRuleCollections');
    const sources = collections
      .flatMap((one) => objectsAt(one, 'properties', 'rules'))
      .map((rule) => stringsAt(rule, 'sourceAddresses'));
    const ofNodes = sources.filter((addresses) => addresses.includes('10.42.1.0/24'));
    expect(ofNodes.length).toBeGreaterThan(0);
    for (const addresses of ofNodes) expect(addresses).toEqual(['10.42.1.0/24', '10.42.11.0/24']);
    for (const [name, subnet] of [
      ['shop', 'aks-subnet'],
      ['green', 'aks-subnet-green'],
    ] as const) {
      const [pool] = objectsAt(await state(clusterId(name)), 'properties', 'agentPoolProfiles');
      expect(stringAt(pool, 'vnetSubnetID')).toBe(subnetId(subnet));
      expect(await ranges(name)).toHaveLength(2);
    }
    expect(
      await state(`${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop-green-identity`),
    ).toBeDefined();
  });

  test('share the frontend: rules say whose they are, and of two services that want one port the second is told', async () => {
    const [ofBlue, ofGreen] = [cloud.clusters.operator(clusterId('shop')), cloud.clusters.operator(clusterId('green'))];
    await apply(ofBlue, 'web');
    await published(shop, 1);
    await apply(ofGreen, 'web');
    await apply(ofGreen, 'more', { 'gatehouse.dev/ports': '8080:80' });
    await published(shop, 2);
    expect((await shop.rules()).map(({ name }) => name)).toEqual([
      'shop.default.web.80.tcp',
      'green.default.more.80.tcp',
    ]);
    const services = (await cloud.call('GET', '/environments/shop/services')).body as JsonObject;
    expect(objectsAt(services, 'conflicts')).toMatchObject([{ cluster: 'green', service: 'web' }]);
    const explained = async (cluster: string) =>
      (await cloud.call('GET', `/environments/shop/services/default/web?cluster=${cluster}`)).body;
    expect(await explained('shop')).toMatchObject({ cluster: 'shop', found: true });
    expect(JSON.stringify(await explained('green'))).toContain('is taken by the rule shop.default.web.80.tcp');
  });

  test('are kept true one by one: subnet, ranges and grants', async () => {
    const granted = await cloud.call('PUT', '/environments/shop/grants/kim', { cidr: '198.51.100.7' });
    expect(granted.status).toBe(202);
    const hasKim = async (name: string) => (await ranges(name)).some((range) => range.startsWith('198.51.100.7'));
    while (!((await hasKim('shop')) && (await hasKim('green')))) await cloud.clock.sleep(5000);

    // What is under way there is over before anybody edits.
    const network = `${NETWORK}/virtualNetworks/shop-vnet`;
    const before = (await shop.until(({ sync }) => sync?.running === false)).counts.driftRepairs;
    const networkWrites = await writesTo(network);
    await cloud.control('PUT', `/state${subnetId('aks-subnet-green')}`, { properties: { routeTable: null } });
    await shop.sync();
    await shop.until(({ counts }) => counts.driftRepairs > before);
    const subnets = objectsAt(await state(network), 'properties', 'subnets');
    expect(subnets.filter((one) => stringAt(one, 'properties', 'routeTable', 'id') !== undefined)).toHaveLength(2);
    expect(await writesTo(subnetId('aks-subnet-green'))).toBe(1);
    expect(await writesTo(network)).toBe(networkWrites);
  });

  test('go together, and nothing is left', async () => {
    expect((await cloud.call('DELETE', '/environments/shop')).status).toBe(202);
    await cloud.untilState('shop', 'deleted', 'failed');
    const { resources } = (await cloud.control('GET', '/state')) as { resources: { id: string }[] };
    expect(resources.map(({ id }) => id).filter((id) => /shop|green/i.test(id))).toEqual([]);
  });
});

test('a cluster is added to a living environment as drift would be, and none is taken away', async () => {
  const shop = await createShop(cloud, { clusters: [first] });
  await apply(cloud.clusters.operator(clusterId('shop')), 'web');
  const { counts } = await published(shop, 1);
  const preview = await put({ clusters: [first, green] }, '?preview=true');
  expect(preview.body).toMatchObject({
    changes: [{ path: 'clusters.1', after: 'green', applied: 'in place' }],
    counts: { create: 4 },
    firewallWrites: 1,
  });
  expect((await put({ clusters: [first, green] })).status).toBe(202);
  await shop.until(({ state: now, counts: { syncs } }) => now === 'ready' && syncs > counts.syncs);
  await published(shop, 1);
  expect(await writesTo(clusterId('shop'))).toBe(1);
  expect(await ranges('green')).toHaveLength(2);
  await apply(cloud.clusters.operator(clusterId('green')), 'more', { 'gatehouse.dev/ports': '8080:80' });
  await published(shop, 2);

  const refused = await put({ clusters: [first] });
  expect(refused.status).toBe(400);
  expect(refused.text).toContain("can't be left out");
  expect(await state(clusterId('green'))).toBeDefined();
});

test('the only cluster becomes the first of several under the names that it has', async () => {
  const shop = await createShop(cloud, { cluster: { identity: 'user-assigned' } });
  const { counts } = await shop.until(() => true);
  const clusters = [{ name: 'shop', identity: 'user-assigned' }, green];
  expect((await put({ clusters })).status).toBe(202);
  await shop.until(({ state: now, counts: { syncs } }) => now === 'ready' && syncs > counts.syncs);
  expect(await writesTo(clusterId('shop'))).toBe(1);
  expect(await state(clusterId('green'))).toBeDefined();
});

test('a private cluster and a public one: ranges are of the latter alone, services of both', async () => {
  const shop = await createShop(cloud, {
    clusters: [{ ...first, private: true }, green],
    egress: { apiServer: true },
    access: { developers: [{ label: 'kim', cidr: '198.51.100.7' }] },
  });
  expect(await ranges('shop')).toEqual([]);
  expect(await ranges('green')).toContain('198.51.100.7/32');
  const { access } = (await shown()) as never as { access: object };
  expect(JSON.stringify(access)).not.toContain('shop');
  await apply(cloud.clusters.operator(clusterId('shop')), 'web');
  await published(shop, 1);
  const names = objectsAt(await state(FIREWALL), 'properties', 'networkRuleCollections').flatMap((collection) =>
    objectsAt(collection, 'properties', 'rules').filter((rule) => stringAt(rule, 'name') === 'gatehouse-api-server'),
  );
  const fqdn = stringAt(await state(clusterId('green')), 'properties', 'fqdn');
  expect(names.flatMap((rule) => stringsAt(rule, 'destinationFqdns'))).toEqual([fqdn]);
});

test('one whose creation failed is not forgotten by going back', async () => {
  const shop = await createShop(cloud, { clusters: [first] });
  await strikeBy(cloud, {
    fault: 'operationFails',
    method: 'PUT',
    path: '*/managedClusters/green',
    code: 'QuotaExceeded',
  });
  expect((await put({ clusters: [first, green] })).status).toBe(202);
  await shop.until(({ state: now }) => now === 'failed');
  const back = await put({ clusters: [first] });
  expect([back.status, back.text]).toEqual([400, expect.stringContaining("can't be left out")]);
  await strikeBy(cloud);
  expect((await put({ clusters: [first, { ...green, nodeCount: 1 }] })).status).toBe(202);
  await shop.until(({ state: now }) => now === 'ready');
  expect(await state(clusterId('green'))).toBeDefined();
});

test('one that fails fails alone, and a retry builds it', async () => {
  await strikeBy(cloud, {
    fault: 'operationFails',
    method: 'PUT',
    path: '*/managedClusters/green',
    code: 'QuotaExceeded',
  });
  await cloud.call('POST', '/environments', { name: 'shop', clusters: [first, green] });
  await cloud.untilState('shop', 'failed', 'ready');
  const { steps } = (await shown()) as never as { steps: { name: string; state: string }[] };
  expect(
    steps.filter(({ name }) => name.startsWith('cluster')).map(({ name, state: how }) => `${name} ${how}`),
  ).toEqual(expect.arrayContaining(['cluster done', 'cluster:green failed']));
  await strikeBy(cloud);
  expect((await cloud.call('POST', '/environments/shop/retry')).status).toBe(202);
  await cloud.untilState('shop', 'ready');
  expect(await writesTo(clusterId('shop'))).toBe(1);
});

test('quota is that of all of them, and a version is looked at for each', async () => {
  const start = (clusters: readonly object[]) => cloud.call('POST', '/environments', { name: 'shop', clusters });
  await cloud.control('PUT', '/quotas', { eastus: { cores: 10 } });
  const tooMany = await start([first, { ...green, nodeCount: 3 }]);
  expect([tooMany.status, tooMany.text]).toEqual([400, expect.stringContaining('12 more are needed')]);
  const unknown = await start([first, { ...green, version: '1.2' }]);
  expect(unknown.text).toContain('clusters.1.version');
});
