import { startTestCloud, type TestCloud } from '../support/localCloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.close());

/** An environment that is ready, and whose lane somebody has then terminated; time stands still until it is let go on. */
async function breakLane(name: string): Promise<() => void> {
  await cloud.call('POST', '/environments', { name });
  await cloud.untilState(name, 'ready');
  const release = cloud.clock.busy();
  cloud.host.durable.terminate(name, 'by hand');
  await cloud.host.durable.waitFor(name, ({ runtimeStatus }) => runtimeStatus === 'Terminated');
  return release;
}

test('an environment whose lane broke is failed, still exists, and goes on with a retry', async () => {
  const release = await breakLane('shop');
  expect((await cloud.call('GET', '/environments/shop')).body).toMatchObject({ name: 'shop', state: 'failed' });
  expect((await cloud.call('POST', '/environments', { name: 'shop' })).status).toBe(409);
  expect((await cloud.call('POST', '/environments/shop/plan')).status).toBe(200);

  expect((await cloud.call('POST', '/environments/shop/retry')).status).toBe(202);
  release();
  await cloud.untilState('shop', 'ready');
  expect((await cloud.call('GET', '/environments/shop')).body).toMatchObject({ state: 'ready' });
});

test('an environment whose lane broke is deleted on request, with all its resources', async () => {
  const release = await breakLane('till');
  const before = JSON.stringify(await cloud.control('GET', '/state'));
  expect(before).toContain('till-fw');
  expect((await cloud.call('DELETE', '/environments/till')).status).toBe(202);
  release();
  await cloud.untilState('till', 'deleted');
  expect(JSON.stringify(await cloud.control('GET', '/state'))).not.toContain('till-fw');
  await cloud.host.durable.waitFor('till', ({ runtimeStatus }) => runtimeStatus === 'Completed');
  expect((await cloud.call('DELETE', '/environments/till')).status).toBe(410);
});

test('an environment whose lane broke is started again by the drift timer, and looks at once', async () => {
  const release = await breakLane('desk');
  const syncsOf = (status: unknown) => (status as { counts?: { syncs: number } } | null)?.counts?.syncs ?? 0;
  const { customStatus } = await cloud.host.durable.waitFor('desk', () => true);
  release();
  await cloud.host.durable.waitFor(
    'desk',
    (instance) => instance.runtimeStatus === 'Running' && syncsOf(instance.customStatus) > syncsOf(customStatus),
  );
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
