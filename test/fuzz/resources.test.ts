import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import {
  clusterFacts,
  firewallFacts,
  provisioningState,
  publicIpFacts,
  routeTableFacts,
} from '../../shared/actual/facts.ts';
import { natRules } from '../../shared/actual/natRules.ts';
import { ownCollectionNames } from '../../shared/desired/egress.ts';
import { desiredCluster } from '../../shared/desired/cluster.ts';
import { GatehouseError } from '../../shared/model/errors.ts';
import { canonicalRange, rangeOf } from '../../shared/model/ipRange.ts';
import {
  isJsonObject,
  isList,
  jsonAt,
  objectsAt,
  stringAt,
  type Json,
  type JsonObject,
} from '../../shared/model/json.ts';
import { foreignFingerprint } from '../../shared/plan/fingerprints.ts';
import { planResource } from '../../shared/plan/mergeResource.ts';
import { foreignSubnets, withoutOwnParts } from '../../shared/plan/networkRemoval.ts';
import { explainService } from '../../shared/plan/explain.ts';
import { planPublications } from '../../shared/plan/publicationPlan.ts';
import { planRanges } from '../../shared/plan/rangePlan.ts';
import { planSync } from '../../shared/plan/syncPlan.ts';
import { complete, factsFor, service } from '../shared/plan/ingressScene.ts';
import { articleSpec } from '../support/spec.ts';
import { broken } from './brokenJson.ts';
import { fuzzed } from './fuzz.ts';
import { FRONTEND, publishedService, readyResources } from './scenes.ts';
import { ownRulesIn, requireJson, requireSound } from './soundRules.ts';

const spec = articleSpec();
const ready = readyResources(spec);
const list = complete(
  publishedService,
  service({ name: 'api', loadBalancerSourceRanges: ['198.51.100.7/32'], ports: [{ port: 443 }] }),
);
const facts = factsFor([list]);

/** A resource of which parts are gone, wrong or huge; what is no object never gets past reading it. */
const brokenResource = (resource: JsonObject): fc.Arbitrary<JsonObject> => {
  const properties = resource['properties'] as JsonObject;
  const inOne = fc
    .constantFrom(...Object.keys(properties))
    .chain((key) =>
      broken(properties[key] ?? null).map((value) => ({ ...resource, properties: { ...properties, [key]: value } })),
    );
  return fc.oneof(broken(resource, 5).filter(isJsonObject), inOne);
};

function look(resources: { firewall: JsonObject; routeTable?: JsonObject; virtualNetwork?: JsonObject }) {
  const { firewall } = resources;
  const publications = planPublications({ spec, lists: [list], firewall, facts });
  const plan = planSync({ spec, ...resources, frontends: [FRONTEND], publications });
  return { publications, plan };
}

/** A body that can be PUT: it is JSON, and has all the properties that the resource had. */
function requireWhole(body: JsonObject, before: JsonObject): void {
  requireJson(body);
  expect(isJsonObject(body['properties'])).toBe(true);
  expect(Object.keys(body)).toEqual(expect.arrayContaining(Object.keys(before)));
  const properties = jsonAt(before, 'properties');
  if (isJsonObject(properties)) {
    expect(Object.keys(body['properties'] as JsonObject)).toEqual(expect.arrayContaining(Object.keys(properties)));
  }
}

/** Every element of a list that has none of our names is there as it was. */
function requireForeign(body: JsonObject, before: JsonObject, key: string, own: readonly string[]): void {
  const after = jsonAt(body, 'properties', key);
  const listed = jsonAt(before, 'properties', key);
  for (const one of isList(listed) ? listed : []) {
    const name = isJsonObject(one) ? stringAt(one, 'name')?.toLowerCase() : undefined;
    if (name === undefined || own.some((other) => other.toLowerCase() === name)) continue;
    expect(isList(after) && after.some((other) => isDeepStrictEqual(other, one))).toBe(true);
  }
}

