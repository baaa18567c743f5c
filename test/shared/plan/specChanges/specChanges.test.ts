import { refusedChanges } from '../../../../shared/plan/specChanges/specChange.ts';
import { specChanges } from '../../../../shared/plan/specChanges/specChanges.ts';
import { renderSpecChanges } from '../../../../shared/plan/renderSpecChanges.ts';
import { articleSpec } from '../../../support/spec.ts';

const base = { network: { addressSpace: '10.42.0.0/16' }, cluster: { version: '1.33.2' } };
const changes = (after: object, before: object = base) => specChanges(articleSpec(before), articleSpec(after));
const verdicts = (after: object) => changes({ ...base, ...after }).map(({ path, applied }) => `${path}: ${applied}`);

test('the same spec changes nothing', () => {
  expect(changes(base)).toEqual([]);
  expect(renderSpecChanges([])).toBe('\nSpec changes: none.\n');
});

test.each([
  [{ firewall: { threatIntel: 'Deny' } }, 'firewall.threatIntel'],
  [{ egress: { presets: ['aks'] } }, 'egress.presets'],
  [{ egress: { allow: { application: [{ name: 'a', fqdns: ['example.com'] }] } } }, 'egress.allow.application'],
  [{ cluster: { ...base.cluster, nodeCount: 4 } }, 'cluster.nodeCount'],
  [{ access: { developers: [{ label: 'kim', cidr: '198.51.100.7/32' }] } }, 'access.developers'],
  [{ ingress: { expose: 'annotated' } }, 'ingress.expose'],
  [{ ingress: { namespaces: ['web'] } }, 'ingress.namespaces'],
  [{ ingress: { maxDeletes: { count: 1 } } }, 'ingress.maxDeletes'],
  [{ drift: { action: 'report' } }, 'drift.action'],
  [{ network: { addressSpace: '10.40.0.0/14' } }, 'network.addressSpace'],
])('%j is applied in place', (after, path) => {
  expect(verdicts(after)).toEqual([`${path}: in place`]);
});

test.each([
  [{ subscription: '00000000-0000-0000-0000-0000000000AA', location: 'westeurope' }, 'location'],
  [{ network: { addressSpace: '10.42.0.0/17' } }, 'network.addressSpace'],
  [{ network: { clusterSubnet: { name: 'nodes' } } }, 'network.clusterSubnet.name'],
  [{ network: { clusterSubnet: '10.42.4.0/22' } }, 'network.clusterSubnet.prefix'],
  [{ network: { firewallSubnet: '10.42.2.0/25' } }, 'network.firewallSubnet.prefix'],
  [{ cluster: { ...base.cluster, name: 'other' } }, 'cluster.name'],
  [{ cluster: { ...base.cluster, nodeSize: 'Standard_D4s_v5' } }, 'cluster.nodeSize'],
  [{ cluster: { ...base.cluster, serviceCidr: '10.1.0.0/16' } }, 'cluster.serviceCidr'],
])('%j is refused, with what to do instead', (after, path) => {
  expect(verdicts(after)).toEqual([`${path}: refused`]);
  const [problem] = refusedChanges(changes({ ...base, ...after }));
  expect(problem).toMatchObject({
    path,
    message: expect.any(String),
    remedy: expect.stringMatching(/another|node pool/),
  });
});

test.each([
  ['1.33.2', '1.33.5', 'in place'],
  ['1.33.2', '1.33', 'in place'],
  ['1.33', '1.33.1', 'in place'],
  ['1.33', '1.34.0', 'in place'],
  ['1.33.2', '1.33.1', 'refused'],
  ['1.33.2', '1.32', 'refused'],
  ['1.9', '1.10', 'in place'],
  ['1.33.2', '1.35', 'refused'],
])('Kubernetes %s to %s is %s', (before, after, applied) => {
  const [change] = changes({ cluster: { version: after } }, { cluster: { version: before } });
  expect(change).toMatchObject({ path: 'cluster.version', before, after, applied });
});

