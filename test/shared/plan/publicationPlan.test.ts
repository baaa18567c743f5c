import { clusterOfRuleName } from '../../../shared/model/natRule.ts';
import type { SkipCode } from '../../../shared/model/publication.ts';
import { jsonAt, objectsAt, stringAt, type JsonObject } from '../../../shared/model/json.ts';
import { articleSpec } from '../../support/spec.ts';
import {
  applied,
  cluster,
  complete,
  emptyFirewall,
  firewallWith,
  foreignCollection,
  foreignRule,
  frontend,
  ownRules,
  plan,
  planFor,
  service,
  withCollection,
  type ServiceSketch,
} from './ingressScene.ts';

const names = (rules: readonly { readonly ruleName: string }[]) => rules.map(({ ruleName }) => ruleName);
const skips = (...sketches: readonly ServiceSketch[]) => planFor(...sketches.map(service)).skipped;
const codes = (...sketches: readonly ServiceSketch[]): readonly SkipCode[] =>
  skips(...sketches).map(({ code }) => code);
const many = (count: number, port = (index: number) => 1000 + index) =>
  Array.from({ length: count }, (_, index) =>
    service({ name: `s${String(index).padStart(3, '0')}`, ports: [{ port: port(index) }] }),
  );

describe('a service gets its rule', () => {
  test('a public LoadBalancer service without annotations, as in the article', () => {
    const result = planFor(service({ name: 'store-front' }));
    expect(result.created.map(({ rule }) => rule)).toEqual([
      {
        name: 'aks-egress.shop.store-front.80.tcp',
        frontend,
        port: 80,
        protocol: 'TCP',
        sources: ['*'],
        translatedAddress: '20.81.1.1',
        translatedPort: 80,
      },
    ]);
    expect(result.created[0]?.warnings).toEqual([expect.stringContaining('open to the whole Internet')]);
    expect(result.natRuleCollections).toEqual([
      {
        name: 'aks-egress',
        properties: {
          priority: 1000,
          action: { type: 'Dnat' },
          rules: [
            {
              name: 'aks-egress.shop.store-front.80.tcp',
              description: 'aks-egress/shop/store-front, port 80',
              protocols: ['TCP'],
              sourceAddresses: ['*'],
              destinationAddresses: [frontend],
              destinationPorts: ['80'],
              translatedAddress: '20.81.1.1',
              translatedPort: '80',
            },
          ],
        },
      },
    ]);
  });

  test('TCP and UDP on one port are two rules', () => {
    const dns = service({ ports: [{ port: 53 }, { port: 53, protocol: 'UDP' }] });
    expect(names(planFor(dns).created)).toEqual(['aks-egress.shop.web.53.tcp', 'aks-egress.shop.web.53.udp']);
  });

  test('a map gives ports by name and by number, and leaves out the others', () => {
    const result = planFor(
      service({
        ports: [{ port: 443, name: 'https' }, { port: 80 }, { port: 9090, name: 'metrics' }],
        annotations: { 'gatehouse.dev/ports': '8443:https, 80:80' },
      }),
    );
    expect(result.created.map(({ rule }) => [rule.port, rule.translatedPort])).toEqual([
      [8443, 443],
      [80, 80],
    ]);
    expect(result.skipped).toMatchObject([{ port: 9090, code: 'not-in-port-map' }]);
  });

  test('planning the planned state changes nothing', () => {
    const services = [service(), service({ name: 'api', ports: [{ port: 443 }] })];
    const again = plan({ lists: [complete(...services)], firewall: firewallWith(...services) });
    expect(again).toMatchObject({ created: [], updated: [], deleted: [], unchanged: [{}, {}] });
    expect(again.natRuleCollections).toBeUndefined();
  });

  test('what Azure writes differently is no change', () => {
    const web = service({ annotations: { 'gatehouse.dev/sources': '203.0.113.7, 198.51.100.0/24' } });
    const respelled = JSON.parse(
      JSON.stringify(firewallWith(web))
        .replace('"TCP"', '"tcp"')
        .replace(`["${frontend}"]`, `["${frontend}/32"]`)
        .replace('"198.51.100.0/24","203.0.113.7/32"', '"203.0.113.7","198.51.100.0/24"')
        .replace('"aks-egress"', '"AKS-Egress"')
        .replace('"aks-egress.shop.web.80.tcp"', '"AKS-egress.shop.web.80.TCP"')
        .replace('"description"', '"sourceIpGroups":[],"etag":"W/1","description"'),
    ) as JsonObject;
    const result = plan({ lists: [complete(web)], firewall: respelled });
    expect(result.unchanged).toHaveLength(1);
    expect(result.natRuleCollections).toBeUndefined();
  });

  test('a change keeps what decides nothing, and says what changed', () => {
    const before = firewallWith(service());
    const firewall = JSON.parse(JSON.stringify(before).replace('"description"', '"zz":1,"description"')) as JsonObject;
    const result = plan({ lists: [complete(service({ ips: ['20.81.9.9'] }))], firewall });
    expect(result.updated).toMatchObject([{ changed: ['translatedAddress'] }]);
    expect(ownRules(applied(firewall, result))).toMatchObject([{ zz: 1, translatedAddress: '20.81.9.9' }]);
  });

  test('what somebody adds to one of our rules goes', () => {
    const widened = JSON.parse(
      JSON.stringify(firewallWith(service({ annotations: { 'gatehouse.dev/sources': '203.0.113.7' } }))).replace(
        '"203.0.113.7/32"',
        '"*"',
      ),
    ) as JsonObject;
    const web = service({ annotations: { 'gatehouse.dev/sources': '203.0.113.7' } });
    const result = plan({ lists: [complete(web)], firewall: widened });
    expect(result.updated).toMatchObject([{ changed: ['sourceAddresses'] }]);
    expect(ownRules(applied(widened, result))).toMatchObject([{ sourceAddresses: ['203.0.113.7/32'] }]);
  });
});

