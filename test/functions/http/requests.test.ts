import { commonRefusals } from '../../../functions/http/route.ts';
import { dataHeaders, pageHeaders } from '../../../functions/http/securityHeaders.ts';
import { routes } from '../../../functions/routes.ts';
import { startTestCloud, type TestCloud } from '../../support/localCloud.ts';

let cloud: TestCloud;
let good: NodeJS.ProcessEnv;
beforeAll(async () => {
  cloud = await startTestCloud();
  good = { ...process.env };
});
afterEach(() => {
  for (const name of ['GATEHOUSE_AUTH', 'GATEHOUSE_RATE_LIMIT', 'GATEHOUSE_RATE_LIMIT_TOTAL']) delete process.env[name];
  Object.assign(process.env, good);
});
afterAll(() => cloud.close());

const problem = (code: string) => ({ type: `urn:gatehouse:problem:${code}`, remedy: expect.stringMatching(/\S/) });

test('every route has its own name and place, and tells its answers and refusals', () => {
  const places = routes.map(({ method, path }) => `${method} ${path}`);
  expect(new Set(places).size).toBe(places.length);
  expect(new Set(routes.map(({ name }) => name)).size).toBe(routes.length);
  for (const { name, body, refusals, answers, summary } of routes) {
    expect([name, Object.keys(answers).length > 0, summary !== '']).toEqual([name, true, true]);
    expect([name, refusals.includes(415)]).toEqual([name, body !== undefined]);
    expect(refusals.filter((status) => commonRefusals.includes(status))).toEqual([]);
  }
});

test('without a key the host refuses every route but health', async () => {
  for (const { method, path, access } of routes) {
    const url = `${cloud.api}/${path.replaceAll(/\{\w+\}/g, 'nosuch')}`;
    const { status } = await fetch(url, { method });
    expect([path, status === 401]).toEqual([path, access !== 'open']);
  }
});

test.each([
  ['an answer', 'GET', '/environments'],
  ['a refusal', 'GET', '/environments/nosuch'],
  ['an open answer', 'GET', '/health'],
])('%s is kept by no cache, framed by no page, and run by no browser', async (_what, method, path) => {
  const { headers } = await cloud.call(method, path);
  for (const [name, value] of Object.entries(dataHeaders)) expect([name, headers.get(name)]).toEqual([name, value]);
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test('pages load what is their own and nothing that was written into them', () => {
  const policy = pageHeaders['content-security-policy'];
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe-|\*|https?:/);
});

test.each([
  ['a form of a page', 'multipart/form-data; boundary=x'],
  ['XML', 'application/xml'],
  ['another character set', 'application/json; charset=utf-16'],
  ['no media type at all', ';;'],
])('%s is refused with what is read instead', async (_what, contentType) => {
  const answer = await cloud.call('POST', '/plans', '{ "name": "shop" }', { 'content-type': contentType });
  expect(answer.status).toBe(415);
  expect(answer.body).toMatchObject(problem('unsupported-media-type'));
});

test.each([
  'application/json',
  'application/yaml',
  'text/plain',
  'application/x-www-form-urlencoded',
  'text/yaml; charset=UTF-8',
])('a spec may come as %s', async (contentType) => {
  const answer = await cloud.call('POST', '/plans', '{ "name": "shop" }', { 'content-type': contentType });
  expect(answer.status).toBe(200);
});

test('a grant comes as JSON alone, and no body is unpacked', async () => {
  const grant = '{ "cidr": "198.51.100.7/32" }';
  const path = '/environments/nosuch/grants/bob';
  expect((await cloud.call('PUT', path, grant, { 'content-type': 'application/yaml' })).status).toBe(415);
  expect((await cloud.call('PUT', path, grant, { 'content-encoding': 'gzip' })).status).toBe(415);
});

test('a body that is too long and a URL that is too long are refused before anything is read', async () => {
  const long = await cloud.call('POST', '/environments', 'x'.repeat(1_000_001));
  expect(long.status).toBe(413);
  expect(long.body).toMatchObject(problem('body-too-large'));
  // Also where no body is read at all.
  expect((await cloud.call('POST', '/environments/nosuch/sync', 'x'.repeat(1_000_001))).status).toBe(413);
  const url = await cloud.call('GET', `/environments?x=${'x'.repeat(9_000)}`);
  expect(url.status).toBe(414);
  expect(url.body).toMatchObject(problem('url-too-long'));
});

test.each([
  ['GATEHOUSE_AUTH', 'none'],
  ['GATEHOUSE_RATE_LIMIT', 'many'],
  ['GATEHOUSE_RATE_LIMIT_TOTAL', '0'],
])('a wrong %s serves nobody, and names the setting', async (name, value) => {
  process.env[name] = value;
  const answer = await cloud.call('GET', '/environments');
  expect(answer.status).toBe(500);
  expect(answer.body).toMatchObject({ detail: expect.stringContaining(name), remedy: expect.stringMatching(/\S/) });
});

test("no answer hands out Durable's management URLs or its key, and neither a function key nor none opens them", async () => {
  const started = await cloud.call('POST', '/environments', { name: 'shop' });
  expect(started.status).toBe(202);
  const shown = await cloud.call('GET', '/environments/shop');
  for (const { text, headers } of [started, shown]) {
    const answer = `${text} ${JSON.stringify([...headers])}`;
    expect(answer).not.toContain('/runtime/webhooks');
    expect(answer).not.toContain(cloud.host.keys.durable);
  }
  const management = `${cloud.host.origin}/runtime/webhooks/durabletask/instances/shop`;
  expect((await fetch(management)).status).toBe(401);
  expect((await fetch(`${management}?code=${cloud.host.keys.function}`)).status).toBe(401);
  expect(
    (await fetch(`${management}/terminate?reason=x&code=${cloud.host.keys.eventGrid}`, { method: 'POST' })).status,
  ).toBe(401);
  await cloud.call('DELETE', '/environments/shop?force=true');
  await cloud.untilState('shop', 'deleted', 'failed');
});

// The last one: it leaves an empty bucket behind.
test('who asks too often hears when to come again, and health still answers', async () => {
  process.env['GATEHOUSE_RATE_LIMIT'] = '1';
  // Its bucket may hold one from before; it is emptied by the second request at the latest.
  const answers = [await cloud.call('GET', '/environments'), await cloud.call('GET', '/environments')];
  const refused = answers.at(-1);
  expect(refused?.status).toBe(429);
  expect(refused?.body).toMatchObject(problem('too-many-requests'));
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(Number(refused?.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  expect((await cloud.call('GET', '/health')).status).toBe(200);
});
