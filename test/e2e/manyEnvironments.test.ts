import type { EnvironmentStatus } from '../../shared/model/environmentStatus.ts';
import { readShare } from '../support/readBucket.ts';
import { strikeBy } from '../support/faults.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';

const COUNT = 12;
const names = Array.from({ length: COUNT }, (_, index) => `team-${String(index).padStart(2, '0')}`);
const FAILING = 'team-03';
const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-0000000000aa';
const QUARTER_MS = 15 * 60_000;

let cloud: TestCloud;
/** Times of reads, epoch ms, Azure time. */
const reads: number[] = [];
beforeEach(async () => {
  reads.length = 0;
  cloud = await startTestCloud({
    onRequest: ({ method, path, time }) => {
      if (method === 'GET' && path.startsWith('/subscriptions/')) reads.push(time);
    },
  });
});
afterEach(() => cloud.close());

const statusOf = (name: string) => cloud.host.durable.status(name)?.customStatus as EnvironmentStatus;
const syncsOf = () => Object.fromEntries(names.map((name) => [name, statusOf(name).counts.syncs]));

/** Waits for the next full check of every environment, and answers when each one's ended, in seconds after it began. */
async function nextCheck(): Promise<Readonly<Record<string, number>>> {
  const began = Math.ceil(cloud.clock.now() / QUARTER_MS) * QUARTER_MS;
  await cloud.clock.sleep(began - cloud.clock.now() - 1);
  const before = syncsOf();
  reads.length = 0;
  while (names.some((name) => (syncsOf()[name] ?? 0) <= (before[name] ?? 0))) await cloud.clock.sleep(1000);
  return Object.fromEntries(
    names.map((name) => [name, (Date.parse(statusOf(name).sync?.lastTime ?? '') - began) / 1000]),
  );
}

test('many environments are checked one after another, and none waits for one that fails', async () => {
  for (const name of names) {
    const { status } = await cloud.call('POST', '/environments', { name, cluster: { nodeCount: 1 } });
    expect(status).toBe(202);
    await cloud.clock.sleep(10_000);
  }
  for (const name of names) {
    await cloud.host.durable.waitFor(name, ({ customStatus }) => {
      const status = customStatus as EnvironmentStatus | null;
      return status?.state === 'ready' && status.counts.syncs > 0;
    });
  }
  const calm = await nextCheck();
  // Of the bucket of reads that Azure Resource Manager gives an identity in a subscription.
  expect(readShare(reads)).toBeLessThanOrEqual(0.1);
  const starts = Object.values(calm).toSorted((a, b) => a - b);
  expect((starts.at(-1) ?? 0) - (starts[0] ?? 0)).toBeGreaterThanOrEqual(COUNT);

  await strikeBy(cloud, { fault: 'forbidden', path: `${SUBSCRIPTION}/resourceGroups/${FAILING}-rg/*` });
  const troubled = await nextCheck();
  expect(statusOf(FAILING).sync?.lastResult).toBe('failed');
  const others = names.filter((name) => name !== FAILING);
  expect(others.map((name) => statusOf(name).sync?.lastResult)).toEqual(others.map(() => 'done'));
  expect(others.filter((name) => (troubled[name] ?? 0) > (calm[name] ?? 0) + 2)).toEqual([]);
});
