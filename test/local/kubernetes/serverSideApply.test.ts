import { service, startCluster, type StartedCluster } from './startedCluster.ts';

const WEB = '/api/v1/namespaces/default/services/web';
let cluster: StartedCluster;
beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(() => cluster.close());

const apply = (manager: string, body: object, force = false) =>
  cluster.call('PATCH', `${WEB}?fieldManager=${manager}&force=${force}`, {
    body,
    headers: { 'content-type': 'application/apply-patch+yaml' },
  });
const ports = (...names: readonly (readonly [string, number])[]) => ({
  ports: names.map(([name, port]) => ({ name, port })),
});

test('creates what is not there, and says so', async () => {
  const { status, body } = await apply('tool', service('web'));
  expect(status).toBe(201);
  expect(body.metadata?.managedFields).toContainEqual(
    expect.objectContaining({ manager: 'tool', operation: 'Apply', fieldsType: 'FieldsV1' }),
  );
  expect((await apply('tool', service('web'))).status).toBe(200);
});

test('what the manager no longer lists goes; what others own stays', async () => {
  await apply('tool', service('web', ports(['http', 80], ['https', 443]), { labels: { a: '1', b: '2' } }));
  await cluster.call('PATCH', `${WEB}?fieldManager=person`, {
    body: { metadata: { labels: { b: '3' }, annotations: { note: 'mine' } } },
    headers: { 'content-type': 'application/merge-patch+json' },
  });
  const { body } = await apply('tool', service('web', ports(['http', 80]), { labels: {} }));
  expect(body.spec?.ports).toEqual([expect.objectContaining({ name: 'http', port: 80 })]);
  expect(body.metadata?.labels).toEqual({ b: '3' });
  expect(body.metadata?.annotations).toEqual({ note: 'mine' });
});

test("another manager's value is a conflict that names field and manager, unless forced", async () => {
  await apply('tool', service('web', ports(['http', 80])));
  const other = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: ports(['web', 80]) };
  const { status, body } = await apply('other', other);
  expect(status).toBe(409);
  expect(body).toMatchObject({
    reason: 'Conflict',
    message: 'Apply failed with 1 conflict: conflict with "tool" using v1: .spec.ports[port=80,protocol="TCP"].name',
    details: { causes: [{ reason: 'FieldManagerConflict', field: '.spec.ports[port=80,protocol="TCP"].name' }] },
  });
  const forced = await apply('other', other, true);
  expect(forced.body.spec?.ports).toEqual([expect.objectContaining({ name: 'web' })]);
});

test('two managers may own one field with one value; it goes when both let go', async () => {
  const labelled = service('web', {}, { labels: { shared: 'yes' } });
  await apply('one', labelled);
  await apply('two', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', labels: { shared: 'yes' } } });
  expect((await apply('one', service('web'))).body.metadata?.labels).toEqual({ shared: 'yes' });
  const empty = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } };
  expect((await apply('two', empty)).body.metadata?.labels).toBeUndefined();
});

test('applying the same again changes nothing, not even the resourceVersion', async () => {
  await apply('tool', service('web'));
  const first = await apply('tool', service('web'));
  await cluster.pass(1);
  const second = await apply('tool', service('web'));
  expect(second.body.metadata?.resourceVersion).toBe(first.body.metadata?.resourceVersion);
});

test('the cloud keeps its finalizer and status', async () => {
  await apply('tool', service('web'));
  await cluster.pass(30);
  const { body } = await apply('tool', service('web', { loadBalancerSourceRanges: ['10.0.0.0/8'] }));
  expect(body.metadata?.finalizers).toEqual(['service.kubernetes.io/load-balancer-cleanup']);
  expect(body.status?.loadBalancer?.ingress).toEqual([{ ip: '20.0.0.1', ipMode: 'VIP' }]);
});
