import { aksError } from '../errors.ts';
import { asText, objectAt, objectsAt, stringAt, stringsAt, type JsonObject } from '../json.ts';
import { canonicalText, contains, isCanonical, overlaps, parseRange, type Ipv4Range } from '../ipv4.ts';
import { lastSegment, parentId } from '../resourceId.ts';
import { childNamed } from './networkBodies.ts';
import type { World, Write } from './resourceType.ts';

const MAX_AUTHORIZED_RANGES = 200;
const MAX_AUTHORIZED_RANGES_WITH_VNET_INTEGRATION = 2000;

/** With userDefinedRouting the cluster's egress must be routed to an appliance before the first node boots. */
export function checkOutboundType(write: Write, properties: JsonObject): void {
  if (stringAt(properties, 'networkProfile', 'outboundType') !== 'userDefinedRouting') return;
  for (const pool of objectsAt(properties, 'agentPoolProfiles')) {
    const subnetId = stringAt(pool, 'vnetSubnetID');
    if (subnetId === undefined) {
      throw aksError(
        400,
        'InvalidParameter',
        'The outbound type userDefinedRouting needs a subnet of your own: vnetSubnetID.',
        'networkProfile.outboundType',
      );
    }
    const routeTable = stringAt(subnetOf(write.world, subnetId), 'properties', 'routeTable', 'id');
    if (routeTable === undefined) {
      throw aksError(
        400,
        'ExistingRouteTableNotAssociatedWithSubnet',
        `An existing route table has not been associated with subnet ${subnetId}. Please update the route table association`,
      );
    }
    const routes = objectsAt(write.world.find(routeTable)?.body, 'properties', 'routes');
    const defaultRoute = routes.find((route) => stringAt(route, 'properties', 'addressPrefix') === '0.0.0.0/0');
    if (defaultRoute === undefined) {
      throw aksError(
        400,
        'RouteTableMissingDefaultRoute',
        `The route table ${routeTable} has no default route 0.0.0.0/0. Please see http://aka.ms/aks/outboundtype for more details`,
      );
    }
    const nextHop = stringAt(defaultRoute, 'properties', 'nextHopType') ?? '';
    if (nextHop !== 'VirtualAppliance' && nextHop !== 'VirtualNetworkGateway') {
      throw aksError(
        400,
        'RouteTableInvalidNextHop',
        `Default route 0.0.0.0/0 has a next hop of ${nextHop} but only next hops of VirtualAppliance or VirtualNetworkGateway are allowed. Please see http://aka.ms/aks/outboundtype for more details`,
      );
    }
  }
}

/** Service, pod and subnet ranges must be canonical and lie apart; the DNS service lies within the service range. */
export function checkRanges(write: Write, properties: JsonObject): void {
  const profile = objectAt(properties, 'networkProfile');
  const service = cidr(profile['serviceCidr'], 'networkProfile.serviceCidr');
  const dns = parseRange(stringAt(profile, 'dnsServiceIP') ?? '');
  if (dns === undefined || !contains(service, dns) || dns.first === service.first) {
    throw aksError(
      400,
      'DnsServiceIpOutOfServiceCidr',
      `The specified dnsServiceIP ${asText(profile['dnsServiceIP'])} is not within the service CIDR ${service.text}.`,
      'networkProfile.dnsServiceIP',
    );
  }
  const pod = profile['podCidr'] === undefined ? undefined : cidr(profile['podCidr'], 'networkProfile.podCidr');
  if (pod !== undefined && overlaps(pod, service)) {
    throw aksError(
      400,
      'PodCidrOverlapServiceCidr',
      `The specified pod CIDR ${pod.text} is conflicted with the service CIDR ${service.text}.`,
      'networkProfile.podCidr',
    );
  }
  for (const pool of objectsAt(properties, 'agentPoolProfiles')) {
    const subnet = stringAt(pool, 'vnetSubnetID');
    for (const prefix of subnet === undefined ? [] : networkPrefixes(write.world, subnet)) {
      if (overlaps(prefix, service)) {
        throw aksError(
          400,
          'ServiceCidrOverlapExistingSubnetsCidr',
          `The specified service CIDR ${service.text} is conflicted with an existing subnet CIDR ${prefix.text}. Please see https://aka.ms/aks/servicecidroverlap to learn more.`,
          'networkProfile.serviceCidr',
        );
      }
      if (pod !== undefined && overlaps(prefix, pod)) {
        throw aksError(
          400,
          'PodCidrOverlapExistingSubnetsCidr',
          `The specified pod CIDR ${pod.text} is conflicted with an existing subnet CIDR ${prefix.text}.`,
          'networkProfile.podCidr',
        );
      }
    }
  }
}

/** The ranges of all subnets of a subnet's network. */
function networkPrefixes(world: World, subnetId: string): readonly Ipv4Range[] {
  const network = world.find(parentId(subnetId))?.body;
  return objectsAt(network, 'properties', 'subnets').flatMap((subnet) =>
    [
      stringAt(subnet, 'properties', 'addressPrefix') ?? '',
      ...stringsAt(subnet, 'properties', 'addressPrefixes'),
    ].flatMap((text) => parseRange(text) ?? []),
  );
}

/** Ranges must start at their network address; private clusters can't have any. */
export function checkAuthorizedRanges(properties: JsonObject): void {
  const profile = objectAt(properties, 'apiServerAccessProfile');
  const ranges = stringsAt(profile, 'authorizedIPRanges');
  if (ranges.length > 0 && profile['enablePrivateCluster'] === true) {
    throw aksError(
      400,
      'InvalidParameter',
      'Authorized IP ranges are not supported for private clusters.',
      'apiServerAccessProfile.authorizedIPRanges',
    );
  }
  const limit =
    profile['enableVnetIntegration'] === true ? MAX_AUTHORIZED_RANGES_WITH_VNET_INTEGRATION : MAX_AUTHORIZED_RANGES;
  if (ranges.length > limit) {
    throw aksError(
      400,
      'InvalidParameter',
      `The number of APIServer Authorized IP Ranges is greater than the allowed value ${limit}.`,
      'apiServerAccessProfile.authorizedIPRanges',
    );
  }
  for (const text of ranges) {
    const range = parseRange(text);
    if (range === undefined || !isCanonical(range)) {
      const hint = range === undefined ? '' : ` Did you mean ${canonicalText(range)}?`;
      throw aksError(
        400,
        'InvalidParameter',
        `The value of parameter apiServerAccessProfile.authorizedIPRanges is invalid: ${text} is not an IPv4 address or CIDR.${hint}`,
        'apiServerAccessProfile.authorizedIPRanges',
      );
    }
  }
}

function cidr(text: unknown, target: string): Ipv4Range {
  const range = typeof text === 'string' ? parseRange(text) : undefined;
  if (range === undefined || !isCanonical(range))
    throw aksError(400, 'InvalidParameter', `The value of parameter ${target} is invalid: ${String(text)}.`, target);
  return range;
}

/** The subnet an id stands for, if it exists. */
export function subnetOf(world: World, subnetId: string): JsonObject | undefined {
  return childNamed(world.find(parentId(subnetId))?.body, 'subnets', lastSegment(subnetId));
}
