import { objectsAt, stringAt, type JsonObject } from '../model/json.ts';
import { apiVersions } from '../model/apiVersions.ts';
import { listResources, readResource } from './resource.ts';

/** Addresses of public IPs by lower-case ARM id; those that have none yet are left out. */
export type PublicIpAddresses = ReadonlyMap<string, string>;

/**
 * All public IPs of a subscription in one read: those of a firewall and those of its clusters' load balancers lie in
 * different groups, so asking for the groups would take one read each.
 *
 * @throws ArmError
 */
export async function publicIpAddresses(subscription: string): Promise<PublicIpAddresses> {
  const path = `/subscriptions/${subscription}/providers/Microsoft.Network/publicIPAddresses`;
  const publicIps = (await listResources(path, apiVersions.network)) ?? [];
  return new Map(publicIps.flatMap(addressEntry));
}

/**
 * The load balancers of a cluster's node resource group, raw.
 *
 * @param nodeResourceGroup full ARM id
 * @returns undefined when there is no such group
 * @throws ArmError
 */
export async function listLoadBalancers(nodeResourceGroup: string): Promise<readonly JsonObject[] | undefined> {
  return listResources(`${nodeResourceGroup}/providers/Microsoft.Network/loadBalancers`, apiVersions.network);
}

/**
 * The frontend addresses of load balancers, private and public, sorted. Public ones that `known` doesn't hold (of another
 * subscription, by annotation) are read one by one.
 *
 * @throws ArmError
 */
export async function frontendAddresses(
  loadBalancers: readonly JsonObject[],
  known: PublicIpAddresses,
): Promise<readonly string[]> {
  const frontends = loadBalancers.flatMap((one) => objectsAt(one, 'properties', 'frontendIPConfigurations'));
  const addresses = await Promise.all(
    frontends.map(async (frontend) => {
      const privateAddress = stringAt(frontend, 'properties', 'privateIPAddress');
      const publicIpId = stringAt(frontend, 'properties', 'publicIPAddress', 'id');
      if (publicIpId === undefined) return privateAddress;
      return known.get(publicIpId.toLowerCase()) ?? (await publicAddress(publicIpId));
    }),
  );
  return [...new Set(addresses.filter((address) => address !== undefined))].toSorted();
}

async function publicAddress(id: string): Promise<string | undefined> {
  const publicIp = await readResource(id, apiVersions.network);
  return stringAt(publicIp, 'properties', 'ipAddress');
}

function addressEntry(publicIp: JsonObject): readonly (readonly [string, string])[] {
  const id = stringAt(publicIp, 'id');
  const address = stringAt(publicIp, 'properties', 'ipAddress');
  return id === undefined || address === undefined ? [] : [[id.toLowerCase(), address]];
}
