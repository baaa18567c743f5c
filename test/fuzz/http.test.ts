import fc from 'fast-check';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { createShop, type Shop } from '../support/shop.ts';
import { fuzzed } from './fuzz.ts';
import { anyRequest, rawClient, routedRequest, type RawAnswer, type RawRequest } from './httpRequests.ts';

let cloud: TestCloud;
let shop: Shop;
let client: ReturnType<typeof rawClient>;
/** What the app and its host have logged as errors: handlers that threw what nobody foresaw. */
const errors: string[] = [];

/** `shop` is ready and publishes a service, `gone` has been deleted. */
beforeAll(async () => {
  cloud = await startTestCloud({ log: (message) => void (message.startsWith('error') && errors.push(message)) });
  client = rawClient(cloud.host.origin);
  await cloud.call('POST', '/environments', { name: 'gone' });
  await cloud.untilState('gone', 'ready', 'failed');
  await cloud.call('DELETE', '/environments/gone');
  await cloud.untilState('gone', 'deleted', 'failed');
  shop = await createShop(cloud);
  await shop.apply('web');
  await shop.until(({ counts }) => counts.publications === 1);
});
afterAll(async () => {
  client.close();
  await cloud.close();
});
beforeEach(() => errors.splice(0));

const withKey = (request: RawRequest): RawRequest => ({
  ...request,
  headers: { ...request.headers, 'x-functions-key': cloud.host.keys.function },
});

/** A refusal says in the app's own shape what is wrong, and what to do about it. */
function requireProblem({ status, type, text }: RawAnswer): void {
  expect(type).toContain('application/problem+json');
  const problem = JSON.parse(text) as Record<string, unknown>;
  expect(problem).toMatchObject({
    type: expect.stringMatching(/^urn:gatehouse:problem:[a-z-]+$/),
    title: expect.stringMatching(/\S/),
    status,
    detail: expect.stringMatching(/\S/),
    remedy: expect.stringMatching(/\S/),
  });
  for (const one of (problem['problems'] ?? []) as unknown[]) {
    expect(one).toMatchObject({
      path: expect.any(String),
      message: expect.stringMatching(/\S/),
      remedy: expect.stringMatching(/\S/),
    });
  }
}

async function answered(request: RawRequest): Promise<RawAnswer> {
  const answer = await client.send(withKey(request));
  expect(errors).toEqual([]);
  return answer;
}

test('every route answers whatever it is sent, and every refusal names a problem and a remedy', async () => {
  await fc.assert(
    fc.asyncProperty(routedRequest, async (request) => {
      const answer = await answered(request);
      expect(answer.status).toBeLessThan(500);
      if (answer.status >= 400) requireProblem(answer);
      else if (answer.type.includes('json')) JSON.parse(answer.text);
      else expect(answer.type).toContain('text/plain');
    }),
    fuzzed(400),
  );
});

test('what is no request of a route, or has no key, is refused and reaches nothing', async () => {
  await fc.assert(
    fc.asyncProperty(anyRequest, async (request) => {
      const answer = await client.send(request);
      expect(errors).toEqual([]);
      expect(answer.status).toBeLessThan(500);
      // Only what is open to everybody answers without a key.
      if (answer.status < 300) expect(request.path).toMatch(/health|openapi/i);
    }),
    fuzzed(200),
  );
});

test('after all that, the app is sound, and the environment follows what it is asked for last', async () => {
  // What is left of a broken spec may be a good one, and may have been taken up.
  expect((await cloud.call('PUT', '/environments/shop/spec', { name: 'shop' })).status).toBe(202);
  await shop.sync();
  expect((await cloud.call('GET', '/health')).body).toMatchObject({ status: 'ok' });
  expect((await cloud.call('GET', '/environments/shop')).body).toMatchObject({
    state: 'ready',
    counts: { publications: 1 },
  });
  expect((await cloud.call('GET', '/environments/gone')).body).toMatchObject({ state: 'deleted' });
});
