import { drawSeconds, latencies, measuredLatencies, type LatencyKind } from '../../../local/azure/latencies.ts';
import { at, objectsAt } from '../../../local/azure/json.ts';
import { buildFirewall, GROUP, NETWORK, startClient } from './client.ts';
import { describeWithReferenceData, referenceJson } from './referenceData.ts';

const kinds = Object.keys(latencies) as LatencyKind[];
const seeds = Array.from({ length: 400 }, (_, seed) => seed);

describe('a drawn latency', () => {
  test.each(kinds)('of %s lies within its range, half of the draws on each side of the median', (kind) => {
    const { low, default: median, high } = latencies[kind];
    const draws = seeds.map((seed) => drawSeconds(seed, kind, '/a', 1));
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(low);
    expect(Math.max(...draws)).toBeLessThanOrEqual(high);
    expect(draws.filter((draw) => draw <= median).length).toBeGreaterThan(seeds.length * 0.4);
    expect(draws.filter((draw) => draw >= median).length).toBeGreaterThan(seeds.length * 0.4);
  });

  test('is the median without a seed', () => {
    expect(kinds.map((kind) => drawSeconds(undefined, kind, '/a', 1))).toEqual(
      kinds.map((kind) => latencies[kind].default),
    );
  });

  test('depends on seed, kind, resource and use, and not on case', () => {
    const draw = (seed: number, kind: LatencyKind, id: string, use: number) => drawSeconds(seed, kind, id, use);
    const one = draw(1, 'azureFirewalls.allocate', '/a', 1);
    expect(draw(1, 'azureFirewalls.allocate', '/A', 1)).toBe(one);
    const others = [
      draw(2, 'azureFirewalls.allocate', '/a', 1),
      draw(1, 'managedClusters.create', '/a', 1),
      draw(1, 'azureFirewalls.allocate', '/b', 1),
      draw(1, 'azureFirewalls.allocate', '/a', 2),
    ];
    expect(new Set([one, ...others]).size).toBe(5);
  });
});

test('two runs with the same seed take the same time for the same writes, another seed another', async () => {
  const run = async (seed: number) => {
    const client = await startClient({ seed });
    await buildFirewall(client);
    const writes = objectsAt(await client.get('/_local/requests'), 'requests').filter(({ write }) => write === true);
    await client.close();
    return writes.map(({ kind, operationSeconds }) => [kind, operationSeconds]);
  };
  const [first, second, other] = [await run(7), await run(7), await run(8)];
  expect(second).toEqual(first);
  expect(other).not.toEqual(first);
});

test('the table and what a seed draws can be asked for', async () => {
  const client = await startClient({ seed: 7 });
  const firewall = `${NETWORK}/azureFirewalls/f`;
  await buildFirewall(client);
  const answer = await client.get(`/_local/latencies?seed=7&resourceId=${firewall}`);
  const log = objectsAt(await client.get('/_local/requests'), 'requests');
  const allocation = log.find(({ kind }) => kind === 'azureFirewalls.allocate');
  expect(at(answer, 'drawn', 'azureFirewalls.allocate')).toBe(allocation?.['operationSeconds']);
  expect(at(await client.get('/_local/latencies'), 'latencies', 'resourceGroups.put')).toEqual({
    low: 1,
    default: 2,
    high: 2,
  });
  expect(log.find(({ path }) => path === GROUP)).toMatchObject({ kind: 'resourceGroups.put', write: true });
  await client.close();
});

describeWithReferenceData('latencies.json', 'the table', () => {
  test('holds the times that were measured', () => {
    const measured = Object.entries(referenceJson('latencies.json') as Record<string, Record<string, unknown>>)
      .filter(([kind]) => kind !== '_')
      .map(([kind, { low, default: median, high }]) => [kind, { low, default: median, high }]);
    expect(measuredLatencies).toEqual(Object.fromEntries(measured));
  });
});
