import { KubeConfig, CoreV1Api, type ApiException } from '@kubernetes/client-node';
import { certificates, service, startCluster, type StartedCluster } from './startedCluster.ts';
import { createCertificates, type Faults } from '../../../local/kubernetes/apiServer.ts';

let cluster: StartedCluster;
beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(() => cluster.close());

const apiOf = (kubeconfig: string) => {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  return config.makeApiClient(CoreV1Api);
};
const api = () => apiOf(cluster.kubernetes.kubeconfig('user'));

test('lists the services of all namespaces page by page', async () => {
  for (const namespace of ['shop', 'bank']) {
    await cluster.call('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } });
    for (const index of Array.from({ length: 12 }).keys()) {
      const body = service(`web-${index}`, { type: 'ClusterIP' });
      await cluster.call('POST', `/api/v1/namespaces/${namespace}/services`, { body });
    }
  }
  const names: string[] = [];
  const remaining: (number | undefined)[] = [];
  let next: string | undefined;
  do {
    const page = await api().listServiceForAllNamespaces({
      limit: 10,
      ...(next === undefined ? {} : { _continue: next }),
    });
    names.push(...page.items.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`));
    remaining.push(page.metadata?.remainingItemCount);
    next = page.metadata?._continue;
  } while (next !== undefined);
  expect(names).toHaveLength(25);
  expect(names).toEqual([...names].sort());
  expect(remaining).toEqual([15, 5, undefined]);
});

test('creates, reads, replaces and deletes a service', async () => {
  const namespace = 'default';
  const created = await api().createNamespacedService({
    namespace,
    body: { metadata: { name: 'web' }, spec: { type: 'LoadBalancer', ports: [{ port: 80 }] } },
  });
  expect(created.metadata?.creationTimestamp).toEqual(new Date('2026-11-22T10:00:00Z'));
  await cluster.pass(30);
  const read = await api().readNamespacedService({ namespace, name: 'web' });
  expect(read.status?.loadBalancer?.ingress?.[0]?.ip).toBe('20.0.0.1');
  const annotated = { ...read, metadata: { ...read.metadata, annotations: { 'gatehouse.dev/expose': 'true' } } };
  const replaced = await api().replaceNamespacedService({ namespace, name: 'web', body: annotated });
  expect(replaced.metadata?.annotations).toEqual({ 'gatehouse.dev/expose': 'true' });
  const deleted = await api().deleteNamespacedService({ namespace, name: 'web' });
  expect(deleted.metadata?.deletionTimestamp).toBeInstanceOf(Date);
});

test('writes an event', async () => {
  const event = await api().createNamespacedEvent({
    namespace: 'default',
    body: {
      metadata: { generateName: 'web.' },
      involvedObject: { kind: 'Service', namespace: 'default', name: 'web' },
      reason: 'Published',
      message: '203.0.113.1:80',
      type: 'Normal',
    },
  });
  expect(event.metadata.name).toMatch(/^web\./);
});

const failureOf = async (faults: Partial<Faults>) => {
  cluster.kubernetes.faults.set(faults);
  const error: unknown = await api()
    .listServiceForAllNamespaces()
    .catch((thrown: unknown) => thrown);
  return error as ApiException<string>;
};

test('an expired token is an exception of code 401', async () => {
  expect((await failureOf({ unauthorized: true })).code).toBe(401);
});

test('missing rights are an exception of code 403 with the Status as text', async () => {
  const { code, body } = await failureOf({ forbidden: true });
  expect(code).toBe(403);
  expect(JSON.parse(body)).toMatchObject({ kind: 'Status', code, message: expect.stringContaining('cannot list') });
});

test('a forgotten continue token is an exception of code 410', async () => {
  for (const name of ['a', 'b']) {
    await cluster.call('POST', '/api/v1/namespaces/default/services', { body: service(name) });
  }
  const { metadata } = await api().listServiceForAllNamespaces({ limit: 1 });
  await cluster.call('POST', '/api/v1/namespaces/default/services', { body: service('c') });
  cluster.kubernetes.compact();
  const token = metadata?._continue ?? '';
  await expect(api().listServiceForAllNamespaces({ limit: 1, _continue: token })).rejects.toMatchObject({ code: 410 });
});

test('a page that breaks off rejects instead of ending the list', async () => {
  cluster.kubernetes.faults.set({ cutPage: 1 });
  await expect(api().listServiceForAllNamespaces({ limit: 500 })).rejects.toThrow();
});

test('an API server that is down is a failed fetch', async () => {
  cluster.kubernetes.faults.set({ down: true });
  await expect(api().listServiceForAllNamespaces()).rejects.toThrow('fetch failed');
});

test('another authority is not trusted', async () => {
  const { authority } = await createCertificates();
  const base64 = (pem: string) => Buffer.from(pem).toString('base64');
  const kubeconfig = cluster.kubernetes.kubeconfig('user').replace(base64(certificates.authority), base64(authority));
  const error = await apiOf(kubeconfig)
    .listServiceForAllNamespaces()
    .catch((thrown: unknown) => thrown);
  expect((error as Error).message).toBe('fetch failed');
  // The authorities have one name, so it is the signature that doesn't match.
  expect((error as Error).cause).toMatchObject({ code: 'CERT_SIGNATURE_FAILURE' });
});
