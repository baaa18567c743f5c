import { randomUUID } from 'node:crypto';
import { networkError } from '../errors.ts';
import { objectAt, stringAt, type JsonObject } from '../json.ts';
import { isAddress, parseRange } from '../ipv4.ts';
import { checkNetworkName } from './names.ts';
import * as bodies from './networkBodies.ts';
import { routeTableShape } from './networkShapes.ts';
import type { ResourceType, Write } from './resourceType.ts';
import { routeTableSubnets } from './subnetUsers.ts';

const TYPE = 'Microsoft.Network/routeTables';
const ROUTE_TYPE = 'Microsoft.Network/routeTables/routes';
const nextHopTypes = [
  'VirtualNetworkGateway',
  'VnetLocal',
  'Internet',
  'VirtualAppliance',
  'None',
  'VirtualApplianceEcmp',
];

export const routeTables: ResourceType = {
  type: TYPE,
  shape: routeTableShape,
  children: [{ name: 'routes', type: ROUTE_TYPE, kind: 'routes.put' }],
  busy: 'RetryableError',
  checkName: checkNetworkName,
  plan(write) {
    const sent = objectAt(write.sent, 'properties');
    const routes = bodies.requireNamedChildren(sent['routes'], write.id, 'routes');
    const prefixes = new Set<string>();
    for (const route of routes) {
      checkNetworkName(stringAt(route, 'name') ?? '');
      checkRoute(write, route, prefixes);
    }
    const body = bodies.networkBody(write, TYPE, {
      resourceGuid: bodies.propertyOfBefore(write, 'resourceGuid') ?? randomUUID(),
      ...bodies.rest(write.sent, 'resourceGuid', 'routes', 'subnets'),
      disableBgpRoutePropagation: sent['disableBgpRoutePropagation'] ?? false,
      routes: routes.map((route) =>
        bodies.childBody(route, write.id, 'routes', ROUTE_TYPE, { ...bodies.rest(route), hasBgpOverride: false }),
      ),
    });
    return { body, kind: 'routeTables.put' };
  },
  complete: (body) => ({ body }),
  present(body, world) {
    const subnets = routeTableSubnets(world, stringAt(body, 'id') ?? '');
    if (subnets.length === 0) return body;
    return { ...body, properties: { ...objectAt(body, 'properties'), subnets: subnets.map((id) => ({ id })) } };
  },
  checkDelete(resource, world) {
    const [subnet] = routeTableSubnets(world, resource.id);
    if (subnet === undefined) return;
    throw networkError(
      400,
      'InUseRouteTableCannotBeDeleted',
      `Route table ${stringAt(resource.body, 'name')} is in use and cannot be deleted. It is associated with subnet ${subnet}.`,
    );
  },
  deleteKind: () => 'routeTables.put',
};

function checkRoute(write: Write, route: JsonObject, prefixes: Set<string>): void {
  const id = `${write.id}/routes/${stringAt(route, 'name')}`;
  const prefix = stringAt(route, 'properties', 'addressPrefix');
  const nextHopType = stringAt(route, 'properties', 'nextHopType');
  const nextHop = stringAt(route, 'properties', 'nextHopIpAddress');
  // A service tag such as AzureCloud.eastus is a prefix, too.
  if (prefix === undefined || (!/^[A-Za-z]/.test(prefix) && parseRange(prefix) === undefined)) {
    throw networkError(
      400,
      'InvalidAddressPrefixFormat',
      `Address prefix ${String(prefix)} of resource ${id} is not formatted correctly.`,
    );
  }
  if (!/^[A-Za-z]/.test(prefix)) bodies.requireCidr(prefix, id);
  if (prefixes.has(prefix)) {
    throw networkError(
      400,
      'RouteConflict',
      `Route ${id} has the same address prefix ${prefix} as another route of the table.`,
    );
  }
  prefixes.add(prefix);
  if (nextHopType === undefined || !nextHopTypes.includes(nextHopType)) {
    throw networkError(
      400,
      'InvalidRequestFormat',
      `The next hop type '${String(nextHopType)}' of route ${id} is not one of ${nextHopTypes.join(', ')}.`,
    );
  }
  if (nextHopType === 'VirtualAppliance' && (nextHop === undefined || !isAddress(nextHop))) {
    throw networkError(
      400,
      'RouteNextHopIpAddressRequired',
      `Route ${id} with next hop type VirtualAppliance must have an IPv4 address as next hop.`,
    );
  }
  if (nextHopType !== 'VirtualAppliance' && nextHop !== undefined && nextHop !== '') {
    throw networkError(
      400,
      'RouteNextHopIpAddressNotAllowed',
      `Route ${id} can have a next hop address only with next hop type VirtualAppliance.`,
    );
  }
}
