import fc from 'fast-check';
import { placeOf } from '../../../shared/actual/natRules.ts';
import { isJsonObject, objectsAt, stringAt, type JsonObject } from '../../../shared/model/json.ts';
import { clusterOfRuleName } from '../../../shared/model/natRule.ts';
import type { LoadBalancerService, ServiceList } from '../../../shared/model/service.ts';
import { articleSpec } from '../../support/spec.ts';
import {
  applied,
  cluster,
  emptyFirewall,
  foreignCollection,
  foreignRule,
  plan,
  service,
  type Scene,
  type ServiceSketch,
} from './ingressScene.ts';

const clusters = [cluster, 'blue'] as const;
const frontends = ['20.62.10.30', '20.62.10.31'];
const ips = ['20.81.1.1', '20.81.1.2', '10.42.1.250', '10.42.1.251'];

/** Few names and ports, so that services and rules get in each other's way. */
const sketch: fc.Arbitrary<ServiceSketch> = fc.record(
  {
    namespace: fc.constantFrom('shop', 'shop-web'),
    name: fc.constantFrom('web', 'web-api', 'api'),
    createdAt: fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z'),
    deleting: fc.boolean(),
    type: fc.constantFrom('LoadBalancer', 'LoadBalancer', 'LoadBalancer', 'ClusterIP'),
    ports: fc.uniqueArray(
      fc.record({ port: fc.constantFrom(80, 81, 443, 64_000), protocol: fc.constantFrom('TCP', 'UDP', 'SCTP') }),
      { minLength: 1, maxLength: 3, selector: ({ port, protocol }) => `${port}${protocol}` },
    ),
    ips: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...ips).map((ip) => [ip]) },
      { weight: 1, arbitrary: fc.constantFrom([], [''], ['2001:db8::1'], ['10.42.1.4'], ['2001:db8::1', '20.81.1.1']) },
    ),
    loadBalancerSourceRanges: fc.constantFrom(
      ['203.0.113.0/24'],
      ['10.42.2.0/24'],
      ['10.10.10.1/24'],
      ['10.42.2.0/24', '198.51.100.7/32'],
    ),
    annotations: fc.dictionary(
      fc.constantFrom(
        'gatehouse.dev/expose',
        'gatehouse.dev/ports',
        'gatehouse.dev/sources',
        'gatehouse.dev/frontend',
        'service.beta.kubernetes.io/azure-allowed-ip-ranges',
      ),
      fc.constantFrom('true', 'false', '443:80', '80:81,81:80', '203.0.113.9', '*', '', '2', '20.62.10.31', 'nonsense'),
      { maxKeys: 2 },
    ),
  },
  { requiredKeys: ['namespace', 'name', 'createdAt', 'type', 'ports', 'ips'] },
);

const services = (name: string) =>
  fc
    .uniqueArray(sketch, { maxLength: 6, selector: (one) => `${one.namespace}/${one.name}` })
    .map((sketches) => sketches.map((one) => service({ ...one, cluster: name })));

const list = (name: string): fc.Arbitrary<ServiceList> =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: services(name).map((some): ServiceList => ({ cluster: name, state: 'complete', services: some })),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('failed' as const, 'partial' as const)
        .map((state): ServiceList => ({ cluster: name, state, reason: 'down', services: [] })),
    },
  );

const lists = fc.tuple(...clusters.map(list));

const foreign: fc.Arbitrary<JsonObject> = fc
  .record({
    name: fc.constantFrom('by-hand', 'theirs', 'aks-egress.x', 'a.b.c.d'),
    destinationAddresses: fc.constantFrom(...['20.62.10.30', '20.62.10.31', '*', '20.62.10.0/24'].map((one) => [one])),
    destinationPorts: fc.constantFrom(['80'], ['443', '9000'], ['70-90'], ['*']),
    protocols: fc.constantFrom(['TCP'], ['UDP'], ['Any'], ['TCP', 'UDP']),
    zz: fc.jsonValue({ maxDepth: 1 }),
  })
  .map((changes) => foreignRule(changes));

const foreignCollections = fc
  .tuple(fc.array(foreign, { maxLength: 2 }), fc.constantFrom('theirs', 'AKS-egress-2', cluster), fc.boolean())
  .map(([rules, name, some]) => (some && rules.length > 0 ? [foreignCollection(rules, name)] : []));

const edit = fc.constantFrom<JsonObject>(
  { destinationPorts: ['81'] },
  { destinationPorts: ['9999'] },
  { destinationAddresses: ['20.62.10.31'] },
  { destinationAddresses: ['20.99.9.9'] },
  { protocols: ['Any'] },
  { sourceAddresses: ['*'] },
  { translatedAddress: '10.9.9.9' },
  { sourceIpGroups: ['/subscriptions/x'] },
);

