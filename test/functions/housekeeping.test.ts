import { startTestCloud, type TestCloud } from '../support/localCloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  // Long ago for the app, whose clock is the wall's: everything that has ended is old.
  cloud = await startTestCloud({ start: Date.UTC(2025, 0, 1) });
  await cloud.call('POST', '/environments', { name: 'shop' });
  await cloud.untilState('shop', 'ready', 'failed');
  // On the next full hour and seven minutes.
  await cloud.clock.sleep(2 * 3_600_000);
});
afterAll(() => cloud.close());

const named = (...names: string[]) => cloud.host.durable.query({}).instances.filter(({ name }) => names.includes(name));

test('passes that have ended are purged, and the task hub stays small', () => {
  const passes = named('provision', 'sync', 'accessPass');
  // What the last drift check left, and nothing of the creation.
  expect(passes.filter(({ name }) => name === 'provision')).toEqual([]);
  expect(passes.length).toBeLessThan(20);
});

test('lanes stay, deleted ones too: their last word is still asked for', async () => {
  expect(
    named('firewallLane', 'accessLane')
      .map(({ instanceId }) => instanceId)
      .sort(),
  ).toEqual(['shop', 'shop.shop']);
  await cloud.call('DELETE', '/environments/shop');
  await cloud.untilState('shop', 'deleted');
  await cloud.clock.sleep(2 * 3_600_000);
  expect((await cloud.call('GET', '/environments/shop')).body).toMatchObject({ state: 'deleted' });
});
