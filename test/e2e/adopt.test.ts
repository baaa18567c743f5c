import { buildExisting, type ExistingEnvironment } from '../../local/existing.ts';
import type { JsonObject } from '../../local/azure/json.ts';
import { clusterClient } from '../../local/clusterClient.ts';
import type { EnvironmentStatus } from '../../shared/model/environmentStatus.ts';
import { comparable } from '../support/endState.ts';
import { strikeBy } from '../support/faults.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';

const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-0000000000aa';
const HUB = `${SUBSCRIPTION}/resourceGroups/hub-rg/providers`;
const FIREWALL = `${HUB}/Microsoft.Network/azureFirewalls/hub-fw`;
const clusterId = (name: string, group = 'hub-rg') =>
  `${SUBSCRIPTION}/resourceGroups/${group}/providers/Microsoft.ContainerService/managedClusters/${name}`;
const BLUE = clusterId('blue');
const GREEN = clusterId('green', 'green-rg');

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startTestCloud({ start: Date.now() });
});
afterEach(() => cloud.close());

const exists = (existing: Partial<ExistingEnvironment> = {}) =>
  buildExisting(cloud.azure, cloud.clock, { firewall: FIREWALL, clusters: [BLUE], ...existing });
const spec = (adopt: object = {}, changes: object = {}) => ({
  name: 'shop',
  adopt: { firewall: FIREWALL, clusters: [BLUE], ...adopt },
  ...changes,
});

async function until(wanted: (status: EnvironmentStatus) => boolean): Promise<EnvironmentStatus> {
  const { customStatus } = await cloud.host.durable.waitFor(
    'shop',
    (instance) => instance.customStatus !== null && wanted(instance.customStatus as EnvironmentStatus),
  );
  return customStatus as EnvironmentStatus;
}

/** Adopts and waits for the first sync. */
async function adopted(adopt: object = {}, changes: object = {}): Promise<EnvironmentStatus> {
  const { status, text } = await cloud.call('POST', '/environments', spec(adopt, changes));
  expect([status, text]).toEqual([202, expect.anything()]);
  return until(({ state, counts }) => state === 'failed' || (state === 'ready' && counts.syncs > 0));
}

type Stored = JsonObject & { readonly tags?: JsonObject; readonly properties: JsonObject };
const stored = async (id: string) => (await cloud.control('GET', `/state${id}`)) as Stored;

async function requests(): Promise<readonly { method: string; path: string; status: number; time: number }[]> {
  const log = (await cloud.control('GET', '/requests')) as {
    requests: { method: string; path: string; status: number; time: number }[];
  };
  return log.requests;
}
/** Writes to what is adopted: events have a topic of the app's own. */
const writesSince = async (time: number) =>
  (await requests()).filter(
    (one) => one.time >= time && ['PUT', 'DELETE', 'PATCH'].includes(one.method) && !one.path.includes('EventGrid'),
  );

async function publish(cluster: string, name: string, annotations = { 'gatehouse.dev/expose': 'true' }, port = 80) {
  const kubernetes = clusterClient(cloud.clusters.find(cluster)?.kubeconfig('user') ?? '');
  const { status } = await kubernetes('POST', '/api/v1/namespaces/default/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, annotations },
    spec: { type: 'LoadBalancer', ports: [{ port }], selector: { app: name } },
  });
  expect(status).toBe(201);
}

async function frontendOf(): Promise<string> {
  const { body } = await cloud.call('GET', '/environments/shop/services');
  return (body as unknown as { frontends: string[] }).frontends[0] ?? '';
}

const reachable = async (port: number) => {
  const packet = { from: '198.51.100.23', to: await frontendOf(), port };
  return ((await cloud.control('POST', '/probe', packet)) as { reachable: boolean }).reachable;
};

/** What is left of a firewall without what the environment has written. */
function withoutOurs({ tags: _claim, properties, ...rest }: Stored): Stored {
  return { ...rest, properties: { ...properties, natRuleCollections: [] } };
}

const hubPolicy = `${HUB}/Microsoft.Network/firewallPolicies/hub-policy`;
const basePolicy = `${HUB}/Microsoft.Network/firewallPolicies/base-policy`;

