import { at, objectAt, objectsAt, stringAt, type Json, type JsonObject } from '../../../local/azure/json.ts';
import { aNetwork, GROUP, NETWORK, refusal, startClient, SUBSCRIPTION, type Client } from './client.ts';

const CLUSTER = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/c`;
const NODES = `${SUBSCRIPTION}/resourceGroups/MC_g_c_eastus`;
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
const ranges = (...authorizedIPRanges: string[]) => ({ apiServerAccessProfile: { authorizedIPRanges } });
const kinds = async () =>
  objectsAt(await client.get('/_local/requests'), 'requests')
    .filter(({ path, write }) => path === CLUSTER && write === true)
    .map(({ kind }) => kind);

describe('a cluster', () => {
  test('has its fqdn, its principal and its node resource group as soon as it is accepted', async () => {
    const { status, body } = await put(aCluster());
    expect([status, at(body, 'properties', 'provisioningState')]).toEqual([201, 'Creating']);
    expect(at(body, 'id')).toBe(CLUSTER.replace('/resourceGroups/', '/resourcegroups/'));
    expect(at(body, 'type')).toBe('Microsoft.ContainerService/ManagedClusters');
    expect(at(body, 'properties', 'fqdn')).toMatch(/^c-[0-9a-f]{8}\.hcp\.eastus\.azmk8s\.io$/);
    expect(at(body, 'identity', 'principalId')).toMatch(/^[0-9a-f-]{36}$/);
    expect(at(await client.get(NODES), 'managedBy')).toBe(CLUSTER);
    expect(at(body, 'properties')).not.toHaveProperty('identityProfile');
  });

  test("has its kubelet's identity and its nodes when it is finished, but no load balancer", async () => {
    const cluster = await client.apply('PUT', CLUSTER, aCluster());
    const kubelet = objectAt(cluster, 'properties', 'identityProfile', 'kubeletidentity');
    expect(kubelet['resourceId']).toContain('/resourcegroups/MC_g_c_eastus/');
    expect((await client.send('GET', kubelet['resourceId'] as string)).status).toBe(200);
    const types = objectsAt(await client.get(`${NODES}/resources`), 'value').map(({ type }) => type);
    expect(types).toEqual([
      'Microsoft.ManagedIdentity/userAssignedIdentities',
      'Microsoft.Network/networkSecurityGroups',
      'Microsoft.Compute/virtualMachineScaleSets',
    ]);
    expect(await client.get(`${NODES}/providers/Microsoft.Network/loadBalancers`)).toEqual({ value: [] });
  });

  test('is filled with the defaults of AKS', async () => {
    const cluster = await client.apply('PUT', CLUSTER, aCluster());
    expect(at(cluster, 'properties')).toMatchObject({
      kubernetesVersion: '1.33.6',
      enableRBAC: true,
      disableLocalAccounts: false,
      servicePrincipalProfile: { clientId: 'msi' },
      agentPoolProfiles: [
        { osDiskSizeGB: 128, osDiskType: 'Managed', maxPods: 30, osType: 'Linux', type: 'VirtualMachineScaleSets' },
      ],
      networkProfile: {
        networkPlugin: 'azure',
        serviceCidr: '10.0.0.0/16',
        dnsServiceIP: '10.0.0.10',
        outboundType: 'loadBalancer',
        loadBalancerSku: 'standard',
      },
    });
    expect(at(cluster, 'sku')).toEqual({ name: 'Base', tier: 'Free' });
    const pools = objectsAt(await client.get(`${CLUSTER}/agentPools`), 'value');
    expect(pools.map(({ name, properties }) => [name, at(properties, 'count')])).toEqual([['nodepool1', 3]]);
  });

  test('is answered flat errors, and busy ones 409', async () => {
    await put(aCluster());
    const busy = await put(aCluster());
    expect(busy.status).toBe(409);
    expect(busy.body).toMatchObject({ code: 'OperationNotAllowed', details: null, subcode: '', target: '' });
    expect(refusal(await client.send('DELETE', CLUSTER))).toEqual([409, 'OperationNotAllowed']);
  });

  test('takes its node resource group with it when it is deleted', async () => {
    await client.apply('PUT', CLUSTER, aCluster());
    const deletion = await client.send('DELETE', CLUSTER);
    expect([deletion.status, deletion.headers.get('location')]).toEqual([
      202,
      expect.stringContaining('/operationresults/'),
    ]);
    await client.finish(deletion);
    expect((await client.send('GET', CLUSTER)).status).toBe(404);
    expect((await client.send('GET', NODES)).status).toBe(404);
  });

  test('gives a kubeconfig that leads to its fqdn', async () => {
    const cluster = await client.apply('PUT', CLUSTER, aCluster());
    const { body } = await client.send('POST', `${CLUSTER}/listClusterUserCredential`);
    const value = objectsAt(body, 'kubeconfigs')[0]?.['value'] as string;
    const config = JSON.parse(Buffer.from(value, 'base64').toString()) as Json;
    expect(at(objectsAt(config, 'clusters')[0], 'cluster', 'server')).toBe(
      `https://${String(at(cluster, 'properties', 'fqdn') as string)}:443`,
    );
  });
});

