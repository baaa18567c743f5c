import { principalOf } from '../../local/azure/auth.ts';
import { clusterClient } from '../../local/clusterClient.ts';
import { objectsAt, stringAt, type JsonObject } from '../../local/azure/json.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { CLUSTER, createShop, type Shop } from '../support/shop.ts';

const READER = '7f6c6a51-bcf8-42ba-9220-52d62157d7db';
/** Of the identity that local Azure gives out tokens for. */
const APP_CLIENT = '22222222-2222-2222-2222-222222222222';
const GROUP = '33333333-4444-4000-8000-000000000001';

let cloud: TestCloud;
afterEach(() => cloud.close());

const storedIds = async () => {
  const { resources } = (await cloud.control('GET', '/state')) as { resources: JsonObject[] };
  return resources.filter(({ id }) => !(typeof id === 'string' && id.includes('/gatehouse-rg')));
};
const readerRoles = async () =>
  (await storedIds()).filter((role) => stringAt(role, 'properties', 'roleDefinitionId')?.endsWith(READER) === true);
const isPublished: Parameters<Shop['until']>[0] = ({ counts, sync }) =>
  counts.publications === 1 && sync?.running === false;
const services = async () => (await cloud.call('GET', '/environments/shop/services')).body as unknown as JsonObject;
describe('a cluster whose users are those of Entra', () => {
  const entra = { adminGroups: [GROUP], localAccounts: false };

  test('is read with the app’s token, by a role that the app has given itself and takes back', async () => {
    cloud = await startTestCloud();
    const shop = await createShop(cloud, { cluster: { entra } });
    const [role, ...more] = await readerRoles();
    expect(more).toEqual([]);
    expect(stringAt(role, 'properties', 'scope')?.toLowerCase()).toBe(CLUSTER.toLowerCase());
    await shop.apply('web');
    const { sync } = await shop.until(isPublished);
    // The role reads: that no event could be put on the service is nobody's problem.
    expect(sync).toMatchObject({ lastResult: 'done', report: { problems: [] } });
    const events = (await shop.kubernetes('GET', '/api/v1/namespaces/default/events')).body as { items: JsonObject[] };
    expect(events.items.filter((event) => stringAt(event, 'source', 'component') === 'gatehouse')).toEqual([]);

    // Neither the kubeconfig of users nor the accounts of the cluster itself let anybody in.
    const ofUsers = cloud.clusters.find(CLUSTER)?.kubeconfig('user') ?? '';
    expect(ofUsers).toContain('kubelogin');
    const admin = clusterClient(cloud.clusters.find(CLUSTER)?.kubeconfig('admin') ?? '');
    expect((await admin('GET', '/api/v1/services')).status).toBe(401);

    expect((await cloud.call('GET', '/environments/shop/drift')).body).toMatchObject({ inSync: true });
    await cloud.call('DELETE', '/environments/shop');
    await cloud.untilState('shop', 'deleted', 'failed');
    expect(await storedIds()).toEqual([]);
  });

  test('publishes nothing new and deletes nothing while its role is gone, says so, and goes on once it is back', async () => {
    cloud = await startTestCloud();
    const shop = await createShop(cloud, { cluster: { entra } });
    await shop.apply('web');
    await shop.until(isPublished);
    const [role] = await readerRoles();
    await cloud.control('DELETE', `/state${stringAt(role, 'id') ?? ''}`);
    const { sync } = await shop.sync();
    expect(sync?.report?.problems.join(' ')).toContain('RBAC Reader');
    expect(await shop.rules()).toHaveLength(1);
    await cloud.control('PUT', `/state${stringAt(role, 'id') ?? ''}`, role);
    await shop.sync();
    expect(await services()).toMatchObject({ problems: [], unchanged: [{ service: 'web' }] });
  });

  test('may be private, and is read by commands on behalf of the app', async () => {
    cloud = await startTestCloud();
    const shop = await createShop(cloud, { cluster: { entra, private: true } });
    await shop.apply('web');
    await shop.until(isPublished);
    expect(objectsAt(await services(), 'unchanged')).toHaveLength(1);
  });

  test('without Azure’s roles lets the app in as a member of a group', async () => {
    cloud = await startTestCloud();
    const spec = { cluster: { entra: { adminGroups: [GROUP], azureRbac: false } } };
    const plan = await cloud.call('POST', '/plans', { name: 'shop', ...spec });
    expect(JSON.stringify(plan.body?.['warnings'])).toContain('member of one of the groups');
    const shop = await createShop(cloud, spec);
    expect(await readerRoles()).toEqual([]);
    expect(JSON.stringify(await services())).toContain('list services in all namespaces');
    await cloud.control('PUT', `/groups/${GROUP}`, { members: [principalOf(APP_CLIENT)] });
    await shop.apply('web');
    await shop.until(isPublished);
  });
});