test.each<[string, Partial<ExistingEnvironment>]>([
  ['a classic firewall', {}],
  ['one with a policy', { policy: hubPolicy }],
  ['one with a policy that inherits', { policy: hubPolicy, basePolicy }],
])('adopting %s reads little and writes nothing', async (_, existing) => {
  await exists(existing);
  const since = cloud.clock.now() + 1;
  await cloud.clock.sleep(10);
  const { status } = await cloud.call('POST', '/environments', spec());
  expect(status).toBe(202);
  const { requests: log } = (await cloud.control('GET', '/requests')) as {
    requests: { method: string; path: string; time: number }[];
  };
  const reads = log.filter(({ method, time }) => method === 'GET' && time >= since).map(({ path }) => path);
  expect(reads.filter((path) => !path.includes('/msi/')).length).toBeLessThanOrEqual(10);
  await until(({ state, counts }) => state === 'ready' && counts.syncs > 0);
  expect(await writesSince(since)).toEqual([]);
});

test('a service of an adopted cluster is published only when asked for, and nothing else of the firewall changes', async () => {
  await exists();
  await adopted();
  const before = await stored(FIREWALL);
  await publish(BLUE, 'quiet', {} as never, 81);
  await publish(BLUE, 'web');
  await until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
  expect(await reachable(80)).toBe(true);
  const after = await stored(FIREWALL);
  expect(after.properties['natRuleCollections']).toMatchObject([
    { name: 'shop', properties: { rules: [{ translatedPort: '80' }] } },
  ]);
  expect(comparable(withoutOurs(after))).toEqual(comparable(before));
  expect(after.tags).toEqual({ 'gatehouse-environment': 'shop' });
});

test('a deletion takes back rules, grants and the claim, and leaves the rest', async () => {
  await exists();
  const firewall = await stored(FIREWALL);
  await adopted();
  const cluster = await stored(BLUE);
  await publish(BLUE, 'web');
  await until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
  await cloud.call('PUT', '/environments/shop/grants/ana', { cidr: '198.51.100.9/32' });
  await ranges(BLUE, (list) => list.includes('198.51.100.9/32'));
  expect((await cloud.call('DELETE', '/environments/shop')).status).toBe(202);
  await cloud.untilState('shop', 'deleted', 'failed');
  expect(comparable(await stored(FIREWALL))).toEqual(comparable({ ...firewall, tags: {} }));
  expect(comparable(await stored(BLUE))).toEqual(comparable(cluster));
});

test('a deletion takes grants back where the lane that keeps them broke', async () => {
  await exists();
  await adopted();
  const cluster = await stored(BLUE);
  await cloud.call('PUT', '/environments/shop/grants/ana', { cidr: '198.51.100.9/32' });
  await ranges(BLUE, (list) => list.includes('198.51.100.9/32'));
  await cloud.clock.sleep(600_000);
  cloud.host.durable.terminate('shop.blue', 'broken');
  expect((await cloud.call('DELETE', '/environments/shop')).status).toBe(202);
  await cloud.untilState('shop', 'deleted', 'failed');
  expect(comparable(await stored(BLUE))).toEqual(comparable(cluster));
});

test('a deletion by force waits for a write of the owner, and cancels none', async () => {
  await exists();
  await adopted();
  await publish(BLUE, 'web');
  await until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
  const since = cloud.clock.now() + 1;
  await cloud.control('PUT', `/state${FIREWALL}`, { properties: { provisioningState: 'Updating' } });
  await cloud.call('DELETE', '/environments/shop?force=true');
  await cloud.clock.sleep(600_000);
  expect(await writesSince(since)).toEqual([]);
  await cloud.control('PUT', `/state${FIREWALL}`, { properties: { provisioningState: 'Succeeded' } });
  await cloud.untilState('shop', 'deleted', 'failed');
  expect((await writesSince(since)).map(({ path }) => path)).toEqual([FIREWALL]);
});

