import {
  clusterFacts,
  firewallFacts,
  publicIpFacts,
  routeTableFacts,
  virtualNetworkFacts,
} from '../../../shared/actual/facts.ts';
import { owner } from '../../../shared/actual/owner.ts';

const configuration = (name: string, properties: object) => ({ name, properties });

describe('a firewall', () => {
  test('has a frontend per IP configuration, and one private address', () => {
    expect(
      firewallFacts({
        properties: {
          provisioningState: 'Succeeded',
          threatIntelMode: 'Deny',
          sku: { name: 'AZFW_VNet', tier: 'Premium' },
          additionalProperties: { 'Network.DNS.EnableProxy': 'true' },
          ipConfigurations: [
            configuration('first', { privateIPAddress: '10.0.0.4', publicIPAddress: { id: '/ip1' } }),
            configuration('second', { publicIPAddress: { id: '/ip2' } }),
          ] as never,
        },
      }),
    ).toEqual({
      frontends: [
        { name: 'first', publicIpId: '/ip1' },
        { name: 'second', publicIpId: '/ip2' },
      ],
      privateIp: '10.0.0.4',
      provisioningState: 'Succeeded',
      dnsProxy: true,
      threatIntel: 'Deny',
      tier: 'Premium',
    });
  });

  test('has no private address before it is finished', () => {
    const facts = firewallFacts({
      properties: {
        provisioningState: 'Updating',
        ipConfigurations: [
          configuration('first', { provisioningState: 'Succeeded', publicIPAddress: { id: '/ip1' } }),
        ] as never,
      },
    });
    expect(facts).toMatchObject({ provisioningState: 'Updating', dnsProxy: false, tier: 'Standard' });
    expect(facts).not.toHaveProperty('privateIp');
  });

  test('may take its rules from a policy', () => {
    expect(firewallFacts({ properties: { firewallPolicy: { id: '/policy' } } }).policyId).toBe('/policy');
  });
});

test('a public IP has its address once it is allocated', () => {
  expect(publicIpFacts({ properties: { provisioningState: 'Updating' } })).toEqual({ provisioningState: 'Updating' });
  expect(
    publicIpFacts({
      properties: { provisioningState: 'Succeeded', ipAddress: '20.62.10.30', ipConfiguration: { id: '/fw/ipc' } },
    }),
  ).toEqual({ provisioningState: 'Succeeded', address: '20.62.10.30', attachedTo: '/fw/ipc' });
});

test('a cluster has its principal from the moment its creation is accepted', () => {
  expect(
    clusterFacts({
      identity: { type: 'SystemAssigned', principalId: 'p1' },
      properties: {
        provisioningState: 'Creating',
        kubernetesVersion: '1.33',
        currentKubernetesVersion: '1.33.2',
        nodeResourceGroup: 'MC_x',
        fqdn: 'x.hcp.eastus.azmk8s.io',
        apiServerAccessProfile: { authorizedIPRanges: ['1.2.3.4/32'] },
      },
    }),
  ).toEqual({
    principalId: 'p1',
    provisioningState: 'Creating',
    kubernetesVersion: '1.33.2',
    nodeResourceGroup: 'MC_x',
    fqdn: 'x.hcp.eastus.azmk8s.io',
    authorizedRanges: ['1.2.3.4/32'],
  });
});

test('a cluster without authorized ranges is open', () => {
  expect(clusterFacts({ properties: { provisioningState: 'Succeeded' } }).authorizedRanges).toEqual([]);
});

test('a route table has routes and the subnets that use it', () => {
  expect(
    routeTableFacts({
      properties: {
        provisioningState: 'Succeeded',
        subnets: [{ id: '/subnet' }],
        routes: [
          {
            name: 'a',
            properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.0.4' },
          },
          { name: 'b', properties: { addressPrefix: '1.2.3.4/32', nextHopType: 'Internet' } },
        ],
      },
    }),
  ).toEqual({
    provisioningState: 'Succeeded',
    subnetIds: ['/subnet'],
    routes: [
      { name: 'a', prefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIp: '10.0.0.4' },
      { name: 'b', prefix: '1.2.3.4/32', nextHopType: 'Internet' },
    ],
  });
});

test('a subnet gives its range as one prefix or as a list', () => {
  const { subnets, dnsServers } = virtualNetworkFacts({
    properties: {
      subnets: [
        { id: '/a', name: 'a', properties: { addressPrefix: '10.0.1.0/24', routeTable: { id: '/rt' } } },
        { id: '/b', name: 'b', properties: { addressPrefixes: ['10.0.2.0/24'] } },
      ],
    },
  });
  expect(dnsServers).toEqual([]);
  expect(subnets).toEqual([
    { id: '/a', name: 'a', prefixes: ['10.0.1.0/24'], routeTableId: '/rt' },
    { id: '/b', name: 'b', prefixes: ['10.0.2.0/24'] },
  ]);
});

test('what ARM leaves out is empty, never an error', () => {
  for (const facts of [firewallFacts, publicIpFacts, clusterFacts, routeTableFacts, virtualNetworkFacts]) {
    expect(facts({ properties: { ipConfigurations: 'x', routes: [null], subnets: {} } }).provisioningState).toBe(
      'Unknown',
    );
  }
});

describe('the owner', () => {
  test.each([
    [{ tags: { 'gatehouse-environment': 'shop' } }, 'shop'],
    [{ tags: { 'Gatehouse-Environment': 'shop' } }, 'shop'],
    [{ tags: { other: 'shop' } }, undefined],
    [{ tags: null }, undefined],
    [{}, undefined],
  ])('%j belongs to %s', (resource, name) => {
    expect(owner(resource as never)).toBe(name);
  });
});
