import type { EnvironmentSpec } from '../../../shared/model/environmentSpec.ts';
import { jsonAt, objectsAt, type JsonObject } from '../../../shared/model/json.ts';
import type { LoadBalancerService } from '../../../shared/model/service.ts';
import { planPublications } from '../../../shared/plan/publicationPlan.ts';
import { planSync, type SyncPlan } from '../../../shared/plan/syncPlan.ts';
import { articleSpec } from '../../support/spec.ts';
import { frontends, healthy, respelled, type Resources } from './driftScene.ts';
import { complete, factsFor, foreignCollection, foreignRule, service } from './ingressScene.ts';

function sync(
  changes: Partial<Resources> = {},
  services: readonly LoadBalancerService[] = [],
  spec: EnvironmentSpec = articleSpec(),
): SyncPlan {
  const resources = { ...healthy(), ...changes };
  const lists = [complete(...services)];
  const { firewall } = resources;
  const publications = planPublications({ spec, lists, firewall, facts: factsFor(lists) });
  return planSync({ spec, frontends, ...resources, publications });
}

const { firewall, routeTable, virtualNetwork } = healthy();
const brokenEgress = respelled(firewall, '"1194"', '"1195"');
const brokenDns = respelled(virtualNetwork, '10.42.2.4', '8.8.8.8');
const brokenAssociation = respelled(virtualNetwork, /"routeTable":\{[^}]*\}/g, '"zz":1');
const reporting = articleSpec({ drift: { action: 'report' } });
const written = ({ resources }: SyncPlan) => resources.map(({ kind }) => kind);

test('nothing differs, nothing is written', () => {
  const plan = sync();
  expect(plan).toMatchObject({ resources: [], findings: [], summary: { writes: 0, drift: 0 } });
  expect(plan).not.toHaveProperty('rules');
});

test('a new publication and a broken egress rule are one write', () => {
  const plan = sync({ firewall: brokenEgress }, [service()]);
  expect(plan.summary).toMatchObject({ created: 1, writes: 1 });
  expect(JSON.stringify(plan.rules?.body)).toContain('"1194"');
  const rules = objectsAt(plan.rules?.body, 'properties', 'natRuleCollections').flatMap((one) =>
    objectsAt(one, 'properties', 'rules'),
  );
  expect(rules).toMatchObject([{ name: 'aks-egress.shop.web.80.tcp' }]);
});

test('what Gatehouse does not know of the firewall survives the write', () => {
  const properties = firewall['properties'] as JsonObject;
  const theirs = foreignCollection([foreignRule({ destinationPorts: ['81'] })]);
  const known = { ...firewall, zz: [1], properties: { ...properties, zz: { a: null }, natRuleCollections: [theirs] } };
  const body = sync({ firewall: known }, [service()]).rules?.body;
  expect(body).toMatchObject({ zz: [1], properties: { zz: { a: null } } });
  expect((jsonAt(body, 'properties', 'natRuleCollections') as readonly unknown[])[0]).toBe(theirs);
});

describe('drift.action: report', () => {
  test('finds drift and leaves it', () => {
    const plan = sync({ firewall: brokenEgress, virtualNetwork: brokenDns }, [], reporting);
    expect(plan.findings.map(({ check }) => check)).toEqual(['egressRules', 'dnsServers']);
    expect(plan.summary.writes).toBe(0);
  });

  test('publications follow ingress.policy all the same', () => {
    const plan = sync({ firewall: brokenEgress }, [service()], reporting);
    expect(plan.summary).toMatchObject({ created: 1, writes: 1 });
    expect(JSON.stringify(plan.rules?.body)).toContain('"1195"');
  });

  test('and with both on report nothing is written', () => {
    const spec = articleSpec({ drift: { action: 'report' }, ingress: { policy: 'report' } });
    expect(sync({ firewall: brokenEgress }, [service()], spec).summary).toMatchObject({ created: 1, writes: 0 });
  });
});

describe('routes, resolvers and the association', () => {
  test('a lost route is put back', () => {
    const plan = sync({ routeTable: respelled(routeTable, '20.62.10.30/32', '20.62.10.99/32') });
    expect(written(plan)).toEqual(['routeTable']);
    expect(JSON.stringify(plan.resources[0]?.body)).toContain('20.62.10.30/32');
  });

  test('the association alone is a write of the subnet', () => {
    const plan = sync({ virtualNetwork: brokenAssociation });
    expect(written(plan)).toEqual(['subnet']);
    expect(plan.resources[0]?.body).toMatchObject({ name: 'aks-subnet', properties: { zz: 1, routeTable: {} } });
  });

  test('with the resolvers it is one write of the network', () => {
    expect(written(sync({ virtualNetwork: respelled(brokenAssociation, '10.42.2.4', '8.8.8.8') }))).toEqual([
      'virtualNetwork',
    ]);
  });
});

test('a firewall whose tag is gone is never written', () => {
  const plan = sync({ firewall: respelled(brokenEgress, 'gatehouse-environment', 'team') }, [service()]);
  expect(plan).not.toHaveProperty('rules');
  expect(plan.findings).toMatchObject([{ check: 'ownership' }, { check: 'dnatRules' }]);
});

test('a firewall that is gone is found, and nothing breaks', () => {
  const { firewall: _, ...rest } = healthy();
  const publications = planPublications({
    spec: articleSpec(),
    lists: [],
    firewall: {},
    facts: factsFor([]),
  });
  const plan = planSync({ spec: articleSpec(), frontends, ...rest, publications });
  expect(plan.findings).toMatchObject([{ check: 'presence' }]);
  expect(plan.summary.writes).toBe(0);
});
