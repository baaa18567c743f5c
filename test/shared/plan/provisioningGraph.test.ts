import fc from 'fast-check';
import { environmentStatus } from '../../../shared/model/environmentStatus.ts';
import type { StepName, StepState } from '../../../shared/model/step.ts';
import { provisioningGraph, syncGraph, teardownGraph } from '../../../shared/plan/provisioningGraph.ts';
import { criticalPath, readySteps } from '../../../shared/plan/stepOrder.ts';
import type { Step } from '../../../shared/plan/step.ts';
import { articleSpec } from '../../support/spec.ts';

const provisioning = provisioningGraph(articleSpec());
const teardown = teardownGraph(articleSpec());
const names = (steps: readonly Step[]) => steps.map(({ name }) => name);

/** Starts whatever is ready, round by round, until nothing is. */
function rounds(steps: readonly Step[]): StepName[][] {
  const records: { name: StepName; state: StepState }[] = [];
  const found: StepName[][] = [];
  for (;;) {
    const ready = names(readySteps(steps, records));
    if (ready.length === 0) return found;
    found.push(ready);
    records.push(...ready.map((name) => ({ name, state: 'done' as const })));
  }
}

describe.each([
  ['provisioning', provisioning],
  ['teardown', teardown],
])('the graph of %s', (_what, steps) => {
  test('names each step once, and only steps that come before', () => {
    const known = names(steps);
    expect(new Set(known).size).toBe(known.length);
    steps.forEach(({ after }, index) => {
      for (const { step } of after) expect(known.slice(0, index)).toContain(step);
    });
  });

  test('has no cycle: everything gets its turn', () => {
    expect(rounds(steps).flat().toSorted()).toEqual(names(steps).toSorted());
  });
});

test('what can be built side by side is', () => {
  expect(rounds(provisioning)).toEqual([
    ['preflight'],
    ['resourceGroup'],
    ['permissions'],
    ['virtualNetwork', 'publicIp', 'routeTable', 'events'],
    ['firewall'],
    ['routes'],
    ['networkRouting'],
    ['cluster'],
    ['clusterRoles', 'accessLanes'],
  ]);
});

test('an identity of one’s own has its roles before the cluster, and goes after it', () => {
  const spec = articleSpec({ cluster: { identity: 'user-assigned' } });
  const building = rounds(provisioningGraph(spec));
  expect(building[3]).toContain('identity');
  expect(building[4]).toEqual(['firewall', 'clusterRoles']);
  const removing = rounds(teardownGraph(spec)).flat();
  expect(removing.filter((name) => ['cluster', 'clusterRoles', 'identity', 'resourceGroup'].includes(name))).toEqual([
    'cluster',
    'clusterRoles',
    'identity',
    'resourceGroup',
  ]);
});

test('a private cluster has no lane of ranges, and one with Azure’s roles has one for the app', () => {
  const spec = articleSpec({ cluster: { private: true, entra: {} } });
  expect(names(provisioningGraph(spec))).not.toContain('accessLanes');
  expect(rounds(provisioningGraph(spec)).at(-1)).toEqual(['clusterRoles', 'readerRole']);
  expect(rounds(teardownGraph(spec))[0]).toEqual(['clusterRoles', 'readerRole', 'cluster', 'firewall']);
});

test('what can be torn down side by side is', () => {
  expect(rounds(teardown)).toEqual([
    ['accessLanes', 'clusterRoles', 'firewall'],
    ['cluster', 'publicIp'],
    ['virtualNetwork'],
    ['routeTable'],
    ['resourceGroup'],
  ]);
});

describe('which steps are ready', () => {
  const upToCluster = names(provisioning)
    .slice(0, 9)
    .map((name) => ({ name, state: 'done' as const }));

  test('roles wait for the cluster to be accepted, not to be finished', () => {
    expect(names(readySteps(provisioning, upToCluster))).toEqual(['cluster', 'events']);
    expect(names(readySteps(provisioning, [...upToCluster, { name: 'cluster', state: 'running' }]))).toEqual([
      'clusterRoles',
      'events',
    ]);
  });

  test('nothing comes after a step that has failed, but what is beside it goes on', () => {
    const records = [
      ...(['preflight', 'resourceGroup', 'permissions', 'virtualNetwork'] as const).map((name) => ({
        name,
        state: 'done' as const,
      })),
      { name: 'publicIp' as const, state: 'failed' as const },
    ];
    expect(names(readySteps(provisioning, records))).toEqual(['routeTable', 'events']);
  });

  test('a running step is not started again', () => {
    expect(readySteps(provisioning, [{ name: 'preflight', state: 'running' }])).toEqual([]);
  });
});

