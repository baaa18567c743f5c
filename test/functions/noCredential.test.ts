import { always, startFakeArm, type FakeArm } from '../support/fakeArm.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';

// The app's credential lives as long as its process, so an app without one is a file of its own.
let cloud: TestCloud;
let identities: FakeArm;
beforeAll(async () => {
  cloud = await startTestCloud();
  identities = await startFakeArm(always(400, { error: 'invalid_request', error_description: 'Identity not found' }));
  process.env['IDENTITY_ENDPOINT'] = `${identities.origin}/msi/token`;
});
afterAll(async () => {
  await cloud.close();
  await identities.close();
});

test.each(['/environments', '/plans'])('without an identity, POST %s says where to get one', async (path) => {
  const answer = await cloud.call('POST', path, { name: 'shop' });
  expect(answer.status).toBe(503);
  expect(answer.body).toMatchObject({
    type: 'urn:gatehouse:problem:no-credential',
    detail: expect.stringContaining('Identity not found'),
    remedy: expect.stringMatching(/managed identity.*az login.*AZURE_CLIENT_ID/s),
  });
});