describe('a port without a rule has a reason', () => {
  test.each<[string, ServiceSketch, SkipCode]>([
    ['no address yet', { ips: [] }, 'no-address'],
    ['an empty address', { ips: [''] }, 'no-address'],
    ['IPv6 only', { ips: ['2001:db8::1'] }, 'ipv6-only'],
    ['SCTP', { ports: [{ port: 80, protocol: 'SCTP' }] }, 'unsupported-protocol'],
    ['port 64000', { ports: [{ port: 64_000 }] }, 'port-out-of-range'],
    ['being deleted', { deleting: true }, 'being-deleted'],
    ['another controller', { loadBalancerClass: 'example.com/lb' }, 'foreign-load-balancer-class'],
    ['opted out', { annotations: { 'gatehouse.dev/expose': 'false' } }, 'opted-out'],
    ['an internal load balancer', { ips: ['10.42.1.250'] }, 'not-asked-for'],
    ['a garbled choice', { annotations: { 'gatehouse.dev/expose': 'maybe' } }, 'invalid-annotation'],
    ['a garbled port map', { annotations: { 'gatehouse.dev/ports': '443=https' } }, 'invalid-annotation'],
    ['an unknown port in the map', { annotations: { 'gatehouse.dev/ports': '443:https' } }, 'invalid-annotation'],
    ['a port above 63999 in the map', { annotations: { 'gatehouse.dev/ports': '64000:80' } }, 'invalid-annotation'],
    ['a foreign frontend', { annotations: { 'gatehouse.dev/frontend': '20.1.1.1' } }, 'unknown-frontend'],
    ['the third of one frontend', { annotations: { 'gatehouse.dev/frontend': '3' } }, 'unknown-frontend'],
    ['garbled sources', { annotations: { 'gatehouse.dev/sources': 'office' } }, 'invalid-sources'],
    ['empty sources', { annotations: { 'gatehouse.dev/sources': '' } }, 'invalid-sources'],
    ['a misaligned range', { loadBalancerSourceRanges: ['10.10.10.1/24'] }, 'invalid-sources'],
    [
      'no load balancer rule',
      { annotations: { 'service.beta.kubernetes.io/port_80_no_lb_rule': 'true' } },
      'no-load-balancer-rule',
    ],
  ])('%s', (_what, sketch, code) => {
    const [skip, ...others] = skips(sketch);
    expect(others).toEqual([]);
    expect(skip).toMatchObject({ code, reason: expect.any(String) });
    expect(skip?.reason.length).toBeGreaterThan(20);
  });

  test('a ClusterIP service is passed over, unless it asks for a rule', () => {
    expect(skips({ type: 'ClusterIP' })).toEqual([]);
    expect(codes({ type: 'ClusterIP', annotations: { 'gatehouse.dev/expose': 'true' } })).toEqual([
      'not-a-load-balancer',
    ]);
  });

  test('dual stack is published by its IPv4 address', () => {
    const [created] = planFor(service({ ips: ['2001:db8::1', '20.81.1.1'] })).created;
    expect(created?.rule.translatedAddress).toBe('20.81.1.1');
  });

  test('an address that is no frontend of a load balancer of the cluster is never a target', () => {
    const web = service({ ips: ['10.42.1.4'], annotations: { 'gatehouse.dev/expose': 'true' } });
    const result = plan({ lists: [complete(web)], facts: { loadBalancers: { [cluster]: ['10.42.1.250'] } } });
    expect(result).toMatchObject({ created: [], skipped: [{ code: 'not-a-load-balancer-frontend' }] });
  });

  test('a public service waits for the route → Internet of its frontend', () => {
    const result = plan({ lists: [complete(service())], facts: { routesToInternet: [] } });
    expect(result).toMatchObject({ created: [], skipped: [{ code: 'no-route-to-internet' }] });
  });
});

