import { clustersOf, clusterView, clusterViews } from '../../../shared/model/clusters.ts';
import { controlPlaneOf } from '../../../shared/model/controlPlane.ts';
import { completedSpec, parseEnvironmentSpec, sameSpec } from '../../../shared/model/environmentSpec.ts';
import { resourceIds, resourceNames } from '../../../shared/model/names.ts';
import { articleSpec, specContext } from '../../support/spec.ts';

const blue = { name: 'blue' };
const green = { name: 'green' };
const problems = (fields: object) => {
  const result = parseEnvironmentSpec({ name: 'shop', ...fields }, specContext);
  return result.ok ? [] : result.problems;
};
const refused = (fields: object) => problems(fields).map(({ path }) => path);

test('each has a subnet of its own, and the first one that of a single cluster', () => {
  const spec = articleSpec({ clusters: [blue, green, { name: 'Red', subnet: { name: 'reds' } }] });
  expect(spec.clusters?.map(({ subnet }) => subnet)).toEqual([
    { name: 'aks-subnet', prefix: '10.42.1.0/24' },
    { name: 'aks-subnet-green', prefix: '10.42.11.0/24' },
    { name: 'reds', prefix: '10.42.12.0/24' },
  ]);
  expect(spec.network.clusterSubnet).toEqual(articleSpec().network.clusterSubnet);
  expect(spec.cluster).toEqual({ ...articleSpec().cluster, name: 'blue' });
});

test('the subnet of the first one may be said in either place', () => {
  const network = { clusterSubnet: { name: 'nodes', prefix: '10.42.8.0/24' } };
  const [first] = articleSpec({ network, clusters: [blue, green] }).clusters ?? [];
  expect(first?.subnet).toEqual(network.clusterSubnet);
  const listed = articleSpec({ clusters: [{ ...blue, subnet: network.clusterSubnet }, green] });
  expect(listed.network.clusterSubnet).toEqual(network.clusterSubnet);
  expect(refused({ network, clusters: [{ ...blue, subnet: '10.42.9.0/24' }, green] })).toEqual([
    'network.clusterSubnet',
  ]);
});

test('a list of one is what a single cluster is, under the same names', () => {
  const [listed, single] = [articleSpec({ clusters: [{ nodeCount: 2 }] }), articleSpec({ cluster: { nodeCount: 2 } })];
  expect(listed.cluster).toEqual(single.cluster);
  expect(resourceIds(listed)).toEqual(resourceIds(single));
  expect(clustersOf(listed)).toEqual(clustersOf(single));
});

test('names never collide, however alike those of the clusters are', () => {
  const identity = 'user-assigned';
  const names = ['production-blue', 'production-green', 'production_blue', 'x'.repeat(60), `${'x'.repeat(60)}y`];
  const views = clusterViews(articleSpec({ clusters: names.map((name) => ({ name, identity })) }));
  for (const name of ['cluster', 'dnsPrefix', 'nodeResourceGroup', 'clusterSubnet'] as const) {
    const all = views.map((view) => resourceNames(view)[name].toLowerCase());
    expect(new Set(all).size).toBe(names.length);
  }
  const identities = views.map((view) => controlPlaneOf(view)).map((one) => ('id' in one ? one.id : ''));
  expect(new Set(identities).size).toBe(names.length);
  expect(identities[0]).toMatch(/\/aks-egress-identity$/);
  expect(identities[1]).toMatch(/\/aks-egress-production-green-identity$/);
});

test('a view is of one of them, and of no other', () => {
  const spec = articleSpec({ clusters: [blue, { ...green, private: true }] });
  expect(clusterView(spec, 'green')).toMatchObject({
    cluster: { name: 'green', private: true },
    network: { clusterSubnet: { name: 'aks-subnet-green' } },
  });
  expect(() => clusterView(spec, 'red')).toThrow('has no cluster red');
  expect(clustersOf(spec).map(({ isPrivate }) => isPrivate)).toEqual([false, true]);
});

test('a spec that was frozen is read again as it is', () => {
  const spec = articleSpec({ clusters: [blue, { ...green, cni: 'azure-overlay' }] });
  expect(completedSpec(structuredClone(spec))).toEqual(spec);
  expect(parseEnvironmentSpec(structuredClone(spec), specContext)).toEqual({ ok: true, spec });
  expect(sameSpec(spec, articleSpec({ clusters: [blue, green] }))).toBe(false);
});

