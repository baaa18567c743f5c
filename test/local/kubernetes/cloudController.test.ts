import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { service, startCluster, type Shown, type StartedCluster } from './startedCluster.ts';

const WEB = '/api/v1/namespaces/default/services/web';
const INTERNAL = 'service.beta.kubernetes.io/azure-load-balancer-internal';
const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup';

let cluster: StartedCluster;
const start = async (changes: Parameters<typeof startCluster>[0] = {}) => {
  cluster = await startCluster(changes);
};
afterEach(() => cluster.close());

const create = (body: object) => cluster.call('POST', '/api/v1/namespaces/default/services', { body });
const web = async () => (await cluster.call('GET', WEB)).body;
const change = (body: object) =>
  cluster.call('PATCH', WEB, { body, headers: { 'content-type': 'application/merge-patch+json' } });
const ingressOf = (shown: Shown) => shown.status?.loadBalancer?.ingress;
const reasons = () => cluster.kubernetes.list('events').map(({ reason }) => reason);

test('a LoadBalancer service has its finalizer at once and its IP after 30 s', async () => {
  await start();
  await create(service('web'));
  expect((await web()).metadata?.finalizers).toEqual([FINALIZER]);
  await cluster.pass(29);
  expect(ingressOf(await web())).toBeUndefined();
  await cluster.pass(1);
  expect(ingressOf(await web())).toEqual([{ ip: '20.0.0.1', ipMode: 'VIP' }]);
  expect(cluster.cloudCalls).toEqual(['ensure default/web 80/TCP']);
  expect(reasons().sort()).toEqual(['EnsuredLoadBalancer', 'EnsuringLoadBalancer']);
});

test('how long it takes is asked for each call', async () => {
  const asked: number[] = [];
  await start({
    loadBalancerSeconds: ({ use }) => {
      asked.push(use);
      return use === 0 ? 120 : 15;
    },
  });
  await create(service('web'));
  await cluster.pass(119);
  expect(cluster.cloudCalls).toHaveLength(0);
  await cluster.pass(1);
  await change({ spec: { loadBalancerSourceRanges: ['198.51.100.0/24'] } });
  await cluster.pass(15);
  expect(cluster.cloudCalls).toHaveLength(2);
  expect(asked).toEqual([0, 1]);
});

test.each(['true', 'True'])('the annotation of internal load balancers counts as "%s"', async (value) => {
  await start();
  await create(service('web', {}, { annotations: { [INTERNAL]: value } }));
  await cluster.pass(30);
  expect(ingressOf(await web())).toEqual([{ ip: '10.42.1.1', ipMode: 'VIP' }]);
});

test('the cloud is told of changed ports and ranges; a port without a rule is left out', async () => {
  await start();
  await create(service('web'));
  await cluster.pass(30);
  const ports = [
    { name: 'a', port: 80 },
    { name: 'b', port: 53, protocol: 'UDP' },
    { name: 'c', port: 9000 },
  ];
  await change({
    metadata: { annotations: { 'service.beta.kubernetes.io/port_9000_no_lb_rule': 'true' } },
    spec: { ports },
  });
  await cluster.pass(30);
  expect(cluster.cloudCalls.at(-1)).toBe('ensure default/web 80/TCP,53/UDP');
});

test('what changes while a call waits is in that call; what it does not see makes no further one', async () => {
  await start();
  await create(service('web'));
  await cluster.pass(10);
  await change({ spec: { ports: [{ port: 8080 }] } });
  await cluster.pass(20);
  await cluster.pass(300);
  expect(cluster.cloudCalls).toEqual(['ensure default/web 8080/TCP']);
});

test('a deleted service stays visible with its IP until the cloud has let go', async () => {
  await start();
  await create(service('web'));
  await cluster.pass(30);
  await cluster.call('DELETE', WEB);
  await cluster.pass(29);
  const deleting = await web();
  expect(deleting.metadata?.deletionTimestamp).toBe('2026-11-22T10:00:30Z');
  expect(ingressOf(deleting)).toEqual([{ ip: '20.0.0.1', ipMode: 'VIP' }]);
  await cluster.pass(1);
  expect((await cluster.call('GET', WEB)).status).toBe(404);
  expect(cluster.cloudCalls.at(-1)).toBe('delete default/web');
});

