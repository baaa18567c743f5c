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
      'Microsoft.Network/publicIPAddresses',
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
        loadBalancerSku: 'Standard',
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