test('whatever Azure answers of firewall, routes and network, a sync plans, and takes nothing from others', () => {
  const resources = fc.record({
    firewall: brokenResource(ready.firewall),
    routeTable: brokenResource(ready.routeTable),
    virtualNetwork: brokenResource(ready.virtualNetwork),
  });
  const check = (read: typeof ready extends infer All ? Omit<All, 'cluster'> : never) => {
    const { publications, plan } = look(read);
    const before = new Set(
      objectsAt(read.firewall, 'properties', 'natRuleCollections').flatMap((one) =>
        objectsAt(one, 'properties', 'rules'),
      ),
    );
    for (const { rule } of [...publications.created, ...publications.updated]) {
      expect(rule.sources.every((one) => one === '198.51.100.0/24' || one === '198.51.100.7/32')).toBe(true);
    }
    const firewallBody = plan.rules?.body;
    if (firewallBody !== undefined) {
      requireWhole(firewallBody, read.firewall);
      requireForeign(firewallBody, read.firewall, 'natRuleCollections', [spec.name]);
      requireForeign(firewallBody, read.firewall, 'networkRuleCollections', ownCollectionNames.networkRuleCollections);
      requireForeign(
        firewallBody,
        read.firewall,
        'applicationRuleCollections',
        ownCollectionNames.applicationRuleCollections,
      );
      const written = ownRulesIn(jsonAt(firewallBody, 'properties', 'natRuleCollections') as Json[], spec.name);
      requireSound(
        [{ name: spec.name, properties: { rules: written.filter((rule) => !before.has(rule)) } }],
        spec.name,
      );
    }
    for (const { kind, body } of plan.resources) {
      const whole = { routeTable: read.routeTable, virtualNetwork: read.virtualNetwork }[kind as 'routeTable'];
      if (whole === undefined) continue;
      requireWhole(body, whole);
      requireForeign(body, whole, 'subnets', ['aks-subnet', 'AzureFirewallSubnet']);
    }
    for (const { check: name, what, resource } of plan.findings) expect([name, what, resource]).not.toContain('');
    expect(() => JSON.stringify(plan)).not.toThrow();
    for (const { namespace, name } of list.services) {
      explainService({ spec, list, namespace, service: name, firewall: read.firewall, facts, plan: publications });
    }
    foreignFingerprint(spec, { firewall: read.firewall });

    // What was written is what is wanted: the next look finds nothing left to write.
    const again = (kind: string, resource: JsonObject) =>
      plan.resources.find((one) => one.kind === kind)?.body ?? resource;
    const next = {
      firewall: firewallBody ?? read.firewall,
      routeTable: again('routeTable', read.routeTable),
      virtualNetwork: again('virtualNetwork', read.virtualNetwork),
    };
    const second = look(next).plan;
    expect(second.rules).toBeUndefined();
    const subnet = plan.resources.some(({ kind }) => kind === 'subnet');
    if (!subnet) expect(second.resources.map(({ kind, differences }) => [kind, differences])).toEqual([]);
  };
  check(ready);
  fc.assert(fc.property(resources, check), fuzzed(500));
});

test('whatever Azure answers of a cluster, its authorized ranges are merged, and never emptied', () => {
  const outboundRanges = ['203.0.113.10/32'];
  const desired = desiredCluster(spec, { frontends: [FRONTEND], outboundRanges });
  fc.assert(
    fc.property(brokenResource(ready.cluster), fc.boolean(), (cluster, first) => {
      const owned = first ? {} : { ownedRanges: ['203.0.113.10/32', '198.51.100.9/32'] };
      const plan = planRanges({
        spec,
        cluster,
        frontends: [FRONTEND],
        outboundRanges,
        grants: [],
        now: new Date(0),
        ...owned,
      });
      const actual = clusterFacts(cluster).authorizedRanges;
      if (plan.ranges !== undefined) {
        expect(plan.ranges).not.toEqual([]);
        for (const range of plan.ranges) {
          expect(actual.includes(range) || rangeOf(range) !== undefined).toBe(true);
          if (rangeOf(range)?.prefixLength === 0) expect(actual).toContain(range);
        }
        for (const foreign of actual.filter((range) => canonicalRange(range) !== '198.51.100.9/32')) {
          expect(plan.ranges).toContain(foreign);
        }
      }
      try {
        const { action, ...rest } = planResource(desired, cluster, spec.name);
        if (action === 'modify' && 'body' in rest) requireWhole(rest.body, cluster);
      } catch (error) {
        // Beyond 200 ranges it says so.
        expect(error).toBeInstanceOf(GatehouseError);
      }
    }),
    fuzzed(1_500),
  );
});

test('whatever Azure answers, what is taken from it is of its type or absent', () => {
  const any = fc.oneof(...Object.values(ready).map(brokenResource));
  fc.assert(
    fc.property(any, (resource) => {
      const { frontends, privateIp } = firewallFacts(resource);
      const { address, attachedTo } = publicIpFacts(resource);
      const { principalId, authorizedRanges } = clusterFacts(resource);
      const { routes, subnetIds } = routeTableFacts(resource);
      const texts = [
        privateIp,
        address,
        attachedTo,
        principalId,
        provisioningState(resource),
        ...authorizedRanges,
        ...subnetIds,
      ];
      expect(texts.filter((one) => one !== undefined && typeof one !== 'string')).toEqual([]);
      expect(
        frontends.every(({ name, publicIpId }) => typeof name === 'string' && typeof publicIpId === 'string'),
      ).toBe(true);
      expect(
        routes.every(({ prefix, nextHopType }) => typeof prefix === 'string' && typeof nextHopType === 'string'),
      ).toBe(true);
      natRules(resource, spec.name);
      foreignSubnets(resource, spec);
      const left = withoutOwnParts(resource, spec);
      if (left !== undefined) requireForeign(left, resource, 'subnets', ['aks-subnet', 'AzureFirewallSubnet']);
    }),
    fuzzed(1_000),
  );
});
