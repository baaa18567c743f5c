import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { keptCertificates } from '../../../local/kubernetes/apiServer.ts';
import { TOKEN, certificates, service, startCluster, text, type StartedCluster } from './startedCluster.ts';

const ALL = '/api/v1/services';
let cluster: StartedCluster;
afterEach(() => cluster.close());

const from = (address: string) => ({ headers: { 'x-gatehouse-source-address': address } });

/** The status that somebody is answered who has the client certificate, and no token. */
const statusOf = (tls: { readonly servername?: string }) =>
  new Promise((resolve, reject) => {
    const { certificate, key } = certificates.client;
    const options = { ca: certificates.authority, cert: certificate, key, agent: false, ...tls };
    const outgoing = request(`${cluster.kubernetes.origin}${ALL}`, options, (incoming) => {
      resolve(incoming.statusCode);
      incoming.resume();
    });
    outgoing.on('error', reject);
    outgoing.end();
  });

describe('who is let in', () => {
  beforeEach(async () => {
    cluster = await startCluster({
      allows: (address) => address === '203.0.113.10',
      defaultSource: '203.0.113.10',
      entra: {
        tenant: '00000000-0000-0000-0000-0000000000bb',
        identify: (token) =>
          token.startsWith('entra-')
            ? { name: token.slice(6), groups: [], may: token.slice(6) as 'everything' | 'read' | 'nothing' }
            : undefined,
      },
    });
  });

  test('a source address outside the authorized ranges gets no answer at all', async () => {
    await expect(cluster.call('GET', ALL, from('198.51.100.7'))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await cluster.call('GET', ALL, from('203.0.113.10'))).status).toBe(200);
    expect((await cluster.call('GET', ALL)).status).toBe(200);
  });

  test('who asks for the name that a cluster has inside comes from its network, as kubeconfigs of private clusters say', async () => {
    await cluster.close();
    cluster = await startCluster({ allows: (address) => address.startsWith('10.'), defaultSource: '203.0.113.10' });
    await expect(cluster.call('GET', ALL)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await statusOf({ servername: 'kubernetes.default.svc' })).toBe(200);
    const inside = parse(cluster.kubernetes.kubeconfig('user', true)) as Kubeconfig;
    expect(inside.clusters[0]?.cluster).toHaveProperty('tls-server-name', 'kubernetes.default.svc');
    expect(cluster.kubernetes.kubeconfig('user')).not.toContain('tls-server-name');
  });

  test.each([null, 'wrong'])('with token %s: 401', async (token) => {
    expect((await cluster.call('GET', ALL, { token })).body).toMatchObject({
      kind: 'Status',
      code: 401,
      reason: 'Unauthorized',
    });
  });

  test('a client certificate of the cluster needs no token', async () => {
    expect(await statusOf({})).toBe(200);
  });

  test('an Entra user may do what the cluster lets them', async () => {
    const create = (token: string) =>
      cluster.call('POST', '/api/v1/namespaces/default/services', { body: service('web'), token });
    expect((await cluster.call('GET', ALL, { token: 'entra-read' })).status).toBe(200);
    expect((await create('entra-read')).body).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message:
        'services is forbidden: User "read" cannot create resource "services" in API group "" in the namespace "default"',
    });
    expect((await cluster.call('GET', ALL, { token: 'entra-nothing' })).body.message).toBe(
      'services is forbidden: User "nothing" cannot list resource "services" in API group "" at the cluster scope',
    );
    expect((await create('entra-everything')).status).toBe(201);
  });

  test('the kubeconfig of users with Entra calls kubelogin, that of admins has the local account', () => {
    const user = parse(cluster.kubernetes.kubeconfig('user')) as Kubeconfig;
    expect(user.users[0]?.user.exec?.command).toBe('kubelogin');
    expect(user.users[0]?.user.exec?.args).toContain('00000000-0000-0000-0000-0000000000bb');
    const admin = parse(cluster.kubernetes.kubeconfig('admin')) as Kubeconfig;
    expect(admin['current-context']).toBe('aks-egress-admin');
    expect(admin.users[0]).toMatchObject({ name: 'clusterAdmin_aks-egress-rg_aks-egress', user: { token: TOKEN } });
    expect(admin.clusters[0]?.cluster.server).toBe(cluster.kubernetes.origin);
  });
});