describe('an update', () => {
  let cluster: JsonObject;
  beforeEach(async () => {
    cluster = (await client.apply('PUT', CLUSTER, aCluster(ranges('20.1.2.3')))) as JsonObject;
  });

  test('of the authorized ranges alone is the fastest kind', async () => {
    expect(at(cluster, 'properties', 'apiServerAccessProfile')).toEqual({ authorizedIPRanges: ['20.1.2.3/32'] });
    const properties = { ...objectAt(cluster, 'properties'), ...ranges('20.1.2.3/32', '198.51.100.0/24') };
    const accepted = await put({ ...cluster, properties });
    expect([accepted.status, at(accepted.body, 'properties', 'provisioningState')]).toEqual([200, 'Updating']);
    await client.finish(accepted);
    expect(await kinds()).toEqual(['managedClusters.create', 'managedClusters.authorizedRanges']);
  });

  test('that empties the ranges turns the protection off', async () => {
    const emptied = await client.apply('PUT', CLUSTER, {
      ...cluster,
      properties: { ...objectAt(cluster, 'properties'), ...ranges() },
    });
    expect(at(emptied, 'properties')).not.toHaveProperty('apiServerAccessProfile');
  });

  test('of the node count is a scaling', async () => {
    const pools = objectsAt(cluster, 'properties', 'agentPoolProfiles').map((pool) => ({ ...pool, count: 5 }));
    const accepted = await put({
      ...cluster,
      properties: { ...objectAt(cluster, 'properties'), agentPoolProfiles: pools },
    });
    expect(at(accepted.body, 'properties', 'provisioningState')).toBe('Scaling');
  });

  test('changes the etag twice and is refused with one that is out of date', async () => {
    const old = stringAt(cluster, 'eTag') ?? '';
    const accepted = await put({ ...cluster, tags: { a: 'b' } }, { 'if-match': old });
    expect(accepted.status).toBe(200);
    await client.finish(accepted);
    const fresh = at(await client.get(CLUSTER), 'eTag');
    expect(new Set([old, at(accepted.body, 'eTag'), fresh]).size).toBe(3);
    expect(refusal(await put({ ...cluster, tags: {} }, { 'if-match': old }))).toEqual([412, 'PreconditionFailed']);
    expect(refusal(await put(cluster, { 'if-none-match': '*' }))).toEqual([412, 'PreconditionFailed']);
  });

  test('keeps fqdn, principal and kubelet identity whatever the body says of them', async () => {
    const updated = await client.apply('PUT', CLUSTER, { ...aCluster({ dnsPrefix: 'other' }), tags: { a: 'b' } });
    for (const path of [
      ['properties', 'fqdn'],
      ['identity', 'principalId'],
      ['properties', 'identityProfile'],
      ['properties', 'nodeResourceGroup'],
    ]) {
      expect(at(updated, ...path)).toEqual(at(cluster, ...path));
    }
  });

  test('of the tags by PATCH replaces them', async () => {
    await client.apply('PATCH', CLUSTER, { tags: { a: 'b' } });
    expect(at(await client.get(CLUSTER), 'tags')).toEqual({ a: 'b' });
  });
});

