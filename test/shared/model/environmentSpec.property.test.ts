import fc from 'fast-check';
import { parseEnvironmentSpec } from '../../../shared/model/environmentSpec.ts';
import { articleSpec, specContext } from '../../support/spec.ts';

const frozen = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));

/** Either a frozen spec that parses to itself, or problems that say what to do. */
function expectVerdict(input: unknown): void {
  const result = parseEnvironmentSpec(input, specContext);
  if (result.ok) {
    expect(frozen(result.spec)).toBe(true);
    expect(parseEnvironmentSpec(structuredClone(result.spec), specContext)).toEqual(result);
  } else {
    expect(result.problems.length).toBeGreaterThan(0);
    expect(result.problems.every(({ message, remedy }) => message !== '' && remedy !== '')).toBe(true);
  }
}

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

const placesIn = (spec: object): [object, Path][] => pathsOf(spec).map((path) => [spec, path]);

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<PropertyKey, unknown>;
  Object.defineProperty(copy, key, {
    value: replaced(copy[key], rest, by),
    enumerable: true,
    configurable: true,
    writable: true,
  });
  return copy;
}

const whole = {
  ...articleSpec({
    access: { developers: [{ label: 'ana', cidr: '20.1.2.3' }] },
    cluster: { version: '1.33' },
    egress: {
      allow: {
        application: [{ name: 'registry', fqdns: ['*.example.com'] }],
        network: [{ name: 'db', destinations: ['Sql.EastUS'], ports: ['1433'] }],
      },
    },
  }),
  adopt: { firewall: '/x', clusters: ['/y'], routeTable: '/z' },
};

/** The same with a list of clusters. */
const listed = articleSpec({
  clusters: [
    { name: 'blue', version: '1.33', nodePools: [{ name: 'more' }], subnet: '10.42.16.0/20' },
    { name: 'green', cni: 'azure-overlay', identity: 'user-assigned', entra: {}, private: true },
  ],
});
const specs = [whole, listed];

const surprise = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(undefined, NaN, Infinity, -0, '__proto__', '10.0.0.0/99', '10.42.1.0/24', '*', 'x'.repeat(10_000)),
  fc.ipV4(),
);

test('any JSON is either a spec or a list of problems, and nothing ever throws', () => {
  fc.assert(fc.property(fc.jsonValue(), expectVerdict), { numRuns: 300 });
});

test('so is a good spec with anything at any place', () => {
  fc.assert(
    fc.property(fc.constantFrom(...specs.flatMap(placesIn)), surprise, ([spec, path], value) => {
      expectVerdict(replaced(spec, path, value));
    }),
    // An object that can't be turned into text has once thrown.
    { numRuns: 2000, examples: [[[whole, ['firewall', 'tier']], { toString: '' }]] },
  );
});

test('so is a good spec with any further field at any place', () => {
  const objects = specs.flatMap(placesIn).filter(([spec, path]) => {
    const value = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], spec);
    return typeof value === 'object' && !Array.isArray(value);
  });
  fc.assert(
    fc.property(fc.constantFrom(...objects), fc.string(), fc.jsonValue(), ([spec, path], key, value) => {
      expectVerdict(replaced(spec, [...path, key], value));
    }),
    { numRuns: 700 },
  );
});

test('own properties called __proto__ are unknown fields like any other', () => {
  const input: unknown = JSON.parse('{"name":"shop","__proto__":{"location":"westus"},"network":{"__proto__":1}}');
  const result = parseEnvironmentSpec(input, specContext);
  expect(result).toMatchObject({ ok: false });
});
