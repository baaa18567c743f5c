import { objectsAt, stringAt, type JsonObject } from '../../local/azure/json.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { CLUSTER, createShop, FIREWALL, type Shop } from '../support/shop.ts';

const base = {
  name: 'shop',
  cluster: { version: '1.33' },
  egress: { presets: ['aks', 'article', 'gpu'] },
  access: { developers: [{ label: 'kim', cidr: '198.51.100.7/32' }] },
};

let cloud: TestCloud;
let shop: Shop;
beforeEach(async () => {
  cloud = await startTestCloud();
  shop = await createShop(cloud, base);
});
afterEach(() => cloud.close());

const put = (spec: object, query = '') => cloud.call('PUT', `/environments/shop/spec${query}`, spec);
const state = async (id: string) => (await cloud.control('GET', `/state${id}`)) as JsonObject;
const ranges = async () =>
  ((await state(CLUSTER)) as never as { properties: { apiServerAccessProfile: { authorizedIPRanges: string[] } } })
    .properties.apiServerAccessProfile.authorizedIPRanges;
const shown = async () =>
  (await cloud.call('GET', '/environments/shop')).body as never as {
    spec: { cluster: { nodeCount: number } };
    specChangedAt?: string;
    nextSpec?: unknown;
    access: { state: string };
    findings: { message: string }[];
  };
const writes = async () => {
  const { requests } = (await cloud.control('GET', '/requests')) as { requests: { method: string; path: string }[] };
  return requests.filter(({ method }) => ['PUT', 'PATCH', 'DELETE'].includes(method)).map(({ path }) => path);
};
/** Until the lane has applied a spec and made the sync that follows. */
const applied = async (before: number) =>
  shop.until(({ state: now, counts, sync }) => now === 'ready' && counts.syncs > before && sync?.running === false);
const syncs = async () => (await shop.until(() => true)).counts.syncs;

test('a new spec is previewed, applied in place, and lets nothing behind that it no longer calls for', async () => {
  const spec = {
    ...base,
    firewall: { threatIntel: 'Deny' },
    cluster: { version: '1.34', nodeCount: 4 },
    egress: { presets: ['aks', 'ubuntu-updates'] },
    access: { developers: [{ label: 'lee', cidr: '198.51.100.8/32' }] },
    ingress: { defaultSources: { public: ['198.51.100.0/24'] } },
    drift: { action: 'report' },
  };
  await shop.apply('web');
  await shop.until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
  const before = await syncs();
  const preview = await put(spec, '?preview=true');
  expect(preview.status).toBe(200);
  const { changes, firewallWrites } = preview.body as never as {
    changes: { path: string; applied: string }[];
    firewallWrites: number;
  };
  expect(firewallWrites).toBe(1);
  expect(changes.map(({ path, applied: how }) => `${path} ${how}`)).toEqual([
    'firewall.threatIntel in place',
    'egress.presets in place',
    'cluster.nodeCount in place',
    'cluster.version in place',
    'access.developers in place',
    'ingress.defaultSources in place',
    'drift.action in place',
  ]);
  const planned = await cloud.call('POST', '/environments/shop/plan', spec, { accept: 'text/plain' });
  expect(planned.text).toContain('~ cluster.nodeCount: 3 => 4');
  expect(planned.text).toContain('~ properties.threatIntelMode: "Alert" => "Deny"');
  expect((await cloud.call('POST', '/environments/shop/plan', spec)).body).toEqual(preview.body);

  const told = await put(spec);
  expect(told.status).toBe(202);
  expect(told.headers.get('location')).toMatch(/\/environments\/shop$/);
  const status = await applied(before);
  expect(status.state).toBe('ready');
  expect(status.findings[0]?.message).toBe(
    'The spec has been applied: firewall.threatIntel, egress.presets, cluster.nodeCount, cluster.version, ' +
      'access.developers, ingress.defaultSources, drift.action.',
  );
  const firewall = await state(FIREWALL);
  expect(stringAt(firewall, 'properties', 'threatIntelMode')).toBe('Deny');
  const names = objectsAt(firewall, 'properties', 'applicationRuleCollections').map((one) => one['name']);
  expect(names).toEqual(['aksfwar', 'ubuntu-updates']);
  expect((await shop.rules())[0]?.sourceAddresses).toEqual(['198.51.100.0/24']);
  const cluster = (await state(CLUSTER)) as never as {
    properties: {
      currentKubernetesVersion: string;
      agentPoolProfiles: { count: number; currentOrchestratorVersion: string }[];
    };
  };
  expect(cluster.properties.currentKubernetesVersion).toMatch(/^1\.34\./);
  expect(cluster.properties.agentPoolProfiles).toMatchObject([
    { count: 4, currentOrchestratorVersion: expect.stringMatching(/^1\.34\./) },
  ]);
  await cloud.host.durable.waitFor('shop.shop', ({ customStatus }) => {
    const { state: lane, lastLook } = customStatus as { state: string; lastLook: { ranges: string[] } };
    return lane === 'waiting' && lastLook.ranges.includes('198.51.100.8/32');
  });
  expect(await ranges()).toContain('198.51.100.8/32');
  expect(await ranges()).not.toContain('198.51.100.7/32');
  expect(await shown()).toMatchObject({ spec: { cluster: { nodeCount: 4 } }, specChangedAt: expect.any(String) });

  const since = (await writes()).length;
  expect((await put(spec)).status).toBe(202);
  await shop.sync();
  expect((await writes()).slice(since)).toEqual([]);
});

