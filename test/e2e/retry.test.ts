import { startTestCloud, type TestCloud } from '../support/localCloud.ts';

const group = '/subscriptions/00000000-0000-0000-0000-0000000000aa/resourceGroups/shop-rg';
const network = `${group}/providers/Microsoft.Network/virtualNetworks/shop-vnet`;
const tags = { 'gatehouse-environment': 'shop' };

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.close());

interface Shown {
  readonly state: string;
  readonly steps: readonly {
    readonly name: string;
    readonly state: string;
    readonly changed?: boolean;
    readonly startedAt?: string;
    readonly problem?: { readonly code: string; readonly message: string; readonly remedy: string };
  }[];
}

const step = (shown: Shown, name: string) => shown.steps.find((candidate) => candidate.name === name)!;

test('a failed creation says what to do, and a retry goes on where it stopped', async () => {
  // What an earlier, lost environment of the same name left: owned, but with a subnet in the firewall's place.
  await cloud.control('PUT', `/state${group}`, { location: 'eastus', tags });
  const inTheWay = { name: 'in-the-way', properties: { addressPrefix: '10.42.2.0/25' } };
  await cloud.control('PUT', `/state${network}`, {
    location: 'eastus',
    tags,
    properties: { addressSpace: { addressPrefixes: ['10.42.0.0/16'] }, subnets: [inTheWay] },
  });

  await cloud.call('POST', '/environments', { name: 'shop' });
  await cloud.untilState('shop', 'ready', 'failed');
  const failed = (await cloud.call('GET', '/environments/shop')).body as never as Shown;
  expect(failed.state).toBe('failed');
  expect(step(failed, 'virtualNetwork')).toMatchObject({
    state: 'failed',
    problem: { code: 'NetcfgSubnetRangesOverlap', remedy: expect.stringContaining('retry') },
  });
  // Its neighbours went on; what stands behind it never began.
  expect(step(failed, 'publicIp').state).toBe('done');
  expect(step(failed, 'routeTable').state).toBe('done');
  expect(step(failed, 'firewall').state).toBe('pending');

  await cloud.control('PUT', `/state${network}`, { properties: { subnets: [] } });
  // What was done may have gone meanwhile; the retry builds it again.
  await cloud.control('DELETE', `/state${group}/providers/Microsoft.Network/routeTables/shop-fwrt`);
  const retry = await cloud.call('POST', '/environments/shop/retry');
  expect(retry.status).toBe(202);
  await cloud.untilState('shop', 'ready');
  const ready = (await cloud.call('GET', '/environments/shop')).body as never as Shown;
  expect(step(ready, 'publicIp').startedAt).toBe(step(failed, 'publicIp').startedAt);
  expect(ready.steps.every(({ state }) => state === 'done')).toBe(true);
});

test('a retry where nothing has failed changes nothing', async () => {
  const before = await cloud.control('GET', '/state');
  expect((await cloud.call('POST', '/environments/shop/retry')).status).toBe(202);
  await cloud.clock.sleep(60_000);
  expect((await cloud.call('GET', '/environments/shop')).body).toMatchObject({ state: 'ready' });
  expect(await cloud.control('GET', '/state')).toEqual(before);
});
