import { apiVersions } from '../model/apiVersions.ts';
import { clusterViews } from '../model/clusters.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { canonicalRange } from '../model/ipRange.ts';
import type { JsonObject } from '../model/json.ts';
import { numbered, resourceIds, resourceNames } from '../model/names.ts';
import type { DesiredResource } from '../model/resource.ts';
import { hasJumpbox } from './jumpbox.ts';
import { tagged } from './resourceGroup.ts';

/** Of a route table; Azure takes no more without being asked. */
const MAX_ROUTES = 400;

/** The virtual network with all subnets, so that it takes one write. */
export function desiredVirtualNetwork(spec: EnvironmentSpec): DesiredResource {
  return virtualNetwork(spec, {}, {});
}

/**
 * The virtual network once the firewall has its address: its resolver is the firewall's DNS proxy, and what leaves the
 * cluster's subnet goes by the route table. Both in one write, before any node boots: running nodes keep old resolvers.
 */
export function desiredNetworkRouting(
  spec: EnvironmentSpec,
  { firewallPrivateIp }: { readonly firewallPrivateIp: string },
): DesiredResource {
  return virtualNetwork(spec, resolvers(spec, firewallPrivateIp), { routeTable: { id: resourceIds(spec).routeTable } });
}

/** The network with its resolvers, whatever its subnets are routed by. */
export function desiredNetworkResolvers(
  spec: EnvironmentSpec,
  { firewallPrivateIp }: { readonly firewallPrivateIp: string },
): DesiredResource {
  return virtualNetwork(spec, resolvers(spec, firewallPrivateIp), {});
}

/** A firewall without DNS proxy answers no questions: the network keeps the servers that it has. */
function resolvers({ firewall }: EnvironmentSpec, firewallPrivateIp: string): JsonObject {
  return firewall.dnsProxy ? { dhcpOptions: { dnsServers: [firewallPrivateIp] } } : {};
}

/** The association of the route table with the subnet of the view's cluster alone: a subnet PUT leaves the rest of the network be. */
export function desiredSubnetRouting(spec: EnvironmentSpec): DesiredResource {
  const ids = resourceIds(spec);
  return {
    kind: 'subnet',
    id: ids.clusterSubnet,
    apiVersion: apiVersions.network,
    body: {
      name: spec.network.clusterSubnet.name,
      properties: { addressPrefix: spec.network.clusterSubnet.prefix, routeTable: { id: ids.routeTable } },
    },
  };
}

/** The route table, still empty: it is created while the firewall is. */
export function desiredRouteTable(spec: EnvironmentSpec): DesiredResource {
  return {
    kind: 'routeTable',
    id: resourceIds(spec).routeTable,
    apiVersion: apiVersions.network,
    body: { ...tagged(spec) },
  };
}

/**
 * The route table with its routes: everything goes to the firewall, except what is meant for the firewall's own public
 * addresses. Those must go straight out, or replies of published services would come back through the firewall twice.
 *
 * @param facts `frontends`: the firewall's public addresses, or ranges that hold them
 */
export function desiredRoutes(
  spec: EnvironmentSpec,
  facts: { readonly firewallPrivateIp: string; readonly frontends: readonly string[] },
): DesiredResource {
  const names = resourceNames(spec);
  const toInternet = facts.frontends.map((address, index) => ({
    name: numbered(names.routeToInternet, index),
    properties: { addressPrefix: canonicalRange(address), nextHopType: 'Internet' },
  }));
  const toFirewall = {
    name: names.routeToFirewall,
    properties: {
      addressPrefix: '0.0.0.0/0',
      nextHopType: 'VirtualAppliance',
      nextHopIpAddress: facts.firewallPrivateIp,
    },
  };
  const empty = desiredRouteTable(spec);
  return {
    ...empty,
    // A route past the firewall that nobody calls for any more would go on leading past it.
    ownCollections: {
      routes: Array.from({ length: MAX_ROUTES }, (_, index) => numbered(names.routeToInternet, index)),
    },
    body: { ...empty.body, properties: { routes: [toFirewall, ...toInternet] } },
  };
}

function virtualNetwork(
  spec: EnvironmentSpec,
  networkProperties: JsonObject,
  routedProperties: JsonObject,
): DesiredResource {
  const { addressSpace, firewallSubnet, managementSubnet, ingressSubnet } = spec.network;
  // Neither of the further subnets has a route table. Azure wants the one to reach the Internet by itself; in the other there
  // are only frontends of load balancers, and it is the nodes' subnet that answers are routed by.
  const further = [managementSubnet, ingressSubnet].filter((subnet) => subnet !== undefined);
  return {
    kind: 'virtualNetwork',
    id: resourceIds(spec).virtualNetwork,
    apiVersion: apiVersions.network,
    body: {
      ...tagged(spec),
      properties: {
        addressSpace: { addressPrefixes: [addressSpace] },
        ...networkProperties,
        subnets: [
          ...clusterViews(spec).map(({ network: { clusterSubnet } }) => ({
            name: clusterSubnet.name,
            properties: { addressPrefix: clusterSubnet.prefix, ...routedProperties },
          })),
          ...[firewallSubnet, ...further].map(({ name, prefix }) => ({ name, properties: { addressPrefix: prefix } })),
          // What leaves the jumpbox goes the same way as what leaves the nodes.
          ...(hasJumpbox(spec)
            ? [
                {
                  name: resourceNames(spec).jumpboxSubnet,
                  properties: { addressPrefix: spec.jumpbox.subnet, ...routedProperties },
                },
              ]
            : []),
        ],
      },
    },
  };
}
