import type { TestCloud } from '../support/localCloud.ts';
import type { Random } from './random.ts';
import type { Watch } from './watch.ts';
import { ids } from './world.ts';

type Rule = Readonly<Record<string, string | number>>;

/** Kinds of bad weather at Azure Resource Manager, each as one or more rules of local Azure. */
const azure: Readonly<Record<string, (random: Random) => readonly Rule[]>> = {
  throttled: (random) => [{ fault: 'throttled', retryAfterSeconds: 5 + random.below(60), probability: 0.4 }],
  throttledWithoutHint: () => [{ fault: 'throttled', probability: 0.3 }],
  busy: () => [{ fault: 'busy', method: 'PUT', probability: 0.6 }],
  outdated: () => [{ fault: 'outdated', method: 'PUT', probability: 0.4 }],
  unavailable: () => [500, 502, 503].map((status, seed) => ({ fault: 'unavailable', status, probability: 0.25, seed })),
  pollsFail: () =>
    [502, 503].map((status, seed) => ({ fault: 'unavailable', method: 'POLL', status, probability: 0.4, seed })),
  lostRequests: () => [{ fault: 'resetBefore', probability: 0.3 }],
  lostAnswers: () => [{ fault: 'resetAfter', probability: 0.3 }],
  slow: (random) => [{ fault: 'slow', seconds: 1 + random.below(50), probability: 0.3 }],
  operationsFail: () => [{ fault: 'operationFails', probability: 0.5 }],
  operationsSuperseded: () => [{ fault: 'operationFails', status: 'Canceled', probability: 0.5 }],
  operationsStall: (random) => [{ fault: 'operationStalls', seconds: 600 + random.below(3000), probability: 0.4 }],
  stale: () => [{ fault: 'stale', probability: 0.3 }],
  tokenRefused: () => [{ fault: 'unauthenticated', probability: 0.3 }],
  noToken: () => [{ fault: 'unauthenticated', path: '/msi/token' }],
  missingRole: (random) => [
    { fault: 'forbidden', path: random.pick([ids.firewall, ids.cluster, ids.table, ids.network, '*']) },
  ],
  quota: () => [{ fault: 'quotaExceeded', method: 'PUT', probability: 0.5 }],
  down: () => [{ fault: 'unavailable', status: 503 }],
};

const kubernetes = [
  { down: true },
  { slowSeconds: 20 },
  { slowSeconds: 45 },
  { forbidden: true },
  { unauthorized: true },
  { failing: 503 },
  { failing: 429 },
  { cutPage: 1 },
];

const eventGrid = [{ delaySeconds: 120 }, { duplicates: 2 }, { reorder: true }, { lose: 10 }];

/** The longest that one kind of weather lasts. */
const LONGEST_MS = 3 * 3_600_000;

/** Changes the weather. @returns what it is now, and until when (epoch ms) */
export async function change({
  cloud,
  random,
  watch,
}: {
  readonly cloud: TestCloud;
  readonly random: Random;
  readonly watch: Watch;
}): Promise<{ readonly kinds: readonly string[]; readonly until: number }> {
  const until = cloud.clock.now() + 60_000 + random.below(LONGEST_MS);
  const kinds: string[] = [];
  await clear(cloud);
  if (random.happens(0.7)) {
    const [name, rules] = random.pick(Object.entries(azure));
    kinds.push(name);
    // A write that began in it may run on.
    if (name === 'stale' || name === 'slow') watch.allowStale(until + LONGEST_MS);
    const seed = random.below(1_000_000);
    await cloud.control('PUT', '/faults', { rules: rules(random).map((rule) => ({ seed, ...rule })) });
  }
  if (random.happens(0.3)) {
    const faults = random.pick(kubernetes);
    kinds.push(`kubernetes ${JSON.stringify(faults)}`);
    cloud.clusters.find(ids.cluster)?.faults.set(faults);
  }
  if (random.happens(0.3)) {
    const faults = random.pick(eventGrid);
    kinds.push(`events ${JSON.stringify(faults)}`);
    await cloud.control('PUT', '/event-grid', faults);
  }
  return { kinds, until };
}

/** Calm. */
export async function clear(cloud: TestCloud): Promise<void> {
  await cloud.control('PUT', '/faults', { rules: [] });
  await cloud.control('PUT', '/event-grid', {});
  cloud.clusters.find(ids.cluster)?.faults.clear();
}
