import { networkError } from '../errors.ts';
import { objectAt, objectsAt, sameJson, stringAt, stringsAt, type JsonObject } from '../json.ts';
import { contains, overlaps, type Ipv4Range } from '../ipv4.ts';
import { randomUUID } from 'node:crypto';
import { checkNetworkName } from './names.ts';
import * as bodies from './networkBodies.ts';
import { virtualNetworkShape } from './networkShapes.ts';
import type { ResourceType, World, Write } from './resourceType.ts';
import { fillPeerings, PEERING_TYPE, presentPeerings } from './peerings.ts';
import { subnetUsers } from './subnetUsers.ts';

const TYPE = 'Microsoft.Network/virtualNetworks';
const SUBNET_TYPE = 'Microsoft.Network/virtualNetworks/subnets';

export const virtualNetworks: ResourceType = {
  type: TYPE,
  shape: virtualNetworkShape,
  children: [
    { name: 'subnets', type: SUBNET_TYPE, kind: 'subnets.put' },
    { name: 'virtualNetworkPeerings', type: PEERING_TYPE, kind: 'virtualNetworks.update' },
  ],
  busy: 'RetryableError',
  checkName: checkNetworkName,
  plan(write) {
    const sent = objectAt(write.sent, 'properties');
    const prefixes = stringsAt(sent, 'addressSpace', 'addressPrefixes');
    if (prefixes.length === 0) {
      throw networkError(
        400,
        'MissingAddressSpace',
        `Virtual network ${write.id} must have at least one address prefix.`,
      );
    }
    const space = prefixes.map((prefix) => bodies.requireCidr(prefix, write.id));
    const subnets = bodies.requireNamedChildren(sent['subnets'], write.id, 'subnets');
    for (const subnet of subnets) checkNetworkName(stringAt(subnet, 'name') ?? '');
    checkSubnetRanges(write, subnets, space);
    checkUsedSubnets(write, subnets);
    const body = bodies.networkBody(write, TYPE, {
      resourceGuid: bodies.propertyOfBefore(write, 'resourceGuid') ?? randomUUID(),
      addressSpace: { ...objectAt(sent, 'addressSpace'), addressPrefixes: prefixes },
      ...bodies.rest(write.sent, 'resourceGuid', 'addressSpace', 'dhcpOptions', 'subnets', 'virtualNetworkPeerings'),
      dhcpOptions: { dnsServers: [], ...objectAt(sent, 'dhcpOptions') },
      subnets: subnets.map((subnet) => fillSubnet(write, subnet)),
      virtualNetworkPeerings: fillPeerings(write, sent),
      enableDdosProtection: sent['enableDdosProtection'] ?? false,
    });
    return {
      body,
      kind: write.before === undefined ? 'virtualNetworks.create' : 'virtualNetworks.update',
      dependencies: routeTablesOf(body),
    };
  },
  complete: (body) => ({ body }),
  present(body, world) {
    const subnets = objectsAt(body, 'properties', 'subnets').map((subnet) => {
      const users = subnetUsers(world, stringAt(subnet, 'id') ?? '');
      if (users.length === 0) return subnet;
      return {
        ...subnet,
        properties: { ...objectAt(subnet, 'properties'), ipConfigurations: users.map((id) => ({ id })) },
      };
    });
    const virtualNetworkPeerings = presentPeerings(body, world);
    return { ...body, properties: { ...objectAt(body, 'properties'), subnets, virtualNetworkPeerings } };
  },
  checkDelete(resource, world) {
    for (const subnet of objectsAt(resource.body, 'properties', 'subnets')) refuseUsed(world, subnet);
  },
  deleteKind: () => 'virtualNetworks.update',
};

function fillSubnet(write: Write, subnet: JsonObject): JsonObject {
  const properties = objectAt(subnet, 'properties');
  const routeTable = stringAt(properties, 'routeTable', 'id');
  if (routeTable !== undefined) checkRouteTable(write, subnet, routeTable);
  for (const referrer of ['networkSecurityGroup', 'natGateway']) {
    const reference = stringAt(properties, referrer, 'id');
    if (reference !== undefined) bodies.requireReference(write, reference);
  }
  const { ipConfigurations: _, ...kept } = bodies.rest(subnet);
  return bodies.childBody(subnet, write.id, 'subnets', SUBNET_TYPE, {
    ...kept,
    ...(routeTable === undefined ? { routeTable: undefined } : { routeTable: { id: routeTable } }),
    delegations: properties['delegations'] ?? [],
    privateEndpointNetworkPolicies: properties['privateEndpointNetworkPolicies'] ?? 'Disabled',
    privateLinkServiceNetworkPolicies: properties['privateLinkServiceNetworkPolicies'] ?? 'Enabled',
  });
}

