import { randomUUID } from 'node:crypto';
import { stringAt, type JsonObject } from '../../../local/azure/json.ts';
import { aNetwork, GROUP, NETWORK, refusal, startClient, SUBSCRIPTION, type Client } from './client.ts';

const CLUSTER = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/c`;
const IDENTITY = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i-1`;
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

  const kubenet = { networkProfile: { networkPlugin: 'kubenet', podCidr: '10.244.0.0/16' } };
  const byIdentity = (properties: JsonObject) => ({
    ...aCluster(properties),
    identity: { type: 'UserAssigned', userAssignedIdentities: { [IDENTITY]: {} } },
  });
  const identity = async (name: string) => {
    const id = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
    const body = await client.apply('PUT', id, { location: 'eastus' });
    return { id, principalId: stringAt(body, 'properties', 'principalId') ?? '' };
  };
  const assign = (scope: string, role: string, principalId: string) =>
    client.apply('PUT', `${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`, {
      properties: {
        principalId,
        principalType: 'ServicePrincipal',
        roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
      },
    });

  test('kubenet on a route table that nobody, or an identity without rights, may write', async () => {
    await associate(defaultRoute({ nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.42.2.4' }));
    expect(await refused(aCluster(kubenet))).toEqual([400, 'CustomRouteTableWithUnsupportedMSIType']);
    const { principalId } = await identity('i-1');
    expect(await refused(byIdentity(kubenet))).toEqual([400, 'CustomRouteTableMissingPermission']);
    await assign(`${NETWORK}/routeTables/t`, '4d97b98b-1d4f-4787-a291-c67834d212e7', principalId);
    expect(await refused(byIdentity(kubenet))).toEqual([400, 'CustomRouteTableMissingPermission']);
    await client.clock.sleep(60_000);
    expect(await refused(byIdentity(kubenet))).toEqual([201, undefined]);
  });

  test('an identity for the nodes that the control plane may not give them', async () => {
    const { principalId } = await identity('i-1');
    const { id } = await identity('nodes');
    const nodes = { identityProfile: { kubeletidentity: { resourceId: id } } };
    expect(await refused(byIdentity(nodes))).toEqual([400, 'CustomKubeletIdentityMissingPermissionError']);
    await assign(id, 'f1a07417-d97a-45cb-824c-7a7467783830', principalId);
    await client.clock.sleep(60_000);
    expect(await refused(byIdentity(nodes))).toEqual([201, undefined]);
  });

  const manyRanges = Array.from({ length: 201 }, (_, index) => `198.51.${Math.floor(index / 256)}.${index % 256}/32`);
  test.each<[string, JsonObject, string]>([
    ['a range that does not start at its network address', aCluster(ranges('198.51.100.7/24')), 'InvalidParameter'],
    ['more than 200 ranges', aCluster(ranges(...manyRanges)), 'InvalidParameter'],
    ['a Linux image on Windows nodes', aCluster({}, { osType: 'Windows', osSKU: 'Ubuntu' }), 'InvalidParameter'],
    ['Windows nodes for AKS itself', aCluster({}, { osType: 'Windows', name: 'win' }), 'InvalidParameter'],
    ['more pods than a node takes', aCluster({}, { maxPods: 251 }), 'InvalidParameter'],
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
    ['legacy integration with Entra', aCluster({ aadProfile: { serverAppID: 'x' } }), 'InvalidParameter'],
    [
      'a group by its name',
      aCluster({ aadProfile: { managed: true, adminGroupObjectIDs: ['team'] } }),
      'InvalidParameter',
    ],
    ['no local accounts and no Entra', aCluster({ disableLocalAccounts: true }), 'InvalidParameter'],
    [
      'a service principal without its secret',
      { ...aCluster({ servicePrincipalProfile: { clientId: '5f1d4d2c-0000-4000-8000-000000000001' } }), identity: {} },
      'InvalidParameter',
    ],
    [
      'an own identity for the nodes of a system-assigned cluster',
      aCluster({ identityProfile: { kubeletidentity: { resourceId: IDENTITY } } }),
      'CustomKubeletIdentityOnlySupportedOnUserAssignedMSICluster',
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
