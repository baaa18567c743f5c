import { firewallFacts, publicIpFacts } from '../actual/facts.ts';
import { publicAddress, type PublicIpAddresses } from '../azure/loadBalancers.ts';
import { readResource } from '../azure/resource.ts';
import { apiVersions } from '../model/apiVersions.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { JsonObject } from '../model/json.ts';
import { resourceIds } from '../model/names.ts';

/** Nothing is known beforehand: every address is read. */
const nothingKnown: PublicIpAddresses = new Map();

/**
 * The public addresses that a firewall sends and receives by now, in the order of its IP configurations: whatever the spec
 * wants, nodes reach the API server from these.
 *
 * @returns undefined for one that Azure does not tell (yet)
 * @throws ArmError
 */
export async function addressesInUse(
  firewall: JsonObject,
  known: PublicIpAddresses = nothingKnown,
): Promise<readonly (string | undefined)[]> {
  return Promise.all(firewallFacts(firewall).frontends.map(({ publicIpId }) => publicAddress(publicIpId, known)));
}

/** The firewall with its public addresses: the one that the spec calls for, and those that it has. */
export interface ObservedFirewall {
  /** Raw; absent where there is none. */
  readonly firewall?: JsonObject;
  /** Raw: the public IP that the spec calls for. */
  readonly publicIp?: JsonObject;
  /** Absent until it has been allocated. */
  readonly address?: string;
  /** Of every IP configuration whose address is known. */
  readonly inUse: readonly string[];
}

/** Reads the firewall and its public IPs. @throws ArmError */
export async function observeFirewall(spec: EnvironmentSpec): Promise<ObservedFirewall> {
  const ids = resourceIds(spec);
  const [firewall, publicIp] = await Promise.all([
    readResource(ids.firewall, apiVersions.network),
    readResource(ids.publicIp, apiVersions.network),
  ]);
  const address = publicIp === undefined ? undefined : publicIpFacts(publicIp).address;
  const known = address === undefined ? nothingKnown : new Map([[ids.publicIp.toLowerCase(), address]]);
  const inUse = firewall === undefined ? [] : await addressesInUse(firewall, known);
  return {
    ...(firewall === undefined ? {} : { firewall }),
    ...(publicIp === undefined ? {} : { publicIp }),
    ...(address === undefined ? {} : { address }),
    inUse: inUse.filter((one) => one !== undefined),
  };
}
