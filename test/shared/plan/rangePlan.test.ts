import fc from 'fast-check';
import type { DeveloperGrant } from '../../../shared/model/environmentSpec.ts';
import { contains, rangeOf } from '../../../shared/model/ipRange.ts';
import type { JsonObject } from '../../../shared/model/json.ts';
import { planRanges, type RangePlan, type RangePlanInput } from '../../../shared/plan/rangePlan.ts';
import { articleSpec } from '../../support/spec.ts';

const now = new Date('2026-06-01T12:00:00Z');
const frontend = '20.62.10.30';
const app = '203.0.113.10/32';
const own = ['20.62.10.30/32', app];

const clusterWith = (authorizedIPRanges: readonly string[], more: object = {}): JsonObject => ({
  properties: { apiServerAccessProfile: { authorizedIPRanges, ...more } },
});

function planned(actual: readonly string[], changes: Partial<RangePlanInput> = {}): RangePlan {
  return planRanges({
    spec: articleSpec(),
    cluster: clusterWith(actual),
    frontends: [frontend],
    outboundRanges: [app],
    grants: [],
    now,
    ...changes,
  });
}

const hub = '/subscriptions/00000000-0000-0000-0000-0000000000aa/resourceGroups/hub/providers';
const adoptedIds = {
  firewall: `${hub}/Microsoft.Network/azureFirewalls/fw`,
  clusters: [`${hub}/Microsoft.ContainerService/managedClusters/blue`],
};

const grant = (cidr: string, expires?: string): DeveloperGrant => ({
  label: cidr.replaceAll(/[./]/g, '-'),
  cidr,
  ...(expires !== undefined && { expires }),
});
const addresses = (count: number) =>
  Array.from({ length: count }, (_, index) => `21.1.${index >> 8}.${index & 255}/32`);

test('frontends, the app and grants are added to what is there', () => {
  const result = planned(['198.51.100.0/24'], { ownedRanges: [], grants: [grant('20.9.9.9/32')] });
  expect(result).toEqual({
    ranges: ['198.51.100.0/24', ...own, '20.9.9.9/32'],
    ownedRanges: ['20.62.10.30/32', '20.9.9.9/32', app].toSorted(),
    added: [...own, '20.9.9.9/32'],
    removed: [],
    problems: [],
  });
});

test('an address that an adopted firewall has is left in the list where its owner has put it', () => {
  const adopted = { ...articleSpec(), adopt: { ...adoptedIds, fix: [] } };
  const input = { spec: adopted, ownedRanges: [] };
  const before = planned([...own, '20.62.10.31/32'], { ...input, frontends: [frontend, '20.62.10.31'] });
  expect(before.ownedRanges).toEqual([]);
  expect(planned([...own, '20.62.10.31/32'], { ...input, ownedRanges: before.ownedRanges }).removed).toEqual([]);
});

test('another order and spelling is no change', () => {
  expect(planned([app, frontend]).ranges).toBeUndefined();
});

test('what is covered is no change, and not owned', () => {
  const result = planned(['20.0.0.0/8', app], { grants: [grant('20.9.9.9/32')] });
  expect(result).toMatchObject({ added: [], removed: [], ownedRanges: [app] });
  expect(result.ranges).toBeUndefined();
});

test('a revoked grant goes, a foreign entry stays as it is spelled', () => {
  const result = planned([...own, '20.9.9.9/32', '198.51.100.7'], { ownedRanges: [...own, '20.9.9.9/32'] });
  expect(result.ranges).toEqual([...own, '198.51.100.7']);
  expect(result.removed).toEqual(['20.9.9.9/32']);
});

test('what is being removed stays recorded until it is gone', () => {
  const before = { ownedRanges: [...own, '20.9.9.9/32'] };
  expect(planned([...own, '20.9.9.9/32'], before).ownedRanges).toContain('20.9.9.9/32');
  expect(planned(own, before).ownedRanges).toEqual(own.toSorted());
});

test('a grant ends by itself, whether it comes from the spec or was made at run time', () => {
  const developers = [{ label: 'ana', cidr: '20.7.7.7', expires: '2026-06-01T11:59:59Z' }];
  const actual = [...own, '20.7.7.7/32', '20.8.8.8/32', '20.9.9.9/32'];
  const result = planned(actual, {
    spec: articleSpec({ access: { developers } }),
    grants: [grant('20.8.8.8/32', '2026-06-01T12:00:00Z'), grant('20.9.9.9/32', '2026-06-01T12:00:01Z')],
    ownedRanges: actual,
  });
  expect(result.removed).toEqual(['20.7.7.7/32', '20.8.8.8/32']);
});