describe('what is not known for sure takes no rule away', () => {
  const firewall = firewallWith(service());
  const later = (sketch: ServiceSketch, facts = {}) => plan({ lists: [complete(service(sketch))], firewall, facts });

  test.each<[string, ServiceSketch, object]>([
    ['the service has lost its address', { ips: [] }, {}],
    ['its sources can’t be read', { annotations: { 'gatehouse.dev/sources': '1.2.3.4/33' } }, {}],
    ['its port map can’t be read', { annotations: { 'gatehouse.dev/ports': '!' } }, {}],
    ['the load balancers can’t be read', {}, { loadBalancers: {} }],
    ['its load balancer is not there yet', { ips: ['20.81.7.7'] }, { loadBalancers: { [cluster]: [] } }],
  ])('%s', (_what, sketch, facts) => {
    const result = later(sketch, facts);
    expect(result).toMatchObject({ deleted: [], kept: [{ name: 'aks-egress.shop.web.80.tcp' }] });
    expect(result.natRuleCollections).toBeUndefined();
  });

  test('a route that is missing for a while neither moves nor removes a rule', () => {
    const result = later({}, { routesToInternet: [] });
    expect(result.deleted).toEqual([]);
    expect(result.natRuleCollections).toBeUndefined();
  });

  test.each<[string, ServiceSketch, string]>([
    ['is being deleted', { deleting: true }, 'being-deleted'],
    ['is of another type', { type: 'ClusterIP' }, 'service-gone'],
    ['opts out', { annotations: { 'gatehouse.dev/expose': 'false' } }, 'opted-out'],
    ['has another port', { ports: [{ port: 81 }] }, 'service-gone'],
  ])('but a rule goes when the service %s', (_what, sketch, code) => {
    expect(later(sketch).deleted).toMatchObject([{ name: 'aks-egress.shop.web.80.tcp', code }]);
  });

  test('the last rule takes the collection along, since Azure refuses an empty one', () => {
    const kubernetes = service({ namespace: 'default', name: 'kubernetes', type: 'ClusterIP' });
    expect(plan({ lists: [complete(kubernetes)], firewall }).natRuleCollections).toEqual([]);
  });
});

