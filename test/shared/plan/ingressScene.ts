import type { EnvironmentSpec } from '../../../shared/model/environmentSpec.ts';
import { isJsonObject, jsonAt, objectsAt, type Json, type JsonObject } from '../../../shared/model/json.ts';
import type { PublicationFacts } from '../../../shared/model/publication.ts';
import { parseService, type LoadBalancerService, type ServiceList } from '../../../shared/model/service.ts';
import { planPublications, type PublicationPlan } from '../../../shared/plan/publicationPlan.ts';
import { articleSpec } from '../../support/spec.ts';

export const cluster = 'aks-egress';
export const frontend = '20.62.10.30';

/** What a test says of a service; the rest is a healthy public one on port 80. */
export interface ServiceSketch {
  readonly cluster?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly createdAt?: string;
  readonly deleting?: boolean;
  readonly type?: string;
  readonly loadBalancerClass?: string;
  readonly ports?: readonly { readonly port: number; readonly protocol?: string; readonly name?: string }[];
  /** Addresses of the load balancer. */
  readonly ips?: readonly string[];
  readonly loadBalancerSourceRanges?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The raw Service that an API server answers. */
function rawService(sketch: ServiceSketch = {}): JsonObject {
  const { loadBalancerClass, loadBalancerSourceRanges, ports = [{ port: 80 }], ips = ['20.81.1.1'] } = sketch;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      namespace: sketch.namespace ?? 'shop',
      name: sketch.name ?? 'web',
      uid: `${sketch.namespace ?? 'shop'}-${sketch.name ?? 'web'}`,
      creationTimestamp: sketch.createdAt ?? '2026-01-01T00:00:00Z',
      ...(sketch.deleting === true && { deletionTimestamp: '2026-02-01T00:00:00Z' }),
      annotations: sketch.annotations ?? {},
    },
    spec: {
      type: sketch.type ?? 'LoadBalancer',
      ports: ports.map((port) => ({ nodePort: 30_000, protocol: 'TCP', ...port })),
      ...(loadBalancerClass !== undefined && { loadBalancerClass }),
      ...(loadBalancerSourceRanges !== undefined && { loadBalancerSourceRanges }),
    },
    status: { loadBalancer: { ingress: ips.map((ip) => ({ ip })) } },
  };
}

export function service(sketch: ServiceSketch = {}): LoadBalancerService {
  const parsed = parseService(rawService(sketch), sketch.cluster ?? cluster);
  if (parsed === undefined) throw new Error('The test made a service that can not be read.');
  return parsed;
}

export function complete(...services: readonly LoadBalancerService[]): ServiceList {
  return { cluster, state: 'complete', services };
}

/** Routes → Internet for these addresses on the subnets of these clusters. */
export const routesFor = (clusters: readonly string[], addresses: readonly string[]) =>
  Object.fromEntries(clusters.map((name) => [name, addresses.map((address) => `${address}/32`)]));

/** Facts under which every service that is given has its load balancer. */
export function factsFor(lists: readonly ServiceList[], changes: Partial<PublicationFacts> = {}): PublicationFacts {
  const frontends = changes.frontends ?? [frontend];
  const addresses = lists.map((list) => [list.cluster, list.services.flatMap((one) => one.ingressIps)] as const);
  return {
    frontends,
    loadBalancers: Object.fromEntries(addresses),
    routesToInternet: routesFor(
      lists.map((list) => list.cluster),
      frontends,
    ),
    firewallRanges: ['10.42.2.0/24', ...frontends.map((address) => `${address}/32`)],
    ...changes,
  };
}

export interface Scene {
  readonly spec?: EnvironmentSpec;
  readonly lists: readonly ServiceList[];
  readonly firewall?: JsonObject;
  readonly facts?: Partial<PublicationFacts>;
  readonly approved?: string;
}

export function plan({
  spec = articleSpec(),
  lists,
  firewall = emptyFirewall,
  facts,
  approved,
}: Scene): PublicationPlan {
  return planPublications({
    spec,
    lists,
    firewall,
    facts: factsFor(lists, facts),
    ...(approved !== undefined && { approved }),
  });
}

/** A plan for these services alone, on a firewall without rules. */
export function planFor(...services: readonly LoadBalancerService[]): PublicationPlan {
  return plan({ lists: [complete(...services)] });
}

export const emptyFirewall: JsonObject = { name: 'aks-egress-fw', properties: { natRuleCollections: [] } };

/** The firewall after the plan's write. */
export function applied(firewall: JsonObject, { natRuleCollections }: PublicationPlan): JsonObject {
  if (natRuleCollections === undefined) return firewall;
  const properties = firewall['properties'];
  return { ...firewall, properties: { ...(isJsonObject(properties) ? properties : {}), natRuleCollections } };
}

/** A firewall that publishes these services already. */
export function firewallWith(...services: readonly LoadBalancerService[]): JsonObject {
  return applied(emptyFirewall, planFor(...services));
}

export function withCollection(firewall: JsonObject, collection: JsonObject): JsonObject {
  const listed = jsonAt(firewall, 'properties', 'natRuleCollections') as readonly Json[];
  return { ...firewall, properties: { natRuleCollections: [...listed, collection] } };
}

export function foreignCollection(rules: readonly JsonObject[], name = 'theirs', priority = 100): JsonObject {
  return { name, etag: 'W/"1"', properties: { priority, action: { type: 'Dnat' }, rules, zz: [1, null] } };
}

export function foreignRule(changes: JsonObject = {}): JsonObject {
  return {
    name: 'inboundrule',
    sourceAddresses: ['*'],
    destinationAddresses: [frontend],
    destinationPorts: ['80'],
    protocols: ['Any'],
    translatedAddress: '10.42.1.250',
    translatedPort: '80',
    ...changes,
  };
}

/** The rules of the environment's collection. */
export function ownRules(firewall: JsonObject): readonly JsonObject[] {
  const own = objectsAt(firewall, 'properties', 'natRuleCollections').find(({ name }) => name === cluster);
  return objectsAt(own, 'properties', 'rules');
}
