import { strikeBy, struck, withCloud, type Rule } from '../support/faults.ts';
import { createShop, GROUP } from '../support/shop.ts';

const foreign = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/theirs`;

/** The name of a fault, and its rules. */
const passing: readonly (readonly [string, readonly Rule[]])[] = [
  ['deletions that are throttled', [{ fault: 'throttled', retryAfterSeconds: 20, method: 'DELETE', probability: 0.6 }]],
  ['deletions that meet other operations', [{ fault: 'busy', method: 'DELETE', times: 6 }]],
  ['deletions whose answers are lost', [{ fault: 'resetAfter', method: 'DELETE', probability: 0.7, seed: 2 }]],
  ['deletions that never arrive', [{ fault: 'resetBefore', method: 'DELETE', probability: 0.5 }]],
  ['deletions that fail', [{ fault: 'operationFails', method: 'DELETE', times: 2 }]],
  [
    'a firewall whose deletion is canceled',
    [{ fault: 'operationFails', status: 'Canceled', method: 'DELETE', path: '*/azureFirewalls/*', times: 1 }],
  ],
  ['polls that fail', [{ fault: 'unavailable', status: 502, method: 'POLL', probability: 0.5 }]],
  ['an Azure that is down for a while', [{ fault: 'unavailable', times: 25 }]],
  ['reads that are behind', [{ fault: 'stale', probability: 0.3 }]],
];

test.each(passing)('%s: all that is ours goes, and nothing else', (_name, rules) =>
  withCloud(async (cloud) => {
    await createShop(cloud);
    await cloud.control('PUT', `/state${foreign}`, { location: 'eastus' });
    await strikeBy(cloud, ...rules);
    expect((await cloud.call('DELETE', '/environments/shop')).status).toBe(202);
    const ended = await cloud.untilState('shop', 'deleted', 'failed');
    expect(ended.steps.filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect((await struck(cloud)).some((times) => times > 0)).toBe(true);
    const { resources } = (await cloud.control('GET', '/state')) as { resources: { id: string }[] };
    const left = resources.map(({ id }) => id).filter((id) => id.toLowerCase().includes('shop-rg'));
    expect(left).toEqual([GROUP, foreign]);
  }),
);

test('a deletion that fails each time says so, and a second one ends it', () =>
  withCloud(async (cloud) => {
    await createShop(cloud);
    await strikeBy(cloud, { fault: 'operationFails', method: 'DELETE', path: '*/azureFirewalls/*', code: 'Broken' });
    await cloud.call('DELETE', '/environments/shop');
    const failed = await cloud.untilState('shop', 'deleted', 'failed');
    expect(failed).toMatchObject({ state: 'failed' });
    expect(failed.steps.find(({ name }) => name === 'firewall')?.problem?.code).toBe('Broken');
    await strikeBy(cloud);
    await cloud.call('DELETE', '/environments/shop');
    await cloud.untilState('shop', 'deleted');
    const { resources } = (await cloud.control('GET', '/state')) as { resources: { id: string }[] };
    expect(resources.filter(({ id }) => id.toLowerCase().includes('shop-rg'))).toEqual([]);
  }));