const specs = fc
  .record({
    expose: fc.constantFrom('public', 'public', 'annotated', 'all'),
    policy: fc.constantFrom('sync', 'sync', 'sync', 'upsert-only', 'report'),
    allowedPorts: fc.constantFrom('all', ['80', '443']),
    maxDeletes: fc.constantFrom({ percent: 20, count: 5 }, { percent: 0, count: 1 }, { percent: 100, count: 100 }),
  })
  .map((ingress) => articleSpec({ ingress }));

const knownBalancers = Object.fromEntries(clusters.map((name) => [name, ips]));
const facts = fc.constantFrom(
  { frontends, loadBalancers: knownBalancers },
  { frontends: [frontends[0] ?? ''], loadBalancers: knownBalancers },
  { frontends, loadBalancers: { [cluster]: ips } },
  { frontends, loadBalancers: knownBalancers, routesToInternet: ['20.62.10.31/32'] },
);

/** A firewall as a history of syncs has left it, with foreign rules and hand edits. */
const world = fc
  .record({
    past: lists,
    present: lists,
    theirs: foreignCollections,
    facts,
    spec: specs,
    edits: fc.array(edit, { maxLength: 2 }),
  })
  .map(({ past, present, theirs, edits, ...rest }) => {
    const bare: JsonObject = { ...emptyFirewall, properties: { natRuleCollections: theirs } };
    const synced = applied(bare, plan({ lists: past, firewall: bare, facts: rest.facts }));
    return { ...rest, lists: present, firewall: edited(synced, edits) } satisfies Scene;
  });

/** Changes the first rules that are ours. */
function edited(firewall: JsonObject, edits: readonly JsonObject[]): JsonObject {
  let next = 0;
  const natRuleCollections = objectsAt(firewall, 'properties', 'natRuleCollections').map((collection) => {
    const properties = collection['properties'];
    const rules = objectsAt(collection, 'properties', 'rules').map((rule) => {
      const change = isOurs(collection, rule) ? edits[next++] : undefined;
      return change === undefined ? rule : { ...rule, ...change };
    });
    return { ...collection, properties: { ...(isJsonObject(properties) ? properties : {}), rules } };
  });
  return { ...firewall, properties: { natRuleCollections } };
}

const nameOf = (named: JsonObject) => stringAt(named, 'name') ?? '';

function isOurs(collection: JsonObject, rule: JsonObject): boolean {
  return nameOf(collection).toLowerCase() === cluster && clusterOfRuleName(nameOf(rule)) !== undefined;
}

function rulesOf(firewall: JsonObject, ours: boolean): readonly JsonObject[] {
  return objectsAt(firewall, 'properties', 'natRuleCollections').flatMap((collection) =>
    objectsAt(collection, 'properties', 'rules').filter((rule) => isOurs(collection, rule) === ours),
  );
}

const ours = (firewall: JsonObject) => rulesOf(firewall, true);
const theirs = (firewall: JsonObject) => rulesOf(firewall, false);
const servicesOf = (all: readonly ServiceList[]): readonly LoadBalancerService[] => all.flatMap((one) => one.services);
const runs = { numRuns: 400 };

test('it converges in one sync: the second changes nothing', () => {
  fc.assert(
    fc.property(world, (scene) => {
      const first = plan(scene);
      const firewall = applied(scene.firewall, first);
      const second = plan({ ...scene, firewall });
      if (scene.spec.ingress.policy === 'report') {
        expect(firewall).toBe(scene.firewall);
        return;
      }
      expect(second.natRuleCollections).toBeUndefined();
      expect([second.created, second.updated, second.deleted]).toEqual([[], [], []]);
    }),
    runs,
  );
});

test('foreign rules and collections stay byte for byte, in their order', () => {
  fc.assert(
    fc.property(world, (scene) => {
      const after = applied(scene.firewall, plan(scene));
      expect(JSON.stringify(theirs(after))).toBe(JSON.stringify(theirs(scene.firewall)));
      const others = (firewall: JsonObject) =>
        objectsAt(firewall, 'properties', 'natRuleCollections').filter((one) => nameOf(one).toLowerCase() !== cluster);
      expect(JSON.stringify(others(after))).toBe(JSON.stringify(others(scene.firewall)));
    }),
    runs,
  );
});

test('the order of lists, services, ports and rules never matters', () => {
  const shuffled = <T>(items: readonly T[]) =>
    fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });
  const pair = world.chain((scene) =>
    fc
      .tuple(
        shuffled(scene.lists),
        fc.tuple(...scene.lists.map((one) => shuffled(one.services))),
        shuffled(objectsAt(scene.firewall, 'properties', 'natRuleCollections')),
      )
      .map(([reordered, within, natRuleCollections]) => {
        const mixed = reordered.map((one): ServiceList => {
          const services = within[scene.lists.indexOf(one)] ?? [];
          return one.state === 'complete' ? { ...one, services } : one;
        });
        return { scene, other: { ...scene, lists: mixed, firewall: { properties: { natRuleCollections } } } };
      }),
  );
  fc.assert(
    fc.property(pair, ({ scene, other }) => {
      const { natRuleCollections: _a, ...a } = plan(scene);
      const { natRuleCollections: _b, ...b } = plan(other);
      expect(b).toEqual(a);
    }),
    runs,
  );
});

