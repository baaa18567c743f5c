import fc from 'fast-check';
import { mergePatch } from '../../../local/kubernetes/patches.ts';
import { serviceSchema } from '../../../local/kubernetes/schemas.ts';
import { strategicMerge } from '../../../local/kubernetes/strategicMerge.ts';
import type { JsonObject } from '../../../local/kubernetes/json.ts';

const merge = (target: JsonObject, patch: JsonObject) => strategicMerge(serviceSchema, target, patch);
const ports = (...numbers: readonly number[]) => ({ spec: { ports: numbers.map((port) => ({ port })) } });

test.each([
  [
    'null takes a field out',
    { metadata: { labels: { a: '1', b: '2' } } },
    { metadata: { labels: { a: null } } },
    { metadata: { labels: { b: '2' } } },
  ],
  [
    'a list without merge key is replaced',
    { spec: { externalIPs: ['1.1.1.1'] } },
    { spec: { externalIPs: ['2.2.2.2'] } },
    { spec: { externalIPs: ['2.2.2.2'] } },
  ],
  [
    'ports merge by their number',
    ports(80, 443),
    { spec: { ports: [{ port: 443, name: 'tls' }] } },
    { spec: { ports: [{ port: 80 }, { port: 443, name: 'tls' }] } },
  ],
  ['a port is deleted by directive', ports(80, 443), { spec: { ports: [{ port: 80, $patch: 'delete' }] } }, ports(443)],
  [
    'a list is replaced by directive',
    ports(80, 443),
    { spec: { ports: [{ $patch: 'replace' }, { port: 1 }] } },
    ports(1),
  ],
  [
    'a map is replaced by directive',
    { spec: { selector: { a: 'b' } } },
    { spec: { selector: { $patch: 'replace', c: 'd' } } },
    { spec: { selector: { c: 'd' } } },
  ],
  [
    'the order asked for is kept',
    ports(1, 2, 3),
    { spec: { '$setElementOrder/ports': [{ port: 3 }, { port: 1 }, { port: 2 }] } },
    ports(3, 1, 2),
  ],
  [
    'what only the server knows stays behind its neighbour',
    ports(1, 9, 2),
    { spec: { '$setElementOrder/ports': [{ port: 2 }, { port: 1 }] } },
    ports(2, 1, 9),
  ],
  [
    'finalizers are a set',
    { metadata: { finalizers: ['x/a'] } },
    { metadata: { finalizers: ['x/b', 'x/a'] } },
    { metadata: { finalizers: ['x/a', 'x/b'] } },
  ],
  [
    'values are taken out of a set',
    { metadata: { finalizers: ['x/a', 'x/b'] } },
    { metadata: { '$deleteFromPrimitiveList/finalizers': ['x/a'] } },
    { metadata: { finalizers: ['x/b'] } },
  ],
  [
    'only the named keys are retained',
    { spec: { type: 'a', clusterIP: 'b' } },
    { spec: { $retainKeys: ['type'], type: 'c' } },
    { spec: { type: 'c' } },
  ],
])('%s', (_what, target, patch, expected) => {
  expect(merge(target as JsonObject, patch as unknown as JsonObject)).toEqual(expected);
});

test('a port without its number is refused', () => {
  expect(() => merge(ports(80), { spec: { ports: [{ name: 'x' }] } })).toThrow(
    'does not contain declared merge key: port',
  );
});

test('where there are no lists and directives, it is a JSON merge patch', () => {
  const labels = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.option(fc.string(), { nil: null }));
  const plain = fc.record({ metadata: fc.record({ labels, annotations: labels }) });
  fc.assert(
    fc.property(plain, plain, (target, patch) => {
      expect(merge(target, patch)).toEqual(mergePatch(target, patch));
    }),
  );
});
