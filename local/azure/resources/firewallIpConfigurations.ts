import { invalidResourceReference, networkError } from '../errors.ts';
import { isObject, objectAt, objectsAt, stringAt, stringsAt, type JsonObject } from '../json.ts';
import { toAddress } from '../ipv4.ts';
import { lastSegment, parentId, sameId } from '../resourceId.ts';
import * as bodies from './networkBodies.ts';
import type { World, Write } from './resourceType.ts';
import { publicIpUser, subnetUsers } from './subnetUsers.ts';
import { subnetRanges } from './virtualNetworks.ts';

const CONFIGURATIONS = 'azureFirewallIpConfigurations';
export const CONFIGURATION_TYPE = `Microsoft.Network/azureFirewalls/${CONFIGURATIONS}`;

const DATA_SUBNET = 'AzureFirewallSubnet';
const MANAGEMENT_SUBNET = 'AzureFirewallManagementSubnet';
const LONGEST_SUBNET_PREFIX = 26;

export interface Frontend {
  readonly publicIpId: string;
  /** Undefined while the public IP has none. */
  readonly address: string | undefined;
}

/** Throws what is wrong with a firewall's IP configurations; otherwise its frontends, in their order. */
export function checkIpConfigurations(write: Write, properties: JsonObject): readonly Frontend[] {
  const configurations = bodies.requireNamedChildren(properties['ipConfigurations'], write.id, 'ipConfigurations');
  const frontends = configurations.map((configuration, index) => checkDataConfiguration(write, configuration, index));
  const management = properties['managementIpConfiguration'];
  if (isObject(management)) checkSubnet(write, management, MANAGEMENT_SUBNET);
  const all = [...frontends, ...(isObject(management) ? [checkPublicIp(write, management)] : [])];
  if (new Set(all.map(({ publicIpId }) => publicIpId.toLowerCase())).size < all.length) {
    throw refused('PublicIPAddressInUse', `Two IP configurations of ${write.id} refer to the same public IP address.`);
  }
  if (stringAt(properties, 'sku', 'tier') === 'Basic' && configurations.length > 0 && !isObject(management)) {
    throw refused(
      'AzureFirewallManagementIpConfigurationRequired',
      `Azure Firewall ${write.id}: the Basic tier needs a management IP configuration in ${MANAGEMENT_SUBNET}.`,
    );
  }
  return frontends;
}

/** `privateIPAddress` is Azure's to say: it stays what it was, and a new configuration has none until it is finished. */
export function fillConfiguration(write: Write, configuration: JsonObject, before: JsonObject | undefined): JsonObject {
  const address = stringAt(before, 'properties', 'privateIPAddress');
  return bodies.childBody(configuration, write.id, CONFIGURATIONS, CONFIGURATION_TYPE, {
    provisioningState: 'Succeeded',
    ...(address === undefined ? {} : { privateIPAddress: address }),
    ...bodies.rest(configuration, 'privateIPAddress', 'privateIPAllocationMethod'),
    privateIPAllocationMethod: 'Dynamic',
  });
}

/** The configuration with its private address, as it has one when the firewall is finished. */
export function finishConfiguration(world: World, configuration: JsonObject): JsonObject {
  const properties = objectAt(configuration, 'properties');
  const subnet = stringAt(properties, 'subnet', 'id');
  if (subnet === undefined || properties['privateIPAddress'] !== undefined) return configuration;
  return { ...configuration, properties: { ...properties, privateIPAddress: firstUsableAddress(world, subnet) } };
}

/** The networks in which a firewall's configurations lie. */
export function networksOf(body: JsonObject): readonly string[] {
  const subnets = objectsAt(body, 'properties', 'ipConfigurations').flatMap(
    (configuration) => stringAt(configuration, 'properties', 'subnet', 'id') ?? [],
  );
  return [...new Set(subnets.map(parentId))];
}

function checkDataConfiguration(write: Write, configuration: JsonObject, index: number): Frontend {
  const subnet = stringAt(configuration, 'properties', 'subnet', 'id');
  if (index > 0 && subnet !== undefined) {
    throw refused(
      'AzureFirewallIpConfigurationSubnetNotAllowed',
      `Only the first IP configuration of ${write.id} may refer to a subnet.`,
    );
  }
  if (index === 0) checkSubnet(write, configuration, DATA_SUBNET);
  return checkPublicIp(write, configuration);
}

