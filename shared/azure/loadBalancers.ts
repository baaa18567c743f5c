import { apiVersions } from '../model/apiVersions.ts';
import { objectsAt, stringAt, type JsonObject } from '../model/json.ts';
import { publicAddress, type PublicIps } from './publicIps.ts';
import { listResources } from './resource.ts';

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
  known: PublicIps,
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
