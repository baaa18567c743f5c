import { hasJumpbox } from '../desired/jumpbox.ts';
import { contains, rangeOf, trustedRange } from '../model/ipRange.ts';
import { isJsonObject, jsonAt, objectsAt, stringAt, stringsAt, type JsonObject } from '../model/json.ts';
import { clusterViews } from '../model/clusters.ts';
import { resourceNames } from '../model/names.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';

/** Names of the subnets of a raw virtual network that the spec does not call for. */
export const foreignSubnets = (network: JsonObject, spec: EnvironmentSpec): string[] =>
  subnetsOf(network)
    .filter((subnet) => !isOwn(subnet, spec))
    .map((subnet) => stringAt(subnet, 'name') ?? '');

/**
 * A raw virtual network without what this environment put into it: its subnets, and the DNS servers that are its
 * firewall, which is gone. Everything else stays as it was read.
 *
 * @returns undefined when nothing of ours is left in it
 */
export function withoutOwnParts(network: JsonObject, spec: EnvironmentSpec): JsonObject | undefined {
  const subnets = subnetsOf(network);
  const others = subnets.filter((subnet) => !isOwn(subnet, spec));
  if (others.length === subnets.length) return undefined;
  const properties = jsonAt(network, 'properties');
  const dhcpOptions = jsonAt(properties, 'dhcpOptions');
  const firewallRange = trustedRange(spec.network.firewallSubnet.prefix);
  const dnsServers = stringsAt(dhcpOptions, 'dnsServers').filter((server) => {
    const range = rangeOf(server);
    return range === undefined || !contains(firewallRange, range);
  });
  return {
    ...network,
    properties: {
      ...(isJsonObject(properties) ? properties : {}),
      subnets: others,
      ...(isJsonObject(dhcpOptions) ? { dhcpOptions: { ...dhcpOptions, dnsServers } } : {}),
    },
  };
}

const subnetsOf = (network: JsonObject): readonly JsonObject[] => objectsAt(network, 'properties', 'subnets');

function isOwn(subnet: JsonObject, spec: EnvironmentSpec): boolean {
  const { firewallSubnet, managementSubnet, ingressSubnet } = spec.network;
  const ofClusters = clusterViews(spec).map(({ network }) => network.clusterSubnet);
  const own = [...ofClusters, firewallSubnet, managementSubnet, ingressSubnet]
    .flatMap((one) => one?.name ?? [])
    .concat(hasJumpbox(spec) ? resourceNames(spec).jumpboxSubnet : []);
  return own.some((name) => name.toLowerCase() === stringAt(subnet, 'name')?.toLowerCase());
}
