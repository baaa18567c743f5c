import { startTestCloud, type TestCloud } from '../support/localCloud.ts';

const group = '/subscriptions/00000000-0000-0000-0000-0000000000aa/resourceGroups/shop-rg';
const network = `${group}/providers/Microsoft.Network`;

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startTestCloud();
});
afterEach(() => cloud.close());

/** Without the app's own group: the topic of the subscription's events lives there, and is all environments'. */
async function storedIds(): Promise<string[]> {
  const { resources } = (await cloud.control('GET', '/state')) as { resources: { id: string }[] };
  return resources.map(({ id }) => id).filter((id) => !id.includes('/gatehouse-rg'));
}

async function createShop(): Promise<void> {
  await cloud.call('POST', '/environments', { name: 'shop' });
  await cloud.untilState('shop', 'ready', 'failed');
}

test('a deleted environment leaves nothing behind, and its name can be used again', async () => {
  await createShop();
  const answer = await cloud.call('DELETE', '/environments/shop');
  expect(answer.status).toBe(202);
  await cloud.untilState('shop', 'deleted', 'failed');
  expect(await storedIds()).toEqual([]);
  expect((await cloud.call('GET', '/environments/shop')).body).toMatchObject({ state: 'deleted' });
  expect((await cloud.call('DELETE', '/environments/shop')).status).toBe(410);
  expect((await cloud.call('POST', '/environments', { name: 'shop' })).status).toBe(202);
  expect((await cloud.untilState('shop', 'ready', 'failed')).state).toBe('ready');
});

test('a delete during provisioning is heard, and takes back what was built so far', async () => {
  const hold = cloud.clock.busy();
  await cloud.call('POST', '/environments', { name: 'shop' });
  await cloud.call('DELETE', '/environments/shop');
  hold();
  await cloud.untilState('shop', 'deleted', 'failed');
  expect(await storedIds()).toEqual([]);
  const { requests } = (await cloud.control('GET', '/requests')) as { requests: { method: string; path: string }[] };
  expect(requests.some(({ method, path }) => method === 'PUT' && path.includes('/managedClusters/'))).toBe(false);
});

test('a delete while the cluster is created keeps the way out of its nodes until they stand', async () => {
  await cloud.call('POST', '/environments', { name: 'shop' });
  const isCreating = (steps: { name: string; state: string }[] | undefined) =>
    steps?.some(({ name, state }) => name === 'cluster' && state === 'running') === true;
  await cloud.host.durable.waitFor('shop', ({ customStatus }) =>
    isCreating((customStatus as { steps?: { name: string; state: string }[] } | null)?.steps),
  );
  await cloud.call('DELETE', '/environments/shop');
  await cloud.untilState('shop', 'deleted', 'failed');
  expect(await storedIds()).toEqual([]);
  const { requests } = (await cloud.control('GET', '/requests')) as {
    requests: { time: number; method: string; path: string; status: number; operationSeconds?: number }[];
  };
  const accepted = (method: string, type: string) =>
    requests.find((one) => one.method === method && one.path.includes(`/${type}/`) && one.status < 300)!;
  const created = accepted('PUT', 'managedClusters');
  const ready = created.time + created.operationSeconds! * 1000;
  expect(accepted('DELETE', 'azureFirewalls').time).toBeGreaterThanOrEqual(ready);
  // The delete was heard soon after it was sent, and waited for what Azure was at.
  expect(accepted('DELETE', 'managedClusters').time - ready).toBeLessThanOrEqual(30_000);
});

test('a resource of somebody else in the group is kept, and the group with it', async () => {
  await createShop();
  const foreign = `${network}/publicIPAddresses/someone-elses`;
  await cloud.control('PUT', `/state${foreign}`, {
    location: 'eastus',
    sku: { name: 'Standard' },
    properties: { publicIPAllocationMethod: 'Static' },
  });
  await cloud.call('DELETE', '/environments/shop');
  const { state, steps } = (await cloud.untilState('shop', 'deleted', 'failed')) as never as {
    state: string;
    steps: { name: string; detail?: string }[];
  };
  expect(state).toBe('deleted');
  expect((await storedIds()).sort()).toEqual([group, foreign].sort());
  expect(steps.find(({ name }) => name === 'resourceGroup')?.detail).toContain(foreign);
});

test('a subnet of somebody else in the network is kept, and the network with it', async () => {
  await createShop();
  const subnets = (
    (await cloud.control('GET', '/state')) as { resources: { id: string; properties: { subnets?: unknown[] } }[] }
  ).resources.find(({ id }) => id.endsWith('/shop-vnet'))!.properties.subnets!;
  const foreign = { name: 'theirs', properties: { addressPrefix: '10.42.9.0/24' } };
  await cloud.control('PUT', `/state${network}/virtualNetworks/shop-vnet`, {
    properties: { subnets: [...subnets, foreign] },
  });
  await cloud.call('DELETE', '/environments/shop');
  await cloud.untilState('shop', 'deleted', 'failed');
  const { resources } = (await cloud.control('GET', '/state')) as {
    resources: { id: string; properties: { subnets: { name: string }[]; dhcpOptions: { dnsServers: string[] } } }[];
  };
  const kept = resources.find(({ id }) => id.endsWith('/shop-vnet'));
  expect(kept?.properties.subnets.map(({ name }) => name)).toEqual(['theirs']);
  expect(kept?.properties.dhcpOptions.dnsServers).toEqual([]);
});

test('a resource whose tag somebody has taken away is no longer ours to delete', async () => {
  await createShop();
  await cloud.control('PUT', `/state${network}/publicIPAddresses/shop-fwpublicip`, { tags: null });
  await cloud.call('DELETE', '/environments/shop');
  await cloud.untilState('shop', 'deleted', 'failed');
  expect((await storedIds()).sort()).toEqual([group, `${network}/publicIPAddresses/shop-fwpublicip`].sort());
});

test('force must be true or false', async () => {
  await createShop();
  const answer = await cloud.call('DELETE', '/environments/shop?force=perhaps');
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ problems: [{ path: 'force' }] });
});