test('a developer of a new spec is let in for as long as a spec says so, and nobody whom somebody else lets in is put out', async () => {
  const current = await ranges();
  await cloud.control('PUT', `/state${CLUSTER}`, {
    properties: { apiServerAccessProfile: { authorizedIPRanges: [...current, '198.51.100.99/32'] } },
  });
  const looked = (wanted: (list: readonly string[]) => boolean) =>
    cloud.host.durable.waitFor('shop.shop', ({ customStatus }) => {
      const { state: lane, lastLook } = customStatus as { state: string; lastLook: { ranges: string[] } };
      return lane === 'waiting' && wanted(lastLook.ranges);
    });
  let before = await syncs();
  const developers = [
    { label: 'sam', cidr: '198.51.100.99/32' },
    { label: 'lee', cidr: '198.51.100.8/32' },
  ];
  // The cluster itself is written too.
  await put({ ...base, cluster: { version: '1.33', nodeCount: 4 }, access: { developers } });
  await applied(before);
  await looked((list) => list.includes('198.51.100.8/32') && !list.includes('198.51.100.7/32'));
  before = await syncs();
  await put({ ...base, access: { developers: [] } });
  await applied(before);
  await looked((list) => !list.includes('198.51.100.8/32'));
  expect(await ranges()).toEqual([...current.filter((range) => range !== '198.51.100.7/32'), '198.51.100.99/32']);
});

test('of two specs that come while the lane works the last one stands, and none is lost', async () => {
  const before = await syncs();
  await put({ ...base, cluster: { version: '1.33', nodeCount: 4 } });
  await shop.until(({ state: now }) => now === 'provisioning');
  await put({ ...base, cluster: { version: '1.33', nodeCount: 5 } });
  await put({ ...base, cluster: { version: '1.33', nodeCount: 6 }, firewall: { threatIntel: 'Off' } });
  await applied(before);
  await cloud.host.durable.waitFor('shop', ({ input }) => {
    const lane = (typeof input === 'string' ? JSON.parse(input) : input) as never as {
      spec: { cluster: { nodeCount: number } };
      graph: string;
      phase: string;
    };
    return lane.spec.cluster.nodeCount === 6 && lane.graph === 'sync' && lane.phase === 'waiting';
  });
  const cluster = await state(CLUSTER);
  expect(objectsAt(cluster, 'properties', 'agentPoolProfiles')).toMatchObject([{ count: 6 }]);
  expect(stringAt(await state(FIREWALL), 'properties', 'threatIntelMode')).toBe('Off');
});

test('a spec that a step fails with leaves what was, says so, and is applied by a retry or undone by the old one', async () => {
  await cloud.control('PUT', '/faults', {
    rules: [{ fault: 'forbidden', method: 'PUT', path: CLUSTER }],
  });
  const spec = { ...base, cluster: { version: '1.34' }, firewall: { threatIntel: 'Deny' } };
  await put(spec);
  const failed = await shop.until(({ state: now }) => now === 'failed');
  expect(failed.findings[0]?.message).toMatch(/^The spec could not be applied as a whole \(firewall\.threatIntel/);
  expect(failed.steps.find(({ name }) => name === 'cluster')?.problem?.message).toBeDefined();
  expect(stringAt(await state(CLUSTER), 'properties', 'kubernetesVersion')).toMatch(/^1\.33/);
  await cloud.control('PUT', '/faults', { rules: [] });

  let before = await syncs();
  expect((await put(base)).status).toBe(202);
  expect((await applied(before)).state).toBe('ready');
  expect(stringAt(await state(FIREWALL), 'properties', 'threatIntelMode')).toBe('Alert');

  await cloud.control('PUT', '/faults', { rules: [{ fault: 'forbidden', method: 'PUT', path: CLUSTER }] });
  await put(spec);
  await shop.until(({ state: now }) => now === 'failed');
  await cloud.control('PUT', '/faults', { rules: [] });
  before = await syncs();
  await cloud.call('POST', '/environments/shop/retry');
  expect((await applied(before)).state).toBe('ready');
  expect(stringAt(await state(CLUSTER), 'properties', 'kubernetesVersion')).toMatch(/^1\.34/);
});

test('an address space is widened in place', async () => {
  const before = await syncs();
  await put({ ...base, network: { addressSpace: '10.32.0.0/11' } });
  expect((await applied(before)).state).toBe('ready');
  const network = FIREWALL.replace('azureFirewalls/shop-fw', 'virtualNetworks/shop-vnet');
  expect(await state(network)).toMatchObject({ properties: { addressSpace: { addressPrefixes: ['10.32.0.0/11'] } } });
});
