import { networkError } from '../errors.ts';
import { isObject, objectAt, objectsAt, sameJson, stringAt, type JsonObject } from '../json.ts';
import { toAddress } from '../ipv4.ts';
import type { LatencyKind } from '../latencies.ts';
import { parentId, sameId } from '../resourceId.ts';
import { checkRules, fillRule, hasDnsProxy, ruleCollectionKinds, type Allocation } from './firewallRules.ts';
import { checkNetworkName } from './names.ts';
import * as bodies from './networkBodies.ts';
import { azureFirewallShape } from './networkShapes.ts';
import type { ResourceType, World, Write } from './resourceType.ts';
import { publicIpUser, subnetUsers } from './subnetUsers.ts';
import { subnetRanges } from './virtualNetworks.ts';

const TYPE = 'Microsoft.Network/azureFirewalls';
const CONFIGURATIONS = 'azureFirewallIpConfigurations';
const SUBNET_NAME = 'AzureFirewallSubnet';
const LONGEST_SUBNET_PREFIX = 26;

export const azureFirewalls: ResourceType = {
  type: TYPE,
  shape: azureFirewallShape,
  children: [
    { name: 'ipConfigurations', type: `${TYPE}/${CONFIGURATIONS}`, alwaysSucceeded: true },
    ...ruleCollectionKinds.map((name) => ({ name, type: `${TYPE}/${name}` })),
  ],
  busy: 'AnotherOperationInProgress',
  checkName: checkNetworkName,
  plan(write) {
    const sent = objectAt(write.sent, 'properties');
    checkUnsupported(write, sent);
    const configurations = bodies.requireNamedChildren(sent['ipConfigurations'], write.id, 'ipConfigurations');
    const frontends = configurations.map((configuration, index) => checkConfiguration(write, configuration, index));
    if (new Set(frontends.map(({ id }) => id.toLowerCase())).size < frontends.length) {
      throw networkError(
        400,
        'PublicIPAddressInUse',
        `Two IP configurations of ${write.id} refer to the same public IP address.`,
      );
    }
    const allocation: Allocation = {
      frontends: frontends.flatMap(({ address }) => address ?? []),
      dnsProxy: hasDnsProxy(sent),
    };
    checkRules(write.id, sent, configurations.length === 0 ? undefined : allocation);
    const body = bodies.networkBody(write, TYPE, {
      ...bodies.rest(write.sent, 'sku', 'ipConfigurations', ...ruleCollectionKinds),
      sku: {
        ...objectAt(sent, 'sku'),
        name: stringAt(sent, 'sku', 'name') ?? 'AZFW_VNet',
        tier: stringAt(sent, 'sku', 'tier') ?? 'Standard',
      },
      threatIntelMode: sent['threatIntelMode'] ?? 'Alert',
      additionalProperties: sent['additionalProperties'] ?? {},
      ipConfigurations: configurations.map((configuration) => fillConfiguration(write, configuration)),
      ...Object.fromEntries(ruleCollectionKinds.map((kind) => [kind, fillCollections(write, sent, kind)])),
    });
    const kind = latencyKind(write.before, body);
    const touched = [...new Set([...networks(configurations), ...frontends.map(({ id }) => id)])];
    const moves = [
      'azureFirewalls.allocate',
      'azureFirewalls.addIpConfiguration',
      'azureFirewalls.removeIpConfiguration',
    ].includes(kind);
    return { body, kind, dependencies: moves ? touched : [], locks: moves ? touched : [] };
  },
  complete(body, world) {
    const properties = objectAt(body, 'properties');
    const ipConfigurations = objectsAt(properties, 'ipConfigurations').map((configuration) => {
      const inner = objectAt(configuration, 'properties');
      const subnet = stringAt(inner, 'subnet', 'id');
      if (subnet === undefined || inner['privateIPAddress'] !== undefined) return configuration;
      return { ...configuration, properties: { ...inner, privateIPAddress: firstUsableAddress(world, subnet) } };
    });
    return { body: { ...body, properties: { ...properties, ipConfigurations } } };
  },
  deleteKind: ({ body }) => (isAllocated(body) ? 'azureFirewalls.deleteAllocated' : 'azureFirewalls.deleteUnallocated'),
};