describe('the critical path', () => {
  test('of a creation leads through firewall and cluster', () => {
    expect(criticalPath(provisioning)).toEqual({
      seconds: 1 + 2 + 1 + 4 + 322 + 10 + 4 + 308 + 1,
      steps: [
        'preflight',
        'resourceGroup',
        'permissions',
        'virtualNetwork',
        'firewall',
        'routes',
        'networkRouting',
        'cluster',
        'accessLanes',
      ],
    });
  });

  test('goes another way when another step is slow', () => {
    const slowTable = criticalPath(provisioning, ({ name, expectedSeconds }) =>
      name === 'routeTable' ? 1000 : expectedSeconds,
    );
    expect(slowTable.steps).toEqual([
      'preflight',
      'resourceGroup',
      'permissions',
      'routeTable',
      'routes',
      'networkRouting',
      'cluster',
      'accessLanes',
    ]);
  });

  test('ends in the roles when those outlast the cluster', () => {
    const slowRoles = criticalPath(provisioning, ({ name }) => (name === 'clusterRoles' ? 500 : 1));
    expect(slowRoles.seconds).toBe(7 + 500);
    expect(slowRoles.steps.at(-1)).toBe('clusterRoles');
    expect(slowRoles.steps).not.toContain('cluster');
  });

  test('is as long as starting every step as early as it may', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 13, maxLength: 13 }), (seconds) => {
        const secondsOf = ({ name }: Step) => seconds[names(provisioning).indexOf(name)] ?? 0;
        const ends = new Map<StepName, number>();
        const starts = new Map<StepName, number>();
        for (const step of provisioning) {
          const waits = step.after.map(({ step: name, until }) => (until === 'done' ? ends : starts).get(name) ?? 0);
          const start = Math.max(0, ...waits);
          starts.set(step.name, start);
          ends.set(step.name, start + secondsOf(step));
        }
        expect(criticalPath(provisioning, secondsOf).seconds).toBe(Math.max(...ends.values()));
      }),
    );
  });

  test('a graph that names a step it does not have is a mistake in the code', () => {
    const [first] = provisioning;
    expect(() => criticalPath([{ ...first!, after: [{ step: 'cluster', until: 'done' }] }])).toThrow('cluster');
  });
});

describe('with a firewall policy', () => {
  const spec = articleSpec({ firewall: { rules: 'policy' } });

  test('policy and group are made beside the network, and the firewall comes after both', () => {
    expect(rounds(provisioningGraph(spec)).slice(3, 6)).toEqual([
      ['virtualNetwork', 'publicIp', 'routeTable', 'firewallPolicy', 'events'],
      ['ruleCollectionGroup'],
      ['firewall'],
    ]);
  });

  test('a sync writes settings, rules and firewall one after the other', () => {
    expect(rounds(syncGraph(spec))).toEqual([
      ['observe'],
      ['firewallPolicy', 'routes'],
      ['firewallRules', 'networkRouting'],
      ['firewall'],
    ]);
  });

  test('group and policy go once the firewall is gone, and before the resource group', () => {
    const flat = rounds(teardownGraph(spec)).flat();
    const order = ['firewall', 'ruleCollectionGroup', 'firewallPolicy', 'resourceGroup'] as const;
    expect(flat.filter((name) => (order as readonly string[]).includes(name))).toEqual(order);
  });

  test('the most steps that a spec can lead to fit into a status', () => {
    const most = articleSpec({
      firewall: { rules: 'policy', publicIpCount: 2 },
      cluster: { identity: 'user-assigned' },
    });
    const steps = provisioningGraph(most).map(({ name }) => ({ name, state: 'done' as const }));
    const input = { name: 'a', state: 'ready' as const, since: '', writes: 0, firewallWrites: 0, syncs: 0 };
    const status = environmentStatus({ ...input, driftRepairs: 0, publications: 0, steps, findings: [] });
    expect(status.steps).toHaveLength(steps.length);
  });
});
