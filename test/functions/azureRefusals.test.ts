import { always, startFakeArm } from '../support/fakeArm.ts';
import { startTestCloud, type Answer, type TestCloud } from '../support/localCloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.close());

/** Runs while the app finds another server in Azure Resource Manager's place. */
async function withArm<T>(answer: Parameters<typeof startFakeArm>[0], run: () => Promise<T>): Promise<T> {
  const fake = await startFakeArm(answer);
  process.env['GATEHOUSE_ARM_ENDPOINT'] = fake.origin;
  try {
    return await run();
  } finally {
    process.env['GATEHOUSE_ARM_ENDPOINT'] = cloud.azure.origin;
    await fake.close();
  }
}

const start = () => cloud.call('POST', '/environments', { name: 'shop' });
const asked: [string, () => Promise<Answer>][] = [
  ['POST /environments', start],
  ['POST /plans', () => cloud.call('POST', '/plans', { name: 'shop' })],
];

const error = (code: string, message: string) => ({ error: { code, message } });

describe.each(asked)('%s passes on what Azure says', (_route, ask) => {
  test('a missing role: which identity, which roles', async () => {
    const message = "The client 'gatehouse-app' does not have authorization to perform action '…/read'.";
    const answer = await withArm(always(403, error('AuthorizationFailed', message)), ask);
    expect(answer.status).toBe(502);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({
      type: 'urn:gatehouse:problem:azure-refused',
      detail: expect.stringContaining(message),
      remedy: expect.stringMatching(/app's identity.*Contributor.*Role Based Access Control Administrator/),
    });
  });

  test('throttling: as long to wait as Azure said', async () => {
    const throttled = always(429, error('TooManyRequests', 'Too many reads.'), { 'retry-after': '17' });
    const answer = await withArm(throttled, ask);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('17');
    expect(answer.body).toMatchObject({
      type: 'urn:gatehouse:problem:azure-busy',
      detail: expect.stringContaining('Too many reads.'),
      remedy: expect.stringContaining('17 seconds'),
    });
  });

  test.each<[string, number, string, Record<string, string>]>([
    ['a failure of its own', 500, JSON.stringify(error('InternalServerError', 'Encountered an internal error.')), {}],
    ['a page of a proxy', 502, '<html>Bad Gateway</html>', { 'content-type': 'text/html' }],
    ['half an answer', 200, '{"id": "/subscr', {}],
  ])('%s: try again', async (_what, status, body, headers) => {
    const answer = await withArm(always(status, body, headers), ask);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('10');
    expect(answer.body).toMatchObject({ type: 'urn:gatehouse:problem:azure-busy' });
  });

  test('no server at all: try again, and which setting to look at', async () => {
    const gone = await startFakeArm(always(200, {}));
    await gone.close();
    process.env['GATEHOUSE_ARM_ENDPOINT'] = gone.origin;
    const answer = await ask().finally(() => (process.env['GATEHOUSE_ARM_ENDPOINT'] = cloud.azure.origin));
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({
      type: 'urn:gatehouse:problem:azure-busy',
      remedy: expect.stringContaining('GATEHOUSE_ARM_ENDPOINT'),
    });
  });

  test('a token that it does not take', async () => {
    const answer = await withArm(always(401, error('InvalidAuthenticationTokenTenant', 'Wrong issuer.')), ask);
    expect(answer.status).toBe(502);
    expect(answer.body).toMatchObject({ remedy: expect.stringContaining('az login --tenant') });
  });

  test('anything else, in its own words', async () => {
    const answer = await withArm(always(400, error('DisallowedOperation', 'The subscription is disabled.')), ask);
    expect(answer.status).toBe(502);
    expect(answer.body).toMatchObject({
      type: 'urn:gatehouse:problem:azure-refused',
      detail: expect.stringContaining('The subscription is disabled.'),
      remedy: expect.stringContaining('DisallowedOperation'),
    });
  });
});

test('nothing was started by any of it', async () => {
  expect((await cloud.call('GET', '/environments')).body).toEqual({ environments: [] });
});
