import { asText, type Json } from '../../local/azure/json.ts';
import { endState } from '../support/endState.ts';
import { acceptedWrites, strikeBy, struck, withCloud, type Rule } from '../support/faults.ts';
import type { TestCloud } from '../support/localCloud.ts';

interface Shown {
  readonly state: string;
  readonly steps: readonly {
    readonly name: string;
    readonly state: string;
    readonly problem?: { readonly code: string; readonly message: string; readonly remedy: string };
  }[];
}

const firewall = '*/azureFirewalls/shop-fw';
const cluster = '*/managedClusters/shop';
const table = '*/routeTables/shop-fwrt';

/** Starts the environment, waits for the first sync, and answers what is shown. */
async function create(cloud: TestCloud): Promise<Shown> {
  const answer = await cloud.call('POST', '/environments', { name: 'shop' });
  expect([answer.status, answer.text]).toEqual([202, expect.anything()]);
  return settled(cloud);
}

async function settled(cloud: TestCloud): Promise<Shown> {
  const { customStatus } = await cloud.host.durable.waitFor('shop', ({ customStatus: status }) => {
    const { state, counts } = (status ?? {}) as { state?: string; counts?: { syncs: number } };
    return state === 'failed' || (state === 'ready' && (counts?.syncs ?? 0) > 0);
  });
  return customStatus as Shown;
}

let undisturbed: { readonly state: Json; readonly writes: readonly string[] };
beforeAll(() =>
  withCloud(async (cloud) => {
    expect((await create(cloud)).state).toBe('ready');
    undisturbed = { state: await endState(cloud), writes: await acceptedWrites(cloud) };
  }),
);

/** The name of a fault, the rules, and how many writes more than undisturbed they may lead to. */
const passing: readonly (readonly [string, readonly Rule[], number])[] = [
  [
    '429 with Retry-After on every write',
    [{ fault: 'throttled', retryAfterSeconds: 30, method: 'PUT', probability: 0.6 }],
    0,
  ],
  ['429 without Retry-After on reads', [{ fault: 'throttled', method: 'GET', probability: 0.1, seed: 2 }], 0],
  ['409 AnotherOperationInProgress on the firewall', [{ fault: 'busy', method: 'PUT', path: firewall, times: 5 }], 0],
  ['409 OperationNotAllowed on the cluster', [{ fault: 'busy', method: 'PUT', path: cluster, times: 5 }], 0],
  ['412 on the cluster', [{ fault: 'outdated', method: 'PUT', path: cluster, times: 1 }], 0],
  [
    '500, 502 and 503 on writes',
    [500, 502, 503].map((status, seed) => ({ fault: 'unavailable', status, method: 'PUT', probability: 0.4, seed })),
    0,
  ],
  [
    '502 and 503 on polls',
    [502, 503].map((status, seed) => ({ fault: 'unavailable', status, method: 'POLL', probability: 0.4, seed })),
    0,
  ],
  ['connections lost before writes are accepted', [{ fault: 'resetBefore', method: 'PUT', probability: 0.5 }], 0],
  [
    'connections lost after writes were accepted',
    [{ fault: 'resetAfter', method: 'PUT', probability: 0.5, seed: 3 }],
    0,
  ],
  [
    'connections lost on reads and polls',
    [
      { fault: 'resetBefore', method: 'GET', probability: 0.1 },
      { fault: 'resetBefore', method: 'POLL', probability: 0.3 },
    ],
    0,
  ],
  ['slow answers', [{ fault: 'slow', seconds: 45, probability: 0.2 }], 0],
  ['a firewall whose creation fails', [{ fault: 'operationFails', method: 'PUT', path: firewall, times: 1 }], 1],
  [
    'a firewall whose creation is superseded',
    [{ fault: 'operationFails', status: 'Canceled', method: 'PUT', path: firewall, times: 1 }],
    1,
  ],
  ['a cluster whose creation fails', [{ fault: 'operationFails', method: 'PUT', path: cluster, times: 2 }], 2],
  ['routes that fail', [{ fault: 'operationFails', method: 'PUT', path: table, after: 1, times: 1 }], 1],
  ['a firewall that takes an hour', [{ fault: 'operationStalls', seconds: 3600, method: 'PUT', path: firewall }], 0],
  ['reads that are behind', [{ fault: 'stale', probability: 0.3 }], 6],
  ['a token that is refused', [{ fault: 'unauthenticated', after: 20, times: 3 }], 0],
  [
    'an endpoint that gives no token for a while',
    [{ fault: 'unauthenticated', path: '/msi/token', after: 1, times: 3 }],
    0,
  ],
];