test.each<[string, object, readonly string[]]>([
  ['cluster beside clusters', { cluster: { nodeCount: 2 }, clusters: [blue, green] }, ['cluster']],
  ['an empty list', { clusters: [] }, ['clusters']],
  ['eleven', { clusters: Array.from({ length: 11 }, (_, index) => ({ name: `c${index}` })) }, ['clusters']],
  ['no list', { clusters: blue }, ['clusters']],
  ['no name', { clusters: [blue, {}] }, ['clusters.1.name']],
  ['one name, whatever its case', { clusters: [blue, green, { name: 'BLUE' }] }, ['clusters.2.name']],
  ['an unknown field', { clusters: [blue, { ...green, nodes: 1 }] }, ['clusters.1.nodes']],
  [
    'one subnet for two',
    { clusters: [blue, { ...green, subnet: { name: 'AKS-subnet' } }] },
    ['clusters.1.subnet.name'],
  ],
  [
    'overlapping subnets',
    { clusters: [blue, { ...green, subnet: '10.42.1.128/25' }] },
    ['clusters.1.subnet.prefix', 'clusters.1.subnet.prefix'],
  ],
  [
    'a subnet over the firewall',
    { clusters: [blue, { ...green, subnet: '10.42.2.0/24' }] },
    ['network.firewallSubnet.prefix'],
  ],
  [
    'a subnet outside the network',
    { clusters: [blue, { ...green, subnet: '10.43.1.0/24' }] },
    ['clusters.1.subnet.prefix'],
  ],
  [
    'a reserved name',
    { clusters: [blue, { ...green, subnet: { name: 'GatewaySubnet' } }] },
    ['clusters.1.subnet.name'],
  ],
  [
    'a subnet that is too small',
    { clusters: [blue, { ...green, subnet: '10.42.9.0/28' }] },
    ['clusters.1.subnet.prefix'],
  ],
  [
    'pods in the subnet of another',
    { clusters: [blue, { ...green, cni: 'azure-overlay', podCidr: '10.42.0.0/20' }] },
    ['clusters.1.podCidr'],
  ],
  [
    'services over pods',
    { clusters: [blue, { ...green, cni: 'azure-overlay', podCidr: '10.0.0.0/16' }] },
    ['clusters.1.podCidr'],
  ],
  ['a pod CIDR without use', { clusters: [{ ...blue, podCidr: '10.244.0.0/16' }, green] }, ['clusters.0.podCidr']],
  [
    'node pools of one name',
    { clusters: [blue, { ...green, nodePools: [{ name: 'a' }, { name: 'a' }] }] },
    ['clusters.1.nodePools.1.name'],
  ],
  ['kubenet', { clusters: [blue, { ...green, cni: 'kubenet', identity: 'user-assigned' }] }, ['clusters.1.cni']],
  [
    'an ingress subnet of the same name',
    { network: { ingressSubnet: { name: 'aks-subnet-green', prefix: '10.42.4.0/24' } }, clusters: [blue, green] },
    ['network.ingressSubnet.name'],
  ],
  [
    'grants where all are private',
    {
      access: { developers: [{ label: 'kim', cidr: '198.51.100.7' }] },
      clusters: [
        { ...blue, private: true },
        { ...green, private: true },
      ],
    },
    ['access.developers'],
  ],
  [
    'adopt',
    { clusters: [blue, green], adopt: { firewall: '/x', clusters: ['/y'] } },
    ['adopt.firewall', 'adopt.clusters.0'],
  ],
])('%s is refused at its place', (_what, fields, paths) => {
  expect(refused(fields)).toEqual(paths);
  for (const { message, remedy } of problems(fields)) expect([message, remedy]).not.toContain('');
});

test('a remedy speaks of the field that is meant', () => {
  const [problem] = problems({ clusters: [blue, { ...green, podCidr: '10.244.0.0/16' }] });
  expect(problem).toMatchObject({ remedy: 'Leave it out, or set clusters.1.cni to azure-overlay.' });
});

test('ranges within different clusters may be alike, and a public one beside a private one has grants', () => {
  const overlay = { cni: 'azure-overlay' };
  const access = { developers: [{ label: 'kim', cidr: '198.51.100.7' }] };
  expect(
    refused({
      access,
      clusters: [
        { ...blue, ...overlay },
        { ...green, ...overlay, private: true },
      ],
    }),
  ).toEqual([]);
});
