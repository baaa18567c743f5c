import fc from 'fast-check';
import { clusterOfRuleName, dnatRuleName, type DnatRuleKey } from '../../../shared/model/natRule.ts';

const key = (changes: Partial<DnatRuleKey> = {}): DnatRuleKey => ({
  cluster: 'aks-egress',
  namespace: 'shop',
  service: 'web',
  port: 80,
  protocol: 'TCP',
  ...changes,
});

const label = fc.oneof(
  fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/),
  fc.constantFrom('web', 'web-api', 'api', 'n'.repeat(63), `${'n'.repeat(62)}m`),
);
const keys: fc.Arbitrary<DnatRuleKey> = fc.record({
  cluster: fc.oneof(fc.stringMatching(/^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/), fc.constantFrom('web', 'web-api')),
  namespace: label,
  service: label,
  port: fc.integer({ min: 1, max: 65_535 }),
  protocol: fc.constantFrom('TCP', 'UDP'),
});

test('a name says whose rule it is', () => {
  expect(dnatRuleName(key())).toBe('aks-egress.shop.web.80.tcp');
});

test('long names are cut and end in a hash of the whole', () => {
  const long = key({ namespace: 'n'.repeat(63), service: 's'.repeat(63) });
  expect(dnatRuleName(long)).toMatch(/^aks-egress\.n{56}_[0-9a-f]{12}$/);
  expect(dnatRuleName(long)).not.toBe(dnatRuleName({ ...long, port: 81 }));
});

test('every name is one that Azure takes, and tells its cluster', () => {
  fc.assert(
    fc.property(keys, (one) => {
      const name = dnatRuleName(one);
      expect(name.length).toBeLessThanOrEqual(80);
      expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9_.-]*[A-Za-z0-9_]$/);
      expect(clusterOfRuleName(name)).toBe(one.cluster);
      expect(clusterOfRuleName(name.toUpperCase())).toBe(one.cluster);
    }),
    { numRuns: 500 },
  );
});

test('two ports never share a name', () => {
  fc.assert(
    fc.property(keys, keys, (a, b) => {
      expect(dnatRuleName(a) === dnatRuleName(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
    { numRuns: 2000 },
  );
});

test.each([
  'inboundrule',
  'a.b.c',
  'aks.shop.web.80',
  'aks.shop.web.80.sctp',
  'aks.shop.web.x.tcp',
  '',
  'a_0123456789ab',
])('%j is not ours', (name) => {
  expect(clusterOfRuleName(name)).toBeUndefined();
});
