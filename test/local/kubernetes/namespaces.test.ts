import { service, startCluster, text, type StartedCluster } from './startedCluster.ts';

let cluster: StartedCluster;
beforeEach(async () => {
  cluster = await startCluster();
  await cluster.call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'shop' } } });
});
afterEach(() => cluster.close());

const create = (name: string, spec: object = {}) =>
  cluster.call('POST', '/api/v1/namespaces/shop/services', { body: service(name, spec) });
const status = async (path: string) => (await cluster.call('GET', path)).status;

test('every cluster starts with its four namespaces and the kubernetes service', () => {
  const names = cluster.kubernetes.list('namespaces').map(({ metadata }) => metadata.name);
  expect(names).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system', 'shop']);
  expect(cluster.kubernetes.list('services')).toEqual([
    expect.objectContaining({
      metadata: expect.objectContaining({ namespace: 'default', name: 'kubernetes' }),
      spec: expect.objectContaining({ clusterIP: '10.0.0.1' }),
    }),
  ]);
});

test('a namespace carries its name as a label', async () => {
  const { body } = await cluster.call('GET', '/api/v1/namespaces/shop');
  expect(body).toMatchObject({
    metadata: { labels: { 'kubernetes.io/metadata.name': 'shop' } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  });
});

test('deleting one deletes its services, and it stays until their load balancers are gone', async () => {
  await create('web');
  await create('plain', { type: 'ClusterIP' });
  await cluster.pass(30);
  const { body } = await cluster.call('DELETE', '/api/v1/namespaces/shop');
  expect(body).toMatchObject({ metadata: { deletionTimestamp: expect.any(String) }, status: { phase: 'Terminating' } });
  expect(await status('/api/v1/namespaces/shop/services/plain')).toBe(404);
  expect(await status('/api/v1/namespaces/shop/services/web')).toBe(200);
  expect((await create('late')).body).toMatchObject({
    code: 403,
    message: expect.stringContaining('because it is being terminated'),
  });
  await cluster.pass(30);
  expect(await status('/api/v1/namespaces/shop')).toBe(404);
  expect(cluster.cloudCalls).toEqual(['ensure shop/web 80/TCP', 'delete shop/web']);
  expect(cluster.kubernetes.list('events').filter(({ metadata }) => metadata.namespace === 'shop')).toEqual([]);
});

test('an empty one is gone at once', async () => {
  await cluster.call('DELETE', '/api/v1/namespaces/shop');
  expect(await status('/api/v1/namespaces/shop')).toBe(404);
});

test.each(['default', 'kube-system'])('%s may not be deleted', async (name) => {
  expect((await cluster.call('DELETE', `/api/v1/namespaces/${name}`)).body).toMatchObject({
    code: 403,
    reason: 'Forbidden',
  });
});

test('the kubernetes service comes back', async () => {
  const path = '/api/v1/namespaces/default/services/kubernetes';
  const { uid } = (await cluster.call('GET', path)).body.metadata ?? {};
  await cluster.call('DELETE', path);
  const { body } = await cluster.call('GET', path);
  expect(body.metadata?.uid).not.toBe(uid);
  expect(body.spec?.clusterIP).toBe('10.0.0.1');
});

test('events are written, counted up and found by what they are about', async () => {
  await create('web');
  const path = '/api/v1/namespaces/shop/events';
  const { metadata } = (await cluster.call('GET', '/api/v1/namespaces/shop/services/web')).body;
  const written = await cluster.call('POST', path, {
    body: {
      metadata: { generateName: 'web.' },
      involvedObject: { kind: 'Service', name: 'web', namespace: 'shop', uid: metadata?.uid },
      type: 'Warning',
      reason: 'NotPublished',
      message: 'no client range',
      count: 1,
    },
  });
  expect(written.status).toBe(201);
  const name = text(written.body.metadata?.name);
  await cluster.call('PATCH', `${path}/${name}`, {
    body: { count: 2 },
    headers: { 'content-type': 'application/strategic-merge-patch+json' },
  });
  const selector = `involvedObject.name=web,type=Warning,involvedObject.uid=${text(metadata?.uid)}`;
  const { body } = await cluster.call('GET', `${path}?fieldSelector=${encodeURIComponent(selector)}`);
  expect(body.items).toEqual([expect.objectContaining({ reason: 'NotPublished', count: 2 })]);
});
