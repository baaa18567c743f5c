import type { SkipCode } from '../../../shared/model/publication.ts';
import { type JsonObject } from '../../../shared/model/json.ts';
import { articleSpec } from '../../support/spec.ts';
import {
  applied,
  cluster,
  complete,
  firewallWith,
  frontend,
  ownRules,
  plan,
  planFor,
  service,
  type ServiceSketch,
} from './ingressScene.ts';

const names = (rules: readonly { readonly ruleName: string }[]) => rules.map(({ ruleName }) => ruleName);
const skips = (...sketches: readonly ServiceSketch[]) => planFor(...sketches.map(service)).skipped;
const codes = (...sketches: readonly ServiceSketch[]): readonly SkipCode[] =>
  skips(...sketches).map(({ code }) => code);

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
    const result = plan({ lists: [complete(service())], facts: { routesToInternet: {} } });
    expect(result).toMatchObject({ created: [], skipped: [{ code: 'no-route-to-internet' }] });
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
