import fc from 'fast-check';
import { isJsonObject, objectsAt, stringAt, type JsonObject } from '../../../shared/model/json.ts';
import { clusterOfRuleName } from '../../../shared/model/natRule.ts';
import type { ServiceList } from '../../../shared/model/service.ts';
import { articleSpec } from '../../support/spec.ts';
import {
  applied,
  cluster,
  emptyFirewall,
  foreignCollection,
  foreignRule,
  plan,
  routesFor,
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
  { frontends, loadBalancers: knownBalancers, routesToInternet: routesFor(clusters, ['20.62.10.31']) },
);

/** A firewall as a history of syncs has left it, with foreign rules and hand edits. */
export const world = fc
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

export const nameOf = (named: JsonObject) => stringAt(named, 'name') ?? '';

export function isOurs(collection: JsonObject, rule: JsonObject): boolean {
  return nameOf(collection).toLowerCase() === cluster && clusterOfRuleName(nameOf(rule)) !== undefined;
}
