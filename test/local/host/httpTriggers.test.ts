import { connect } from 'node:net';
import type { TestHost } from './testHost.ts';
import { startTestHost } from './testHost.ts';

let host: TestHost;
beforeAll(async () => (host = await startTestHost()));
afterAll(() => host.close());

describe('an HTTP trigger', () => {
  it('gets parameters, query, headers and body, and answers with status, headers and cookies', async () => {
    const response = await host.request('POST', '/api/echo/kim/a/b%20c?x=1&x=2&y=3', { body: '"hello"' });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      params: { name: 'kim', rest: 'a/b c' },
      query: { x: '1,2', y: '3' },
      body: '"hello"',
    });
    expect(response.headers.get('x-method')).toBe('POST');
    expect(response.headers.getSetCookie()).toEqual(['flavour=oat; Max-Age=60; HttpOnly; SameSite=Strict']);
  });

  it('is chosen by the most specific route', async () => {
    expect(await (await host.request('GET', '/api/echo/fixed/one')).text()).toBe('fixed');
    expect((await host.request('GET', '/api/echo/fixed/two')).status).toBe(201);
  });

  it('is not found under another method, or with a parameter that breaks its constraint', async () => {
    expect((await host.request('DELETE', '/api/echo/kim/x')).status).toBe(404);
    expect((await host.request('GET', '/api/numbered/seven')).status).toBe(404);
    expect(await (await host.request('GET', '/api/numbered/7')).json()).toEqual({ id: '7' });
    expect((await host.request('GET', '/echo/kim/x')).status).toBe(404);
  });

  it('that throws answers 500 without a word, and is logged', async () => {
    const response = await host.request('GET', '/api/broken');
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('');
    expect(host.complaints.join('\n')).toContain('error broken: Error: broken on purpose');
  });

  it('wants a function key, a system key does not do', async () => {
    const withKey = (key: string) => host.request('GET', '/api/keyed', { headers: { 'x-functions-key': key } });
    expect((await host.request('GET', '/api/keyed')).status).toBe(401);
    expect((await withKey(host.keys.durable)).status).toBe(401);
    expect((await withKey(host.keys.function)).status).toBe(200);
    expect((await withKey(host.keys.master)).status).toBe(200);
    expect((await host.request('GET', `/api/keyed?code=${host.keys.function}`)).status).toBe(200);
  });

  it('wants the master key for authLevel admin', async () => {
    expect((await host.request('GET', `/api/administered?code=${host.keys.function}`)).status).toBe(401);
    expect((await host.request('GET', `/api/administered?code=${host.keys.master}`)).status).toBe(200);
  });
});

describe('bad input', () => {
  const raw = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const { port } = new URL(host.origin);
      const socket = connect(Number(port), '127.0.0.1', () => socket.end(text));
      let answer = '';
      socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
    });

  it.each([
    ['no HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 400/],
    ['a target that is no URL', 'GET // HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', /^HTTP\/1\.1 40[04]/],
    [
      'an escape that is none',
      'GET /api/echo/%ZZ/x HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
      /^HTTP\/1\.1 404/,
    ],
    ['a host that is none', 'GET /api/silent HTTP/1.1\r\nhost: [\r\nconnection: close\r\n\r\n', /^HTTP\/1\.1 400/],
    [
      'a body that ends too soon',
      'POST /api/echo/a/b HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc',
      /^$|^HTTP/,
    ],
  ])('%s is refused, and the host goes on', async (_case, text, expected) => {
    expect(await raw(text)).toMatch(expected);
    expect((await host.request('GET', '/api/silent')).status).toBe(200);
  });
});
