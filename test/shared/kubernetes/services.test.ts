import { listServices } from '../../../shared/kubernetes/services.ts';
import type { RawServiceList } from '../../../shared/kubernetes/serviceList.ts';
import { createCertificates } from '../../../local/kubernetes/certificates.ts';
import { accessTo, kubeconfig, page, startApiServer, TOKEN, type TestApiServer } from './apiServer.ts';

let server: TestApiServer;
beforeAll(async () => {
  server = await startApiServer();
});
afterAll(() => server.close());

const list = async (deadlineSeconds = 30): Promise<RawServiceList> =>
  listServices(await accessTo(kubeconfig(server)), { deadlineSeconds });

const namesOf = (services: RawServiceList) =>
  services.state === 'complete'
    ? services.items.map((item) => (item as { metadata: { name: string } }).metadata.name)
    : services;

const status = (code: number, message: string) => JSON.stringify({ kind: 'Status', code, message });
const continueOf = (url: string | undefined) => new URL(url ?? '', 'https://x').searchParams.get('continue');

describe('a complete list', () => {
  test('is read page by page, with the token of the cluster', async () => {
    const authorizations: (string | undefined)[] = [];
    server.answer((request, response) => {
      authorizations.push(request.headers.authorization);
      const token = continueOf(request.url);
      response.end(token === null ? page(['a', 'b'], 'two') : token === 'two' ? page(['c'], 'three') : page(['d']));
    });
    expect(namesOf(await list())).toEqual(['a', 'b', 'c', 'd']);
    expect(server.requests).toEqual([
      '/api/v1/services?limit=500',
      '/api/v1/services?limit=500&continue=two',
      '/api/v1/services?limit=500&continue=three',
    ]);
    expect(authorizations).toEqual(Array(3).fill(`Bearer ${TOKEN}`));
  });

  test('holds every field as the API server wrote it', async () => {
    server.answer((_request, response) => response.end(page(['a'])));
    expect(await list()).toEqual({
      state: 'complete',
      items: [
        {
          metadata: {
            name: 'a',
            namespace: 'shop',
            creationTimestamp: '2026-01-01T00:00:00Z',
            unknownToModels: { kept: true },
          },
          spec: { type: 'LoadBalancer' },
        },
      ],
    });
  });

  test('may be empty, which is for the caller to judge', async () => {
    server.answer((_request, response) => response.end(page([])));
    expect(await list()).toEqual({ state: 'complete', items: [] });
  });

  test('is read from the start again when its continue token has expired, once', async () => {
    let expired = 1;
    server.answer((request, response) => {
      if (continueOf(request.url) === null) response.end(page(['a'], 'two'));
      else if (expired-- > 0) response.writeHead(410).end(status(410, 'too old resource version'));
      else response.end(page(['b']));
    });
    expect(namesOf(await list())).toEqual(['a', 'b']);
    expect(server.requests).toHaveLength(4);

    server.answer((request, response) => {
      if (continueOf(request.url) === null) response.end(page(['a'], 'two'));
      else response.writeHead(410).end(status(410, 'too old resource version'));
    });
    expect(await list()).toMatchObject({ state: 'partial', code: 'partial', reason: expect.stringContaining('twice') });
    expect(server.requests).toHaveLength(4);
  });
});

describe('a list that failed is never an empty one', () => {
  test.each([
    [401, 'refused', 'Unauthorized'],
    [403, 'forbidden', 'services is forbidden: User "x" cannot list resource "services"'],
    [404, 'refused', 'the server could not find the requested resource'],
    [410, 'partial', 'gone from the first page on'],
    [429, 'unreachable', 'too many requests'],
    [500, 'unreachable', 'etcdserver: request timed out'],
    [503, 'unreachable', 'apiserver not ready'],
  ])('%d is %s', async (code, expected, message) => {
    server.answer((_request, response) => response.writeHead(code).end(status(code, message)));
    expect(await list()).toEqual({
      state: 'failed',
      code: expected,
      reason: expect.stringContaining(message),
      remedy: expect.stringMatching(/\w/),
    });
  });

  test('a refusal on a later page makes it partial, without the services that came', async () => {
    server.answer((request, response) => {
      if (continueOf(request.url) === null) response.end(page(['a'], 'two'));
      else response.writeHead(500).end('no JSON at all');
    });
    const services = await list();
    expect(services).toMatchObject({ state: 'partial', code: 'unreachable' });
    expect(services).not.toHaveProperty('items');
  });

  test.each([
    ['half a page', page(['a', 'b']).slice(0, -20)],
    ['another kind', JSON.stringify({ kind: 'PodList', items: [] })],
    ['no JSON', '<html>Sign in</html>'],
    ['nothing', ''],
  ])('%s', async (_what, text) => {
    server.answer((_request, response) => response.end(text));
    expect(await list()).toMatchObject({ state: 'failed', code: 'partial' });
  });

  test('a connection that is cut before the answer', async () => {
    server.answer((request) => request.socket.destroy());
    expect(await list()).toMatchObject({
      state: 'failed',
      code: 'unreachable',
      remedy: expect.stringContaining('GATEHOUSE_OUTBOUND_RANGES'),
    });
  });

  test('a connection that is cut in the middle of a later page', async () => {
    server.answer((request, response) => {
      if (continueOf(request.url) === null) return void response.end(page(['a'], 'two'));
      response.writeHead(200, { 'content-length': '100000' });
      response.write(page(['b']).slice(0, 30), () => response.destroy());
    });
    expect(await list()).toMatchObject({ state: 'partial', code: 'partial' });
  });

  test('nobody listens', async () => {
    const gone = await startApiServer();
    const access = await accessTo(kubeconfig(gone));
    await gone.close();
    const services = await listServices(access, { deadlineSeconds: 30 });
    expect(services).toMatchObject({
      state: 'failed',
      code: 'unreachable',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

describe('the deadline holds for the whole list', () => {
  test('an API server that never answers', async () => {
    server.answer(() => undefined);
    expect(await list(0.05)).toMatchObject({ state: 'failed', code: 'timeout' });
  });

  test('a body that stops coming', async () => {
    server.answer((_request, response) => void response.writeHead(200).write('{"kind":"ServiceList",'));
    expect(await list(0.05)).toMatchObject({ state: 'failed', code: 'timeout' });
  });

  test('pages without end', async () => {
    let pages = 0;
    server.answer((_request, response) => void response.end(page(['a'], `more ${++pages}`)));
    expect(await list(0.1)).toMatchObject({ state: 'partial', code: 'timeout' });
  });
});

test('an API server of another authority is not believed', async () => {
  const other = await createCertificates();
  server.answer((_request, response) => response.end(page(['forged'])));
  const access = await accessTo(kubeconfig({ origin: server.origin, certificates: other }));
  expect(await listServices(access, { deadlineSeconds: 30 })).toMatchObject({
    state: 'failed',
    code: 'unreachable',
    reason: expect.stringMatching(/certificate/),
  });
  expect(server.requests).toEqual([]);
});
