import { readdirSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { buildPage } from '../../packaging/page.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { createShop } from '../support/shop.ts';

const MOST_BYTES = 150_000;

let cloud: TestCloud;
beforeAll(async () => {
  await buildPage('dist/web');
  cloud = await startTestCloud();
});
afterAll(() => cloud.close());

interface RawAnswer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly bytes: number;
}

/** As it goes over the wire: `fetch` would follow, decompress and ask for its own encodings. */
const raw = (path: string, headers: Record<string, string> = {}): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    request(`${cloud.api}${path}`, { headers }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes }));
    })
      .on('error', reject)
      .end();
  });

const named = (ending: string) => readdirSync('dist/web').find((name) => name.endsWith(ending)) ?? 'none';

test('the page is served to anybody, and allows nothing but itself', async () => {
  const { status, headers } = await raw('/ui');
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /);
  expect(headers['content-security-policy']).not.toMatch(/unsafe|https?:|data:|\*/);
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache' });
});

test('its parts are named by their content and kept for good', async () => {
  const answer = await raw(`/ui/${named('.js')}`);
  expect(answer).toMatchObject({
    status: 200,
    headers: {
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
    },
  });
});

test.each([
  ['br', 'gzip, deflate, br', '.js.br'],
  ['gzip', 'gzip, br;q=0', '.js.gz'],
  [undefined, 'identity', '.js'],
])('they come as %s to who takes %s', async (encoding, accepted, ending) => {
  const { headers, bytes } = await raw(`/ui/${named('.js')}`, { 'accept-encoding': accepted });
  expect(headers['content-encoding']).toBe(encoding);
  expect(headers.vary).toBe('accept-encoding');
  expect(bytes).toBe(statSync(`dist/web/${named(ending)}`).size);
});

test('all of it is small', () => {
  const compressed = readdirSync('dist/web').filter((name) => name.endsWith('.br') || /\.(html|svg)$/.test(name));
  const bytes = compressed.reduce((sum, name) => sum + statSync(`dist/web/${name}`).size, 0);
  expect(bytes).toBeLessThan(MOST_BYTES);
});

test('who has it already is told so, also behind a gateway that makes tags weak', async () => {
  const etag = String((await raw('/ui')).headers.etag);
  expect(await raw('/ui', { 'if-none-match': etag })).toMatchObject({ status: 304, bytes: 0 });
  expect(await raw('/ui', { 'if-none-match': `"other", W/${etag}` })).toMatchObject({ status: 304, bytes: 0 });
  expect(await raw('/ui', { 'if-none-match': '"other"' })).toMatchObject({ status: 200 });
});

test('what is no part of it is not found, and nothing outside of it is', async () => {
  for (const name of [
    'page-GONE0000.js',
    '..%2F..%2Fhost.json',
    '%2e%2e%2fpackage.json',
    'index.html.br',
    '__proto__',
  ]) {
    expect((await cloud.call('GET', `/ui/${name}`)).status).toBe(404);
  }
  expect((await cloud.call('GET', '/ui/page-GONE0000.js')).body).toMatchObject({
    type: 'urn:gatehouse:problem:page-part-not-found',
    remedy: expect.stringContaining('Load /api/ui again'),
  });
});

test('it has one address', async () => {
  const { status, headers } = await raw('/ui/');
  expect([status, headers.location]).toEqual([308, '/api/ui']);
});

test('answers have tags: who asks again is told when nothing has changed, and what has', async () => {
  const shop = await createShop(cloud);
  const hold = cloud.clock.busy();
  for (const path of [
    '/environments',
    '/environments/shop',
    '/environments/shop/services',
    '/environments/shop/drift',
  ]) {
    const first = await cloud.call('GET', path);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    const again = await cloud.call('GET', path, undefined, { 'if-none-match': etag });
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
  }
  const before = await cloud.call('GET', '/environments/shop');
  hold();
  await shop.sync();
  const after = await cloud.call('GET', '/environments/shop', undefined, {
    'if-none-match': before.headers.get('etag') ?? '',
  });
  expect(after.status).toBe(200);
  const refused = await cloud.call('GET', '/environments/none', undefined, { 'if-none-match': '*' });
  expect(refused.status).toBe(404);
});

test('an environment tells its clusters and what its syncs came to, and the list sums up', async () => {
  const { body } = await cloud.call('GET', '/environments/shop');
  expect(body).toMatchObject({
    clusters: [{ name: 'shop', isPrivate: false, isAdopted: false, subnets: [{ prefixes: ['10.42.1.0/24'] }] }],
    history: expect.arrayContaining([
      expect.objectContaining({ result: 'done', wrote: false, looks: expect.any(Number) }),
    ]),
  });
  const { body: list } = await cloud.call('GET', '/environments');
  expect(list).toMatchObject({
    environments: [{ name: 'shop', publications: 0, drift: 0, held: 0, problems: 0, stepsTotal: 13 }],
  });
});
