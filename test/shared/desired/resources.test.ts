import { desiredCluster } from '../../../shared/desired/cluster.ts';
import {
  desiredIdentity,
  desiredReaderRole,
  desiredRoleAssignments,
  withSecret,
} from '../../../shared/desired/clusterIdentity.ts';
import { desiredFirewall } from '../../../shared/desired/firewall.ts';
import {
  desiredNetworkRouting,
  desiredRoutes,
  desiredRouteTable,
  desiredVirtualNetwork,
} from '../../../shared/desired/network.ts';
import { desiredPublicIp } from '../../../shared/desired/publicIps.ts';
import { desiredResourceGroup } from '../../../shared/desired/resourceGroup.ts';
import { resourceIds } from '../../../shared/model/names.ts';
import { articleSpec } from '../../support/spec.ts';

const facts = { firewallPrivateIp: '10.42.2.4', frontends: ['20.62.10.30'], outboundRanges: ['20.1.2.3/32'] };

test('everything that is created carries the tag', () => {
  const spec = articleSpec({ name: 'shop' });
  const resources = [
    desiredResourceGroup(spec),
    desiredVirtualNetwork(spec),
    desiredNetworkRouting(spec, facts),
    desiredPublicIp(spec),
    desiredRouteTable(spec),
    desiredRoutes(spec, facts),
    desiredFirewall(spec),
    desiredCluster(spec, facts),
  ];
  for (const { body } of resources) expect(body['tags']).toEqual({ 'gatehouse-environment': 'shop' });
});

test('the first write of the network says nothing of routing, the second all', () => {
  expect(JSON.stringify(desiredVirtualNetwork(articleSpec()))).not.toMatch(/dnsServers|routeTable/);
  expect(JSON.stringify(desiredNetworkRouting(articleSpec(), facts))).toMatch(
    /"dnsServers":\["10.42.2.4"\].*routeTable/,
  );
});

test('each further frontend has its own route to the Internet', () => {
  const table = desiredRoutes(articleSpec(), { ...facts, frontends: ['20.62.10.30', '20.62.10.31'] });
  expect(table.body).toMatchObject({
    properties: {
      routes: [
        { name: 'aks-egress-fwrn' },
        { name: 'aks-egress-fwinternet', properties: { addressPrefix: '20.62.10.30/32' } },
        { name: 'aks-egress-fwinternet-2', properties: { addressPrefix: '20.62.10.31/32' } },
      ],
    },
  });
});

test('a cluster takes its count, size, version and service range from the spec', () => {
  const spec = articleSpec({
    cluster: { name: 'blue', nodeCount: 2, nodeSize: 'Standard_D4s_v5', version: '1.33', serviceCidr: '10.96.0.0/20' },
    access: { developers: [{ label: 'ana', cidr: '20.9.9.9' }] },
  });
  const { id, body } = desiredCluster(spec, facts);
  expect(id).toBe(resourceIds(spec).cluster);
  expect(body).toMatchObject({
    properties: {
      kubernetesVersion: '1.33',
      agentPoolProfiles: [{ count: 2, vmSize: 'Standard_D4s_v5' }],
      networkProfile: { serviceCidr: '10.96.0.0/20', dnsServiceIP: '10.96.0.10' },
      apiServerAccessProfile: { authorizedIPRanges: ['20.62.10.30/32', '20.1.2.3/32', '20.9.9.9/32'] },
    },
  });
});

test('without a version the cluster takes the default of AKS', () => {
  expect(desiredCluster(articleSpec(), facts).body).not.toHaveProperty('properties.kubernetesVersion');
});

describe('roles of the cluster’s identity', () => {
  const principal = '878136a7-c5ac-4031-9d85-0e60a661ecc2';
  const scopesOf = (principalId: string) => desiredRoleAssignments(articleSpec(), principalId).map(({ id }) => id);

  test('Network Contributor on the cluster’s subnet and on the route table, nowhere else', () => {
    const { clusterSubnet, routeTable } = resourceIds(articleSpec());
    const assignments = desiredRoleAssignments(articleSpec(), principal);
    expect(assignments.map(({ id }) => id.replace(/\/providers\/Microsoft.Authorization\/.*/, ''))).toEqual([
      clusterSubnet,
      routeTable,
    ]);
    for (const { body } of assignments) {
      expect(body).toEqual({
        properties: {
          roleDefinitionId: expect.stringMatching(/roleDefinitions\/4d97b98b-1d4f-4787-a291-c67834d212e7$/),
          principalId: principal,
          principalType: 'ServicePrincipal',
        },
      });
    }
  });

  test('names are the same each time, and others for another principal', () => {
    expect(scopesOf(principal)).toEqual(scopesOf(principal.toUpperCase()));
    expect(scopesOf(principal)).not.toEqual(scopesOf('00000000-0000-0000-0000-000000000001'));
    expect(new Set(scopesOf(principal)).size).toBe(2);
  });
});