function checkPublicIp(write: Write, configuration: JsonObject): Frontend {
  const id = configurationId(write, configuration);
  const publicIpId = stringAt(configuration, 'properties', 'publicIPAddress', 'id');
  if (publicIpId === undefined) {
    throw refused(
      'AzureFirewallIpConfigurationMissingPublicIp',
      `IP configuration ${id} must refer to a public IP address.`,
    );
  }
  const publicIp = bodies.requireReference(write, publicIpId);
  const method = stringAt(publicIp, 'properties', 'publicIPAllocationMethod');
  if (stringAt(publicIp, 'sku', 'name') !== 'Standard' || method !== 'Static') {
    throw refused(
      'AzureFirewallPublicIpMustBeStandardStatic',
      `Azure Firewall ${write.id} can use only static public IP addresses of the Standard SKU: ${publicIpId} is not one.`,
    );
  }
  const zones = stringsAt(write.sent, 'zones');
  if (zones.length > 0 && stringsAt(publicIp, 'zones').length === 0) {
    throw refused(
      'ZonalAzureFirewallCannotReferenceNoZonePublicIp',
      `Azure Firewall ${write.id} has zone constraint ${zones.join(', ')}, but Public IP ${publicIpId} referenced by the ` +
        'azure firewall has no zones',
    );
  }
  const user = publicIpUser(write.world, publicIpId);
  if (user !== undefined && !sameId(parentId(user), write.id)) {
    throw refused(
      'PublicIPAddressInUse',
      `Resource ${id} is referencing public IP address ${publicIpId} that is already allocated to resource ${user}.`,
    );
  }
  return { publicIpId, address: stringAt(publicIp, 'properties', 'ipAddress') };
}

function checkSubnet(write: Write, configuration: JsonObject, wantedName: string): void {
  const id = configurationId(write, configuration);
  const subnetId = stringAt(configuration, 'properties', 'subnet', 'id');
  if (subnetId === undefined) {
    throw refused('AzureFirewallIpConfigurationMissingSubnet', `IP configuration ${id} must refer to a subnet.`);
  }
  const network = bodies.requireReference(write, parentId(subnetId));
  const subnet = bodies.childNamed(network, 'subnets', lastSegment(subnetId));
  if (subnet === undefined) throw invalidResourceReference(subnetId, id);
  if (!sameId(lastSegment(subnetId), wantedName)) {
    throw refused(
      'AzureFirewallSubnetNameInvalid',
      `Azure Firewall ${write.id}: the subnet must be named ${wantedName}, not ${lastSegment(subnetId)}.`,
    );
  }
  if (!sameId(groupPart(subnetId), groupPart(write.id))) {
    throw refused(
      'AzureFirewallVnetResourceGroupMismatch',
      `Azure Firewall ${write.id} and its virtual network must be in the same resource group.`,
    );
  }
  if (subnetRanges(subnet, subnetId).some(({ prefixLength }) => prefixLength > LONGEST_SUBNET_PREFIX)) {
    throw refused(
      'AzureFirewallSubnetTooSmall',
      `Azure Firewall ${write.id}: ${wantedName} must be at least a /${LONGEST_SUBNET_PREFIX}.`,
    );
  }
  const other = subnetUsers(write.world, subnetId).find((user) => !sameId(parentId(user), write.id));
  if (other !== undefined) {
    throw refused('AzureFirewallSubnetInUse', `Azure Firewall ${write.id}: ${subnetId} is already used by ${other}.`);
  }
}

/** Azure keeps the first four addresses of each subnet for itself. */
function firstUsableAddress(world: World, subnetId: string): string {
  const subnet = bodies.childNamed(world.find(parentId(subnetId))?.body, 'subnets', lastSegment(subnetId));
  const [range] = subnet === undefined ? [] : subnetRanges(subnet, subnetId);
  return range === undefined ? '' : toAddress(range.first + 4);
}

function configurationId(write: Write, configuration: JsonObject): string {
  return `${write.id}/${CONFIGURATIONS}/${stringAt(configuration, 'name') ?? ''}`;
}

function groupPart(id: string): string {
  return id.split('/').slice(0, 5).join('/');
}

function refused(code: string, message: string) {
  return networkError(400, code, message);
}