function checkUnsupported(write: Write, sent: JsonObject): void {
  const tier = stringAt(sent, 'sku', 'tier') ?? 'Standard';
  if (!['Basic', 'Standard', 'Premium'].includes(tier)) {
    throw networkError(400, 'InvalidRequestFormat', `Azure Firewall ${write.id}: no such tier '${tier}'.`);
  }
  const before = stringAt(write.before, 'properties', 'sku', 'tier');
  if (before !== undefined && before !== tier && isAllocated(write.before)) {
    throw networkError(
      400,
      'AzureFirewallSkuTierCannotBeChanged',
      `Azure Firewall ${write.id}: deallocate the firewall before changing its tier.`,
    );
  }
  if (tier === 'Basic' && hasDnsProxy(sent)) {
    throw networkError(
      400,
      'AzureFirewallBasicDnsProxyNotSupported',
      `Azure Firewall ${write.id}: the Basic tier has no DNS proxy.`,
    );
  }
  const rules = ruleCollectionKinds.some((kind) => objectsAt(sent, kind).length > 0);
  if (rules && isObject(sent['firewallPolicy'])) {
    throw networkError(
      400,
      'AzureFirewallPolicyAndRuleCollectionsConflict',
      `Azure Firewall ${write.id} cannot have both a firewall policy and rule collections.`,
    );
  }
}

/** Throws what is wrong with an IP configuration; otherwise its public IP's id and address (if it has one yet). */
function checkConfiguration(
  write: Write,
  configuration: JsonObject,
  index: number,
): { id: string; address: string | undefined } {
  const id = `${write.id}/${CONFIGURATIONS}/${stringAt(configuration, 'name')}`;
  const subnet = stringAt(configuration, 'properties', 'subnet', 'id');
  const publicIp = stringAt(configuration, 'properties', 'publicIPAddress', 'id');
  if (index === 0 && subnet === undefined) {
    throw networkError(
      400,
      'AzureFirewallIpConfigurationMissingSubnet',
      `The first IP configuration of ${write.id} must refer to a subnet.`,
    );
  }
  if (index > 0 && subnet !== undefined) {
    throw networkError(
      400,
      'AzureFirewallIpConfigurationSubnetNotAllowed',
      `Only the first IP configuration of ${write.id} may refer to a subnet.`,
    );
  }
  if (subnet !== undefined) checkSubnet(write, subnet, id);
  if (publicIp === undefined) {
    throw networkError(
      400,
      'AzureFirewallIpConfigurationMissingPublicIp',
      `IP configuration ${id} must refer to a public IP address.`,
    );
  }
  const address = bodies.requireReference(write, publicIp);
  if (
    stringAt(address, 'sku', 'name') !== 'Standard' ||
    stringAt(address, 'properties', 'publicIPAllocationMethod') !== 'Static'
  ) {
    throw networkError(
      400,
      'AzureFirewallPublicIpMustBeStandardStatic',
      `Azure Firewall ${write.id} can use only static public IP addresses of the Standard SKU: ${publicIp} is not one.`,
    );
  }
  const user = publicIpUser(write.world, publicIp);
  if (user !== undefined && !sameId(parentId(user), write.id)) {
    throw networkError(
      400,
      'PublicIPAddressInUse',
      `Resource ${id} is referencing public IP address ${publicIp} that is already allocated to resource ${user}.`,
    );
  }
  return { id: publicIp, address: stringAt(address, 'properties', 'ipAddress') };
}

function checkSubnet(write: Write, subnetId: string, configurationId: string): void {
  const network = bodies.requireReference(write, parentId(subnetId));
  const name = subnetId.slice(subnetId.lastIndexOf('/') + 1);
  const subnet = bodies.childNamed(network, 'subnets', name);
  if (subnet === undefined)
    throw networkError(
      400,
      'InvalidResourceReference',
      `Resource ${subnetId} referenced by resource ${configurationId} was not found.`,
    );
  if (name.toLowerCase() !== SUBNET_NAME.toLowerCase()) {
    throw networkError(
      400,
      'AzureFirewallSubnetNameInvalid',
      `Azure Firewall ${write.id}: the subnet must be named ${SUBNET_NAME}, not ${name}.`,
    );
  }
  if (!sameId(groupPart(parentId(subnetId)), groupPart(write.id))) {
    throw networkError(
      400,
      'AzureFirewallVnetResourceGroupMismatch',
      `Azure Firewall ${write.id} and its virtual network must be in the same resource group.`,
    );
  }
  if (subnetRanges(subnet, subnetId).some(({ prefixLength }) => prefixLength > LONGEST_SUBNET_PREFIX)) {
    throw networkError(
      400,
      'AzureFirewallSubnetTooSmall',
      `Azure Firewall ${write.id}: ${SUBNET_NAME} must be at least a /${LONGEST_SUBNET_PREFIX}.`,
    );
  }
  const other = subnetUsers(write.world, subnetId).find((user) => !sameId(parentId(user), write.id));
  if (other !== undefined) {
    throw networkError(
      400,
      'AzureFirewallSubnetInUse',
      `Azure Firewall ${write.id}: ${subnetId} is already used by ${other}.`,
    );
  }
}

