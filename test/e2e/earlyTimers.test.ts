import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { CLUSTER, createShop, FIREWALL, type Shop } from '../support/shop.ts';

/** Timers that fire early, as those of Azure Storage do: nothing begins before its time, and nobody turns in circles until it comes. */

const MINUTE_MS = 60_000;
const HOME = '198.51.100.9/32';

let cloud: TestCloud;
let shop: Shop;
beforeAll(async () => {
  // Expiries are judged by the app's clock before they get to the lane's: both begin on the same day here.
  cloud = await startTestCloud({ start: Date.now(), queueLagMs: 300 });
  shop = await createShop(cloud);
});
afterAll(() => cloud.close());

/** Waits until a drift check is over, and tells a moment before the next one at which no light pass comes either, epoch ms. */
async function quietMoment(): Promise<number> {
  const quarter = 15 * MINUTE_MS;
  const check = Math.ceil(cloud.clock.now() / quarter) * quarter;
  await cloud.clock.sleep(check + 2 * MINUTE_MS - cloud.clock.now());
  return check + 7 * MINUTE_MS + 30_000;
}

/** When the app has asked for a resource within the last seconds before a time, and after it, epoch ms. */
async function looksAround(path: string, time: number): Promise<{ before: number[]; after: number[] }> {
  const { requests } = (await cloud.control('GET', '/requests')) as {
    requests: { time: number; method: string; path: string }[];
  };
  const looks = requests.filter((request) => request.method === 'GET' && request.path === path).map((one) => one.time);
  return {
    before: looks.filter((look) => look >= time - 20_000 && look < time),
    after: looks.filter((look) => look >= time && look < time + 20_000),
  };
}

test('an environment is created as ever, and no wait is spent in circles', async () => {
  const { body } = await cloud.call('GET', '/environments/shop');
  expect(body).toMatchObject({ state: 'ready', counts: { writes: 11, firewallWrites: 1 } });
  const polls = await shop.sync();
  expect(polls.sync).toMatchObject({ lastResult: 'done' });
  // A timer for each wait and one more for what its early firing left; without it there were twice as many turns.
  const { turns, activities } = cloud.host.durable.stats;
  expect(turns).toBeLessThan(5 * activities);
});

test('a service is published, and a rule that goes is repaired', async () => {
  await shop.apply('web');
  await shop.until(({ counts, sync }) => counts.publications === 1 && sync?.running === false);
  const { driftRepairs } = (await shop.until(() => true)).counts;
  await cloud.control('DELETE', `/state${FIREWALL}/natRuleCollections/shop`);
  await shop.sync();
  expect((await shop.until(() => true)).counts.driftRepairs).toBeGreaterThan(driftRepairs);
  expect(await shop.rules()).toHaveLength(1);
});

test('a grant ends when it should and not before, with one look', async () => {
  const expires = await quietMoment();
  await cloud.call('PUT', '/environments/shop/grants/ana', { cidr: HOME, expires: new Date(expires).toISOString() });
  const isIn = async () => {
    const cluster = (await cloud.control('GET', `/state${CLUSTER}`)) as {
      properties: { apiServerAccessProfile: { authorizedIPRanges: string[] } };
    };
    return cluster.properties.apiServerAccessProfile.authorizedIPRanges.includes(HOME);
  };
  await cloud.clock.sleep(expires - cloud.clock.now() - 20_000);
  expect(await isIn()).toBe(true);
  await cloud.clock.sleep(10 * MINUTE_MS);
  expect(await isIn()).toBe(false);
  const { before, after } = await looksAround(CLUSTER, expires);
  expect(before).toEqual([]);
  expect(after).not.toEqual([]);
});

test('a look that is put off begins when it is due and not before', async () => {
  const due = await quietMoment();
  const time = new Date(cloud.clock.now()).toISOString();
  const notBefore = new Date(due).toISOString();
  cloud.host.durable.raiseEvent('shop', 'signal', { kind: 'sync', id: 'put-off', time, reason: 'manual', notBefore });
  await cloud.clock.sleep(due - cloud.clock.now() + MINUTE_MS);
  const { before, after } = await looksAround(FIREWALL, due);
  expect(before).toEqual([]);
  expect(after).toHaveLength(1);
});
