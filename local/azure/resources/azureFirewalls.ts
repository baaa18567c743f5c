import { networkError } from '../errors.ts';
import { isObject, objectAt, objectsAt, sameJson, stringAt, type JsonObject } from '../json.ts';
import { isAddress } from '../ipv4.ts';
import type { LatencyKind } from '../latencies.ts';
import { sameId } from '../resourceId.ts';
import {
  checkIpConfigurations,
  CONFIGURATION_TYPE,
  fillConfiguration,
  finishConfiguration,
  networksOf,
} from './firewallIpConfigurations.ts';
import { checkDnatCapacity } from './firewallPolicyCapacity.ts';
import { ruleCollectionKinds } from './firewallRuleChecks.ts';
import { checkRules, fillRule, hasDnsProxy } from './firewallRules.ts';
import { checkNetworkName } from './names.ts';
import * as bodies from './networkBodies.ts';
import { azureFirewallShape } from './networkShapes.ts';
import type { ResourceType, Write } from './resourceType.ts';
import { checkZones } from './zones.ts';

const TYPE = 'Microsoft.Network/azureFirewalls';
const tiers = ['Basic', 'Standard', 'Premium'];

export const azureFirewalls: ResourceType = {
  type: TYPE,
  shape: azureFirewallShape,
  children: [
    { name: 'ipConfigurations', type: CONFIGURATION_TYPE, alwaysSucceeded: true },
    ...ruleCollectionKinds.map((name) => ({ name, type: `${TYPE}/${name}` })),
  ],
  busy: 'AnotherOperationInProgress',
  checkName: checkNetworkName,
  plan(write) {
    const sent = objectAt(write.sent, 'properties');
    checkZones(write, TYPE);
    checkUnsupported(write, sent);
    checkDnsServers(write, sent);
    const frontends = checkIpConfigurations(write, sent);
    const policy = checkPolicy(write, sent);
    const addresses = frontends.flatMap(({ address }) => address ?? []);
    checkRules(
      write.id,
      sent,
      frontends.length === 0 ? undefined : { frontends: addresses, dnsProxy: hasDnsProxy(sent) },
    );
    const body = bodies.networkBody(write, TYPE, {
      ...bodies.rest(write.sent, 'sku', 'ipConfigurations', 'managementIpConfiguration', ...ruleCollectionKinds),
      sku: {
        ...objectAt(sent, 'sku'),
        name: stringAt(sent, 'sku', 'name') ?? 'AZFW_VNet',
        tier: stringAt(sent, 'sku', 'tier') ?? 'Standard',
      },
      threatIntelMode: sent['threatIntelMode'] ?? 'Alert',
      additionalProperties: sent['additionalProperties'] ?? {},
      ipConfigurations: fillConfigurations(write, sent),
      managementIpConfiguration: fillManagement(write, sent),
      ...Object.fromEntries(ruleCollectionKinds.map((kind) => [kind, fillCollections(write, sent, kind)])),
    });
    checkDnatCapacity(write.world, body);
    const kind = latencyKind(write.before, body);
    const attached = policy === undefined || samePolicy(write.before, body) ? [] : [policy];
    const touched = [...networksOf(body), ...frontends.map(({ publicIpId }) => publicIpId)];
    const moves = [
      'azureFirewalls.allocate',
      'azureFirewalls.addIpConfiguration',
      'azureFirewalls.removeIpConfiguration',
    ].includes(kind);
    const involved = [...attached, ...(moves ? touched : [])];
    return { body, kind, dependencies: involved, locks: involved };
  },
  complete(body, world) {
    const properties = objectAt(body, 'properties');
    const management = properties['managementIpConfiguration'];
    const finished = {
      ...properties,
      ipConfigurations: objectsAt(properties, 'ipConfigurations').map((one) => finishConfiguration(world, one)),
      ...(isObject(management) ? { managementIpConfiguration: finishConfiguration(world, management) } : {}),
    };
    return { body: { ...body, properties: finished } };
  },
  deleteKind: ({ body }) => (isAllocated(body) ? 'azureFirewalls.deleteAllocated' : 'azureFirewalls.deleteUnallocated'),
};

