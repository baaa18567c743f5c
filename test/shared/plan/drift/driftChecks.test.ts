import { driftChecks, driftFindings } from '../../../../shared/plan/drift/driftChecks.ts';
import type { DriftInput } from '../../../../shared/plan/drift/comparison.ts';
import { isJsonObject, isList, type Json, type JsonObject } from '../../../../shared/model/json.ts';
import { ownershipTag, resourceIds } from '../../../../shared/model/names.ts';
import type { ResourceKind } from '../../../../shared/model/resource.ts';
import type { LoadBalancerService } from '../../../../shared/model/service.ts';
import { planResource } from '../../../../shared/plan/mergeResource.ts';
import { planPublications } from '../../../../shared/plan/publicationPlan.ts';
import { applied, complete, factsFor, planFor, service } from '../ingressScene.ts';
import { asAzureMightWrite, frontends, healthy, respelled, spec } from '../driftScene.ts';
import { describeWithReferenceData, referenceRecords } from '../../../local/azure/referenceData.ts';

const find = (changes: Partial<DriftInput> = {}) => driftFindings({ spec, frontends, ...healthy(), ...changes });
const { firewall, routeTable, virtualNetwork } = healthy();

test('an environment as it was made has no drift', () => {
  expect(find()).toEqual([]);
});

test('neither has one that Azure writes differently', () => {
  expect(
    find({
      firewall: asAzureMightWrite(firewall) as JsonObject,
      routeTable: asAzureMightWrite(routeTable) as JsonObject,
      virtualNetwork: asAzureMightWrite(virtualNetwork) as JsonObject,
    }),
  ).toEqual([]);
});

const { cluster } = resourceIds(spec);

describe('every difference is found by its check', () => {
  test.each<[string, Partial<DriftInput>, string]>([
    ['an egress rule', { firewall: respelled(firewall, '"1194"', '"1195"') }, 'egressRules'],
    ['threat intelligence', { firewall: respelled(firewall, '"Alert"', '"Off"') }, 'threatIntelligence'],
    ['the DNS proxy', { firewall: respelled(firewall, '"true"', '"false"') }, 'dnsProxy'],
    ['the public IP', { firewall: respelled(firewall, 'aks-egress-fwpublicip', 'other') }, 'firewallConfiguration'],
    ['a route', { routeTable: respelled(routeTable, 'VirtualAppliance', 'Internet') }, 'routes'],
    ['a missing route', { frontends: ['20.62.10.30', '20.62.10.31'] }, 'routes'],
    ['the DNS servers', { virtualNetwork: respelled(virtualNetwork, '10.42.2.4', '8.8.8.8') }, 'dnsServers'],
    [
      'the association of the route table',
      { virtualNetwork: respelled(virtualNetwork, /"routeTable":\{[^}]*\}/g, '"zz":1') },
      'routeTableAssociation',
    ],
    ['a subnet', { virtualNetwork: respelled(virtualNetwork, '10.42.1.0/24', '10.42.1.0/25') }, 'subnets'],
    ['our tag', { routeTable: respelled(routeTable, ownershipTag, 'team') }, 'ownership'],
    ['an authorized range', { ranges: [{ id: cluster, added: ['20.62.10.30/32'], removed: [] }] }, 'authorizedRanges'],
    ['a range that has ended', { ranges: [{ id: cluster, added: [], removed: ['20.9.9.9/32'] }] }, 'authorizedRanges'],
  ])('%s', (_what, changes, check) => {
    const findings = find(changes);
    expect(findings.length).toBeGreaterThan(0);
    expect(new Set(findings.map((finding) => finding.check))).toEqual(new Set([check]));
  });

  test('a rule of a service that somebody has removed, changed or left behind', () => {
    const web = service();
    const api = service({ name: 'api', ports: [{ port: 443 }] });
    const both = applied(firewall, planFor(web, api));
    const publications = (changed: JsonObject, ...services: readonly LoadBalancerService[]) => {
      const lists = [complete(...services)];
      return {
        firewall: changed,
        publications: planPublications({ spec, lists, firewall: changed, facts: factsFor(lists) }),
      };
    };
    expect(find(publications(firewall, web))).toMatchObject([
      { check: 'dnatRules', what: 'aks-egress.shop.web.80.tcp', expected: { port: 80 } },
    ]);
    const edited = respelled(both, '"destinationPorts":["443"]', '"destinationPorts":["444"]');
    expect(find(publications(edited, web, api))).toMatchObject([
      { what: 'aks-egress.shop.api.443.tcp', expected: { port: 443 }, actual: { destinationPorts: ['444'] } },
    ]);
    const [left] = find(publications(both, web));
    expect(left).toMatchObject({ what: 'aks-egress.shop.api.443.tcp', actual: { destinationPorts: ['443'] } });
    expect(left).not.toHaveProperty('expected');
  });

  test.each(['Failed', 'Canceled'])(
    'a last write that ended as %s, although everything is as it was wanted',
    (state) => {
      const broken = (json: JsonObject): JsonObject => ({
        ...json,
        properties: { ...(json['properties'] as JsonObject), provisioningState: state },
      });
      const findings = find({ firewall: broken(firewall), routeTable: broken(routeTable) });
      expect(findings).toMatchObject([
        { check: 'lastWrite', what: 'firewall provisioningState', actual: state, severity: 'error' },
        { check: 'lastWrite', what: 'routeTable provisioningState', actual: state, severity: 'error' },
      ]);
    },
  );

  test('a resource that is gone', () => {
    const findings = driftFindings({ spec, frontends });
    expect(findings.map(({ check, severity }) => [check, severity])).toEqual(Array(3).fill(['presence', 'error']));
  });

  test('a finding says what is expected and what is there', () => {
    expect(find({ firewall: respelled(firewall, '"Alert"', '"Off"') })).toEqual([
      {
        check: 'threatIntelligence',
        resource: expect.stringContaining('/azureFirewalls/aks-egress-fw'),
        what: 'properties.threatIntelMode',
        expected: 'Alert',
        actual: 'Off',
        severity: 'warning',
      },
    ]);
  });
});

