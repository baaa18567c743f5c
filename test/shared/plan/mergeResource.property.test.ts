import fc from 'fast-check';
import { desiredCluster } from '../../../shared/desired/cluster.ts';
import { ownCollectionNames } from '../../../shared/desired/egress.ts';
import { desiredFirewall } from '../../../shared/desired/firewall.ts';
import { desiredNetworkRouting, desiredRoutes, desiredSubnetRouting } from '../../../shared/desired/network.ts';
import { presetsOfCloud } from '../../../shared/model/presetsOfCloud.ts';
import { isJsonObject, isList, jsonAt, stringAt, type Json, type JsonObject } from '../../../shared/model/json.ts';
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

const ownNames = ownCollectionNames;
const collectionLists = ['applicationRuleCollections', 'networkRuleCollections'] as const;

interface StaleCollection {
  readonly list: (typeof collectionLists)[number];
  readonly collection: JsonObject & { readonly name: string };
}

/** Collections of ours that a resource may still hold though its spec no longer calls for them; only a firewall has any. */
function staleCollections({ kind, body }: DesiredResource): fc.Arbitrary<readonly StaleCollection[]> {
  if (kind !== 'firewall') return fc.constant([]);
  const candidates = collectionLists.flatMap((list) =>
    ownNames[list].filter((name) => !namesIn(body, list).includes(name)).map((name) => ({ list, name })),
  );
  return fc
    .tuple(fc.subarray(candidates), fc.boolean(), unknown)
    .map(([some, capitals, rest]) =>
      some.map(({ list, name }) => ({ list, collection: { ...rest, name: capitals ? name.toUpperCase() : name } })),
    );
}

const listIn = (body: JsonObject, list: string) => jsonAt(body, 'properties', list) as readonly JsonObject[];
const namesIn = (body: JsonObject, list: string) => listIn(body, list).map((one) => one['name']);

/** The body with one more collection in front of all others. */
function holding(body: JsonObject, { list, collection }: StaleCollection): JsonObject {
  return {
    ...body,
    properties: { ...(body['properties'] as JsonObject), [list]: [collection, ...listIn(body, list)] },
  };
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

  /**
   * A resource that has drifted: some of what is wanted is missing or has another value, and some of what is ours is no
   * longer wanted.
   */
  const drifted = fc
    .tuple(anyActual(desired), fc.subarray(breakable, { minLength: 1 }), fc.boolean(), staleCollections(desired))
    .map(([actual, broken, removed, stale]) => {
      const withoutStale = broken.reduce<JsonObject>(
        (body, { way }) => altered(body, way, removed ? undefined : 'something else') as JsonObject,
        actual,
      );
      const stalePaths = stale.map(({ list, collection: { name } }) => `properties.${list}[${name}]`);
      return {
        broken: [...broken.map(({ path }) => path), ...stalePaths],
        actual: stale.reduce(holding, withoutStale),
        withoutStale,
      };
    });

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
      fc.property(drifted, ({ actual, withoutStale }) => {
        const { body } = planned(desired, actual);
        expect(residue(body, desired.body)).toEqual(residue(withoutStale, desired.body));
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

describe('from one spec to another', () => {
  const allow = {
    application: [{ name: 'everything', fqdns: ['*'] }],
    network: [{ name: 'everywhere', destinations: ['*'], ports: ['*'] }],
  };
  const anyFirewall = fc
    .tuple(fc.shuffledSubarray([...presetsOfCloud.public]), fc.boolean())
    .map(([presets, open]) => desiredFirewall(articleSpec({ egress: { presets, ...(open && { allow }) } })));
  const nameOf = (one: JsonObject) => stringAt(one, 'name') ?? '';
  const byName = (a: JsonObject, b: JsonObject) => (nameOf(a) < nameOf(b) ? -1 : 1);

  test('a firewall ends up with exactly the collections of the new spec, and the foreign ones byte for byte', () => {
    fc.assert(
      fc.property(anyFirewall, anyFirewall, foreignElements, foreignElements, (before, after, ahead, behind) => {
        const foreign = [...ahead, ...behind.map((one) => ({ ...one, name: `${one.name}-2` }))];
        const actual = collectionLists.reduce<JsonObject>((body, list) => {
          const properties = body['properties'] as JsonObject;
          const others = [...foreign.slice(0, ahead.length), ...listIn(body, list), ...foreign.slice(ahead.length)];
          return { ...body, properties: { ...properties, [list]: others } };
        }, before.body);
        const { body } = planned(after, actual);
        for (const list of collectionLists) {
          const isForeign = (one: JsonObject) => nameOf(one).startsWith('theirs-');
          const own = listIn(body, list).filter((one) => !isForeign(one));
          expect(own.toSorted(byName)).toEqual([...listIn(after.body, list)].toSorted(byName));
          expect(JSON.stringify(listIn(body, list).filter(isForeign))).toBe(JSON.stringify(foreign));
        }
        expect(planned(after, body)).toMatchObject({ action: 'none', body });
      }),
    );
  });
});
