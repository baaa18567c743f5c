import type { JsonObject } from '../../../shared/model/json.ts';
import type { PublicationFacts } from '../../../shared/model/publication.ts';
import type { ServiceList } from '../../../shared/model/service.ts';
import { explainService, type ExplainInput, type Explanation } from '../../../shared/plan/explain.ts';
import { planPublications } from '../../../shared/plan/publicationPlan.ts';
import { articleSpec } from '../../support/spec.ts';
import {
  cluster,
  complete,
  emptyFirewall,
  factsFor,
  firewallWith,
  foreignCollection,
  foreignRule,
  service,
  withCollection,
  type ServiceSketch,
} from './ingressScene.ts';

interface Asked {
  readonly list?: ServiceList;
  readonly firewall?: JsonObject;
  readonly facts?: Partial<PublicationFacts>;
  readonly probes?: ExplainInput['probes'];
}

function explained({ list = complete(service()), firewall = emptyFirewall, ...asked }: Asked = {}): Explanation {
  const spec = articleSpec();
  const facts = factsFor([list], asked.facts);
  const plan = planPublications({ spec, lists: [list], firewall, facts });
  const probes = asked.probes === undefined ? {} : { probes: asked.probes };
  return explainService({ spec, list, namespace: 'shop', service: 'web', firewall, facts, plan, ...probes });
}

const broken = (explanation: Explanation) => {
  const [port] = explanation.ports;
  const hop = port?.hops.find(({ state }) => state === 'broken');
  expect(hop?.hop).toBe(port?.broken);
  return hop;
};
const of = (sketch: ServiceSketch) => complete(service(sketch));
const probed = (result: 'connected' | 'refused' | 'timeout' | 'not checked', reason?: string) => ({
  'aks-egress.shop.web.80.tcp': { result, ...(reason !== undefined && { reason }) },
});

test('a whole way, hop by hop', () => {
  const explanation = explained({ firewall: firewallWith(service()), probes: probed('connected') });
  expect(explanation).toEqual({
    cluster,
    namespace: 'shop',
    service: 'web',
    found: true,
    ports: [
      {
        port: 80,
        protocol: 'TCP',
        endpoint: '20.62.10.30:80',
        warnings: [expect.stringContaining('whole Internet')],
        hops: [
          { hop: 'service', state: 'ok', detail: expect.any(String) },
          { hop: 'load balancer', state: 'ok', detail: expect.stringContaining('20.81.1.1') },
          { hop: 'source ranges', state: 'ok', detail: '*' },
          { hop: 'publication', state: 'ok', detail: '20.62.10.30:80/TCP → 20.81.1.1:80' },
          { hop: 'rule', state: 'ok', detail: 'aks-egress.shop.web.80.tcp' },
          { hop: 'return route', state: 'ok', detail: '20.62.10.30/32 → Internet' },
          { hop: 'connectivity', state: 'ok', detail: expect.any(String) },
        ],
      },
    ],
  });
});

const foreign80 = withCollection(emptyFirewall, foreignCollection([foreignRule()]));

describe('the first broken hop is named with its remedy', () => {
  test.each<[string, Asked, string]>([
    ['no address', { list: of({ ips: [] }) }, 'load balancer'],
    [
      'no load balancer rule',
      { list: of({ annotations: { 'service.beta.kubernetes.io/port_80_no_lb_rule': 'true' } }) },
      'load balancer',
    ],
    ['another type', { list: of({ type: 'ClusterIP' }) }, 'service'],
    ['garbled ranges', { list: of({ loadBalancerSourceRanges: ['x'] }) }, 'source ranges'],
    ['nobody but the firewall', { list: of({ loadBalancerSourceRanges: ['10.42.2.0/24'] }) }, 'source ranges'],
    ['a foreign rule', { firewall: foreign80 }, 'publication'],
    ['a rule that is not there yet', {}, 'rule'],
    ['no route, and no rule', { facts: { routesToInternet: {} } }, 'return route'],
    ['nobody answers', { firewall: firewallWith(service()), probes: probed('timeout') }, 'connectivity'],
  ])('%s', (_what, asked, hop) => {
    expect(broken(explained(asked))).toMatchObject({
      hop,
      detail: expect.any(String),
      remedy: expect.stringMatching(/.{10}/),
    });
  });

  test('what its owner wants just so has none, and no remedy is told twice', () => {
    const optedOut = broken(explained({ list: of({ annotations: { 'gatehouse.dev/expose': 'false' } }) }));
    expect(optedOut).toMatchObject({ hop: 'service', detail: 'the service opts out by gatehouse.dev/expose.' });
    expect(optedOut).not.toHaveProperty('remedy');
    const garbled = broken(explained({ list: of({ loadBalancerSourceRanges: ['x'] }) }));
    expect(garbled?.detail).not.toContain(garbled?.remedy);
  });

  test('a rule that somebody has changed says in what', () => {
    const edited = JSON.parse(
      JSON.stringify(firewallWith(service())).replace('"20.81.1.1"', '"10.9.9.9"'),
    ) as JsonObject;
    expect(broken(explained({ firewall: edited }))).toMatchObject({
      hop: 'rule',
      detail: expect.stringContaining('translatedAddress'),
    });
  });

  test('what depends on it is unknown, not in order', () => {
    const [port] = explained({ list: of({ ips: [] }) }).ports;
    expect(port?.hops.map(({ state }) => state)).toEqual(['ok', 'broken', ...Array<string>(5).fill('unknown')]);
  });
});

test('a probe from an address that may not come is not checked, not broken', () => {
  const explanation = explained({
    firewall: firewallWith(service()),
    probes: probed('not checked', 'the app is not among the sources'),
  });
  expect(explanation.ports[0]).not.toHaveProperty('broken');
  expect(explanation.ports[0]?.hops.at(-1)).toEqual({
    hop: 'connectivity',
    state: 'not checked',
    detail: 'the app is not among the sources',
  });
});

test('a service that is not there, and a cluster that does not answer', () => {
  expect(explained({ list: complete() })).toMatchObject({ found: false, reason: expect.stringContaining('shop/web') });
  const list: ServiceList = { cluster, state: 'failed', reason: 'refused', services: [] };
  expect(explained({ list })).toMatchObject({ found: false, reason: expect.stringContaining('refused') });
});
