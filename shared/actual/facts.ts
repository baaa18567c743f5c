import { jsonAt, objectsAt, stringAt, stringsAt, type JsonObject } from '../model/json.ts';

export interface FirewallFacts {
  readonly frontends: readonly { readonly name: string; readonly publicIpId: string }[];
  /** Absent until the firewall is finished, even while its IP configuration already says `Succeeded`. */
  readonly privateIp?: string;
  readonly provisioningState: string;
  readonly dnsProxy: boolean;
  readonly threatIntel: string;
  readonly tier: string;
  /** Set when the firewall takes its rules from a policy. */
  readonly policyId?: string;
}

/** A firewall as ARM answers it. */
export function firewallFacts(json: JsonObject): FirewallFacts {
  const configurations = objectsAt(json, 'properties', 'ipConfigurations');
  const privateIp = configurations
    .map((one) => stringAt(one, 'properties', 'privateIPAddress'))
    .find((address) => address !== undefined);
  const policyId = stringAt(json, 'properties', 'firewallPolicy', 'id');
  const dnsProxy = jsonAt(json, 'properties', 'additionalProperties', 'Network.DNS.EnableProxy');
  return {
    frontends: configurations.flatMap((one) => {
      const publicIpId = stringAt(one, 'properties', 'publicIPAddress', 'id');
      return publicIpId === undefined ? [] : [{ name: stringAt(one, 'name') ?? '', publicIpId }];
    }),
    ...(privateIp !== undefined && { privateIp }),
    provisioningState: provisioningState(json),
    dnsProxy: dnsProxy === true || (typeof dnsProxy === 'string' && dnsProxy.toLowerCase() === 'true'),
    threatIntel: stringAt(json, 'properties', 'threatIntelMode') ?? 'Off',
    tier: stringAt(json, 'properties', 'sku', 'tier') ?? 'Standard',
    ...(policyId !== undefined && { policyId }),
  };
}

export interface PublicIpFacts {
  /** Absent while it is being allocated. */
  readonly address?: string;
  readonly provisioningState: string;
  /** What it is attached to: the id of an IP configuration. */
  readonly attachedTo?: string;
}

export function publicIpFacts(json: JsonObject): PublicIpFacts {
  const address = stringAt(json, 'properties', 'ipAddress');
  const attachedTo = stringAt(json, 'properties', 'ipConfiguration', 'id');
  return {
    ...(address !== undefined && { address }),
    provisioningState: provisioningState(json),
    ...(attachedTo !== undefined && { attachedTo }),
  };
}

export interface ClusterFacts {
  /** Of a system-assigned identity; there from the moment the cluster's PUT is accepted. */
  readonly principalId?: string;
  readonly nodeResourceGroup?: string;
  /** Empty: the API server is open to the Internet. */
  readonly authorizedRanges: readonly string[];
  readonly fqdn?: string;
  readonly provisioningState: string;
  /** The version that runs, where the spec may name a minor one only. */
  readonly kubernetesVersion?: string;
}

export function clusterFacts(json: JsonObject): ClusterFacts {
  const principalId = stringAt(json, 'identity', 'principalId');
  const nodeResourceGroup = stringAt(json, 'properties', 'nodeResourceGroup');
  const fqdn = stringAt(json, 'properties', 'fqdn');
  const kubernetesVersion =
    stringAt(json, 'properties', 'currentKubernetesVersion') ?? stringAt(json, 'properties', 'kubernetesVersion');
  return {
    ...(principalId !== undefined && { principalId }),
    ...(nodeResourceGroup !== undefined && { nodeResourceGroup }),
    authorizedRanges: stringsAt(json, 'properties', 'apiServerAccessProfile', 'authorizedIPRanges'),
    ...(fqdn !== undefined && { fqdn }),
    provisioningState: provisioningState(json),
    ...(kubernetesVersion !== undefined && { kubernetesVersion }),
  };
}

export interface RouteTableFacts {
  readonly routes: readonly RouteFacts[];
  /** Ids of the subnets that use the table. */
  readonly subnetIds: readonly string[];
  readonly provisioningState: string;
}

interface RouteFacts {
  readonly name: string;
  readonly prefix: string;
  readonly nextHopType: string;
  readonly nextHopIp?: string;
}

export function routeTableFacts(json: JsonObject): RouteTableFacts {
  return {
    routes: objectsAt(json, 'properties', 'routes').map((route) => {
      const nextHopIp = stringAt(route, 'properties', 'nextHopIpAddress');
      return {
        name: stringAt(route, 'name') ?? '',
        prefix: stringAt(route, 'properties', 'addressPrefix') ?? '',
        nextHopType: stringAt(route, 'properties', 'nextHopType') ?? '',
        ...(nextHopIp !== undefined && { nextHopIp }),
      };
    }),
    subnetIds: objectsAt(json, 'properties', 'subnets').flatMap((subnet) => stringAt(subnet, 'id') ?? []),
    provisioningState: provisioningState(json),
  };
}

export interface VirtualNetworkFacts {
  readonly addressPrefixes: readonly string[];
  /** Empty: Azure's own resolver. */
  readonly dnsServers: readonly string[];
  readonly subnets: readonly SubnetFacts[];
  readonly provisioningState: string;
}

interface SubnetFacts {
  readonly id: string;
  readonly name: string;
  readonly prefixes: readonly string[];
  readonly routeTableId?: string;
}

export function virtualNetworkFacts(json: JsonObject): VirtualNetworkFacts {
  return {
    addressPrefixes: stringsAt(json, 'properties', 'addressSpace', 'addressPrefixes'),
    dnsServers: stringsAt(json, 'properties', 'dhcpOptions', 'dnsServers'),
    subnets: objectsAt(json, 'properties', 'subnets').map(subnetFacts),
    provisioningState: provisioningState(json),
  };
}

/** A subnet, alone or inside its network. Azure gives its range as one prefix or as a list of one. */
function subnetFacts(json: JsonObject): SubnetFacts {
  const prefix = stringAt(json, 'properties', 'addressPrefix');
  const routeTableId = stringAt(json, 'properties', 'routeTable', 'id');
  return {
    id: stringAt(json, 'id') ?? '',
    name: stringAt(json, 'name') ?? '',
    prefixes: prefix === undefined ? stringsAt(json, 'properties', 'addressPrefixes') : [prefix],
    ...(routeTableId !== undefined && { routeTableId }),
  };
}

/** `Succeeded`, `Updating`, `Failed`, …; every resource of ARM has it in the same place. */
export function provisioningState(json: JsonObject): string {
  return stringAt(json, 'properties', 'provisioningState') ?? 'Unknown';
}