test('when a wide grant ends, what it covered is added', () => {
  const result = planned([...own, '20.9.0.0/16'], {
    grants: [grant('20.9.9.9/32')],
    ownedRanges: [...own, '20.9.0.0/16'],
  });
  expect(result.ranges).toEqual([...own, '20.9.9.9/32']);
});

test('at the first look after the creation, what is wanted and there is ours', () => {
  const first = planned([...own, '198.51.100.0/24'], { grants: [grant('198.51.100.9/32')] });
  expect(first.ownedRanges).toEqual(own.toSorted());
});

describe('the list is never emptied, nor switched on or off by mistake', () => {
  test('a cluster of ours that somebody has opened is restricted again', () => {
    expect(planned([]).ranges).toEqual(own);
  });

  test('one that is not to be restricted stays open', () => {
    const adopting = articleSpec({ adopt: adoptedIds });
    expect(planned([], { spec: adopting })).toMatchObject({ added: [], removed: [], problems: [] });
  });

  test('a private cluster is left alone', () => {
    const cluster = clusterWith([], { enablePrivateCluster: true });
    expect(planned([], { cluster })).toEqual({ ownedRanges: [], added: [], removed: [], problems: [] });
  });

  test('with nothing wanted nothing is written, and that is said', () => {
    const result = planned(['20.9.9.9/32'], { frontends: [], outboundRanges: [], ownedRanges: ['20.9.9.9/32'] });
    expect(result.ranges).toBeUndefined();
    expect(result.problems).toMatchObject([{ message: expect.stringContaining('empty') }]);
  });
});

describe('200 ranges at most', () => {
  test('the app and the firewall come first, and the 201st is told', () => {
    const grants = addresses(199).map((cidr) => grant(cidr));
    const result = planned([], { grants });
    expect(result.ranges).toHaveLength(200);
    expect(result.ranges?.slice(0, 2)).toEqual(own);
    expect(result.problems).toMatchObject([{ message: expect.stringContaining('21.1.0.99/32 is not authorized') }]);
  });

  test('a longer list that is there already is left alone', () => {
    const actual = [...own, ...addresses(300)];
    expect(planned(actual, { ownedRanges: [] }).ranges).toBeUndefined();
  });
});

test('whatever the history: never empty, foreign entries stay, the second plan is empty, everybody wanted gets in', () => {
  const cidr = fc.constantFrom(
    '20.9.9.9/32',
    '20.9.0.0/16',
    '20.8.8.8/32',
    '198.51.100.0/24',
    '198.51.100.7',
    frontend,
  );
  const grants = fc.uniqueArray(
    fc.record({ cidr, expires: fc.constantFrom('2026-06-01T11:00:00Z', '2026-06-01T13:00:00Z', undefined) }),
    { maxLength: 4, selector: (one) => one.cidr },
  );
  const history = fc.record({
    actual: fc.uniqueArray(fc.oneof(cidr, fc.constantFrom(...own)), { maxLength: 5 }),
    owned: fc.option(fc.uniqueArray(cidr, { maxLength: 4 }), { nil: undefined }),
    grants: grants.map((some) => some.map((one) => grant(one.cidr, one.expires))),
  });
  fc.assert(
    fc.property(history, ({ actual, owned, grants: some }) => {
      const changes = { grants: some, ...(owned !== undefined && { ownedRanges: owned }) };
      const first = planned(actual, changes);
      const after = first.ranges ?? actual;
      expect(after.length).toBeGreaterThan(0);
      const recorded = new Set(owned ?? first.ownedRanges);
      const foreign = actual.filter((one) => !recorded.has(one) && !recorded.has(rangeOf(one)?.cidr ?? ''));
      for (const one of foreign) expect(after).toContain(one);
      const standing = some.filter(({ expires }) => expires !== '2026-06-01T11:00:00Z').map((one) => one.cidr);
      for (const one of [...own, ...standing]) {
        const wanted = rangeOf(one);
        const covered = after.some((text) => {
          const range = rangeOf(text);
          return range !== undefined && wanted !== undefined && contains(range, wanted);
        });
        expect(covered).toBe(true);
      }
      const second = planned(after, { grants: some, ownedRanges: first.ownedRanges });
      expect(second).toMatchObject({ added: [], removed: [] });
    }),
    { numRuns: 1000 },
  );
});
