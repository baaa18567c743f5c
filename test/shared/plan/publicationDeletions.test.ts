import {
  applied,
  cluster,
  complete,
  emptyFirewall,
  firewallWith,
  ownRules,
  plan,
  service,
  type ServiceSketch,
} from './ingressScene.ts';

const names = (rules: readonly { readonly ruleName: string }[]) => rules.map(({ ruleName }) => ruleName);
const many = (count: number, port = (index: number) => 1000 + index) =>
  Array.from({ length: count }, (_, index) =>
    service({ name: `s${String(index).padStart(3, '0')}`, ports: [{ port: port(index) }] }),
  );

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

  test('what stays is told as it stands, unless somebody has made something else of it', () => {
    const [standing] = plan({ lists: [complete(service())], firewall }).unchanged;
    expect(later({ ips: [] }).kept).toEqual([expect.objectContaining({ code: 'no-address', rule: standing?.rule })]);
    expect(later({ deleting: true }).deleted).toEqual([expect.objectContaining({ rule: standing?.rule })]);
    const edited = JSON.parse(
      JSON.stringify(firewall).replaceAll('"destinationPorts":["80"]', '"destinationPorts":["80","81"]'),
    ) as typeof firewall;
    const [kept] = plan({ lists: [complete(service({ ips: [] }))], firewall: edited }).kept;
    expect(kept?.name).toBe('aks-egress.shop.web.80.tcp');
    expect(kept).not.toHaveProperty('rule');
  });

  test('a route that is missing for a while neither moves nor removes a rule', () => {
    const result = later({}, { routesToInternet: {} });
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