describe('a list that can’t be believed deletes nothing', () => {
  const services = [service(), service({ name: 'api', ports: [{ port: 443 }] })];
  const firewall = firewallWith(...services);

  test.each(['failed', 'partial'] as const)('a %s one', (state) => {
    const result = plan({ lists: [{ cluster, state, reason: 'timeout', services: [] }], firewall });
    expect(result).toMatchObject({
      deleted: [],
      kept: [{ code: 'list-failed' }, { code: 'list-failed' }],
      problems: [{ cluster, code: `list-${state}` }],
    });
    expect(result.natRuleCollections).toBeUndefined();
  });

  test('one that nobody has made', () => {
    const result = plan({ lists: [], firewall });
    expect(result).toMatchObject({ deleted: [], problems: [{ cluster, code: 'cluster-not-listed' }] });
  });

  test('an empty one, until that is approved', () => {
    const held = plan({ lists: [complete()], firewall });
    expect(held).toMatchObject({
      deleted: [],
      problems: [{ code: 'list-empty' }],
      held: { rules: ['aks-egress.shop.api.443.tcp', 'aks-egress.shop.web.80.tcp'] },
    });
    expect(held.natRuleCollections).toBeUndefined();
    expect(plan({ lists: [complete()], firewall, approved: held.held?.hash ?? '' }).deleted).toHaveLength(2);
  });

  test('only its own cluster is spared', () => {
    const other = service({ cluster: 'blue', name: 'old', ports: [{ port: 8080 }] });
    const both = [{ cluster: 'blue', state: 'complete', services: [other] } as const, complete(...services)];
    const before = applied(emptyFirewall, plan({ lists: both }));
    const result = plan({
      lists: [
        { cluster, state: 'failed', reason: 'down', services: [] },
        { cluster: 'blue', state: 'complete', services: [service({ cluster: 'blue', type: 'ClusterIP' })] },
      ],
      firewall: before,
    });
    expect(result.deleted).toMatchObject([{ name: 'blue.shop.old.8080.tcp' }]);
    expect(result.kept).toHaveLength(2);
  });
});

describe('more deletions than usual are held', () => {
  const services = many(30);
  const firewall = firewallWith(...services);
  const keep = (count: number) => complete(...services.slice(0, count));

  test('20 % of 30 rules go, more wait', () => {
    expect(plan({ lists: [keep(24)], firewall }).deleted).toHaveLength(6);
    const held = plan({ lists: [keep(23)], firewall });
    expect(held.deleted).toEqual([]);
    expect(held.held?.rules).toHaveLength(7);
    expect(held.kept.map(({ code }) => code)).toEqual(Array(7).fill('held'));
  });

  test('the hash releases exactly those deletions', () => {
    const hash = plan({ lists: [keep(23)], firewall }).held?.hash ?? '';
    expect(plan({ lists: [keep(23)], firewall, approved: hash }).deleted).toHaveLength(7);
    const more = plan({ lists: [keep(22)], firewall, approved: hash });
    expect(more.deleted).toEqual([]);
    expect(more.held?.hash).not.toBe(hash);
  });

  test('five may always go', () => {
    const six = firewallWith(...services.slice(0, 6));
    expect(plan({ lists: [keep(1)], firewall: six }).deleted).toHaveLength(5);
    expect(plan({ lists: [complete(service({ type: 'ClusterIP' }))], firewall: six }).deleted).toHaveLength(0);
  });

  test('creations are not held with them', () => {
    const result = plan({ lists: [complete(...services.slice(0, 20), service())], firewall });
    expect(names(result.created)).toEqual(['aks-egress.shop.web.80.tcp']);
    expect(ownRules(applied(firewall, result))).toHaveLength(31);
  });
});

