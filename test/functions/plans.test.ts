import { startTestCloud, type TestCloud } from '../support/localCloud.ts';

interface Problems {
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  readonly conflicts: readonly { readonly path: string; readonly message: string }[];
}

const subscription = '/subscriptions/00000000-0000-0000-0000-0000000000aa';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.close());

const planAndStart = async (spec: object) => ({
  plan: (await cloud.call('POST', '/plans', spec)).body as never as Problems,
  text: (await cloud.call('POST', '/plans', spec, { accept: 'text/plain' })).text,
  start: await cloud.call('POST', '/environments', spec),
});

test.each([
  ['the resource group', `${subscription}/resourceGroups/shop-rg`],
  ['the group of the nodes', `${subscription}/resourceGroups/MC_shop-rg_shop-aks_eastus`],
])('a plan shows that %s is taken, in the words of the start', async (_what, id) => {
  await cloud.control('PUT', `/state${id}`, { location: 'eastus' });
  const { plan, text, start } = await planAndStart({ name: 'shop', cluster: { name: 'shop-aks' } });
  expect(start.status).toBe(409);
  expect(plan.conflicts).toEqual(start.body?.['problems']);
  expect(plan.conflicts[0]?.message).toContain(id);
  expect(text).toContain(`Conflicts:\n  ${id} exists`);
  expect(plan.problems).toEqual([]);
  await cloud.control('DELETE', `/state${id}`);
});

test('a plan shows everything else that stands in the way, in the words of the start', async () => {
  await cloud.control('PUT', '/providers/Microsoft.ContainerService', { registrationState: 'NotRegistered' });
  const { plan, text, start } = await planAndStart({ name: 'shop', cluster: { version: '1.11' } });
  await cloud.control('PUT', '/providers/Microsoft.ContainerService', { registrationState: 'Registered' });
  expect(start.status).toBe(400);
  expect(plan.problems.map(({ path }) => path)).toEqual(['subscription', 'cluster.version']);
  expect(plan.problems).toEqual(start.body?.['problems']);
  expect(text).toMatch(/Problems:\n.*Microsoft.ContainerService.*az provider register/);
});

test('nothing stands in the way of an environment that is ready', async () => {
  await cloud.call('POST', '/environments', { name: 'shop' });
  await cloud.untilState('shop', 'ready');
  const plan = await cloud.call('POST', '/environments/shop/plan');
  expect(plan.body).toMatchObject({ counts: { create: 0, foreign: 0 }, conflicts: [], problems: [] });
});