describe('a grant that can not be taken back', () => {
  const HOME = '198.51.100.9/32';
  beforeEach(async () => {
    await exists();
    await adopted();
    await cloud.call('PUT', '/environments/shop/grants/ana', { cidr: HOME });
    await ranges(BLUE, (list) => list.includes(HOME));
    await strikeBy(cloud, { fault: 'forbidden', method: 'PUT', path: BLUE });
    await cloud.call('DELETE', '/environments/shop');
    const { steps } = await cloud.untilState('shop', 'deleted', 'failed');
    const problem = { code: 'GrantsNotTakenBack' };
    expect(steps).toContainEqual(expect.objectContaining({ name: 'accessLanes', state: 'failed' }));
    expect(steps.find(({ name }) => name === 'accessLanes')).toMatchObject({ problem });
  });

  test('keeps the deletion from ending, and goes once it can', async () => {
    await strikeBy(cloud);
    await ranges(BLUE, (list) => !list.includes(HOME));
    expect((await cloud.call('DELETE', '/environments/shop')).status).toBe(202);
    expect((await cloud.untilState('shop', 'deleted')).state).toBe('deleted');
  });

  test('stays where the deletion is forced', async () => {
    expect((await cloud.call('DELETE', '/environments/shop?force=true')).status).toBe(202);
    expect((await cloud.untilState('shop', 'deleted')).state).toBe('deleted');
    await ranges(BLUE, (list) => list.includes(HOME));
  });
});

test('a release leaves everything as it is and forgets it; what was released can be adopted again', async () => {
  await exists();
  await adopted();
  await publish(BLUE, 'web');
  await until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
  const before = await stored(FIREWALL);
  const since = cloud.clock.now() + 1;
  expect((await cloud.call('POST', '/environments/shop/release')).status).toBe(202);
  await cloud.untilState('shop', 'released', 'failed');
  expect(await writesSince(since)).toEqual([]);
  expect(await stored(FIREWALL)).toEqual(before);
  expect(await reachable80(before)).toBe(true);
  expect((await cloud.call('GET', '/environments/shop')).body).toMatchObject({ state: 'released' });
  expect((await cloud.call('POST', '/environments/shop/sync')).status).toBe(410);
  expect((await cloud.call('GET', '/environments')).body).toEqual({ environments: [] });

  expect(await adopted()).toMatchObject({ state: 'ready', sync: { report: { unchanged: 1, created: 0 } } });
  expect(await writesSince(since)).toEqual([]);
});

test('several clusters in hub and spoke have their rules told apart', async () => {
  await exists({ clusters: [BLUE, GREEN] });
  await adopted({ clusters: [BLUE, GREEN] });
  await publish(BLUE, 'web', undefined, 80);
  await publish(GREEN, 'web', undefined, 81);
  await until(({ counts, sync }) => counts.publications === 2 && sync?.running === false);
  expect([await reachable(80), await reachable(81)]).toEqual([true, true]);
  const [collection] = (await stored(FIREWALL)).properties['natRuleCollections'] as {
    properties: { rules: { name: string }[] };
  }[];
  expect(collection?.properties.rules.map(({ name }) => name.split('.')[0]).toSorted()).toEqual(['blue', 'green']);
  const explained = await cloud.call('GET', '/environments/shop/services/default/web?cluster=green');
  expect(explained.body).toMatchObject({ cluster: 'green', found: true });
  await cloud.call('PUT', '/environments/shop/grants/ana', { cidr: '198.51.100.9/32' });
  await ranges(BLUE, (list) => list.includes('198.51.100.9/32'));
  await ranges(GREEN, (list) => list.includes('198.51.100.9/32'));
  expect((await cloud.call('GET', '/environments/shop')).body).toMatchObject({
    access: { clusters: [{ cluster: 'blue' }, { cluster: 'green' }] },
  });
});

