import { memoryStore } from '../../local/host/durable/store.ts';
import { objectsAt, stringAt, type JsonObject } from '../../local/azure/json.ts';
import { acceptedWrites, strikeBy } from '../support/faults.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { CLUSTER, createShop, GROUP, NETWORK, SUBSCRIPTION } from '../support/shop.ts';

const TABLE = `${NETWORK}/routeTables/shop-fwrt`;
const IDENTITIES = `${SUBSCRIPTION}/resourceGroups/people-rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities`;
const OWN_IDENTITY = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop-identity`;

let cloud: TestCloud;
/** Everything that the task hub has kept, as text. */
let kept: string[];
beforeEach(async () => {
  kept = [];
  const store = memoryStore();
  const remember = (record: unknown) => void kept.push(JSON.stringify(record));
  cloud = await startTestCloud({
    taskHubStore: {
      ...store,
      begin: (record) => {
        remember(record);
        store.begin(record);
      },
      append: (_id, record) => remember(record),
    },
  });
});
afterEach(() => cloud.close());

const stored = async (id: string) => (await cloud.control('GET', `/state${id}`)) as JsonObject;
const storedIds = async () => {
  const { resources } = (await cloud.control('GET', '/state')) as { resources: { id: string }[] };
  return resources.map(({ id }) => id).filter((id) => !id.includes('/gatehouse-rg'));
};
const routeNames = async () =>
  objectsAt(await stored(TABLE), 'properties', 'routes').map((route) => stringAt(route, 'name') ?? '');
const remove = async () => {
  expect((await cloud.call('DELETE', '/environments/shop')).status).toBe(202);
  await cloud.untilState('shop', 'deleted', 'failed');
};

/** Identities of other people in a group of theirs. */
async function addIdentities(...names: string[]): Promise<void> {
  await cloud.control('PUT', `/state${SUBSCRIPTION}/resourceGroups/people-rg`, { location: 'eastus' });
  for (const name of names) {
    await cloud.control('PUT', `/state${IDENTITIES}/${name}`, {
      location: 'eastus',
      properties: {
        clientId: `0000000${name.length}-1111-4000-8000-000000000001`,
        principalId: `0000000${name.length}-2222-4000-8000-000000000001`,
      },
    });
  }
}

test('an identity of our own has its roles before the cluster is created, and goes after it', async () => {
  await createShop(cloud, { cluster: { identity: 'user-assigned' } });
  expect(await stored(OWN_IDENTITY)).toMatchObject({ tags: { 'gatehouse-environment': 'shop' } });
  const writes = await acceptedWrites(cloud);
  const positions = (pattern: RegExp) => writes.flatMap((write, index) => (pattern.test(write) ? [index] : []));
  const [clusterAt = -1] = positions(/managedClusters\/shop$/);
  expect(positions(/^PUT .*roleAssignments/)).toHaveLength(2);
  expect(Math.max(...positions(/^PUT .*roleAssignments/))).toBeLessThan(clusterAt);
  await remove();
  const all = await acceptedWrites(cloud);
  expect(all.findIndex((write) => write === `DELETE ${OWN_IDENTITY}`)).toBeGreaterThan(
    all.findIndex((write) => write === `DELETE ${CLUSTER}`),
  );
  expect(await storedIds()).toEqual([]);
});

test('with kubenet the routes of pods are foreign, and survive every write of the table', async () => {
  const shop = await createShop(cloud, { cluster: { cni: 'kubenet', identity: 'user-assigned' } });
  const before = await routeNames();
  expect(before.filter((name) => name.startsWith('aks-nodepool1-'))).toHaveLength(3);
  await cloud.control('DELETE', `/state${TABLE}/routes/shop-fwrn`);
  const { counts } = await shop.sync();
  expect(counts.driftRepairs).toBeGreaterThan(0);
  expect((await routeNames()).toSorted()).toEqual(before.toSorted());
  const { body } = await cloud.call('GET', '/environments/shop/drift');
  expect(body).toMatchObject({ inSync: true, findings: [] });
});

test('a role that AKS does not see yet is waited for', async () => {
  // The roles come so late that the cluster is asked for right after them.
  await strikeBy(cloud, {
    fault: 'throttled',
    retryAfterSeconds: 600,
    method: 'PUT',
    path: '*/roleAssignments/*',
    times: 2,
  });
  await createShop(cloud, { cluster: { cni: 'kubenet', identity: 'user-assigned' } });
  const { requests } = (await cloud.control('GET', '/requests')) as {
    requests: { method: string; path: string; status: number }[];
  };
  const puts = requests.filter(({ method, path }) => method === 'PUT' && path === CLUSTER).map(({ status }) => status);
  expect(puts.filter((status) => status === 400).length).toBeGreaterThan(0);
  expect(puts.at(-1)).toBe(201);
});

test('a role that never takes effect fails the step, with what AKS says', async () => {
  await cloud.call('POST', '/environments', { name: 'shop', cluster: { cni: 'kubenet', identity: 'user-assigned' } });
  await cloud.host.durable.waitFor('shop', ({ customStatus }) =>
    objectsAt(customStatus, 'steps').some((step) => step['name'] === 'clusterRoles' && step['state'] === 'done'),
  );
  for (const id of await storedIds())
    if (/routeTables.*roleAssignments/.test(id)) await cloud.control('DELETE', `/state${id}`);
  const { steps } = await cloud.untilState('shop', 'failed', 'ready');
  expect(steps.find(({ name }) => name === 'cluster')?.problem).toMatchObject({
    code: 'RefusedTooOften',
    message: expect.stringContaining('have not spread yet: '),
  });
  await cloud.call('POST', '/environments/shop/retry');
  expect((await cloud.untilState('shop', 'ready')).state).toBe('ready');
});

describe('identities of others', () => {
  const cluster = { identity: `${IDENTITIES}/plane`, kubeletIdentity: `${IDENTITIES}/kubelet` };

  test('are taken, and stay without our roles when the environment goes', async () => {
    await addIdentities('plane', 'kubelet');
    const before = await storedIds();
    await createShop(cloud, { cluster });
    expect(await stored(CLUSTER)).toMatchObject({
      properties: { identityProfile: { kubeletidentity: { resourceId: expect.stringMatching(/kubelet$/) } } },
    });
    const operator = (await storedIds()).filter((id) =>
      id.startsWith(`${IDENTITIES}/kubelet/providers/Microsoft.Authorization`),
    );
    expect(operator).toHaveLength(1);
    await remove();
    expect(await storedIds()).toEqual(before);
  });

  test('that do not exist start nothing, and are named', async () => {
    await addIdentities('plane');
    const answer = await cloud.call('POST', '/environments', { name: 'shop', cluster });
    expect([answer.status, answer.body]).toMatchObject([
      400,
      { problems: [{ path: 'cluster.kubeletIdentity', message: expect.stringContaining('/kubelet') }] },
    ]);
  });

  test('that go before the cluster is created fail the step with a remedy, and a retry goes on', async () => {
    await addIdentities('plane', 'kubelet');
    await cloud.call('POST', '/environments', { name: 'shop', cluster });
    await cloud.host.durable.waitFor('shop', ({ customStatus }) =>
      objectsAt(customStatus, 'steps').some((step) => step['name'] === 'clusterRoles' && step['state'] === 'done'),
    );
    await cloud.control('DELETE', `/state${IDENTITIES}/kubelet`);
    const { steps } = await cloud.untilState('shop', 'failed', 'ready');
    expect(steps.find(({ name }) => name === 'cluster')?.problem).toMatchObject({
      code: 'IdentityMissing',
      remedy: expect.stringContaining('same name'),
    });
    await addIdentities('kubelet');
    await cloud.call('POST', '/environments/shop/retry');
    expect((await cloud.untilState('shop', 'ready')).state).toBe('ready');
  });
});

describe('a service principal', () => {
  const servicePrincipal = {
    clientId: '11111111-2222-4000-8000-000000000001',
    objectId: '11111111-2222-4000-8000-000000000002',
    secretName: 'GATEHOUSE_SECRET_SHOP',
  };
  const SECRET = 'a secret that nobody may read';
  afterEach(() => delete process.env['GATEHOUSE_SECRET_SHOP']);

  test('has its roles before the cluster, and its secret reaches Azure and nothing else', async () => {
    process.env['GATEHOUSE_SECRET_SHOP'] = SECRET;
    const preview = await cloud.call('POST', '/plans', { name: 'shop', cluster: { servicePrincipal } });
    await createShop(cloud, { cluster: { servicePrincipal } });
    const { requests } = (await cloud.control('GET', '/requests')) as {
      requests: { method: string; path: string; requestBody?: JsonObject }[];
    };
    const creation = requests.find(({ method, path }) => method === 'PUT' && path === CLUSTER);
    expect(stringAt(creation?.requestBody, 'properties', 'servicePrincipalProfile', 'secret')).toBe(SECRET);
    const shown = await cloud.call('GET', '/environments/shop');
    for (const text of [preview.text, shown.text, ...kept, JSON.stringify(await stored(CLUSTER))]) {
      expect(text).not.toContain(SECRET);
    }
    expect(kept.some((text) => text.includes('GATEHOUSE_SECRET_SHOP'))).toBe(true);
    await remove();
    expect(await storedIds()).toEqual([]);
  });

  test('whose secret the app does not have starts nothing, and the setting is named', async () => {
    const answer = await cloud.call('POST', '/environments', { name: 'shop', cluster: { servicePrincipal } });
    expect([answer.status, answer.body]).toMatchObject([
      400,
      {
        problems: [
          {
            path: 'cluster.servicePrincipal.secretName',
            message: expect.stringContaining('GATEHOUSE_SECRET_SHOP'),
            remedy: expect.stringContaining('app setting GATEHOUSE_SECRET_SHOP'),
          },
        ],
      },
    ]);
  });
});
