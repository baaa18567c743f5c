import { at, type JsonObject } from '../../local/azure/json.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { CLUSTER, createShop, type Shop } from '../support/shop.ts';

interface Logged {
  readonly time: number;
  readonly method: string;
  readonly path: string;
}

let cloud: TestCloud;
let shop: Shop;
beforeAll(async () => {
  cloud = await startTestCloud();
  shop = await createShop(cloud, { cluster: { private: true } });
});
afterAll(() => cloud.close());

const requests = async () => ((await cloud.control('GET', '/requests')) as { requests: Logged[] }).requests;
const commands = async () =>
  (await requests()).filter(({ method, path }) => method === 'POST' && path === `${CLUSTER}/runCommand`);

test('is created without ranges, and without a lane that would keep some', async () => {
  const cluster = (await cloud.control('GET', `/state${CLUSTER}`)) as JsonObject;
  expect(at(cluster, 'properties', 'apiServerAccessProfile')).toMatchObject({ enablePrivateCluster: true });
  expect(at(cluster, 'properties', 'apiServerAccessProfile', 'authorizedIPRanges')).toBeUndefined();
  const { body } = await cloud.call('GET', '/environments/shop');
  expect(body).not.toHaveProperty('access');
  expect(JSON.stringify(body?.['steps'])).not.toContain('accessLanes');
});

test('its API server is in the network alone', async () => {
  const outside = cloud.clusters.find(CLUSTER)?.kubeconfig('user') ?? '';
  const { clusterClient } = await import('../../local/clusterClient.ts');
  await expect(clusterClient(outside)('GET', '/version')).rejects.toThrow();
});

test('its services are published, read by commands alone', async () => {
  await shop.apply('web');
  await shop.until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
  expect(await shop.rules()).toHaveLength(1);
  const { status, body } = await cloud.call('GET', '/environments/shop/services');
  expect([status, body]).toMatchObject([200, { unchanged: [{ service: 'web' }], problems: [] }]);
  expect((await commands()).length).toBeGreaterThan(0);
});

test('the pass over services that looks for changed annotations comes every ten minutes', async () => {
  // Beside the drift checks, which are a quarter of an hour apart.
  const before = (await commands()).length;
  await cloud.clock.sleep(60 * 60_000);
  const after = (await commands()).length;
  expect(after - before).toBeGreaterThanOrEqual(6);
  expect(after - before).toBeLessThanOrEqual(6 + 4 + 2);
});

test('a grant is refused, with the reason', async () => {
  const answer = await cloud.call('PUT', '/environments/shop/grants/alice', { cidr: '198.51.100.7/32' });
  expect([answer.status, answer.body]).toMatchObject([409, { type: expect.stringContaining('private-cluster') }]);
  expect((await cloud.call('DELETE', '/environments/shop/grants/alice')).status).toBe(409);
});

test('nothing is out of place, and nothing ever writes its ranges', async () => {
  expect((await cloud.call('GET', '/environments/shop/drift')).body).toMatchObject({ inSync: true, findings: [] });
  const writes = (await requests()).filter(({ method, path }) => method === 'PUT' && path === CLUSTER);
  expect(writes).toHaveLength(1);
});

test('it is deleted completely', async () => {
  await cloud.call('DELETE', '/environments/shop');
  await cloud.untilState('shop', 'deleted', 'failed');
  const { resources } = (await cloud.control('GET', '/state')) as { resources: { id: string }[] };
  expect(resources.map(({ id }) => id).filter((id) => !id.includes('/gatehouse-rg'))).toEqual([]);
});
