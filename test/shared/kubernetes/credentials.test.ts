import { inspect } from 'node:util';
import type { TLSSocket } from 'node:tls';
import { clusterAccess, forgetClusterAccess } from '../../../shared/kubernetes/credentials.ts';
import { listServices } from '../../../shared/kubernetes/services.ts';
import {
  accessTo,
  CLUSTER_ID,
  kubeconfig,
  page,
  sourceOf,
  startApiServer,
  TOKEN,
  type TestApiServer,
} from './apiServer.ts';

let server: TestApiServer;
beforeAll(async () => {
  server = await startApiServer();
});
afterAll(() => server.close());
beforeEach(() => forgetClusterAccess(CLUSTER_ID));

interface Caller {
  readonly authorization: string | undefined;
  readonly certificate: string | undefined;
}

/** Who the API server saw when it was asked for its services with this access. */
async function callerOf(access: Awaited<ReturnType<typeof clusterAccess>>): Promise<Caller | undefined> {
  let caller: Caller | undefined;
  server.answer((request, response) => {
    const certificate = (request.socket as TLSSocket).getPeerCertificate();
    caller = {
      authorization: request.headers.authorization,
      certificate: Object.keys(certificate).length === 0 ? undefined : String(certificate.subject.CN),
    };
    response.end(page([]));
  });
  await listServices(access, { deadlineSeconds: 30 });
  return caller;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const kubelogin = { exec: { apiVersion: 'client.authentication.k8s.io/v1beta1', command: 'touch', args: ['/never'] } };
const anHour = () => Date.now() + 3_600_000;

test('a cluster with local accounts takes the token and the certificate of its kubeconfig', async () => {
  const { certificate, key } = server.certificates.client;
  const user = { token: TOKEN, 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) };
  const access = await accessTo(kubeconfig(server, { user }));
  expect(await callerOf(access)).toEqual({ authorization: `Bearer ${TOKEN}`, certificate: 'masterclient' });
  expect(access.server).toBe(server.origin);
});

test.each([
  ['a command to run', kubelogin],
  ['an auth provider', { 'auth-provider': { name: 'azure', config: { apiserverId: 'x' } } }],
])("a cluster that uses Entra (%s) takes the app's token instead", async (_how, user) => {
  const source = sourceOf(kubeconfig(server, { user }), { token: 'of-the-app', expiresOnTimestamp: anHour() });
  const access = await clusterAccess(CLUSTER_ID, source);
  expect(await callerOf(access)).toMatchObject({ authorization: 'Bearer of-the-app' });
});

test('a kubeconfig can switch no check off', async () => {
  const cluster = { 'certificate-authority-data': base64('not the authority'), 'insecure-skip-tls-verify': true };
  const access = await accessTo(kubeconfig(server, { cluster }));
  expect(await callerOf(access)).toBeUndefined();
});

test.each([
  ['is not a kubeconfig', 'clusters: [unclosed: secret-key'],
  ['is not a kubeconfig', ''],
  ['names no current cluster and user', JSON.stringify({ clusters: [], users: [], contexts: [] })],
])('a text that %s is refused without quoting it', async (problem, text) => {
  const refused = accessTo(text);
  await expect(refused).rejects.toMatchObject({
    code: 'UnusableKubeconfig',
    message: expect.stringContaining(problem),
  });
  await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('secret-key') });
});

test('a server without TLS gets no token', async () => {
  const text = kubeconfig(server, { cluster: { server: 'http://127.0.0.1:8080' } });
  await expect(accessTo(text)).rejects.toThrow('has no https server');
});

test('a user without anything to show is refused', async () => {
  await expect(accessTo(kubeconfig(server, { user: {} }))).rejects.toThrow('neither token nor certificate');
});

describe('credentials are kept in memory, for a while', () => {
  const counted = (entra?: { token: string; expiresOnTimestamp: number }) => {
    const source = sourceOf(kubeconfig(server, entra === undefined ? {} : { user: kubelogin }), entra);
    const asked = { times: 0 };
    const kubeconfigOf = () => {
      asked.times++;
      return source.kubeconfig();
    };
    return { asked, source: { ...source, kubeconfig: kubeconfigOf } };
  };

  test('Azure is asked once, also by two at the same time, whatever the case of the id', async () => {
    const { asked, source } = counted();
    const [first, second] = await Promise.all([
      clusterAccess(CLUSTER_ID, source),
      clusterAccess(CLUSTER_ID.toLowerCase(), source),
    ]);
    expect(first).toBe(second);
    expect(asked.times).toBe(1);
  });

  test('and again once they are forgotten', async () => {
    const { asked, source } = counted();
    await clusterAccess(CLUSTER_ID, source);
    forgetClusterAccess(CLUSTER_ID);
    await clusterAccess(CLUSTER_ID, source);
    expect(asked.times).toBe(2);
  });

  test('and again when the token is about to end', async () => {
    const { asked, source } = counted({ token: 'short', expiresOnTimestamp: Date.now() + 30_000 });
    await clusterAccess(CLUSTER_ID, source);
    await clusterAccess(CLUSTER_ID, source);
    expect(asked.times).toBe(2);
  });

  test('a failure is not kept', async () => {
    const failing = { ...counted().source, kubeconfig: () => Promise.reject(new Error('throttled')) };
    await expect(clusterAccess(CLUSTER_ID, failing)).rejects.toThrow('throttled');
    await expect(clusterAccess(CLUSTER_ID, counted().source)).resolves.toMatchObject({ server: server.origin });
  });
});

test('neither printing nor storing an access shows its secrets', async () => {
  const access = await accessTo(kubeconfig(server));
  expect(JSON.parse(JSON.stringify(access))).toEqual({
    server: server.origin,
    acquiredAt: expect.any(Number),
  });
  expect(inspect(access, { depth: Infinity })).not.toContain(TOKEN);
});
