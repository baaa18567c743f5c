import { listResources, readResource } from '../../../shared/azure/resource.ts';
import { always, startFakeArm, type FakeArm } from '../../support/fakeArm.ts';
import { startTestCloud, type TestCloud } from '../../support/localCloud.ts';

let cloud: TestCloud;
let fake: FakeArm;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.close());
afterEach(async () => {
  process.env['GATEHOUSE_ARM_ENDPOINT'] = cloud.azure.origin;
  await fake.close();
});

const answering = async (status: number, body: unknown, headers: Record<string, string> = {}) => {
  fake = await startFakeArm(always(status, body, headers));
  process.env['GATEHOUSE_ARM_ENDPOINT'] = fake.origin;
};
const group = '/subscriptions/s/resourceGroups/shop-rg';

test.each<[string, unknown]>([
  ['an object without a list', {}],
  ['a list of another name', { items: [] }],
  ['a list that is none', { value: null }],
])('%s is not an empty list', async (_what, body) => {
  await answering(200, body);
  await expect(listResources(`${group}/resources`, '2025-04-01')).rejects.toMatchObject({ code: 'NoJson' });
});

test('a page of a proxy is neither a list nor a resource', async () => {
  await answering(200, '<html>Welcome</html>', { 'content-type': 'text/html' });
  await expect(listResources(`${group}/resources`, '2025-04-01')).rejects.toMatchObject({ code: 'NoJson' });
  await expect(readResource(group, '2025-04-01')).rejects.toMatchObject({ code: 'NoJson' });
});

test('an empty list is one, and what is gone has none', async () => {
  await answering(200, { value: [] });
  expect(await listResources(`${group}/resources`, '2025-04-01')).toEqual([]);
  await fake.close();
  await answering(404, { error: { code: 'ResourceGroupNotFound', message: 'Gone.' } });
  expect(await listResources(`${group}/resources`, '2025-04-01')).toBeUndefined();
});
