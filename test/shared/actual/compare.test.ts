import { sameId, sameLocation, sameValue } from '../../../shared/actual/compare.ts';
import type { Json } from '../../../shared/model/json.ts';

test('what Azure writes differently is the same', () => {
  expect(sameId('/subscriptions/x/resourceGroups/A', '/subscriptions/x/resourcegroups/a')).toBe(true);
  expect(sameLocation('East US', 'eastus')).toBe(true);
  expect(sameValue('1.2.3.4', '1.2.3.4/32')).toBe(true);
  expect(sameValue(443, '443')).toBe(true);
  expect(sameValue(['10.0.0.0/8', '1.2.3.4'], ['1.2.3.4/32', '10.0.0.0/8', '1.2.3.4'])).toBe(true);
});

test('what differs is not', () => {
  expect(sameId('/a/b', '/a/bc')).toBe(false);
  expect(sameLocation('eastus', 'eastus2')).toBe(false);
  expect(sameValue('1.2.3.0/24', '1.2.3.0/25')).toBe(false);
  expect(sameValue('80', 8080)).toBe(false);
  expect(sameValue(['a'], ['a', 'b'])).toBe(false);
});

test.each<[string, Json, Json, boolean]>([
  ['enumerations in another case', 'Standard', 'standard', true],
  ['a flag as text', true, 'true', true],
  ['a port as number', 80, '80', true],
  ['objects in another order', { a: 1, b: [1, 2] }, { b: [2, 1], a: 1 }, true],
  ['objects with a property more', { a: 1 }, { a: 1, b: 2 }, false],
  ['a list and its text', ['a'], 'a', false],
  ['nothing and none', null, 'none', false],
])('%s', (_what, a, b, same) => {
  expect(sameValue(a, b)).toBe(same);
});