test('no two rules of ours lie on one place, except where one of them must not be touched', () => {
  fc.assert(
    fc.property(world, (scene) => {
      if (scene.spec.ingress.policy === 'report') return;
      const result = plan(scene);
      const kept = new Set(result.kept.map(({ name }) => name));
      const places = ours(applied(scene.firewall, result))
        .filter((rule) => !kept.has(nameOf(rule)))
        .map((rule) => JSON.stringify(placeOf(rule)));
      expect(new Set(places).size).toBe(places.length);
    }),
    runs,
  );
});

test('a new or moved rule never lies where a foreign one is', () => {
  fc.assert(
    fc.property(world, (scene) => {
      const { created, updated } = plan(scene);
      const moved = updated.filter(({ changed }) =>
        changed.some((path) => ['destinationAddresses', 'destinationPorts', 'protocols'].includes(path)),
      );
      const before = new Map(ours(scene.firewall).map((rule) => [nameOf(rule), JSON.stringify(placeOf(rule))]));
      for (const { rule, ruleName } of [...created, ...moved]) {
        const { frontend, port, protocol } = rule;
        if (before.get(ruleName) === JSON.stringify({ frontend, port, protocol })) continue;
        const bare = { properties: { natRuleCollections: [foreignCollection(theirs(scene.firewall))] } };
        const probe = service({ ports: [{ port, protocol }], createdAt: '2020-01-01T00:00:00Z' });
        const alone = plan({
          lists: [{ cluster, state: 'complete', services: [probe] }],
          firewall: bare,
          facts: { frontends: [frontend] },
        });
        expect(alone.created).toHaveLength(1);
      }
    }),
    runs,
  );
});

test('a rule is there for a service port that is there, or it is kept for a reason', () => {
  fc.assert(
    fc.property(world, (scene) => {
      if (scene.spec.ingress.policy === 'report') return;
      const result = plan(scene);
      const ports = new Set(servicesOf(scene.lists).flatMap((one) => one.ports.map(({ ruleName }) => ruleName)));
      const kept = new Set(result.kept.map(({ name }) => name));
      for (const rule of ours(applied(scene.firewall, result))) {
        expect(ports.has(nameOf(rule)) || kept.has(nameOf(rule))).toBe(true);
      }
    }),
    runs,
  );
});

test('nothing of a cluster whose list failed is deleted or changed', () => {
  fc.assert(
    fc.property(world, (scene) => {
      const failed = scene.lists.filter(({ state }) => state !== 'complete').map((one) => one.cluster);
      const untouched = (firewall: JsonObject) =>
        ours(firewall).filter((rule) => failed.includes(clusterOfRuleName(nameOf(rule)) ?? ''));
      expect(untouched(applied(scene.firewall, plan(scene)))).toEqual(untouched(scene.firewall));
    }),
    runs,
  );
});

test('an internal load balancer is never published without being asked for', () => {
  fc.assert(
    fc.property(world, (scene) => {
      const { created } = plan(scene);
      const asking = new Set(
        servicesOf(scene.lists)
          .filter(({ annotations }) => annotations.expose.state === 'asked')
          .map((one) => `${one.cluster}/${one.namespace}/${one.name}`),
      );
      for (const one of created.filter(({ rule }) => rule.translatedAddress.startsWith('10.'))) {
        const key = `${one.cluster}/${one.namespace}/${one.service}`;
        expect(scene.spec.ingress.expose === 'all' || asking.has(key)).toBe(true);
      }
    }),
    runs,
  );
});

test('every port of a LoadBalancer service has a rule or a reason, and never both', () => {
  fc.assert(
    fc.property(world, (scene) => {
      const { created, updated, unchanged, skipped } = plan(scene);
      const told = [...created, ...updated, ...unchanged, ...skipped].map(({ ruleName }) => ruleName);
      const known = new Set(scene.lists.filter(({ state }) => state === 'complete').map((one) => one.cluster));
      const held = plan(scene).problems.flatMap((problem) => (problem.code === 'list-empty' ? problem.cluster : []));
      const expected = servicesOf(scene.lists)
        .filter((one) => known.has(one.cluster) && !held.includes(one.cluster))
        .filter((one) => one.isLoadBalancer || one.annotations.expose.state === 'asked')
        .flatMap((one) => one.ports.map(({ ruleName }) => ruleName));
      expect(told.toSorted()).toEqual(expected.toSorted());
    }),
    runs,
  );
});