describe('who gets a port that two want', () => {
  const older = service({ namespace: 'b', createdAt: '2026-01-01T00:00:00Z' });
  const younger = service({ namespace: 'a', createdAt: '2026-01-02T00:00:00Z', ips: ['20.81.1.2'] });

  test('the older service, whatever the order of the list', () => {
    for (const list of [
      [older, younger],
      [younger, older],
    ]) {
      const result = planFor(...list);
      expect(names(result.created)).toEqual(['aks-egress.b.web.80.tcp']);
      expect(result.conflicts).toMatchObject([
        { kind: 'service', holder: 'aks-egress.b.web.80.tcp', published: false },
      ]);
      expect(result.skipped).toMatchObject([{ namespace: 'a', code: 'frontend-port-taken' }]);
    }
  });

  test('of the same age, the first by namespace and name', () => {
    const twin = service({ namespace: 'a', ips: ['20.81.1.2'] });
    expect(names(planFor(older, twin).created)).toEqual(['aks-egress.a.web.80.tcp']);
  });

  test('who has it keeps it, though an older service comes', () => {
    const result = plan({ lists: [complete(older, younger)], firewall: firewallWith(younger) });
    expect(names(result.unchanged)).toEqual(['aks-egress.a.web.80.tcp']);
    expect(result.skipped).toMatchObject([{ namespace: 'b', code: 'frontend-port-taken' }]);
  });

  test('another frontend is free', () => {
    const facts = { frontends: [frontend, '20.62.10.31'] };
    const result = plan({ lists: [complete(older, younger)], facts });
    expect(result.created.map(({ namespace, rule }) => [namespace, rule.frontend])).toEqual([
      ['a', '20.62.10.31'],
      ['b', frontend],
    ]);
  });

  test('a service may insist on a frontend, by address or position', () => {
    const facts = { frontends: [frontend, '20.62.10.31'] };
    for (const asked of ['20.62.10.31', '2']) {
      const web = service({ annotations: { 'gatehouse.dev/frontend': asked } });
      expect(plan({ lists: [complete(web)], facts }).created[0]?.rule.frontend).toBe('20.62.10.31');
    }
  });

  test('two ports of a service may swap their places', () => {
    const ports = [
      { port: 80, name: 'http' },
      { port: 443, name: 'https' },
    ];
    const before = service({ ports });
    const after = service({ ports, annotations: { 'gatehouse.dev/ports': '443:http,80:https' } });
    const result = plan({ lists: [complete(after)], firewall: firewallWith(before) });
    expect(result.updated.map(({ rule }) => [rule.port, rule.translatedPort])).toEqual([
      [443, 80],
      [80, 443],
    ]);
  });

  test('who can’t have the place that it asks for stays where it is', () => {
    const first = service({ name: 'api', ports: [{ port: 8080 }] });
    const before = firewallWith(first, older);
    const moved = service({
      ...{ name: 'api', ports: [{ port: 8080 }] },
      annotations: { 'gatehouse.dev/ports': '80:8080' },
    });
    const result = plan({ lists: [complete(moved, older)], firewall: before });
    expect(result.natRuleCollections).toBeUndefined();
    expect(result.conflicts).toMatchObject([{ ruleName: 'aks-egress.shop.api.8080.tcp', published: true }]);
  });
});

describe('foreign rules stay, and their places are theirs', () => {
  test.each<[string, JsonObject]>([
    ['the same place', { protocols: ['TCP'] }],
    ['any protocol, as the article writes it', {}],
    ['a span of ports', { destinationPorts: ['8080', '79-81'] }],
    ['every port', { destinationPorts: ['*'] }],
    ['a range of addresses', { destinationAddresses: ['20.62.10.0/24'] }],
    ['every address', { destinationAddresses: ['*'] }],
  ])('%s', (_what, changes) => {
    const firewall = withCollection(emptyFirewall, foreignCollection([foreignRule(changes)]));
    const result = plan({ lists: [complete(service())], firewall });
    expect(result).toMatchObject({
      created: [],
      skipped: [{ code: 'foreign-rule' }],
      conflicts: [{ kind: 'foreign-rule', holder: 'theirs/inboundrule', published: false }],
    });
    expect(result.natRuleCollections).toBeUndefined();
  });

  test.each<[string, JsonObject]>([
    ['the other protocol', { protocols: ['UDP'] }],
    ['another port', { destinationPorts: ['81', '443-8000'] }],
    ['another address', { destinationAddresses: ['20.62.10.31'] }],
  ])('%s is no conflict', (_what, changes) => {
    const theirs = foreignCollection([foreignRule(changes)]);
    const firewall = withCollection(emptyFirewall, theirs);
    const result = plan({ lists: [complete(service())], firewall });
    expect(result.created).toHaveLength(1);
    expect(result.natRuleCollections?.[0]).toBe(objectsAt(firewall, 'properties', 'natRuleCollections')[0]);
  });

  test('a foreign rule in our own collection stays byte for byte, and so do its neighbours', () => {
    const firewall: JsonObject = {
      properties: { natRuleCollections: [foreignCollection([foreignRule({ name: 'by-hand' })], 'AKS-egress', 777)] },
    };
    const result = plan({ lists: [complete(service(), service({ name: 'api', ports: [{ port: 443 }] }))], firewall });
    const [own] = result.natRuleCollections ?? [];
    expect(own).toMatchObject({ name: 'AKS-egress', etag: 'W/"1"', properties: { priority: 777, zz: [1, null] } });
    expect(objectsAt(own, 'properties', 'rules').map(({ name }) => name)).toEqual([
      'by-hand',
      'aks-egress.shop.api.443.tcp',
    ]);
    expect(result.conflicts).toMatchObject([{ holder: 'AKS-egress/by-hand' }]);
  });

  test('a rule of our name in another collection is foreign', () => {
    const theirs = foreignCollection([foreignRule({ name: 'aks-egress.shop.gone.81.tcp', destinationPorts: ['81'] })]);
    const result = plan({ lists: [complete(service())], firewall: withCollection(emptyFirewall, theirs) });
    expect(result.deleted).toEqual([]);
    expect(result.created).toHaveLength(1);
  });

  test('one that comes in later on our place is reported, and our rule stays', () => {
    const firewall = withCollection(firewallWith(service()), foreignCollection([foreignRule()]));
    const result = plan({ lists: [complete(service())], firewall });
    expect(result).toMatchObject({
      deleted: [],
      unchanged: [{}],
      conflicts: [{ kind: 'foreign-rule', published: true }],
    });
  });

  test('our collection takes the first free priority, and keeps it', () => {
    const firewall = withCollection(
      emptyFirewall,
      foreignCollection([foreignRule({ destinationPorts: ['9'] })], 'theirs', 1000),
    );
    const result = plan({ lists: [complete(service())], firewall });
    expect(jsonAt(result.natRuleCollections?.[1], 'properties', 'priority')).toBe(1001);
  });

  test('a collection of our name that does another thing is left alone', () => {
    const snat = { name: 'aks-egress', properties: { priority: 100, action: { type: 'Snat' }, rules: [] } };
    const result = plan({ lists: [complete(service())], firewall: withCollection(emptyFirewall, snat) });
    expect(result.problems).toMatchObject([{ code: 'collection-unusable' }]);
    expect(result.natRuleCollections).toBeUndefined();
  });
});

