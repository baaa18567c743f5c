import { groupId, lastSegment, parentId, subscriptionOf } from '../model/armId.ts';
import type { AdoptedCluster, AdoptedResources, AdoptedSubnet } from '../model/environmentSpec.ts';
import { canonicalRange } from '../model/ipRange.ts';
import { jsonAt, objectsAt, stringAt, stringsAt, type JsonObject } from '../model/json.ts';
import type { RulePolicy } from './rulePolicy.ts';

/** What an adoption is judged by, raw, as ARM answers it; by lower-case id, and absent where there is none. */
export interface ActualAdoption {
  readonly firewall?: JsonObject;
  /** Public addresses of the firewall, in the order of its IP configurations. */
  readonly frontends: readonly string[];
  readonly clusters: Readonly<Record<string, JsonObject>>;
  readonly networks: Readonly<Record<string, JsonObject>>;
  readonly routeTables: Readonly<Record<string, JsonObject>>;
  /** The firewall's policy, with what it inherits; absent for a classic firewall. */
  readonly policy?: RulePolicy;
}

/** The subnet that a firewall lives in; undefined for one without IP configuration, which is stopped. */
export const firewallSubnetId = (firewall: JsonObject): string | undefined =>
  objectsAt(firewall, 'properties', 'ipConfigurations')
    .map((one) => stringAt(one, 'properties', 'subnet', 'id'))
    .find((id) => id !== undefined);

/** The policy that has a firewall's rules; undefined for a classic one. */
export const firewallPolicyId = (firewall: JsonObject): string | undefined =>
  stringAt(firewall, 'properties', 'firewallPolicy', 'id');

/** The subnets that a cluster's node pools are in, each once; none where AKS made the network itself. */
export function clusterSubnetIds(cluster: JsonObject): readonly string[] {
  const ids = objectsAt(cluster, 'properties', 'agentPoolProfiles').flatMap((pool) => [
    stringAt(pool, 'vnetSubnetID') ?? [],
    stringAt(pool, 'podSubnetID') ?? [],
  ]);
  return [...new Map(ids.flat().map((id) => [id.toLowerCase(), id])).values()];
}

/** A subnet as its network answers it. */
export function subnetIn(networks: ActualAdoption['networks'], id: string): JsonObject | undefined {
  const network = networks[parentId(id).toLowerCase()];
  return objectsAt(network, 'properties', 'subnets').find(
    (subnet) => stringAt(subnet, 'name')?.toLowerCase() === lastSegment(id).toLowerCase(),
  );
}

/** Where everything is that an adoption has to do with; undefined while a part of it is missing. */
export function adoptedResources({ firewall, clusters, networks }: ActualAdoption): AdoptedResources | undefined {
  const firewallSubnet = firewall && firewallSubnetId(firewall);
  if (firewall === undefined || firewallSubnet === undefined) return undefined;
  const policy = firewallPolicyId(firewall);
  return {
    firewallSubnet,
    ...(policy === undefined ? {} : { policy }),
    clusters: Object.values(clusters).map((cluster) => adoptedCluster(cluster, networks)),
  };
}

function adoptedCluster(cluster: JsonObject, networks: ActualAdoption['networks']): AdoptedCluster {
  const id = stringAt(cluster, 'id') ?? '';
  const group = stringAt(cluster, 'properties', 'nodeResourceGroup') ?? lastSegment(groupId(id));
  return {
    name: lastSegment(id),
    id,
    isPrivate: jsonAt(cluster, 'properties', 'apiServerAccessProfile', 'enablePrivateCluster') === true,
    nodeResourceGroup: `/subscriptions/${subscriptionOf(id)}/resourceGroups/${group}`,
    subnets: clusterSubnetIds(cluster).map((subnet) => adoptedSubnet(subnet, networks)),
  };
}

function adoptedSubnet(id: string, networks: ActualAdoption['networks']): AdoptedSubnet {
  const subnet = subnetIn(networks, id);
  const routeTable = stringAt(subnet, 'properties', 'routeTable', 'id');
  return { id, prefixes: subnetPrefixes(subnet), ...(routeTable === undefined ? {} : { routeTable }) };
}

/** Canonical; a subnet gives its range either as one prefix or as a list of them. */
export function subnetPrefixes(subnet: JsonObject | undefined): readonly string[] {
  const one = stringAt(subnet, 'properties', 'addressPrefix');
  const prefixes = one === undefined ? stringsAt(subnet, 'properties', 'addressPrefixes') : [one];
  return prefixes.map(canonicalRange);
}

/** The table that a subnet is routed by now. */
export function tableOf({ networks, routeTables }: ActualAdoption, subnet: AdoptedSubnet): JsonObject | undefined {
  const id = stringAt(subnetIn(networks, subnet.id), 'properties', 'routeTable', 'id');
  return id === undefined ? undefined : routeTables[id.toLowerCase()];
}