function checkUnsupported(write: Write, sent: JsonObject): void {
  const tier = stringAt(sent, 'sku', 'tier') ?? 'Standard';
  if (!tiers.includes(tier)) {
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
  if (tier === 'Basic' && (hasDnsProxy(sent) || dnsServers(sent) !== '')) {
    throw networkError(
      400,
      'AzureFirewallBasicDnsProxyNotSupported',
      `Azure Firewall ${write.id}: the Basic tier has no DNS proxy and no custom DNS servers.`,
    );
  }
  if (tier === 'Basic' && sent['threatIntelMode'] === 'Deny') {
    throw networkError(
      400,
      'AzureFirewallBasicThreatIntelDenyNotSupported',
      `Azure Firewall ${write.id}: the Basic tier has threat intelligence in alert mode only.`,
    );
  }
  const added = isObject(sent['managementIpConfiguration']) && managementOf(write.before) === undefined;
  if (added && isAllocated(write.before)) {
    throw networkError(
      400,
      'AzureFirewallManagementIpConfigCannotBeAdded',
      `AzureFirewall ${write.name} management IP configuration cannot be added to an existing firewall. Redeploy with a ` +
        'management IP configuration if you want to use forced tunneling support.',
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

const managementOf = (body: JsonObject | undefined) =>
  body && objectAt(body, 'properties')['managementIpConfiguration'];

/** The servers that the DNS proxy asks, as one text of addresses with commas between them. */
const dnsServers = (sent: JsonObject): string => stringAt(sent, 'additionalProperties', 'Network.DNS.Servers') ?? '';

function checkDnsServers(write: Write, sent: JsonObject): void {
  const servers = dnsServers(sent);
  const wrong = servers === '' ? undefined : servers.split(',').find((one) => !isAddress(one));
  if (wrong === undefined) return;
  throw networkError(
    400,
    'AzureFirewallInvalidDnsServer',
    `Azure Firewall ${write.id}: DNS server '${wrong}' is not an IPv4 address.`,
  );
}

/** The id of the policy that the firewall goes by; it must exist in its region and be of no higher tier. */
function checkPolicy(write: Write, sent: JsonObject): string | undefined {
  const policy = stringAt(sent, 'firewallPolicy', 'id');
  if (policy === undefined) return undefined;
  const rank = (tier: string | undefined) => tiers.indexOf(tier ?? 'Standard');
  const policyTier = stringAt(bodies.requireReference(write, policy), 'properties', 'sku', 'tier');
  if (rank(policyTier) <= rank(stringAt(sent, 'sku', 'tier'))) return policy;
  throw networkError(
    400,
    'AzureFirewallPolicyTierMismatch',
    `Azure Firewall ${write.id} cannot use the policy ${policy} of the higher tier ${policyTier ?? ''}.`,
  );
}

function samePolicy(before: JsonObject | undefined, after: JsonObject): boolean {
  const policyOf = (body: JsonObject | undefined) => stringAt(body, 'properties', 'firewallPolicy', 'id') ?? '';
  return sameId(policyOf(before), policyOf(after));
}

function fillConfigurations(write: Write, sent: JsonObject): readonly JsonObject[] {
  return objectsAt(sent, 'ipConfigurations').map((configuration) =>
    fillConfiguration(
      write,
      configuration,
      bodies.childNamed(write.before, 'ipConfigurations', stringAt(configuration, 'name') ?? ''),
    ),
  );
}

function fillManagement(write: Write, sent: JsonObject): JsonObject | undefined {
  const management = sent['managementIpConfiguration'];
  if (!isObject(management)) return undefined;
  return fillConfiguration(write, management, objectAt(write.before, 'properties', 'managementIpConfiguration'));
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
  // Attaching a policy was seen to take as long as writing one of its groups, and the table has one row for both.
  if (rulesSame && count(before) === count(after) && !samePolicy(before, after))
    return 'ruleCollectionGroups.putAttached';
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