describe('what the firewall has room for', () => {
  test('one frontend and 249 destinations; the 250th is refused and the incumbents stay', () => {
    const services = many(250);
    const result = planFor(...services);
    expect(result.created).toHaveLength(249);
    expect(result.skipped).toMatchObject([{ service: 's249', code: 'capacity' }]);
    const again = plan({ lists: [complete(...services)], firewall: applied(emptyFirewall, result) });
    expect(again.natRuleCollections).toBeUndefined();
    expect(again.unchanged).toHaveLength(249);
  });

  test('foreign destinations count, the same one once', () => {
    const rules = Array.from({ length: 200 }, (_, index) =>
      foreignRule({ name: `r${index}`, destinationPorts: [String(20_000 + (index % 100))], protocols: ['TCP'] }),
    );
    const firewall = withCollection(emptyFirewall, foreignCollection(rules));
    expect(plan({ lists: [complete(...many(200))], firewall }).created).toHaveLength(149);
  });

  test('what is deleted makes room in the same write', () => {
    const services = many(249);
    const firewall = firewallWith(...services);
    const result = plan({ lists: [complete(...services.slice(1), service())], firewall });
    expect(names(result.created)).toEqual(['aks-egress.shop.web.80.tcp']);
    expect(result.deleted).toHaveLength(1);
  });

  test('port 63999 is the last', () => {
    expect(planFor(service({ ports: [{ port: 63_999 }] })).created).toHaveLength(1);
  });
});