interface Kubeconfig {
  readonly 'current-context': string;
  readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
  readonly users: readonly {
    readonly name: string;
    readonly user: {
      readonly token?: string;
      readonly exec?: { readonly command: string; readonly args: readonly string[] };
    };
  }[];
}

test('certificates kept in a directory are the same at the next start', async () => {
  cluster = await startCluster();
  const directory = join(mkdtempSync(join(tmpdir(), 'gatehouse-certificates-')), 'new');
  const first = await keptCertificates(directory);
  expect(new X509Certificate(first.server.certificate).checkIssued(new X509Certificate(first.authority))).toBe(true);
  expect(await keptCertificates(directory)).toEqual(first);
  rmSync(dirname(directory), { recursive: true });
});

describe('faults', () => {
  beforeEach(async () => {
    cluster = await startCluster();
  });

  test('down: connections are cut, until cleared', async () => {
    cluster.kubernetes.faults.set({ down: true });
    await expect(cluster.call('GET', ALL)).rejects.toMatchObject({ code: 'ECONNRESET' });
    cluster.kubernetes.faults.clear();
    expect((await cluster.call('GET', ALL)).status).toBe(200);
  });

  test('slow: the answer comes later in Azure time', async () => {
    cluster.kubernetes.faults.set({ slowSeconds: 45 });
    const asked = cluster.clock.now();
    const { status } = await cluster.whileTimeRuns(cluster.call('GET', ALL));
    expect(status).toBe(200);
    expect(cluster.clock.now() - asked).toBe(45_000);
  });

  test.each([
    [{ forbidden: true }, 403, 'Forbidden'],
    [{ unauthorized: true }, 401, 'Unauthorized'],
    [{ failing: 503 }, 503, 'ServiceUnavailable'],
    [{ failing: 429 }, 429, 'TooManyRequests'],
  ])('%j answers %i', async (faults, code, reason) => {
    cluster.kubernetes.faults.set(faults);
    expect((await cluster.call('GET', ALL)).body).toMatchObject({ code, reason });
  });

  test('cutPage: the second page breaks off in its middle', async () => {
    for (const name of ['a', 'b', 'c']) {
      await cluster.call('POST', '/api/v1/namespaces/default/services', { body: service(name) });
    }
    cluster.kubernetes.faults.set({ cutPage: 2 });
    const first = await cluster.call('GET', `${ALL}?limit=2`);
    expect(first.status).toBe(200);
    const next = `${ALL}?limit=2&continue=${text(first.body.metadata?.continue)}`;
    await expect(cluster.call('GET', next)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('what clients ask first', () => {
  beforeEach(async () => {
    cluster = await startCluster({ version: '1.32.6' });
  });

  test('the version', async () => {
    expect((await cluster.call('GET', '/version')).body).toMatchObject({
      major: '1',
      minor: '32',
      gitVersion: 'v1.32.6',
    });
  });

  test('discovery, aggregated', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const { body, headers } = await cluster.call('GET', '/api', { headers: { accept } });
    expect(headers['content-type']).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
    expect(body.items?.[0]?.versions?.[0]?.resources).toContainEqual(
      expect.objectContaining({ resource: 'services', scope: 'Namespaced', shortNames: ['svc'] }),
    );
    expect((await cluster.call('GET', '/apis', { headers: { accept } })).body.items).toEqual([]);
  });

  test('discovery, as it was before', async () => {
    expect((await cluster.call('GET', '/api')).body.versions).toEqual(['v1']);
    expect((await cluster.call('GET', '/apis')).body.groups).toEqual([]);
    const { resources } = (await cluster.call('GET', '/api/v1')).body;
    expect((resources as unknown as readonly { name: string }[]).map(({ name }) => name)).toEqual([
      'events',
      'namespaces',
      'namespaces/status',
      'services',
      'services/status',
    ]);
  });

  test.each(['/api/v1/pods', '/apis/apps/v1', '/api/v1/services/web', '/api/v1/namespaces/default/services/web/scale'])(
    '%s is a 404 Status',
    async (path) => {
      expect((await cluster.call('GET', path)).body).toMatchObject({ kind: 'Status', code: 404, reason: 'NotFound' });
    },
  );

  test('a method that a path does not have is a 405', async () => {
    expect((await cluster.call('PUT', ALL, { body: {} })).status).toBe(405);
    expect((await cluster.call('DELETE', '/api/v1/namespaces')).status).toBe(405);
  });
});