test('a rule that somebody edits comes back; rules of others stay as they are', async () => {
  await exists();
  await adopted();
  await publish(BLUE, 'web');
  await until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
  const { properties } = await stored(FIREWALL);
  const frontend = await frontendOf();
  const others = {
    name: 'theirs',
    properties: { priority: 150, action: { type: 'Dnat' }, rules: [theirRule(frontend)] },
  };
  await cloud.control('PUT', `/state${FIREWALL}`, {
    properties: { ...properties, natRuleCollections: [others], applicationRuleCollections: [] },
  });
  expect(await reachable(80)).toBe(false);
  await cloud.call('POST', '/environments/shop/sync');
  await until(({ counts }) => counts.driftRepairs > 0);
  expect(await reachable(80)).toBe(true);
  const after = (await stored(FIREWALL)).properties;
  expect(after['natRuleCollections']).toMatchObject([others, { name: 'shop' }]);
  // Its owner has taken the egress rules away: nobody has asked for them to be kept.
  expect(after['applicationRuleCollections']).toEqual([]);
});

describe('what is missing', () => {
  const without = ['egress', 'dnsProxy', 'routes', 'dnsServers'] as const;
  const fix = ['egress', 'dnsProxy', 'routes', 'dnsServers'];

  test('is told with its remedy, and left alone unless told otherwise', async () => {
    await exists({ without });
    const preview = await cloud.call('POST', '/plans', spec());
    expect(preview.status).toBe(200);
    const gaps = (preview.body as unknown as { gaps: { check: string; fix?: string; remedy: string }[] }).gaps;
    expect(gaps.map(({ check }) => check)).toEqual(['dnsProxy', 'egressRules', 'defaultRoute', 'routesToInternet']);
    expect(gaps.every(({ remedy }) => remedy.length > 20)).toBe(true);
    const text = await cloud.call('POST', '/plans', spec(), { accept: 'text/plain' });
    expect(text.text).toContain('No application rule lets the nodes of blue out');
    expect(text.text).toMatch(
      /\n {2}= Microsoft.Network\/azureFirewalls\/[^]*\n {2}= Microsoft.ContainerService\/managedClusters\/blue\n/,
    );
    const since = cloud.clock.now() + 1;
    await adopted();
    expect(await writesSince(since)).toEqual([]);
    await publish(BLUE, 'web');
    await until(({ sync }) => (sync?.report?.skipped ?? 0) > 0);
    expect(await writesSince(since)).toEqual([]);
  });

  test('is mended where asked for, beside what is there, and kept so', async () => {
    await exists({ without });
    const table = `${HUB}/Microsoft.Network/routeTables/blue-routes`;
    await adopted({ fix });
    await until(({ sync }) => sync?.running === false && sync.report?.drift.length === 0);
    expect((await cloud.call('GET', '/environments/shop/drift')).body).toMatchObject({ findings: [] });
    const after = await stored(FIREWALL);
    const names = (list: string) => (after.properties[list] as { name: string }[]).map(({ name }) => name);
    expect(names('applicationRuleCollections')).toEqual(['shop-aksfwar', 'shop-aksfwarweb']);
    expect(after.properties['additionalProperties']).toMatchObject({ 'Network.DNS.EnableProxy': 'true' });
    const { routes } = (await stored(table)).properties as { routes: { name: string }[] };
    expect(routes.map(({ name }) => name)).toEqual(['shop-fwrn', expect.stringMatching(/^shop-fwinternet-/)]);
    expect((await stored(`${HUB}/Microsoft.Network/virtualNetworks/hub-fw-vnet`)).properties).toMatchObject({
      dhcpOptions: { dnsServers: ['10.50.0.4'] },
    });
    await publish(BLUE, 'web');
    await until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
    expect(await reachable(80)).toBe(true);

    const repairs = (await until(() => true)).counts.driftRepairs;
    await cloud.control('DELETE', `/state${table}/routes/shop-fwrn`);
    await cloud.call('POST', '/environments/shop/sync');
    await until(({ counts, sync }) => counts.driftRepairs > repairs && sync?.running === false);
    expect(((await stored(table)).properties as { routes: { name: string }[] }).routes).toHaveLength(2);
  });

  test('a network is not told to ask a firewall that answers no names', async () => {
    await exists({ without });
    await adopted({ fix: ['dnsServers'] });
    const { dhcpOptions } = (await stored(`${HUB}/Microsoft.Network/virtualNetworks/hub-fw-vnet`)).properties;
    expect((dhcpOptions as { dnsServers?: string[] } | undefined)?.dnsServers ?? []).toEqual([]);
  });

  test('a subnet is not sent to a firewall whose policy lets its nodes nowhere', async () => {
    await exists({ policy: hubPolicy, without: ['egress', 'dnsProxy', 'association', 'dnsServers'] });
    const routeTable = `${HUB}/Microsoft.Network/routeTables/blue-routes`;
    const since = cloud.clock.now() + 1;
    await adopted({ fix: ['association', 'dnsServers'], routeTable });
    expect(await writesSince(since)).toEqual([]);
  });

  test('a subnet gets its route table only once egress and routes stand', async () => {
    await exists({ without: ['egress', 'routes', 'association'] });
    const table = `${HUB}/Microsoft.Network/routeTables/blue-routes`;
    const since = cloud.clock.now() + 1;
    await adopted({ fix: ['egress', 'routes', 'association'], routeTable: table });
    const subnet = `${HUB}/Microsoft.Network/virtualNetworks/hub-fw-vnet/subnets/blue-subnet`;
    while ((await stored(subnet)).properties['routeTable'] === undefined) await cloud.clock.sleep(5000);
    const written = (await writesSince(since)).map(({ path }) => path.split('/').at(-1));
    expect(written.indexOf('blue-subnet')).toBeGreaterThan(written.indexOf('hub-fw'));
    expect(written.indexOf('blue-subnet')).toBeGreaterThan(written.indexOf('blue-routes'));
  });
});