test('a service that is no LoadBalancer any more loses load balancer, status and finalizer', async () => {
  await start();
  await create(service('web'));
  await cluster.pass(30);
  await change({ spec: { type: 'ClusterIP' } });
  expect(ingressOf(await web())).toEqual([{ ip: '20.0.0.1', ipMode: 'VIP' }]);
  await cluster.pass(30);
  const after = await web();
  expect(after.status).toEqual({ loadBalancer: {} });
  expect(after.metadata?.finalizers).toBeUndefined();
  await change({ spec: { type: 'LoadBalancer' } });
  await cluster.pass(30);
  expect(ingressOf(await web())).toEqual([{ ip: '20.0.0.2', ipMode: 'VIP' }]);
});

test('another loadBalancerClass is left to its controller', async () => {
  await start();
  await create(service('web', { loadBalancerClass: 'example.com/mine' }));
  await cluster.pass(300);
  expect((await web()).metadata?.finalizers).toBeUndefined();
  expect(cluster.cloudCalls).toEqual([]);
});

test('a refusal of the cloud becomes a warning on the service and is tried again with growing pauses', async () => {
  await start({ refusals: ['quota exceeded', 'quota exceeded'] });
  await create(service('web'));
  await cluster.pass(30);
  expect(cluster.kubernetes.list('events').find(({ type }) => type === 'Warning')).toMatchObject({
    reason: 'SyncLoadBalancerFailed',
    message: 'Error syncing load balancer: failed to ensure load balancer: quota exceeded',
    involvedObject: { kind: 'Service', name: 'web' },
  });
  await cluster.pass(5);
  expect(cluster.cloudCalls).toHaveLength(2);
  await cluster.pass(9);
  expect(cluster.cloudCalls).toHaveLength(2);
  await cluster.pass(1);
  expect(ingressOf(await web())).toEqual([{ ip: '20.0.0.1', ipMode: 'VIP' }]);
  expect(cluster.kubernetes.list('events').find(({ type }) => type === 'Warning')?.count).toBe(2);
});

test('a deletion that the cloud refuses keeps the finalizer', async () => {
  const refusals: string[] = [];
  await start({ refusals });
  await create(service('web'));
  await cluster.pass(30);
  refusals.push('the load balancer is locked');
  await cluster.call('DELETE', WEB);
  await cluster.pass(30);
  expect((await web()).metadata?.finalizers).toEqual([FINALIZER]);
  await cluster.pass(5);
  expect((await cluster.call('GET', WEB)).status).toBe(404);
});

test('the cloud gets one call at a time', async () => {
  let atWork = 0;
  let most = 0;
  const turn = async () => {
    most = Math.max(most, ++atWork);
    await new Promise((resolve) => setImmediate(resolve));
    atWork--;
  };
  await start({
    cloud: {
      ensureLoadBalancer: async () => {
        await turn();
        return { ip: '20.0.0.1' };
      },
      deleteLoadBalancer: turn,
    },
  });
  for (const name of ['a', 'b', 'c']) await create(service(name));
  await cluster.pass(30);
  await cluster.pass(0);
  expect(most).toBe(1);
  expect(cluster.kubernetes.list('services').filter((one) => ingressOf(one as unknown as Shown))).toHaveLength(3);
});

describe('over a restart', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-kubernetes-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  test('objects are kept and what was under way goes on', async () => {
    await start({ stateDirectory: directory });
    await create(service('web'));
    await cluster.pass(30);
    await create(service('late'));
    await cluster.call('DELETE', WEB);
    const { resourceVersion } = (await web()).metadata ?? {};
    // As after a kill: nothing is said to the first one, which stays open.
    const killed = cluster;
    await start({ stateDirectory: directory });
    expect((await web()).metadata?.resourceVersion).toBe(resourceVersion);
    await cluster.pass(30);
    expect(cluster.cloudCalls.sort()).toEqual(['delete default/web', 'ensure default/late 80/TCP']);
    expect((await cluster.call('GET', WEB)).status).toBe(404);
    await killed.close();
  });
});
