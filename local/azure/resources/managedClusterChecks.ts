import { aksError } from '../errors.ts';
import { at, objectAt, objectsAt, stringAt, stringsAt, asText, type JsonObject } from '../json.ts';
import { canonicalText, contains, isCanonical, overlaps, parseRange, type Ipv4Range } from '../ipv4.ts';
import { parentId } from '../resourceId.ts';
import { kubernetesVersions } from './kubernetesVersions.ts';
import { childNamed } from './networkBodies.ts';
import { normalLocation } from './names.ts';
import type { World, Write } from './resourceType.ts';
import { vmSize } from './vmSizes.ts';

const MAX_AUTHORIZED_RANGES = 200;
const MAX_AUTHORIZED_RANGES_WITH_VNET_INTEGRATION = 2000;

/** Throws the refusal that AKS has for the first fault in a cluster; `properties` has its defaults filled in. */
export function checkCluster(write: Write, properties: JsonObject): void {
  checkKubernetesVersion(stringAt(properties, 'kubernetesVersion') ?? '');
  checkPools(write, properties);
  checkIdentity(write, properties);
  checkOutboundType(write, properties);
  checkRanges(write, properties);
  checkAuthorizedRanges(properties);
}

function checkKubernetesVersion(version: string): void {
  if (kubernetesVersions.some((known) => known === version || known.startsWith(`${version}.`))) return;
  throw aksError(
    400,
    'K8sVersionNotSupported',
    `Managed cluster version ${version} is not supported in this region. Please use [az aks get-versions] command to get the supported version list in this region.`,
    'kubernetesVersion',
  );
}

function checkPools(write: Write, properties: JsonObject): void {
  const pools = objectsAt(properties, 'agentPoolProfiles');
  if (!pools.some((pool) => pool['mode'] === 'System')) {
    throw aksError(400, 'InvalidParameter', 'Must define at least one system pool.', 'agentPoolProfiles');
  }
  const needed = new Map<string, number>();
  for (const pool of pools) {
    const name = stringAt(pool, 'name') ?? '';
    if (!/^[a-z][a-z0-9]{0,11}$/.test(name)) {
      throw aksError(
        400,
        'InvalidParameter',
        `Agent pool name '${name}' is invalid: up to 12 lower-case letters and digits that start with a letter.`,
        'agentPoolProfile.name',
      );
    }
    const size = vmSize(stringAt(pool, 'vmSize') ?? '');
    if (size === undefined) {
      throw aksError(
        400,
        'BadRequest',
        `The VM size of ${asText(pool['vmSize'])} is not allowed in your subscription in location '${write.location}'.`,
        'agentPoolProfile.vmSize',
      );
    }
    const count = at(pool, 'count');
    if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > 1000) {
      throw aksError(
        400,
        'InvalidParameter',
        `The value of parameter agentPoolProfile.count is invalid: ${asText(count)}.`,
        'agentPoolProfile.count',
      );
    }
    for (const usage of [size.family, 'cores']) needed.set(usage, (needed.get(usage) ?? 0) + count * size.cores);
    checkSubnet(write, pool);
  }
  for (const [usage, cores] of needed) {
    const free = write.world.limit(write.location, usage) - coresInUse(write.world, write.location, usage, write.id);
    if (cores <= free) continue;
    throw aksError(
      400,
      'ErrCode_InsufficientVCPUQuota',
      `Insufficient vcpu quota requested ${cores}, remaining ${free} for family ${usage} for region ${write.location}.`,
    );
  }
}

/** Cores that clusters other than `except` have in a location, of one family or (`cores`) in all. */
export function coresInUse(world: World, location: string, usage: string, except = ''): number {
  return world
    .ofType('Microsoft.ContainerService/managedClusters')
    .filter(
      ({ id, body }) =>
        id.toLowerCase() !== except.toLowerCase() && normalLocation(stringAt(body, 'location') ?? '') === location,
    )
    .flatMap(({ body }) => objectsAt(body, 'properties', 'agentPoolProfiles'))
    .reduce((sum, pool) => {
      const size = vmSize(stringAt(pool, 'vmSize') ?? '');
      return size !== undefined && (usage === 'cores' || usage === size.family)
        ? sum + size.cores * Number(pool['count'])
        : sum;
    }, 0);
}

function checkSubnet(write: Write, pool: JsonObject): void {
  const subnet = stringAt(pool, 'vnetSubnetID');
  if (subnet !== undefined && subnetOf(write.world, subnet) === undefined) {
    throw aksError(
      400,
      'VnetNotFound',
      `Subnet ${subnet} was not found. Please make sure that the virtual network and the subnet exist.`,
      'agentPoolProfile.vnetSubnetID',
    );
  }
}

function checkIdentity(write: Write, properties: JsonObject): void {
  const plugin = stringAt(properties, 'networkProfile', 'networkPlugin');
  const custom = objectsAt(properties, 'agentPoolProfiles').some((pool) => pool['vnetSubnetID'] !== undefined);
  const identity = stringAt(write.sent, 'identity', 'type');
  for (const id of Object.keys(objectAt(write.sent, 'identity', 'userAssignedIdentities'))) {
    if (write.world.find(id) === undefined) {
      throw aksError(
        400,
        'ResourceNotFound',
        `The user assigned identity ${id} was not found.`,
        'identity.userAssignedIdentities',
      );
    }
  }
  if (plugin === 'kubenet' && custom && identity === 'SystemAssigned') {
    throw aksError(
      400,
      'CustomRouteTableWithUnsupportedMSIType',
      'Clusters using custom route table with kubenet must have a user assigned identity.',
      'identity.type',
    );
  }
  if (identity === undefined && stringAt(properties, 'servicePrincipalProfile', 'clientId') === 'msi') {
    throw aksError(400, 'InvalidParameter', 'Either an identity or a service principal must be given.', 'identity');
  }
}

/** With userDefinedRouting the cluster's egress must be routed to an appliance before the first node boots. */
function checkOutboundType(write: Write, properties: JsonObject): void {
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

function checkRanges(write: Write, properties: JsonObject): void {
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
function checkAuthorizedRanges(properties: JsonObject): void {
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

function subnetOf(world: World, subnetId: string): JsonObject | undefined {
  return childNamed(world.find(parentId(subnetId))?.body, 'subnets', subnetId.slice(subnetId.lastIndexOf('/') + 1));
}