describe('a firewall that goes by a policy', () => {
  const POLICY = hubPolicy;
  const GROUP = `${POLICY}/ruleCollectionGroups/shop`;

  test('is kept by a group of the environment, and by nothing else', async () => {
    await exists({ policy: POLICY });
    const [firewall, policy] = [await stored(FIREWALL), await stored(POLICY)];
    await adopted();
    const since = cloud.clock.now() + 1;
    await publish(BLUE, 'web');
    await until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
    expect(await reachable(80)).toBe(true);
    expect((await writesSince(since)).map(({ path }) => path)).toEqual([GROUP]);
    expect(comparable(await stored(FIREWALL))).toEqual(comparable(firewall));
    expect((await stored(POLICY)).tags).toEqual(policy.tags);
    await cloud.call('DELETE', '/environments/shop');
    await cloud.untilState('shop', 'deleted', 'failed');
    await expect(stored(GROUP)).rejects.toThrow('404');
    expect(await stored(`${POLICY}/ruleCollectionGroups/platform`)).toBeDefined();
  });

  describe('and inherits from another team’s', () => {
    const gaps = async () => {
      const { status, body } = await cloud.call('POST', '/plans', spec());
      expect(status).toBe(200);
      return (body as unknown as { gaps: { check: string; resource: string; message: string; fix?: string }[] }).gaps;
    };

    test('has the egress rules that are handed down to it', async () => {
      await exists({ policy: POLICY, basePolicy });
      expect(await gaps()).toEqual([]);
    });

    test('is told where what is handed down may not be read', async () => {
      await exists({ policy: POLICY, basePolicy });
      await strikeBy(cloud, { fault: 'forbidden', path: `${basePolicy}/ruleCollectionGroups` });
      expect(await gaps()).toMatchObject([
        { check: 'egressRules', message: expect.stringContaining(basePolicy) as string },
      ]);
    });

    test('names what both lack, and mends nothing of theirs', async () => {
      await exists({ policy: POLICY, basePolicy, without: ['egress', 'dnsProxy'] });
      const found = await gaps();
      expect(found.map(({ check }) => check)).toEqual(['dnsProxy', 'egressRules']);
      expect(found[0]).not.toHaveProperty('fix');
      expect(found[0]?.resource).toBe(POLICY);
    });
  });

  test('is shared by two environments, each with a firewall and a group of its own', async () => {
    const other = {
      firewall: FIREWALL.replace('hub-rg', 'two-rg').replace('hub-fw', 'two-fw'),
      cluster: clusterId('red', 'two-rg'),
    };
    await exists({ policy: POLICY });
    await exists({ policy: POLICY, firewall: other.firewall, clusters: [other.cluster], without: ['dnsServers'] });
    const platform = await stored(`${POLICY}/ruleCollectionGroups/platform`);
    await adopted();
    const second = { name: 'two', adopt: { firewall: other.firewall, clusters: [other.cluster] } };
    expect((await cloud.call('POST', '/environments', second)).status).toBe(202);
    await cloud.untilState('two', 'ready', 'failed');
    const since = cloud.clock.now() + 1;
    await Promise.all([publish(BLUE, 'web'), publish(other.cluster, 'web')]);
    const published = (name: string) =>
      cloud.host.durable.waitFor(name, ({ customStatus }) => {
        const status = customStatus as EnvironmentStatus | null;
        return status?.counts.publications === 1 && status.sync?.running === false;
      });
    await Promise.all([published('shop'), published('two')]);
    const log = (await requests()).filter((one) => one.time >= since && one.method === 'PUT');
    const written = log.filter(({ path, status }) => path.startsWith(POLICY) && status < 400);
    expect(written.map(({ path }) => path).toSorted()).toEqual([GROUP, `${POLICY}/ruleCollectionGroups/two`]);
    const groups = await Promise.all(['shop', 'two'].map((name) => stored(`${POLICY}/ruleCollectionGroups/${name}`)));
    expect(groups.map(({ properties }) => properties['ruleCollections'])).toEqual([
      [expect.objectContaining({ name: 'shop', rules: [expect.anything()] })],
      [expect.objectContaining({ name: 'two', rules: [expect.anything()] })],
    ]);
    expect(new Set(groups.map(({ properties }) => properties['priority'])).size).toBe(2);
    expect(comparable(await stored(`${POLICY}/ruleCollectionGroups/platform`))).toEqual(comparable(platform));
  });

  test('whose group of that name is somebody else’s is refused', async () => {
    await exists({ policy: POLICY });
    const answer = await cloud.call('POST', '/environments', { ...spec(), name: 'platform' });
    expect([answer.status, answer.text]).toEqual([409, expect.stringContaining('rule collection group')]);
  });
});