test('a version that is no longer named stays, and one that was never named may be', () => {
  expect(changes({}, base)).toMatchObject([{ path: 'cluster.version', applied: 'in place', before: '1.33.2' }]);
  expect(changes(base, {})).toMatchObject([{ path: 'cluster.version', applied: 'in place', after: '1.33.2' }]);
});

test('node pools come, grow and go; their machines stay as they were made', () => {
  const pool = (changes: object) => ({
    cluster: { cni: 'azure-overlay', nodePools: [{ name: 'big', nodeSize: 'Standard_D4s_v5', ...changes }] },
  });
  const none = { cluster: { cni: 'azure-overlay' } };
  expect(changes(pool({}), none)).toMatchObject([{ path: 'cluster.nodePools', applied: 'in place' }]);
  expect(changes(pool({ nodeCount: 4, mode: 'System' }), pool({}))).toMatchObject([{ applied: 'in place' }]);
  expect(changes(pool({ nodeSize: 'Standard_D8s_v5' }), pool({}))).toMatchObject([{ applied: 'refused' }]);
  expect(changes(none, pool({}))).toMatchObject([{ applied: 'in place', note: expect.stringContaining('--name big') }]);
});

test('people read each change, with the reason and the remedy of what is refused', () => {
  expect(renderSpecChanges(changes({ cluster: { version: '1.36', nodeCount: 5 } }))).toBe(
    '\nSpec changes:\n' +
      '  ~ cluster.nodeCount: 3 => 5\n' +
      '  ! cluster.version: "1.33.2" => "1.36"\n' +
      '      Refused: AKS goes up one minor version at a time, not from 1.33.2 to 1.36. Go to 1.34 first.\n',
  );
});

describe('a list of clusters', () => {
  const blue = { name: 'aks-egress', version: '1.33.2' };
  const green = { name: 'green', cni: 'azure-overlay' };
  const listed = (...clusters: readonly object[]) => ({ network: base.network, clusters });
  const verdictsOf = (after: object, before: object) =>
    changes(after, before).map(({ path, applied }) => `${path}: ${applied}`);

  /** What was first has the default subnet of a second one. */
  const moved = ['clusters.1.subnet.name: refused', 'clusters.1.subnet.prefix: refused'];

  test.each<[string, object, object, readonly string[]]>([
    ['the one cluster in a list', listed(blue), base, []],
    ['a second one', listed(blue, green), base, ['clusters.1: in place']],
    ['a third one', listed(blue, green, { name: 'red' }), listed(blue, green), ['clusters.2: in place']],
    ['one that goes', listed(blue), listed(blue, green), ['clusters: refused']],
    ['the only one again', base, listed(blue, green), ['clusters: refused']],
    ['another first one', listed(green, blue), listed(blue, green), ['clusters.0: refused', ...moved]],
    ['a new first one', listed({ name: 'red' }, blue), listed(blue), ['clusters.0: refused', ...moved]],
    ['more nodes', listed(blue, { ...green, nodeCount: 5 }), listed(blue, green), ['clusters.1.nodeCount: in place']],
    [
      'another plugin',
      listed(blue, { ...green, cni: 'azure' }),
      listed(blue, green),
      ['clusters.1.cni: refused', 'clusters.1.podCidr: refused'],
    ],
    [
      'another subnet',
      listed(blue, { ...green, subnet: '10.42.20.0/24' }),
      listed(blue, green),
      ['clusters.1.subnet.prefix: refused'],
    ],
    [
      'another subnet of the first',
      listed({ ...blue, subnet: '10.42.20.0/24' }, green),
      listed(blue, green),
      ['clusters.0.subnet.prefix: refused'],
    ],
    [
      'the rest beside it',
      { ...listed(blue, green), drift: { action: 'report' } },
      listed(blue),
      ['drift.action: in place', 'clusters.1: in place'],
    ],
  ])('%s', (_what, after, before, expected) => {
    expect(verdictsOf(after, before)).toEqual(expected);
  });

  test('one that goes is refused for what it would take along', () => {
    const [problem] = refusedChanges(changes(listed(blue), listed(blue, green)));
    expect(problem?.message).toContain('"green" can\'t be left out');
    expect(problem?.remedy).toContain('Keep it');
  });
});