test('each check finds nothing of another’s: together they are the list of what drift means', () => {
  expect(Object.keys(driftChecks)).toHaveLength(16);
});

interface Recorded {
  readonly method: string;
  readonly uri: string;
  readonly body: Json;
  readonly status: number;
  readonly response: Json;
}

/** Answers to a PUT that sent what we send: the request is what is wanted, the answers are what is there. */
describeWithReferenceData('recordings', 'recorded payloads', () => {
  const files: readonly (readonly [string, ResourceKind])[] = [
    ['route-table.jsonl', 'routeTable'],
    ['public-ip.jsonl', 'publicIp'],
    ['virtual-network.jsonl', 'virtualNetwork'],
    ['firewall-rules.jsonl', 'firewall'],
    ['firewall-dns-proxy.jsonl', 'firewall'],
    ['firewall-ip-config-2021.jsonl', 'firewall'],
    ['firewall-with-policy-2020.jsonl', 'firewall'],
    ['aks-authorized-ranges.jsonl', 'cluster'],
    ['aks-private-cluster.jsonl', 'cluster'],
  ];

  test.each(files)('%s: no false alarm', (file, kind) => {
    const records = referenceRecords<Recorded>(`recordings/${file}`);
    let compared = 0;
    for (const [index, { method, uri, body, response }] of records.entries()) {
      if (method !== 'PUT' || !isJsonObject(body) || !isJsonObject(response)) continue;
      const path = idOf(uri);
      for (const answer of [response, ...readsAfter(records, index, path)]) {
        const actual = { ...answer, tags: { [ownershipTag]: 'x' } };
        const plan = planResource({ kind, id: path, apiVersion: '', body: writable(body) }, actual, 'x');
        expect({ uri: path, differences: plan.differences }).toEqual({ uri: path, differences: [] });
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(1);
  });
});

/** The answers of GETs on the resource until it is written again. */
function readsAfter(records: readonly Recorded[], index: number, path: string): readonly JsonObject[] {
  const later = records.slice(index + 1);
  const next = later.findIndex(
    (one) => ['PUT', 'PATCH', 'DELETE'].includes(one.method) && isWithin(path, idOf(one.uri)),
  );
  return later
    .slice(0, next < 0 ? undefined : next)
    .filter(({ method, status, uri }) => method === 'GET' && status === 200 && idOf(uri) === path)
    .flatMap(({ response }) => (isJsonObject(response) ? [response] : []));
}

const idOf = (uri: string) => new URL(uri).pathname.toLowerCase();
const isWithin = (parent: string, path: string) => path === parent || path.startsWith(`${parent}/`);

/** Properties of others' requests that Gatehouse sends none of: tags, secrets, what only `az` says. */
const notOurs = ['tags', 'linuxProfile', 'servicePrincipalProfile', 'scaleSetPriority', 'scaleSetEvictionPolicy'];

/** What Gatehouse would have sent: nothing that is null or empty either. */
function writable(value: JsonObject): JsonObject {
  const entries = Object.entries(value).flatMap(([key, inner]): [string, Json][] => {
    if (inner === null || inner === undefined || inner === '' || notOurs.includes(key)) return [];
    if (isList(inner) && inner.length === 0) return [];
    if (isList(inner)) return [[key, inner.map((one) => (isJsonObject(one) ? writable(one) : one))]];
    const sent = isJsonObject(inner) ? writable(inner) : inner;
    return isJsonObject(sent) && Object.keys(sent).length === 0 ? [] : [[key, sent]];
  });
  return Object.fromEntries(entries);
}
