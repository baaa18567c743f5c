import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { createShop, FIREWALL, type Shop } from '../support/shop.ts';

const published =
  (count: number) =>
  (status: { readonly counts: { readonly publications: number }; readonly sync?: { readonly running: boolean } }) =>
    status.counts.publications === count && status.sync?.running === false;

describe('a LoadBalancer service', () => {
  let cloud: TestCloud;
  let shop: Shop;

  beforeAll(async () => {
    cloud = await startTestCloud();
    shop = await createShop(cloud);
  });
  afterAll(() => cloud.close());

  test('without annotations gets its rule by itself, and it answers', async () => {
    expect(await shop.rules()).toEqual([]);
    await shop.apply('web');
    const status = await shop.until(published(1));
    const [rule, ...more] = await shop.rules();
    expect(more).toEqual([]);
    expect(rule).toMatchObject({
      name: 'shop.default.web.80.tcp',
      sourceAddresses: ['*'],
      destinationPorts: ['80'],
      translatedPort: '80',
    });
    expect(status.sync?.lastChange?.report).toMatchObject({
      created: 1,
      problems: [],
      drift: [],
      probes: [{ name: 'shop.default.web.80.tcp', result: 'connected' }],
    });
    expect(await shop.firewallWrites()).toBe(2);
  });

  test('is shown with its publication, and explained hop by hop', async () => {
    const listed = (await cloud.call('GET', '/environments/shop/services')).body as { unchanged: object[] };
    expect(listed.unchanged).toMatchObject([{ namespace: 'default', service: 'web', port: 80 }]);
    const explained = await cloud.call('GET', '/environments/shop/services/default/web');
    const { ports } = explained.body as never as {
      ports: { broken?: string; hops: { hop: string; state: string }[] }[];
    };
    expect(ports).toHaveLength(1);
    expect(ports[0]).not.toHaveProperty('broken');
    expect(ports[0]?.hops.map(({ hop, state }) => `${hop} ${state}`)).toEqual([
      'service ok',
      'load balancer ok',
      'source ranges ok',
      'publication ok',
      'rule ok',
      'return route ok',
      'connectivity ok',
    ]);
    expect((await cloud.call('GET', '/environments/shop/services/default/nobody')).status).toBe(404);
  });

  test('whose annotation changes, which ARM never sees, is found by the light pass', async () => {
    await shop.annotate('web', { 'gatehouse.dev/sources': '198.51.100.0/24' });
    await shop.until(({ sync }) => sync?.running === false && sync.lastChange?.report.updated === 1);
    expect((await shop.rules())[0]?.sourceAddresses).toEqual(['198.51.100.0/24']);
  });

  test('with ranges that are no ranges keeps its old rule, and says why', async () => {
    await shop.annotate('web', { 'gatehouse.dev/sources': '198.51.100.0/24,everybody' });
    const { sync } = await shop.sync();
    expect(sync?.report).toMatchObject({ skipped: 1, deleted: 0, wrote: false });
    expect((await shop.rules())[0]?.sourceAddresses).toEqual(['198.51.100.0/24']);
    const { body } = await cloud.call('GET', '/environments/shop/services');
    expect(body).toMatchObject({ skipped: [{ service: 'web', code: 'invalid-sources' }] });
    await shop.annotate('web', { 'gatehouse.dev/sources': '198.51.100.0/24' });
  });

  test('a sync that finds nothing to change writes nothing', async () => {
    await shop.sync();
    const hold = cloud.clock.busy();
    const { requests: before } = (await cloud.control('GET', '/requests')) as { requests: unknown[] };
    hold();
    await shop.sync();
    const { requests } = (await cloud.control('GET', '/requests')) as {
      requests: { method: string; path: string }[];
    };
    expect(requests.slice(before.length).filter(({ method }) => ['PUT', 'PATCH', 'DELETE'].includes(method))).toEqual(
      [],
    );
  });

  test('a rule that somebody deletes by hand comes back, and counts as repaired drift', async () => {
    const before = (await shop.until(() => true)).counts.driftRepairs;
    await cloud.control('DELETE', `/state${FIREWALL}/natRuleCollections/shop`);
    const status = await shop.until(({ counts }) => counts.driftRepairs > before);
    expect(status.sync?.lastChange?.report.drift).toEqual(['dnatRules: shop.default.web.80.tcp']);
    expect(status.findings[0]?.message).toMatch(/^Drift was repaired: dnatRules: shop\.default\.web\.80\.tcp/);
    expect(await shop.rules()).toHaveLength(1);
  });

  test('that is deleted loses its rule', async () => {
    await shop.remove('web');
    await shop.until(published(0));
    expect(await shop.rules()).toEqual([]);
  });
});
