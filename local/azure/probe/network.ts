import { worldOf, type Azure } from '../azure.ts';
import { objectAt, objectsAt, stringAt, type JsonObject } from '../json.ts';
import { parseRange } from '../ipv4.ts';
import { inEffect } from '../operations.ts';
import { groupOf, lastSegment, parentId, parsePath, sameId } from '../resourceId.ts';
import { LOAD_BALANCER_TYPE } from '../loadBalancers/loadBalancerBody.ts';
import { childNamed } from '../resources/networkBodies.ts';
import { isPeered } from '../resources/peerings.ts';
import { natRules, type NatRule } from './natRules.ts';

/** The network as packets find it: what running operations are about to change works as before. */
export interface Network {
  /** The firewall that has this public address. */
  firewallWith(address: string): JsonObject | undefined;
  /** A firewall's DNAT rules in the order in which packets meet them. */
  natRulesOf(firewall: JsonObject): readonly NatRule[];
  /** The frontend that has this address, with its load balancer. */
  frontendWith(address: string): { readonly frontend: JsonObject; readonly loadBalancer: JsonObject } | undefined;
  /** The machine that has this address in the network, with its subnet. */
  machineWith(address: string): { readonly machine: JsonObject; readonly subnetId: string } | undefined;
  /** The cluster whose load balancer it is. */
  clusterOf(loadBalancer: JsonObject): JsonObject | undefined;
  /** The route that a packet to an address takes out of a subnet, by the longest prefix; undefined for Azure's own. */
  routeFrom(subnetId: string, address: string): JsonObject | undefined;
  /** Whether two networks are one, or peered in both directions. */
  isConnected(one: string, other: string): boolean;
  /** The network security group of a cluster's nodes. */
  securityGroupOf(cluster: JsonObject): JsonObject | undefined;
  serviceOf(loadBalancingRule: JsonObject): { readonly namespace: string; readonly name: string } | undefined;
}

export function networkOf(azure: Azure): Network {
  const now = azure.clock.now();
  const ofType = (type: string) =>
    worldOf(azure, '')
      .ofType(type)
      .map(({ id }) => inEffect(azure.store, now, id)?.body)
      .filter((body) => body !== undefined);
  const find = (id: string | undefined) => (id === undefined ? undefined : inEffect(azure.store, now, id)?.body);
  const publicAddress = (configuration: JsonObject) =>
    stringAt(find(stringAt(configuration, 'properties', 'publicIPAddress', 'id')), 'properties', 'ipAddress');

  return {
    firewallWith: (address) =>
      ofType('Microsoft.Network/azureFirewalls').find((firewall) =>
        objectsAt(firewall, 'properties', 'ipConfigurations').some((one) => publicAddress(one) === address),
      ),
    natRulesOf: (firewall) => natRules(firewall, ofType('Microsoft.Network/firewallPolicies/ruleCollectionGroups')),
    frontendWith(address) {
      for (const loadBalancer of ofType(LOAD_BALANCER_TYPE)) {
        const frontend = objectsAt(loadBalancer, 'properties', 'frontendIPConfigurations').find(
          (one) => (stringAt(one, 'properties', 'privateIPAddress') ?? publicAddress(one)) === address,
        );
        if (frontend !== undefined) return { frontend, loadBalancer };
      }
      return undefined;
    },
    machineWith(address) {
      const configuration = ofType('Microsoft.Network/networkInterfaces')
        .flatMap((one) => objectsAt(one, 'properties', 'ipConfigurations'))
        .find((one) => stringAt(one, 'properties', 'privateIPAddress') === address);
      const interfaceId = parentId(stringAt(configuration, 'id') ?? '');
      const machine = ofType('Microsoft.Compute/virtualMachines').find((one) =>
        objectsAt(one, 'properties', 'networkProfile', 'networkInterfaces').some((held) =>
          sameId(stringAt(held, 'id') ?? '', interfaceId),
        ),
      );
      const subnetId = stringAt(configuration, 'properties', 'subnet', 'id');
      return machine === undefined || subnetId === undefined ? undefined : { machine, subnetId };
    },
    clusterOf(loadBalancer) {
      const id = stringAt(loadBalancer, 'id') ?? '';
      return ofType('Microsoft.ContainerService/managedClusters').find(
        (cluster) =>
          sameId(stringAt(cluster, 'properties', 'nodeResourceGroup') ?? '', groupOf(id)) &&
          parsePath(stringAt(cluster, 'id') ?? '')?.subscription === parsePath(id)?.subscription,
      );
    },
    routeFrom(subnetId, address) {
      const subnet = childNamed(find(parentId(subnetId)), 'subnets', lastSegment(subnetId));
      const table = find(stringAt(subnet, 'properties', 'routeTable', 'id'));
      return longestMatch(objectsAt(table, 'properties', 'routes'), address);
    },
    isConnected: (one, other) => sameId(one, other) || (isPeered(find(one), other) && isPeered(find(other), one)),
    securityGroupOf(cluster) {
      const group = stringAt(cluster, 'properties', 'nodeResourceGroup') ?? '';
      return ofType('Microsoft.Network/networkSecurityGroups').find((one) =>
        sameId(groupOf(stringAt(one, 'id') ?? ''), group),
      );
    },
    serviceOf: (rule) => azure.store.balancedServices.get((stringAt(rule, 'id') ?? '').toLowerCase()),
  };
}

/** The subnet that a cluster's nodes are in. */
export function nodeSubnetOf(cluster: JsonObject): string | undefined {
  return stringAt(objectsAt(cluster, 'properties', 'agentPoolProfiles')[0], 'vnetSubnetID');
}

/** The subnet that a firewall is in, and its address there. */
export function firewallPlace(firewall: JsonObject): { readonly subnetId: string; readonly address: string } {
  const properties = objectAt(objectsAt(firewall, 'properties', 'ipConfigurations')[0], 'properties');
  return {
    subnetId: stringAt(properties, 'subnet', 'id') ?? '',
    address: stringAt(properties, 'privateIPAddress') ?? '',
  };
}

function longestMatch(routes: readonly JsonObject[], address: string): JsonObject | undefined {
  const target = parseRange(address);
  let best: { readonly route: JsonObject; readonly length: number } | undefined;
  for (const route of routes) {
    const range = parseRange(stringAt(route, 'properties', 'addressPrefix') ?? '');
    if (target === undefined || range === undefined || range.first > target.first || range.last < target.last) continue;
    if (best === undefined || range.prefixLength > best.length) best = { route, length: range.prefixLength };
  }
  return best?.route;
}