describe('a new spec', () => {
  const put = (body: object) => cloud.call('PUT', '/environments/shop/spec', body);

  test('adds clusters and fixes, and takes fixes away without undoing them', async () => {
    await exists({ clusters: [BLUE, GREEN], without: ['routes'] });
    await adopted();
    const both = { clusters: [BLUE, GREEN], fix: ['routes'] };
    expect((await put(spec(both))).status).toBe(202);
    const routesOf = async (id: string) => (await stored(id)).properties['routes'] as { name: string }[];
    const tables = [
      `${HUB}/Microsoft.Network/routeTables/blue-routes`,
      `${SUBSCRIPTION}/resourceGroups/green-rg/providers/Microsoft.Network/routeTables/green-routes`,
    ];
    for (const table of tables) while ((await routesOf(table)).length < 2) await cloud.clock.sleep(5000);
    await cloud.call('PUT', '/environments/shop/grants/ana', { cidr: '198.51.100.9/32' });
    await ranges(GREEN, (list) => list.includes('198.51.100.9/32'));
    await publish(GREEN, 'web');
    await until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
    expect(await reachable(80)).toBe(true);

    expect((await put(spec({ clusters: [BLUE, GREEN] }))).status).toBe(202);
    await cloud.clock.sleep(600_000);
    for (const table of tables) expect(await routesOf(table)).toHaveLength(2);
  });

  test('that drops a cluster, or adopts nothing any more, is refused', async () => {
    await exists({ clusters: [BLUE, GREEN] });
    await adopted({ clusters: [BLUE, GREEN] });
    const refusal = async (body: object) => {
      const { status, text } = await put(body);
      return [status, text];
    };
    expect(await refusal(spec())).toEqual([400, expect.stringContaining('its rules and ranges would stay')]);
    expect(await refusal({ name: 'shop' })).toEqual([400, expect.stringContaining('its rules and ranges would stay')]);
  });
});