describe('what the spec allows', () => {
  const under = (ingress: object, ...sketches: readonly ServiceSketch[]) =>
    plan({ spec: articleSpec({ ingress }), lists: [complete(...sketches.map(service))] });

  test('annotated: only those that ask', () => {
    const asking = { name: 'api', ports: [{ port: 443 }], annotations: { 'gatehouse.dev/expose': 'true' } };
    const result = under({ expose: 'annotated' }, {}, asking);
    expect(names(result.created)).toEqual(['aks-egress.shop.api.443.tcp']);
    expect(result.skipped).toMatchObject([{ service: 'web', code: 'not-asked-for' }]);
  });

  test('all: internal load balancers too, but not to everybody', () => {
    const internal = { ips: ['10.42.1.250'] };
    expect(under({ expose: 'all' }, internal)).toMatchObject({ created: [], skipped: [{ code: 'no-client-range' }] });
    const named = { ...internal, annotations: { 'gatehouse.dev/sources': '203.0.113.0/24' } };
    expect(under({ expose: 'all' }, named).created[0]?.rule.sources).toEqual(['203.0.113.0/24']);
    expect(under({ expose: 'all', defaultSources: { internal: ['198.51.100.0/24'] } }, internal).created).toHaveLength(
      1,
    );
  });

  test('namespaces, sources and ports are caps', () => {
    expect(under({ namespaces: ['blog'] }, {}).skipped).toMatchObject([{ code: 'namespace-not-allowed' }]);
    expect(under({ allowedPorts: [443, '8000-8100'] }, {}).skipped).toMatchObject([{ code: 'port-not-allowed' }]);
    expect(under({ allowedPorts: ['80'] }, {}).created).toHaveLength(1);
    const capped = under({ allowedSources: ['203.0.113.0/24'] }, {});
    expect(capped.created[0]?.rule.sources).toEqual(['203.0.113.0/24']);
    const outside = { annotations: { 'gatehouse.dev/sources': '198.51.100.1' } };
    expect(under({ allowedSources: ['203.0.113.0/24'] }, outside).skipped).toMatchObject([
      { code: 'sources-not-allowed' },
    ]);
  });

  test('upsert-only never deletes', () => {
    const spec = articleSpec({ ingress: { policy: 'upsert-only' } });
    const lists = [complete(service({ name: 'api', ports: [{ port: 443 }] }))];
    const firewall = firewallWith(service());
    const result = plan({ spec, lists, firewall });
    expect(result).toMatchObject({ deleted: [], kept: [{ code: 'policy' }], created: [{}] });
    expect(ownRules(applied(firewall, result))).toHaveLength(2);
  });

  test('report writes nothing and tells everything', () => {
    const result = plan({ spec: articleSpec({ ingress: { policy: 'report' } }), lists: [complete(service())] });
    expect(result.created).toHaveLength(1);
    expect(result.natRuleCollections).toBeUndefined();
  });
});

describe('names that could be taken for each other', () => {
  test('dashes, prefixes and equal names in two namespaces', () => {
    const twins = [
      service({ namespace: 'shop', name: 'web' }),
      service({ namespace: 'shop', name: 'web-api', ports: [{ port: 81 }] }),
      service({ namespace: 'shop-web', name: 'api', ports: [{ port: 82 }] }),
      service({ namespace: 'blog', name: 'web', ports: [{ port: 83 }] }),
    ];
    const firewall = firewallWith(...twins);
    const result = plan({ lists: [complete(...twins.slice(1))], firewall });
    expect(result.deleted).toMatchObject([{ name: 'aks-egress.shop.web.80.tcp' }]);
    expect(result.unchanged).toHaveLength(3);
  });

  test('63 + 63 characters', () => {
    const long = [
      service({ namespace: 'n'.repeat(63), name: `${'s'.repeat(62)}a` }),
      service({ namespace: 'n'.repeat(63), name: `${'s'.repeat(62)}b`, ports: [{ port: 81 }] }),
    ];
    const firewall = firewallWith(...long);
    const rules = ownRules(firewall).map((rule) => stringAt(rule, 'name') ?? '');
    expect(new Set(rules).size).toBe(2);
    expect(rules.every((name) => name.length === 80 && clusterOfRuleName(name) === cluster)).toBe(true);
    expect(plan({ lists: [complete(...long)], firewall }).natRuleCollections).toBeUndefined();
    expect(plan({ lists: [complete(...long.slice(1))], firewall }).deleted).toHaveLength(1);
  });
});

test('a service that two pages hold counts once', () => {
  expect(planFor(service(), service()).created).toHaveLength(1);
});

test('a rule edited by hand while a sync runs is put right by the next one', () => {
  const web = service();
  const edited = JSON.parse(
    JSON.stringify(firewallWith(web)).replace('"destinationPorts":["80"]', '"destinationPorts":["8081"]'),
  ) as JsonObject;
  const result = plan({ lists: [complete(web)], firewall: edited });
  expect(result.updated).toMatchObject([{ changed: ['destinationPorts'] }]);
  expect(plan({ lists: [complete(web)], firewall: applied(edited, result) }).natRuleCollections).toBeUndefined();
});
