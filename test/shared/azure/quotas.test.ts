import { VirtualClock } from '../../../local/clock.ts';
import { startLocalAzure, type LocalAzure } from '../../../local/azure/server.ts';
import { kubernetesVersions, networkUsages } from '../../../shared/azure/quotas.ts';
import { always, startFakeArm, type FakeArm } from '../../support/fakeArm.ts';

const subscription = '00000000-0000-0000-0000-0000000000aa';

let azure: LocalAzure;
beforeAll(async () => {
  azure = await startLocalAzure({ port: 0, clock: new VirtualClock() });
  process.env['IDENTITY_ENDPOINT'] = azure.identity.endpoint;
  process.env['IDENTITY_HEADER'] = azure.identity.header;
});
afterAll(() => azure.close());

let arm: FakeArm;
afterEach(() => arm.close());

describe.each<[string, () => Promise<unknown>]>([
  ['networkUsages', () => networkUsages(subscription, 'eastus')],
  ['kubernetesVersions', () => kubernetesVersions(subscription, 'eastus')],
])('%s, fails as everything else does', (_name, ask) => {
  test.each<[string, number, unknown, Record<string, string>, number | undefined]>([
    ['throttled', 429, { error: { code: 'TooManyRequests', message: 'Later.' } }, { 'retry-after': '17' }, 17],
    ['transient', 503, { error: { code: 'ServerBusy', message: 'Later.' } }, {}, undefined],
    ['transient', 502, '<html>Bad Gateway</html>', { 'content-type': 'text/html' }, undefined],
    ['forbidden', 403, { error: { code: 'AuthorizationFailed', message: 'No role.' } }, {}, undefined],
  ])('%s by %d', async (kind, status, body, headers, retryAfterSeconds) => {
    arm = await startFakeArm(always(status, body, headers));
    process.env['GATEHOUSE_ARM_ENDPOINT'] = arm.origin;
    await expect(ask()).rejects.toMatchObject({ name: 'ArmError', kind, status, retryAfterSeconds });
  });

  test('in the words of Azure', async () => {
    const body = { error: { code: 'MissingSubscriptionRegistration', message: 'Not registered.' } };
    arm = await startFakeArm(always(409, body));
    process.env['GATEHOUSE_ARM_ENDPOINT'] = arm.origin;
    const message = expect.stringContaining('Not registered.');
    await expect(ask()).rejects.toMatchObject({ kind: 'refused', code: body.error.code, message });
  });

  test.each([
    { value: null, values: null },
    { value: [null], values: [null] },
    { value: [{ name: null }], values: 5 },
  ])('an answer that the SDK stumbles over (%j) counts as none', async (body) => {
    arm = await startFakeArm(always(200, body));
    process.env['GATEHOUSE_ARM_ENDPOINT'] = arm.origin;
    const failure = await ask().catch((error: unknown) => error);
    if (failure instanceof Error) expect(failure).toMatchObject({ name: 'ArmError', kind: 'transient' });
  });

  test('a broken connection stays one', async () => {
    arm = await startFakeArm((request) => request.socket.destroy());
    process.env['GATEHOUSE_ARM_ENDPOINT'] = arm.origin;
    await expect(ask()).rejects.toMatchObject({ name: 'RestError', code: 'ECONNRESET' });
  });
});