describe('who the cluster acts as', () => {
  const bodyOf = (cluster: object, kubelet?: { clientId: string; principalId: string }) =>
    desiredCluster(articleSpec({ cluster }), { ...facts, ...(kubelet && { kubelet }) }).body;
  const id = `/subscriptions/${articleSpec().subscription}/resourceGroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/own`;

  test('an identity of its own, unless the spec says otherwise', () => {
    expect(bodyOf({})['identity']).toEqual({ type: 'SystemAssigned' });
    expect(desiredIdentity(articleSpec())).toBeUndefined();
  });

  test('an identity that Gatehouse makes and tags', () => {
    const identity = desiredIdentity(articleSpec({ cluster: { identity: 'user-assigned' } }));
    expect(identity?.id).toMatch(/\/aks-egress-rg\/.*\/userAssignedIdentities\/aks-egress-identity$/);
    expect(identity?.body).toMatchObject({ tags: { 'gatehouse-environment': 'aks-egress' } });
    expect(bodyOf({ identity: 'user-assigned' })['identity']).toEqual({
      type: 'UserAssigned',
      userAssignedIdentities: { [identity?.id ?? '']: {} },
    });
  });

  test('an identity of somebody else, and another one for the nodes with a role for it', () => {
    const cluster = { identity: id, kubeletIdentity: `${id}-nodes` };
    expect(desiredIdentity(articleSpec({ cluster }))).toBeUndefined();
    expect(bodyOf(cluster, { clientId: 'c', principalId: 'p' })).toMatchObject({
      identity: { userAssignedIdentities: { [id]: {} } },
      properties: {
        identityProfile: { kubeletidentity: { resourceId: `${id}-nodes`, clientId: 'c', objectId: 'p' } },
      },
    });
    const operator = desiredRoleAssignments(articleSpec({ cluster }), 'p').at(-1);
    expect(operator?.id.startsWith(`${id}-nodes/providers/`)).toBe(true);
    expect(JSON.stringify(operator?.body)).toContain('f1a07417-d97a-45cb-824c-7a7467783830');
  });

  test('a service principal, whose secret is added at the creation alone', () => {
    const servicePrincipal = {
      clientId: '11111111-2222-4000-8000-000000000001',
      objectId: '11111111-2222-4000-8000-000000000002',
      secretName: 'GATEHOUSE_SECRET_A',
    };
    const cluster = desiredCluster(articleSpec({ cluster: { servicePrincipal } }), facts);
    expect(cluster.body).not.toHaveProperty('identity');
    expect(cluster.body).toMatchObject({
      properties: { servicePrincipalProfile: { clientId: servicePrincipal.clientId } },
    });
    expect(JSON.stringify(withSecret(cluster, 'secret').body)).toContain('"secret":"secret"');
    expect(JSON.stringify(cluster.body)).not.toContain('secret');
  });
});

test('a private cluster has no ranges, and one with Entra goes by groups and roles', () => {
  const entra = { adminGroups: ['33333333-4444-4000-8000-000000000001'], localAccounts: false };
  const { body } = desiredCluster(articleSpec({ cluster: { private: true, entra } }), facts);
  expect(body).toMatchObject({
    properties: {
      apiServerAccessProfile: { enablePrivateCluster: true },
      aadProfile: { managed: true, enableAzureRBAC: true, adminGroupObjectIDs: entra.adminGroups },
      disableLocalAccounts: true,
    },
  });
  expect(JSON.stringify(body)).not.toContain('authorizedIPRanges');
});

test('the app reads by a role on the cluster where Azure’s roles say who may', () => {
  const app = { objectId: '11111111-2222-4000-8000-000000000009', type: 'User' } as const;
  const role = desiredReaderRole(articleSpec({ cluster: { entra: {} } }), app);
  expect(role?.id.startsWith(`${resourceIds(articleSpec()).cluster}/providers/`)).toBe(true);
  expect(role?.body).toMatchObject({ properties: { principalId: app.objectId, principalType: 'User' } });
  expect(desiredReaderRole(articleSpec(), app)).toBeUndefined();
});