/** A firewall's own subnet must reach the Internet directly, whatever its route table says else. */
function checkRouteTable(write: Write, subnet: JsonObject, routeTable: string): void {
  const table = bodies.requireReference(write, routeTable);
  if (stringAt(subnet, 'name') !== 'AzureFirewallSubnet') return;
  const direct = objectsAt(table, 'properties', 'routes').some(
    (route) =>
      stringAt(route, 'properties', 'addressPrefix') === '0.0.0.0/0' &&
      stringAt(route, 'properties', 'nextHopType') === 'Internet',
  );
  if (direct) return;
  throw networkError(
    400,
    'AzureFirewallSubnetRouteTableMustHaveDefaultRouteToInternet',
    `Route Table ${stringAt(table, 'name')} on firewall subnet AzureFirewallSubnet must have 0.0.0.0/0 route with next hop Internet.`,
  );
}

function checkSubnetRanges(write: Write, subnets: readonly JsonObject[], space: readonly Ipv4Range[]): void {
  const seen: { name: string; range: Ipv4Range }[] = [];
  for (const subnet of subnets) {
    const name = stringAt(subnet, 'name') ?? '';
    for (const range of subnetRanges(subnet, `${write.id}/subnets/${name}`)) {
      if (!space.some((prefix) => contains(prefix, range))) {
        throw networkError(
          400,
          'NetcfgInvalidSubnet',
          `Subnet '${name}' is not valid in virtual network '${write.name}'.`,
        );
      }
      if (seen.some((other) => overlaps(other.range, range))) {
        throw networkError(
          400,
          'NetcfgSubnetRangesOverlap',
          `Subnet '${name}' is not valid because its IP address range overlaps with that of an existing subnet in virtual ` +
            `network '${write.name}'.`,
        );
      }
      seen.push({ name, range });
    }
  }
}

/** The ranges of a subnet, which has one `addressPrefix` or several `addressPrefixes`. */
export function subnetRanges(subnet: JsonObject, id: string): readonly Ipv4Range[] {
  const one = stringAt(subnet, 'properties', 'addressPrefix');
  const several = stringsAt(subnet, 'properties', 'addressPrefixes');
  return (several.length > 0 ? several : [one]).map((prefix) => bodies.requireCidr(prefix, id));
}

/** A PUT replaces the subnet list: what it leaves out is deleted, and a subnet in use can neither go nor move. */
function checkUsedSubnets(write: Write, subnets: readonly JsonObject[]): void {
  for (const before of objectsAt(write.before, 'properties', 'subnets')) {
    const name = stringAt(before, 'name') ?? '';
    const after = subnets.find((subnet) => stringAt(subnet, 'name')?.toLowerCase() === name.toLowerCase());
    if (after === undefined) {
      refuseUsed(write.world, before);
      continue;
    }
    const moved = ['addressPrefix', 'addressPrefixes'].some(
      (property) => !sameJson(objectAt(before, 'properties')[property], objectAt(after, 'properties')[property]),
    );
    if (moved && subnetUsers(write.world, stringAt(before, 'id') ?? '').length > 0) {
      throw networkError(400, 'InUseSubnetCannotBeUpdated', `Subnet ${name} is in use and cannot be updated.`);
    }
  }
}

function refuseUsed(world: World, subnet: JsonObject): void {
  const [user] = subnetUsers(world, stringAt(subnet, 'id') ?? '');
  if (user === undefined) return;
  throw networkError(
    400,
    'InUseSubnetCannotBeDeleted',
    `Subnet ${stringAt(subnet, 'name')} is in use by ${user} and cannot be deleted. In order to delete the subnet, delete ` +
      'all the resources within the subnet. See aka.ms/deletesubnet.',
  );
}

function routeTablesOf(network: JsonObject): readonly string[] {
  return objectsAt(network, 'properties', 'subnets').flatMap((subnet) => {
    const id = stringAt(subnet, 'properties', 'routeTable', 'id');
    return id === undefined ? [] : [id];
  });
}
