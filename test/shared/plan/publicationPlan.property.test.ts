import fc from 'fast-check';
import { placeOf } from '../../../shared/actual/natRules.ts';
import { objectsAt, type JsonObject } from '../../../shared/model/json.ts';
import { clusterOfRuleName } from '../../../shared/model/natRule.ts';
import type { LoadBalancerService, ServiceList } from '../../../shared/model/service.ts';
import { applied, cluster, foreignCollection, plan, service } from './ingressScene.ts';
import { isOurs, nameOf, world } from './ingressWorlds.ts';

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
