import fc from 'fast-check';
import { desiredCluster } from '../../../shared/desired/cluster.ts';
import { desiredFirewall } from '../../../shared/desired/firewall.ts';
import { desiredNetworkRouting, desiredRoutes, desiredSubnetRouting } from '../../../shared/desired/network.ts';
import { isJsonObject, isList, type Json, type JsonObject } from '../../../shared/model/json.ts';
import type { DesiredResource } from '../../../shared/model/resource.ts';
import { leavesOf } from '../../../shared/plan/leaves.ts';
import { planResource } from '../../../shared/plan/mergeResource.ts';
import type { WritableResourcePlan } from '../../../shared/plan/resourcePlan.ts';
import { articleSpec } from '../../support/spec.ts';

const spec = articleSpec({ egress: { presets: ['aks', 'article', 'monitor'] } });
const facts = { firewallPrivateIp: '10.42.2.4', frontends: ['20.62.10.30'], outboundRanges: ['20.1.2.3/32'] };
const resources: readonly DesiredResource[] = [
  desiredFirewall(spec),
  desiredCluster(spec, facts),
  desiredNetworkRouting(spec, facts),
  desiredSubnetRouting(spec),
  desiredRoutes(spec, facts),
];

function planned(desired: DesiredResource, actual: JsonObject): WritableResourcePlan {
  const plan = planResource(desired, actual, spec.name);
  if (plan.action === 'foreign') throw new Error('foreign');
  return plan;
}

/** Properties that no version of this code has heard of. */
const unknown = fc.dictionary(
  fc.stringMatching(/^zz[a-zA-Z.$-]{0,6}$/),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
  {
    maxKeys: 2,
  },
);
const foreignElements = fc.array(
  fc.tuple(fc.stringMatching(/^theirs-[a-z]{1,4}$/), unknown).map(([name, rest]) => ({ ...rest, name })),
  { maxLength: 2 },
);

const isNamed = (value: Json): value is readonly (JsonObject & { name: string })[] =>
  isList(value) && value.length > 0 && value.every((item) => isJsonObject(item) && typeof item['name'] === 'string');

/**
 * A resource as Azure might answer it when it is as wanted: with anything added anywhere, foreign elements in every list,
 * lists in any order, and texts in any case.
 */
function decorated(value: Json, key = ''): fc.Arbitrary<Json> {
  if (isNamed(value)) {
    const elements = fc.tuple(...value.map((item) => decorated(item)));
    // The rules of an owned collection are ours alone.
    const foreign = key === 'rules' ? fc.constant([]) : foreignElements;
    return fc.tuple(elements, foreign).chain(([own, others]) => shuffled([...own, ...others]));
  }
  if (isList(value)) return shuffled(value);
  if (isJsonObject(value)) {
    const known = Object.entries(value).map(([name, inner]) =>
      (name === 'tags' ? fc.constant(inner ?? null) : decorated(inner ?? null, name)).map(
        (item) => [name, item] as const,
      ),
    );
    return fc
      .tuple(fc.tuple(...known), unknown, fc.boolean())
      .map(([own, others, first]) =>
        first ? { ...others, ...Object.fromEntries(own) } : { ...Object.fromEntries(own), ...others },
      );
  }
  return typeof value === 'string' ? fc.constantFrom(value, value.toUpperCase()) : fc.constant(value);
}

const shuffled = (items: readonly Json[]): fc.Arbitrary<Json> =>
  fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });

const anyActual = (desired: DesiredResource) => decorated(desired.body) as fc.Arbitrary<JsonObject>;

type Keys = readonly string[];

/** The way to every leaf, in the order of `leavesOf`; elements of named lists by name. */
function waysOf(value: Json, way: Keys = []): readonly Keys[] {
  if (isJsonObject(value)) {
    return Object.entries(value).flatMap(([key, inner]) => waysOf(inner ?? null, [...way, key]));
  }
  if (isNamed(value)) return value.flatMap(({ name, ...rest }) => waysOf(rest, [...way, name]));
  return [way];
}

