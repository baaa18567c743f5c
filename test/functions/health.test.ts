import { checkHealth } from '../../shared/observe/health.ts';
import { always, startFakeArm } from '../support/fakeArm.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';

let cloud: TestCloud;
let good: NodeJS.ProcessEnv;
const log: string[] = [];
beforeAll(async () => {
  cloud = await startTestCloud({ log: (message) => log.push(message) });
  good = { ...process.env };
});
afterEach(() => {
  Object.assign(process.env, good);
  log.length = 0;
});
afterAll(() => cloud.close());

const health = () => cloud.call('GET', '/health');

test('a setting that can not be used is named, without its value', async () => {
  process.env['GATEHOUSE_SUBSCRIPTION'] = 'my-secret-value';
  const answer = await health();
  expect(answer.status).toBe(503);
  expect(answer.body).toMatchObject({
    checks: { settings: { status: 'failed', remedy: expect.stringContaining('GATEHOUSE_SUBSCRIPTION') } },
  });
  expect(answer.text).not.toContain('my-secret-value');
});

test('a missing setting that most specs need is a warning', async () => {
  process.env['GATEHOUSE_ALLOWED_SCOPES'] = '';
  process.env['GATEHOUSE_OUTBOUND_RANGES'] = '';
  const answer = await health();
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    status: 'ok',
    checks: {
      settings: {
        status: 'warning',
        remedy: expect.stringMatching(/GATEHOUSE_ALLOWED_SCOPES.*GATEHOUSE_OUTBOUND_RANGES/),
      },
    },
  });
});

test('why Azure could not be asked stands in the log, and not in the answer', async () => {
  const arm = await startFakeArm(always(403, { error: { code: 'AuthorizationFailed', message: 'No role for you.' } }));
  process.env['GATEHOUSE_ARM_ENDPOINT'] = arm.origin;
  const answer = await health().finally(() => arm.close());
  expect(answer.status).toBe(503);
  expect(answer.body).toMatchObject({ checks: { azure: { status: 'failed' } } });
  expect(answer.text).not.toContain('No role for you.');
  expect(log.join('\n')).toContain('No role for you.');
});

test('however often anybody asks, Azure is asked once in ten seconds', async () => {
  let requests = 0;
  const arm = await startFakeArm((request, response) => {
    requests += 1;
    always(200, {})(request, response);
  });
  process.env['GATEHOUSE_ARM_ENDPOINT'] = arm.origin;
  const askAt = (ms: number) => checkHealth(() => undefined, ms);
  try {
    await Promise.all([askAt(0), askAt(1), askAt(9_999)]);
    expect(requests).toBe(1);
    await askAt(10_000);
    expect(requests).toBe(2);
  } finally {
    await arm.close();
  }
});
