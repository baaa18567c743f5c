import { startTestCloud, type TestCloud } from '../support/localCloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.close());

/** An environment that is ready, and whose lane somebody has then terminated. */
async function breakLane(name: string): Promise<void> {
  await cloud.call('POST', '/environments', { name });
  await cloud.untilState(name, 'ready');
  cloud.host.durable.terminate(name, 'by hand');
  await cloud.host.durable.waitFor(name, ({ runtimeStatus }) => runtimeStatus === 'Terminated');
}

test('an environment whose lane broke is failed, still exists, and goes on with a retry', async () => {
  await breakLane('shop');
  expect((await cloud.call('GET', '/environments/shop')).body).toMatchObject({ name: 'shop', state: 'failed' });
  expect((await cloud.call('POST', '/environments', { name: 'shop' })).status).toBe(409);
  expect((await cloud.call('POST', '/environments/shop/plan')).status).toBe(200);

  expect((await cloud.call('POST', '/environments/shop/retry')).status).toBe(202);
  await cloud.untilState('shop', 'ready');
  expect((await cloud.call('GET', '/environments/shop')).body).toMatchObject({ state: 'ready' });
});

test('an environment whose lane broke is deleted on request, with all its resources', async () => {
  await breakLane('till');
  const before = JSON.stringify(await cloud.control('GET', '/state'));
  expect(before).toContain('till-fw');
  expect((await cloud.call('DELETE', '/environments/till')).status).toBe(202);
  await cloud.untilState('till', 'deleted');
  expect(JSON.stringify(await cloud.control('GET', '/state'))).not.toContain('till-fw');
  await cloud.host.durable.waitFor('till', ({ runtimeStatus }) => runtimeStatus === 'Completed');
  expect((await cloud.call('DELETE', '/environments/till')).status).toBe(410);
});

test('a lane with a state that nobody can read is listed beside the others', async () => {
  cloud.host.durable.start({ name: 'firewallLane', instanceId: 'future', input: { schema: 99 } });
  await cloud.host.durable.waitFor('future', ({ runtimeStatus }) => runtimeStatus === 'Failed');
  const { environments } = (await cloud.call('GET', '/environments')).body as { environments: { name: string }[] };
  expect(environments.find(({ name }) => name === 'future')).toEqual({
    name: 'future',
    state: 'unreadable',
    detail: expect.stringContaining('schema 99'),
    remedy: expect.stringContaining('version of Gatehouse'),
  });
  expect(environments.map(({ name }) => name)).toContain('shop');
  const shown = await cloud.call('GET', '/environments/future');
  expect(shown.status).toBe(500);
  expect(shown.body).toMatchObject({ type: 'urn:gatehouse:problem:environment-unreadable' });
});
