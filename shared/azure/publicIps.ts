import { publicIpFacts } from '../actual/facts.ts';
import { apiVersions } from '../model/apiVersions.ts';
import { stringAt, type JsonObject } from '../model/json.ts';
import { ArmError } from './errors.ts';
import { listResources, readResource } from './resource.ts';

/** Public IPs by lower-case ARM id, raw. */
export type PublicIps = ReadonlyMap<string, JsonObject>;

/**
 * All public IPs of a subscription in one read: those of a firewall and those of its clusters' load balancers lie in
 * different groups, so asking for the groups would take one read each.
 *
 * @returns none when the app may not read the subscription as a whole: {@link publicIpOf} reads one by one
 * @throws ArmError
 */
export async function publicIpsOfSubscription(subscription: string): Promise<PublicIps> {
  try {
    return byId(await listPublicIps(`/subscriptions/${subscription}`));
  } catch (error) {
    if (error instanceof ArmError && error.kind === 'forbidden') return new Map();
    throw error;
  }
}

/** The public IPs of a subscription or resource group; none where there is no such scope. @throws ArmError */
export async function listPublicIps(scope: string): Promise<readonly JsonObject[]> {
  return (await listResources(`${scope}/providers/Microsoft.Network/publicIPAddresses`, apiVersions.network)) ?? [];
}

/** The public IP prefixes of a resource group; none where there is no such group. @throws ArmError */
export async function listPublicIpPrefixes(group: string): Promise<readonly JsonObject[]> {
  return (await listResources(`${group}/providers/Microsoft.Network/publicIPPrefixes`, apiVersions.network)) ?? [];
}

/** @param publicIps raw */
export function byId(publicIps: readonly JsonObject[]): PublicIps {
  return new Map(publicIps.map((one) => [(stringAt(one, 'id') ?? '').toLowerCase(), one]));
}

/**
 * A public IP: a known one that has its address, or read (it lies in another subscription, say).
 *
 * @returns undefined when it is gone
 * @throws ArmError
 */
export async function publicIpOf(id: string, known: PublicIps): Promise<JsonObject | undefined> {
  const listed = known.get(id.toLowerCase());
  if (listed !== undefined && publicIpFacts(listed).address !== undefined) return listed;
  return readResource(id, apiVersions.network);
}

/** Its address alone; undefined when it is gone or has none yet. @throws ArmError */
export async function publicAddress(id: string, known: PublicIps): Promise<string | undefined> {
  const publicIp = await publicIpOf(id, known);
  return publicIp === undefined ? undefined : publicIpFacts(publicIp).address;
}