/** `privateIPAddress` is Azure's to say: it stays what it was, and a new configuration has none until it is finished. */
function fillConfiguration(write: Write, configuration: JsonObject): JsonObject {
  const name = stringAt(configuration, 'name') ?? '';
  const before = bodies.childNamed(write.before, 'ipConfigurations', name);
  const address = isAllocated(write.before) ? stringAt(before, 'properties', 'privateIPAddress') : undefined;
  return bodies.childBody(configuration, write.id, CONFIGURATIONS, `${TYPE}/${CONFIGURATIONS}`, {
    provisioningState: 'Succeeded',
    ...(address === undefined ? {} : { privateIPAddress: address }),
    ...bodies.rest(configuration, 'privateIPAddress', 'privateIPAllocationMethod'),
    privateIPAllocationMethod: 'Dynamic',
  });
}

function fillCollections(
  write: Write,
  sent: JsonObject,
  kind: (typeof ruleCollectionKinds)[number],
): readonly JsonObject[] {
  return objectsAt(sent, kind).map((collection) =>
    bodies.childBody(collection, write.id, kind, `${TYPE}/${kind}`, {
      ...bodies.rest(collection),
      rules: objectsAt(collection, 'properties', 'rules').map((rule) => fillRule(kind, rule)),
    }),
  );
}

/** How long a write takes depends on what it changes; a change of addresses and of rules at once on the slower one. */
function latencyKind(before: JsonObject | undefined, after: JsonObject): LatencyKind {
  if (!isAllocated(before)) {
    if (isAllocated(after)) return 'azureFirewalls.allocate';
    return before === undefined ? 'azureFirewalls.createWithoutIpConfiguration' : 'azureFirewalls.updateUnallocated';
  }
  // Giving all addresses back stops the firewall's instances, which was seen to take as long as deleting it.
  if (!isAllocated(after)) return 'azureFirewalls.deleteAllocated';
  const count = (body: JsonObject | undefined) => objectsAt(body, 'properties', 'ipConfigurations').length;
  const rulesSame = ruleCollectionKinds.every((kind) => sameJson(rulesOf(before, kind), rulesOf(after, kind)));
  if (!rulesSame || count(before) === count(after)) return 'azureFirewalls.updateAllocated';
  return count(after) > count(before) ? 'azureFirewalls.addIpConfiguration' : 'azureFirewalls.removeIpConfiguration';
}

function rulesOf(body: JsonObject | undefined, kind: string): readonly JsonObject[] {
  return objectsAt(body, 'properties', kind).map((collection) => {
    const { provisioningState: _, ...properties } = objectAt(collection, 'properties');
    return { name: collection['name'], ...properties };
  });
}

function isAllocated(body: JsonObject | undefined): boolean {
  return objectsAt(body, 'properties', 'ipConfigurations').length > 0;
}

function networks(configurations: readonly JsonObject[]): readonly string[] {
  return configurations.flatMap((configuration) => {
    const subnet = stringAt(configuration, 'properties', 'subnet', 'id');
    return subnet === undefined ? [] : [parentId(subnet)];
  });
}

/** Azure keeps the first four addresses of each subnet for itself. */
function firstUsableAddress(world: World, subnetId: string): string {
  const network = world.find(parentId(subnetId))?.body;
  const subnet = bodies.childNamed(network, 'subnets', subnetId.slice(subnetId.lastIndexOf('/') + 1));
  const [range] = subnet === undefined ? [] : subnetRanges(subnet, subnetId);
  return range === undefined ? '' : toAddress(range.first + 4);
}

function groupPart(id: string): string {
  return id.split('/').slice(0, 5).join('/');
}