test.each(passing)('%s: the environment is as it would have been', (_name, rules, more) =>
  withCloud(async (cloud) => {
    const answer = await cloud.call('GET', '/health');
    expect(answer.status).toBeLessThan(500);
    await strikeBy(cloud, ...rules);
    const shown = await started(cloud);
    expect(shown.steps.filter(({ state }) => state === 'failed')).toEqual([]);
    expect(shown.state).toBe('ready');
    if (!rules.some(({ path }) => path === '/msi/token'))
      expect((await struck(cloud)).reduce((sum, one) => sum + one)).toBeGreaterThan(0);
    await strikeBy(cloud);
    const writes = await acceptedWrites(cloud);
    expect(writes.length).toBeLessThanOrEqual(undisturbed.writes.length + more);
    expect(await endState(cloud)).toEqual(undisturbed.state);
  }),
);

/** The POST itself asks Azure, and says so when it can't: then the caller tries again. */
async function started(cloud: TestCloud): Promise<Shown> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const { status, body, text } = await cloud.call('POST', '/environments', { name: 'shop' });
    if (status === 202) return settled(cloud);
    expect([text, [502, 503, 429].includes(status)]).toEqual([text, true]);
    expect(body).toMatchObject({ remedy: expect.any(String) });
  }
  throw new Error('It could not be started.');
}

/** What needs somebody: which step fails, with which code, and what the remedy speaks of. */
const needsSomebody: readonly (readonly [string, Rule, string, string, RegExp])[] = [
  [
    'a missing role',
    { fault: 'forbidden', method: 'PUT', path: firewall },
    'firewall',
    'AuthorizationFailed',
    /Gatehouse Syncer.*azureFirewalls\/shop-fw.*Network Contributor/,
  ],
  [
    'a quota that is exceeded',
    { fault: 'quotaExceeded', method: 'PUT', path: cluster },
    'cluster',
    'ErrCode_InsufficientVCPUQuota',
    /refused/,
  ],
  [
    'a firewall that fails again and again',
    { fault: 'operationFails', method: 'PUT', path: firewall, code: 'Broken' },
    'firewall',
    'Broken',
    /activity log/,
  ],
  [
    'an operation that fails for want of quota',
    { fault: 'operationFails', method: 'PUT', path: cluster, code: 'QuotaExceeded' },
    'cluster',
    'QuotaExceeded',
    /retry/,
  ],
  [
    'an operation that never ends',
    { fault: 'operationStalls', method: 'PUT', path: '*/virtualNetworks/shop-vnet', times: 1, seconds: 7200 },
    'virtualNetwork',
    'TakesTooLong',
    /activity log/,
  ],
  [
    'Azure that refuses for hours',
    { fault: 'unavailable', method: 'PUT', path: firewall },
    'firewall',
    'RefusedTooOften',
    /status/,
  ],
];

test.each(needsSomebody)(
  '%s: the step fails with what to do, and a retry goes on where it stopped',
  (_name, rule, step, code, remedy) =>
    withCloud(async (cloud) => {
      await strikeBy(cloud, rule);
      const failed = await create(cloud);
      expect(failed.state).toBe('failed');
      const problems = failed.steps
        .filter(({ problem }) => problem !== undefined)
        .map(({ name, problem }) => [name, problem?.code]);
      expect(problems).toEqual([[step, code]]);
      expect(failed.steps.find(({ name }) => name === step)?.problem?.remedy).toMatch(remedy);
      await strikeBy(cloud);
      if (rule['fault'] === 'operationStalls') await cloud.clock.sleep(7_200_000);
      expect((await cloud.call('POST', '/environments/shop/retry')).status).toBe(202);
      await cloud.untilState('shop', 'provisioning');
      expect((await settled(cloud)).state).toBe('ready');
      expect(await endState(cloud)).toEqual(undisturbed.state);
      const path = asText(rule['path']).replaceAll('*', '');
      const others = (writes: readonly string[]) => writes.filter((write) => !write.endsWith(path));
      expect(others(await acceptedWrites(cloud))).toHaveLength(others(undisturbed.writes).length);
    }),
);