const sameName = (a: Json | undefined, b: string) => typeof a === 'string' && a.toLowerCase() === b.toLowerCase();

/** The value with another one at the end of the way, or without it. */
function altered(value: Json, [key = '', ...rest]: Keys, by: Json | undefined): Json {
  if (isList(value)) {
    return value.map((item) => (isJsonObject(item) && sameName(item['name'], key) ? altered(item, rest, by) : item));
  }
  const object = value as JsonObject;
  if (rest.length > 0) return { ...object, [key]: altered(object[key] ?? null, rest, by) };
  const { [key]: _, ...others } = object;
  return by === undefined ? others : { ...others, [key]: by };
}

/** What is left of a value without everything that is wanted of it. */
function residue(value: Json, wanted: Json): Json {
  if (isNamed(wanted) && isList(value)) {
    return value.map((item) => {
      const own = wanted.find((one) => isJsonObject(item) && sameName(item['name'], one.name));
      return own === undefined ? item : residue(item, own);
    });
  }
  if (!isJsonObject(value) || !isJsonObject(wanted)) return null;
  const entries = Object.entries(value).flatMap(([key, inner]): [string, Json][] => {
    const own = Object.hasOwn(wanted, key) ? wanted[key] : undefined;
    if (own === undefined) return [[key, inner ?? null]];
    const left = residue(inner ?? null, own);
    return left === null ? [] : [[key, left]];
  });
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

describe.each(resources.map((resource) => [resource.kind, resource] as const))('%s', (_kind, desired) => {
  const ways = waysOf(desired.body);
  const paths = leavesOf(desired.body).map(({ path }) => path);
  const breakable = ways
    .map((way, index) => ({ way, path: paths[index] ?? '' }))
    .filter(({ way }) => way[0] !== 'tags');

  /** A resource that has drifted: some of what is wanted is missing or has another value. */
  const drifted = fc
    .tuple(anyActual(desired), fc.subarray(breakable, { minLength: 1 }), fc.boolean())
    .map(([actual, broken, removed]) => ({
      broken: broken.map(({ path }) => path),
      actual: broken.reduce<JsonObject>(
        (body, { way }) => altered(body, way, removed ? undefined : 'something else') as JsonObject,
        actual,
      ),
    }));

  test('what is as wanted is not written, whatever else it holds, in whatever order and case', () => {
    fc.assert(
      fc.property(anyActual(desired), (actual) => {
        const plan = planned(desired, actual);
        expect(plan.differences).toEqual([]);
        expect(plan.body).toBe(actual);
      }),
    );
  });

  test('exactly what differs is changed', () => {
    fc.assert(
      fc.property(drifted, ({ actual, broken }) => {
        const plan = planned(desired, actual);
        expect(plan.action).toBe('modify');
        expect(plan.differences.map(({ path }) => path.toLowerCase()).toSorted()).toEqual(
          broken.map((path) => path.toLowerCase()).toSorted(),
        );
      }),
    );
  });

  test('nothing that is not ours gets lost or changed', () => {
    fc.assert(
      fc.property(drifted, ({ actual }) => {
        const { body } = planned(desired, actual);
        expect(residue(body, desired.body)).toEqual(residue(actual, desired.body));
      }),
    );
  });

  test('once written there is nothing left to write', () => {
    fc.assert(
      fc.property(drifted, ({ actual }) => {
        const { body } = planned(desired, actual);
        expect(planned(desired, body)).toMatchObject({ action: 'none', body });
      }),
    );
  });

  test('planning leaves what it has read alone', () => {
    fc.assert(
      fc.property(drifted, ({ actual }) => {
        const before = JSON.stringify(actual);
        planned(desired, actual);
        expect(JSON.stringify(actual)).toBe(before);
      }),
    );
  });
});
