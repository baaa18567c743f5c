import {
  adoptedResources,
  clusterSubnetIds,
  firewallPolicyId,
  firewallSubnetId,
  subnetIn,
  type ActualAdoption,
} from '../actual/adopted.ts';
import { firewallFacts } from '../actual/facts.ts';
import { publicAddress, publicIpsOfSubscription, type PublicIps } from '../azure/publicIps.ts';
import { readResource } from '../azure/resource.ts';
import { apiVersions } from '../model/apiVersions.ts';
import { parentId, subscriptionOf } from '../model/armId.ts';
import type { AdoptedResources, AdoptSpec } from '../model/environmentSpec.ts';
import { stringAt, type JsonObject } from '../model/json.ts';
import { readInheritingPolicy } from './rulePolicy.ts';

/** An adoption as it is now, and the public IPs that were read for it. */
export interface ObservedAdoption {
  readonly actual: ActualAdoption;
  /** Absent while a part of what is adopted is missing. */
  readonly found?: AdoptedResources;
  readonly publicIps: PublicIps;
}

/**
 * Reads what an adoption's ids lead to: firewall, clusters and public IPs side by side, then the networks of their subnets, then
 * the route tables of these and the firewall's policy. What has been found before is read with the first.
 *
 * @throws ArmError when something can't be read, e.g. for want of a role
 */
export async function observeAdoption(adopt: AdoptSpec): Promise<ObservedAdoption> {
  const subnets = (adopt.found?.clusters ?? []).flatMap((cluster) => cluster.subnets);
  const known = {
    networks: [...subnets.map(({ id }) => id), ...(adopt.found ? [adopt.found.firewallSubnet] : [])].map(parentId),
    routeTables: [
      ...subnets.flatMap(({ routeTable }) => routeTable ?? []),
      ...(adopt.routeTable ? [adopt.routeTable] : []),
    ],
  };
  const [firewall, clusters, publicIps, knownNetworks, knownTables] = await Promise.all([
    readResource(adopt.firewall, apiVersions.network),
    readAll(adopt.clusters, apiVersions.containerService),
    publicIpsOfSubscription(subscriptionOf(adopt.firewall)),
    readAll(known.networks, apiVersions.network),
    readAll(known.routeTables, apiVersions.network),
  ]);
  const subnetIds = Object.values(clusters).flatMap(clusterSubnetIds);
  const firewallSubnet = firewall === undefined ? undefined : firewallSubnetId(firewall);
  const networkIds = [...subnetIds, ...(firewallSubnet === undefined ? [] : [firewallSubnet])].map(parentId);
  const networks = { ...knownNetworks, ...(await readAll(notIn(knownNetworks, networkIds), apiVersions.network)) };
  const tableIds = subnetIds.flatMap((id) => stringAt(subnetIn(networks, id), 'properties', 'routeTable', 'id') ?? []);
  const policyId = firewall === undefined ? undefined : firewallPolicyId(firewall);
  const [tables, frontends, policy] = await Promise.all([
    readAll(notIn(knownTables, tableIds), apiVersions.network),
    firewall === undefined ? [] : frontendsOf(firewall, publicIps),
    policyId === undefined ? undefined : readInheritingPolicy(policyId),
  ]);
  const actual: ActualAdoption = {
    ...(firewall === undefined ? {} : { firewall }),
    frontends,
    clusters,
    networks,
    routeTables: { ...knownTables, ...tables },
    ...(policy === undefined ? {} : { policy }),
  };
  const found = adoptedResources(actual);
  return { actual, publicIps, ...(found === undefined ? {} : { found }) };
}

/** The addresses that a firewall has, as far as Azure tells them. */
async function frontendsOf(firewall: JsonObject, publicIps: PublicIps): Promise<readonly string[]> {
  const ids = firewallFacts(firewall).frontends.map(({ publicIpId }) => publicIpId);
  const addresses = await Promise.all(ids.map((id) => publicAddress(id, publicIps)));
  return addresses.flatMap((address) => address ?? []);
}

/** By lower-case id, each read once; without what does not exist. */
async function readAll(ids: readonly string[], apiVersion: string): Promise<Readonly<Record<string, JsonObject>>> {
  const unique = [...new Map(ids.map((id) => [id.toLowerCase(), id]))];
  const read = await Promise.all(unique.map(async ([key, id]) => [key, await readResource(id, apiVersion)] as const));
  return Object.fromEntries(read.flatMap(([key, resource]) => (resource === undefined ? [] : [[key, resource]])));
}

const notIn = (known: Readonly<Record<string, JsonObject>>, ids: readonly string[]): readonly string[] =>
  ids.filter((id) => known[id.toLowerCase()] === undefined);
