import { clusterOfRuleName } from '../../../shared/model/natRule.ts';
import { jsonAt, objectsAt, stringAt, type JsonObject } from '../../../shared/model/json.ts';
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
} from './ingressScene.ts';

const names = (rules: readonly { readonly ruleName: string }[]) => rules.map(({ ruleName }) => ruleName);
const many = (count: number, port = (index: number) => 1000 + index) =>
  Array.from({ length: count }, (_, index) =>
    service({ name: `s${String(index).padStart(3, '0')}`, ports: [{ port: port(index) }] }),
  );

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
