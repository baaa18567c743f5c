import { canonicalRange } from '../model/ipRange.ts';
import { jsonAt, objectsAt, stringAt, stringsAt, type JsonObject } from '../model/json.ts';

interface FirewallFacts {
  /** Its public addresses, in the order of its IP configurations. */
  readonly frontends: readonly { readonly name: string; readonly publicIpId: string }[];
  /** Absent until the firewall is finished, even while its IP configuration already says `Succeeded`. */
  readonly privateIp?: string;
}

/** A firewall as ARM answers it. */
export function firewallFacts(json: JsonObject): FirewallFacts {
  const configurations = objectsAt(json, 'properties', 'ipConfigurations');
  const privateIp = configurations
    .map((one) => stringAt(one, 'properties', 'privateIPAddress'))
    .find((address) => address !== undefined);
  return {
    frontends: configurations.flatMap((one) => {
      const publicIpId = stringAt(one, 'properties', 'publicIPAddress', 'id');
      return publicIpId === undefined ? [] : [{ name: stringAt(one, 'name') ?? '', publicIpId }];
    }),
    ...(privateIp !== undefined && { privateIp }),
  };
}

interface PublicIpFacts {
  /** Absent while it is being allocated. */
  readonly address?: string;
  /** What it is attached to: the id of an IP configuration. */
  readonly attachedTo?: string;
  /** The id of the prefix that it comes from. */
  readonly prefixId?: string;
}

/** A public IP as ARM answers it. */
export function publicIpFacts(json: JsonObject): PublicIpFacts {
  const address = stringAt(json, 'properties', 'ipAddress');
  const attachedTo = stringAt(json, 'properties', 'ipConfiguration', 'id');
  const prefixId = stringAt(json, 'properties', 'publicIPPrefix', 'id');
  return {
    ...(address !== undefined && { address }),
    ...(attachedTo !== undefined && { attachedTo }),
    ...(prefixId !== undefined && { prefixId }),
  };
}

interface PublicIpPrefixFacts {
  /** Canonical CIDR; absent until Azure has allocated it. */
  readonly range?: string;
  /** How many addresses it has, used or not. */
  readonly addresses: number;
  /** Ids of the public IPs that come from it. */
  readonly publicIpIds: readonly string[];
}

/** A public IP prefix as ARM answers it. */
export function publicIpPrefixFacts(json: JsonObject): PublicIpPrefixFacts {
  const range = stringAt(json, 'properties', 'ipPrefix');
  const prefixLength = jsonAt(json, 'properties', 'prefixLength');
  return {
    ...(range !== undefined && { range: canonicalRange(range) }),
    addresses: typeof prefixLength === 'number' ? 2 ** (32 - prefixLength) : 0,
    publicIpIds: objectsAt(json, 'properties', 'publicIPAddresses').flatMap((one) => stringAt(one, 'id') ?? []),
  };
}

interface ClusterFacts {
  /** Of a system-assigned identity; there from the moment the cluster's PUT is accepted. */
  readonly principalId?: string;
  /** Empty: the API server is open to the Internet. */
  readonly authorizedRanges: readonly string[];
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A cluster as ARM answers it. */
export function clusterFacts(json: JsonObject): ClusterFacts {
  const identity = stringAt(json, 'identity', 'principalId') ?? '';
  // Anything else is no principal that a role could be given to.
  const principalId = guid.test(identity) ? identity : undefined;
  return {
    ...(principalId !== undefined && { principalId }),
    authorizedRanges: stringsAt(json, 'properties', 'apiServerAccessProfile', 'authorizedIPRanges'),
  };
}

interface RouteTableFacts {
  readonly routes: readonly { readonly prefix: string; readonly nextHopType: string }[];
  /** Ids of the subnets that use the table. */
  readonly subnetIds: readonly string[];
}

/** A route table as ARM answers it. */
export function routeTableFacts(json: JsonObject): RouteTableFacts {
  return {
    routes: objectsAt(json, 'properties', 'routes').map((route) => ({
      prefix: stringAt(route, 'properties', 'addressPrefix') ?? '',
      nextHopType: stringAt(route, 'properties', 'nextHopType') ?? '',
    })),
    subnetIds: objectsAt(json, 'properties', 'subnets').flatMap((subnet) => stringAt(subnet, 'id') ?? []),
  };
}

/** Whether the last write of a resource has failed: it may say what is wanted, and does not work so. */
export const isBroken = (json: JsonObject): boolean => ['Failed', 'Canceled'].includes(provisioningState(json));

/** `Succeeded`, `Updating`, `Failed`, …; every resource of ARM has it in the same place. */
export function provisioningState(json: JsonObject): string {
  return stringAt(json, 'properties', 'provisioningState') ?? 'Unknown';
}
