import { at, objectsAt, type JsonObject } from '../../../local/azure/json.ts';
import { aNetwork, GROUP, NETWORK, refusal, startClient, SUBSCRIPTION, type Client } from './client.ts';

const CLUSTER = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/c`;
const SUBNET = `${NETWORK}/virtualNetworks/v/subnets/nodes`;

let client: Client;
beforeEach(async () => {
  client = await startClient();
  await client.apply('PUT', GROUP, { location: 'eastus' });
  await client.apply('PUT', `${NETWORK}/virtualNetworks/v`, aNetwork());
});
afterEach(() => client.close());

const aCluster = (properties: JsonObject = {}, pool: JsonObject = {}): JsonObject => ({
  location: 'eastus',
  identity: { type: 'SystemAssigned' },
  properties: {
    dnsPrefix: 'c',
    agentPoolProfiles: [
      { name: 'nodepool1', count: 3, vmSize: 'Standard_DS2_v2', mode: 'System', vnetSubnetID: SUBNET, ...pool },
    ],
    ...properties,
  },
});
const put = async (body: JsonObject, headers: Record<string, string> = {}) =>
  client.send('PUT', CLUSTER, body, headers);
const refused = async (body: JsonObject) => refusal(await put(body));

describe('role assignments', () => {
  const assignment = (name: string) => `${SUBNET}/providers/Microsoft.Authorization/roleAssignments/${name}`;
  const FIRST = '44444444-4444-4444-8444-444444444444';
  const networkContributor = async () =>
    objectsAt(
      await client.get(
        `${SUBNET}/providers/Microsoft.Authorization/roleDefinitions?$filter=roleName%20eq%20'Network%20Contributor'&api-version=2022-04-01`,
      ),
      'value',
    )[0]?.['id'] ?? null;

  test('can be made while the cluster is created, once its principal is known', async () => {
    const { body } = await put(aCluster());
    const properties = {
      roleDefinitionId: await networkContributor(),
      principalId: at(body, 'identity', 'principalId') ?? null,
    };
    expect(refusal(await client.send('PUT', assignment(FIRST), { properties }))).toEqual([400, 'PrincipalNotFound']);
    await client.pass(10);
    expect((await client.send('PUT', assignment(FIRST), { properties })).status).toBe(201);
    expect((await client.send('PUT', assignment(FIRST), { properties })).status).toBe(200);
    const list = await client.get(
      `${SUBNET}/providers/Microsoft.Authorization/roleAssignments?$filter=atScope()&api-version=2022-04-01`,
    );
    expect(objectsAt(list, 'value').map(({ name }) => name)).toEqual([FIRST]);
    expect(at(await client.get(CLUSTER), 'properties', 'provisioningState')).toBe('Creating');
  });

  test('with a principalType need not wait; a second one for the same is refused', async () => {
    const { body } = await put(aCluster());
    const properties = {
      roleDefinitionId: await networkContributor(),
      principalId: at(body, 'identity', 'principalId') ?? null,
      principalType: 'ServicePrincipal',
    };
    expect((await client.send('PUT', assignment(FIRST), { properties })).status).toBe(201);
    const second = assignment('55555555-5555-4555-8555-555555555555');
    expect(refusal(await client.send('PUT', second, { properties }))).toEqual([409, 'RoleAssignmentExists']);
    expect((await client.send('DELETE', assignment(FIRST))).status).toBe(200);
    expect((await client.send('DELETE', assignment(FIRST))).status).toBe(204);
  });

  test('need a GUID, a role that exists and a scope that exists', async () => {
    const roleDefinitionId = await networkContributor();
    const principalId = FIRST;
    const properties = { roleDefinitionId, principalId, principalType: 'ServicePrincipal' };
    expect(refusal(await client.send('PUT', assignment('name'), { properties }))).toEqual([
      400,
      'InvalidRoleAssignmentId',
    ]);
    const noRole = {
      ...properties,
      roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${FIRST}`,
    };
    expect(refusal(await client.send('PUT', assignment(FIRST), { properties: noRole }))).toEqual([
      400,
      'RoleDefinitionDoesNotExist',
    ]);
    const elsewhere = assignment(FIRST).replace('/subnets/nodes/', '/subnets/none/');
    expect(refusal(await client.send('PUT', elsewhere, { properties }))).toEqual([404, 'ResourceNotFound']);
  });
});

test("a user-assigned identity's principal exists before the cluster that uses it", async () => {
  const id = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/identity`;
  const missing = { ...aCluster(), identity: { type: 'UserAssigned', userAssignedIdentities: { [id]: {} } } };
  expect(await refused(missing)).toEqual([400, 'ResourceNotFound']);
  const created = await client.send('PUT', id, { location: 'eastus' });
  expect(created.status).toBe(201);
  const cluster = await client.apply('PUT', CLUSTER, missing);
  expect(at(cluster, 'identity', 'userAssignedIdentities', id)).toEqual({
    clientId: at(created.body, 'properties', 'clientId'),
    principalId: at(created.body, 'properties', 'principalId'),
  });
});
