import { apiVersions } from '../model/apiVersions.ts';
import { objectsAt, stringAt, type JsonObject } from '../model/json.ts';
import { ArmError } from './errors.ts';
import { listResources, readResource } from './resource.ts';

/** Addresses of public IPs by lower-case ARM id; those that have none yet are left out. */
export type PublicIpAddresses = ReadonlyMap<string, string>;

/**
 * All public IPs of a subscription in one read: those of a firewall and those of its clusters' load balancers lie in
 * different groups, so asking for the groups would take one read each.
 *
 * @returns none when the app may not read the subscription as a whole: {@link publicAddress} reads one by one
 * @throws ArmError
 */
export async function publicIpAddresses(subscription: string): Promise<PublicIpAddresses> {
  const path = `/subscriptions/${subscription}/providers/Microsoft.Network/publicIPAddresses`;
  try {
    const publicIps = (await listResources(path, apiVersions.network)) ?? [];
    return new Map(publicIps.flatMap(addressEntry));
  } catch (error) {
    if (error instanceof ArmError && error.kind === 'forbidden') return new Map();
    throw error;
  }
}

/**
 * The address of a public IP: a known one, or read (it lies in another subscription, say).
 *
 * @returns undefined when it is gone or has none yet
 * @throws ArmError
 */
export async function publicAddress(id: string, known: PublicIpAddresses): Promise<string | undefined> {
  const publicIp = known.get(id.toLowerCase()) ?? (await readResource(id, apiVersions.network));
  return typeof publicIp === 'string' ? publicIp : stringAt(publicIp, 'properties', 'ipAddress');
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

/** The frontend addresses of load balancers, private and public, sorted. @throws ArmError */
export async function frontendAddresses(
  loadBalancers: readonly JsonObject[],
  known: PublicIpAddresses,
): Promise<readonly string[]> {
  const frontends = loadBalancers.flatMap((one) => objectsAt(one, 'properties', 'frontendIPConfigurations'));
  const addresses = await Promise.all(
    frontends.map(async (frontend) => {
      const privateAddress = stringAt(frontend, 'properties', 'privateIPAddress');
      const publicIpId = stringAt(frontend, 'properties', 'publicIPAddress', 'id');
      return publicIpId === undefined ? privateAddress : publicAddress(publicIpId, known);
    }),
  );
  return [...new Set(addresses.filter((address) => address !== undefined))].toSorted();
}

function addressEntry(publicIp: JsonObject): readonly (readonly [string, string])[] {
  const id = stringAt(publicIp, 'id');
  const address = stringAt(publicIp, 'properties', 'ipAddress');
  return id === undefined || address === undefined ? [] : [[id.toLowerCase(), address]];
}