describe('AKS refuses', () => {
  const udr = { networkProfile: { networkPlugin: 'azure', outboundType: 'userDefinedRouting' } };
  const associate = async (routes: readonly JsonObject[]) => {
    await client.apply('PUT', `${NETWORK}/routeTables/t`, { location: 'eastus', properties: { routes } });
    const routeTable = { id: `${NETWORK}/routeTables/t` };
    await client.apply('PUT', SUBNET, { properties: { addressPrefix: '10.42.1.0/24', routeTable } });
  };
  const defaultRoute = (nextHop: JsonObject) => [{ name: 'r', properties: { addressPrefix: '0.0.0.0/0', ...nextHop } }];

  test('userDefinedRouting without a route table on the subnet', async () => {
    expect(await refused(aCluster(udr))).toEqual([400, 'ExistingRouteTableNotAssociatedWithSubnet']);
  });
  test('userDefinedRouting without a default route, or with one that leads elsewhere', async () => {
    await associate([]);
    expect(await refused(aCluster(udr))).toEqual([400, 'RouteTableMissingDefaultRoute']);
    await associate(defaultRoute({ nextHopType: 'Internet' }));
    expect(await refused(aCluster(udr))).toEqual([400, 'RouteTableInvalidNextHop']);
    await associate(defaultRoute({ nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.42.2.4' }));
    expect(await refused(aCluster(udr))).toEqual([201, undefined]);
  });

  const manyRanges = Array.from({ length: 201 }, (_, index) => `198.51.${Math.floor(index / 256)}.${index % 256}/32`);
  test.each<[string, JsonObject, string]>([
    ['a range that does not start at its network address', aCluster(ranges('198.51.100.7/24')), 'InvalidParameter'],
    ['more than 200 ranges', aCluster(ranges(...manyRanges)), 'InvalidParameter'],
    [
      'ranges on a private cluster',
      aCluster({ apiServerAccessProfile: { authorizedIPRanges: ['20.1.2.3'], enablePrivateCluster: true } }),
      'InvalidParameter',
    ],
    [
      'a service CIDR that overlaps the network',
      aCluster({ networkProfile: { serviceCidr: '10.42.0.0/20', dnsServiceIP: '10.42.0.10' } }),
      'ServiceCidrOverlapExistingSubnetsCidr',
    ],
    [
      'a DNS service IP outside the service CIDR',
      aCluster({ networkProfile: { dnsServiceIP: '10.1.0.10' } }),
      'DnsServiceIpOutOfServiceCidr',
    ],
    [
      'a pod CIDR that overlaps the service CIDR',
      aCluster({ networkProfile: { networkPluginMode: 'overlay', podCidr: '10.0.0.0/16' } }),
      'PodCidrOverlapServiceCidr',
    ],
    ['an unknown VM size', aCluster({}, { vmSize: 'Standard_Huge' }), 'BadRequest'],
    ['an unknown version', aCluster({ kubernetesVersion: '1.17.13' }), 'K8sVersionNotSupported'],
    [
      'a subnet that does not exist',
      aCluster({}, { vnetSubnetID: `${NETWORK}/virtualNetworks/v/subnets/none` }),
      'VnetNotFound',
    ],
    ['an agent pool name with capitals', aCluster({}, { name: 'NodePool' }), 'InvalidParameter'],
    ['no system pool', aCluster({}, { mode: 'User' }), 'InvalidParameter'],
    [
      'kubenet in an own subnet with a system-assigned identity',
      aCluster({ networkProfile: { networkPlugin: 'kubenet' } }),
      'CustomRouteTableWithUnsupportedMSIType',
    ],
  ])('%s', async (_, body, code) => {
    expect(await refused(body)).toEqual([400, code]);
  });

  test('an unknown field, by its name', async () => {
    const reply = await put(aCluster({ networkprofile: {} }));
    expect(reply.status).toBe(400);
    expect(reply.body).toMatchObject({
      code: 'BadRequest',
      message: expect.stringContaining('unknown field "networkprofile"') as string,
    });
  });

  test('more cores than the quota leaves', async () => {
    await client.send('PUT', '/_local/quotas', { eastus: { cores: 5 } });
    expect(await refused(aCluster())).toEqual([400, 'ErrCode_InsufficientVCPUQuota']);
  });
});

test('usages, sizes and versions of the region are listed', async () => {
  await client.apply('PUT', CLUSTER, aCluster());
  const compute = `${SUBSCRIPTION}/providers/Microsoft.Compute/locations/eastus`;
  const cores = objectsAt(await client.get(`${compute}/usages`), 'value').find(
    (usage) => at(usage, 'name', 'value') === 'cores',
  );
  expect(cores).toMatchObject({ currentValue: 6, limit: 100, unit: 'Count' });
  const sizes = objectsAt(await client.get(`${compute}/vmSizes`), 'value');
  expect(sizes).toContainEqual(expect.objectContaining({ name: 'Standard_DS2_v2', numberOfCores: 2 }));
  const versions = await client.get(
    `${SUBSCRIPTION}/providers/Microsoft.ContainerService/locations/eastus/kubernetesVersions`,
  );
  expect(objectsAt(versions, 'values').map(({ version }) => version)).toContain('1.33');
});

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
