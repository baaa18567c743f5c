import {
  clusterFacts,
  firewallFacts,
  provisioningState,
  publicIpFacts,
  routeTableFacts,
} from '../../../shared/actual/facts.ts';
import { owner } from '../../../shared/actual/owner.ts';

const configuration = (properties: object) => ({ properties: { ipConfigurations: [{ name: 'ipc', properties }] } });

test('a firewall has one private address, which it has not before it is finished', () => {
  const publicIPAddress = { id: '/ip1' };
  expect(firewallFacts(configuration({ publicIPAddress, privateIPAddress: '10.0.0.4' }) as never)).toEqual({
    frontends: [{ name: 'ipc', publicIpId: '/ip1' }],
    privateIp: '10.0.0.4',
  });
  expect(firewallFacts(configuration({ publicIPAddress, provisioningState: 'Succeeded' }) as never)).toEqual({
    frontends: [{ name: 'ipc', publicIpId: '/ip1' }],
  });
});

test('a public IP has its address once it is allocated, and says what it is attached to', () => {
  expect(publicIpFacts({ properties: { provisioningState: 'Updating' } })).toEqual({});
  expect(publicIpFacts({ properties: { ipAddress: '20.62.10.30', ipConfiguration: { id: '/fw/ipc' } } })).toEqual({
    address: '20.62.10.30',
    attachedTo: '/fw/ipc',
  });
});

test('a cluster has its principal from the moment its creation is accepted', () => {
  const principalId = '00000000-0000-0000-0000-0000000000ee';
  expect(
    clusterFacts({
      identity: { type: 'SystemAssigned', principalId },
      properties: {
        provisioningState: 'Creating',
        apiServerAccessProfile: { authorizedIPRanges: ['1.2.3.4/32'] },
      },
    }),
  ).toEqual({ principalId, authorizedRanges: ['1.2.3.4/32'] });
});

test('a principal that is no GUID has not appeared yet', () => {
  expect(clusterFacts({ identity: { principalId: 'ü\ud83d' } })).toEqual({ authorizedRanges: [] });
});

test('a cluster without authorized ranges is open', () => {
  expect(clusterFacts({ properties: { provisioningState: 'Succeeded' } })).toEqual({ authorizedRanges: [] });
});

test('a route table has its routes and the subnets that use it', () => {
  const routes = [{ name: 'out', properties: { addressPrefix: '1.2.3.4/32', nextHopType: 'Internet' } }];
  expect(routeTableFacts({ properties: { routes, subnets: [{ id: '/subnet' }] } })).toEqual({
    routes: [{ prefix: '1.2.3.4/32', nextHopType: 'Internet' }],
    subnetIds: ['/subnet'],
  });
});

test('what ARM leaves out or says otherwise is empty, never an error', () => {
  const odd = { properties: { ipConfigurations: 'x', subnets: {}, apiServerAccessProfile: [null] } };
  for (const json of [{}, odd]) {
    expect(firewallFacts(json)).toEqual({ frontends: [] });
    expect(publicIpFacts(json)).toEqual({});
    expect(clusterFacts(json)).toEqual({ authorizedRanges: [] });
    expect(routeTableFacts(json)).toEqual({ routes: [], subnetIds: [] });
    expect(provisioningState(json)).toBe('Unknown');
  }
});

test.each(['Succeeded', 'Updating', 'Failed'])('a resource is %s', (state) => {
  expect(provisioningState({ properties: { provisioningState: state } })).toBe(state);
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