describe('is refused', () => {
  const refused = async (body: object) => {
    const answer = await cloud.call('POST', '/environments', body);
    const { problems, detail } = answer.body as unknown as {
      problems?: { path: string; message: string; remedy: string }[];
      detail: string;
    };
    return { status: answer.status, detail, paths: problems?.map(({ path }) => path) };
  };

  test('what does not exist, is no id, or lies outside the scopes', async () => {
    await exists();
    expect(await refused(spec({ firewall: 'hub-fw' }))).toMatchObject({ status: 400, paths: ['adopt.firewall'] });
    const other = FIREWALL.replace('0000000000aa', '0000000000bb');
    expect(await refused(spec({ firewall: other }))).toMatchObject({ status: 400, paths: ['adopt.firewall'] });
    expect(await refused(spec({ clusters: [BLUE, clusterId('red')] }))).toMatchObject({
      status: 400,
      paths: ['adopt.clusters.1'],
    });
    expect(await refused(spec({ clusters: [BLUE, clusterId('blue', 'other-rg')] }))).toMatchObject({
      status: 400,
      paths: ['adopt.clusters.1'],
    });
    expect(await refused(spec({}, { network: {}, location: 'westeurope' }))).toMatchObject({
      status: 400,
      paths: ['location', 'network'],
    });
  });

  test('a firewall or cluster that another environment has', async () => {
    await exists({ clusters: [BLUE, GREEN] });
    await adopted();
    expect(await refused({ ...spec(), name: 'other' })).toMatchObject({ status: 409 });
    await publish(BLUE, 'web');
    await until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
    await cloud.call('POST', '/environments/shop/release');
    await cloud.untilState('shop', 'released');
    const answer = await refused({ ...spec(), name: 'other' });
    expect(answer).toMatchObject({ status: 409, paths: ['adopt.firewall'] });
    expect(answer.detail).toContain('belongs to the environment shop');
  });

  test('a cluster on a network that is not peered, and one whose network overlaps', async () => {
    await exists({ clusters: [BLUE, GREEN] });
    const spoke = `${SUBSCRIPTION}/resourceGroups/green-rg/providers/Microsoft.Network/virtualNetworks/green-vnet`;
    await cloud.control('DELETE', `/state${spoke}/virtualNetworkPeerings/to-hub`);
    const answer = await refused(spec({ clusters: [GREEN] }));
    expect(answer).toMatchObject({ status: 400, paths: ['adopt.clusters.0'] });
    await cloud.control('PUT', `/state${spoke}`, {
      properties: { addressSpace: { addressPrefixes: ['10.50.0.0/16'] } },
    });
    expect((await refused(spec({ clusters: [GREEN] }))).paths).toContain('adopt.clusters');
  });

  test('what the app may not read, in the words of Azure with the role that is missing', async () => {
    await exists();
    await strikeBy(cloud, { fault: 'forbidden', path: BLUE });
    const answer = await cloud.call('POST', '/environments', spec());
    expect(answer.status).toBe(502);
    expect((answer.body as unknown as { remedy: string }).remedy).toContain('az role assignment create');
    expect((await cloud.call('GET', '/environments/shop')).status).toBe(404);
  });
});

async function ranges(cluster: string, wanted: (list: readonly string[]) => boolean): Promise<void> {
  for (;;) {
    const { apiServerAccessProfile: profile } = (await stored(cluster)).properties as {
      apiServerAccessProfile?: { authorizedIPRanges?: string[] };
    };
    if (wanted(profile?.authorizedIPRanges ?? [])) return;
    await cloud.clock.sleep(5000);
  }
}

const theirRule = (frontend: string) => ({
  name: 'theirs',
  protocols: ['TCP'],
  sourceAddresses: ['*'],
  destinationAddresses: [frontend],
  destinationPorts: ['8080'],
  translatedAddress: '10.50.4.200',
  translatedPort: '80',
});

/** By what the stored rule says: nobody lists services any more. */
async function reachable80({ properties }: Stored): Promise<boolean> {
  const [collection] = properties['natRuleCollections'] as {
    properties: { rules: { destinationAddresses: string[] }[] };
  }[];
  const packet = { from: '198.51.100.23', to: collection?.properties.rules[0]?.destinationAddresses[0], port: 80 };
  return ((await cloud.control('POST', '/probe', packet)) as { reachable: boolean }).reachable;
}
