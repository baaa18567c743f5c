import fc from 'fast-check';
import { createServer, isIPv4 } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { probeConnectivity } from '../../../shared/observe/connectivity.ts';

const HERE = '127.0.0.1';
const options = { frontends: [HERE], deadlineSeconds: 30 };
const sockets: Socket[] = [];
let published: Server;

const portOf = (server: Server | HttpServer) => (server.address() as AddressInfo).port;
const listen = async <T extends Server | HttpServer>(server: T): Promise<T> => {
  await new Promise<void>((resolve) => server.listen(0, HERE, resolve));
  return server;
};

beforeAll(async () => {
  published = await listen(createServer((socket) => sockets.push(socket)));
});
afterAll(() => published.close());
beforeEach(() => {
  process.env['GATEHOUSE_OUTBOUND_RANGES'] = '203.0.113.10/32';
  delete process.env['GATEHOUSE_PROBE_ENDPOINT'];
  sockets.length = 0;
});

const rule = (changes: object = {}) => ({
  frontend: HERE,
  port: portOf(published),
  protocol: 'TCP' as const,
  sources: ['*'],
  ...changes,
});

test('a port that takes a connection is connected', async () => {
  expect(await probeConnectivity(rule(), options)).toEqual({ result: 'connected' });
});

test('a port that nobody listens on is refused', async () => {
  const gone = await listen(createServer());
  const port = portOf(gone);
  await new Promise((resolve) => gone.close(resolve));
  expect(await probeConnectivity(rule({ port }), options)).toEqual({
    result: 'refused',
    reason: expect.stringContaining('ECONNREFUSED'),
  });
});

test.each([
  ['the app is not among the sources', { sources: ['198.51.100.0/24'] }, 'GATEHOUSE_OUTBOUND_RANGES'],
  ['only a part of the app is among them', { sources: ['203.0.113.10/32'] }, 'GATEHOUSE_OUTBOUND_RANGES'],
  ['UDP has no connection', { protocol: 'UDP' as const }, 'UDP'],
  ["the address is not the environment's", { frontend: '127.0.0.2' }, 'no frontend'],
])('not checked: %s', async (_why, changes, reason) => {
  process.env['GATEHOUSE_OUTBOUND_RANGES'] = '203.0.113.10/32, 203.0.113.11/32';
  expect(await probeConnectivity(rule(changes), options)).toEqual({
    result: 'not checked',
    reason: expect.stringContaining(reason),
  });
  expect(sockets).toEqual([]);
});

test('checked: every address of the app lies within the sources', async () => {
  const sources = ['198.51.100.0/24', '203.0.113.0/24'];
  expect(await probeConnectivity(rule({ sources }), options)).toEqual({ result: 'connected' });
});

test('an app that does not know its addresses checks what everybody may reach, and nothing else', async () => {
  delete process.env['GATEHOUSE_OUTBOUND_RANGES'];
  expect(await probeConnectivity(rule(), options)).toEqual({ result: 'connected' });
  expect(await probeConnectivity(rule({ sources: ['0.0.0.0/1'] }), options)).toMatchObject({ result: 'not checked' });
});

describe('through a probe that connects in its place', () => {
  let probe: HttpServer;
  let asked: unknown[];
  let answer: { readonly status: number; readonly body: string } | undefined;

  beforeAll(async () => {
    probe = await listen(
      createHttpServer((request, response) => {
        let text = '';
        request.on('data', (chunk: Buffer) => (text += chunk.toString()));
        request.on('end', () => {
          asked.push(JSON.parse(text));
          if (answer !== undefined) response.writeHead(answer.status).end(answer.body);
        });
      }),
    );
  });
  afterAll(() => {
    probe.close();
    probe.closeAllConnections();
  });
  beforeEach(() => {
    asked = [];
    process.env['GATEHOUSE_PROBE_ENDPOINT'] = `http://${HERE}:${portOf(probe)}/probe`;
  });
  const probed = (body: object, status = 200) => {
    answer = { status, body: JSON.stringify(body) };
    return probeConnectivity(rule({ frontend: '20.0.0.1', port: 80 }), { ...options, frontends: ['20.0.0.1/32'] });
  };

  test.each([
    [{ reachable: true, hops: [] }, { result: 'connected' }],
    [
      { reachable: false, reason: 'no rule' },
      { result: 'refused', reason: 'no rule' },
    ],
  ])('%j', async (body, expected) => {
    expect(await probed(body)).toEqual(expected);
    expect(asked).toEqual([{ from: '203.0.113.10', to: '20.0.0.1', port: 80, protocol: 'TCP' }]);
    expect(sockets).toEqual([]);
  });

  test('whose answer makes no sense, nothing is checked', async () => {
    expect(await probed({ reachable: 'perhaps' })).toMatchObject({ result: 'not checked' });
    expect(await probed({ error: 'broken' }, 500)).toMatchObject({ result: 'not checked' });
  });

  test('that does not answer in time, nothing is checked', async () => {
    answer = undefined;
    const outcome = await probeConnectivity(rule(), { ...options, deadlineSeconds: 0.05 });
    expect(outcome).toEqual({ result: 'not checked', reason: expect.stringContaining('could not be asked') });
  });

  test("is asked about the environment's own frontends alone, whatever a rule or a frontend is said to be", async () => {
    answer = { status: 200, body: '{ "reachable": true }' };
    const address = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.constantFrom(
        '169.254.169.254',
        '127.0.0.1',
        'localhost',
        'metadata',
        '0x7f.1',
        '2130706433',
        '::1',
        '',
        '20.0.0.1 ',
      ),
      fc.string({ maxLength: 20 }),
    );
    await fc.assert(
      fc.asyncProperty(address, fc.array(address, { maxLength: 3 }), fc.boolean(), async (frontend, others, isOwn) => {
        asked = [];
        const frontends = isOwn ? [...others, frontend] : others;
        const outcome = await probeConnectivity(rule({ frontend, port: 80 }), { frontends, deadlineSeconds: 5 });
        const own = frontends.includes(frontend) && isIPv4(frontend);
        if (!own) expect(outcome.result).toBe('not checked');
        expect(asked).toEqual(own ? [expect.objectContaining({ to: frontend })] : []);
      }),
      { numRuns: 300 },
    );
  });

  test('is not asked what the app would not try itself', async () => {
    const outcome = await probeConnectivity(rule({ frontend: '10.0.0.1' }), options);
    expect(outcome).toMatchObject({ result: 'not checked' });
    expect(asked).toEqual([]);
  });
});
