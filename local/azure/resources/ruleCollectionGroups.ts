import { networkError } from '../errors.ts';
import { asText, at, objectAt, type JsonObject } from '../json.ts';
import type { LatencyKind } from '../latencies.ts';
import { parentId, sameId } from '../resourceId.ts';
import {
  bytesOf,
  RULE_COLLECTION_GROUP_TYPE,
  groupsOf,
  reachesAllocated,
  ruledFirewalls,
  sizeOf,
} from './firewallPolicyLinks.ts';
import { checkDnatCapacity } from './firewallPolicyCapacity.ts';
import { checkRuleCollections, fillRuleCollection, isPriority } from './firewallPolicyRules.ts';
import { ruleCollectionGroupShape } from './firewallPolicyShapes.ts';
import { checkNetworkName } from './names.ts';
import type { ResourceType, World, Write } from './resourceType.ts';

const MAX_GROUPS = 90;
const MAX_BYTES = 2 * 2 ** 20;

/**
 * Rule collection groups of firewall policies. Each has its own body, etag and operation, but only one group of a policy can
 * be written at a time, and none while a firewall of the policy is: the policy and its firewalls are locked meanwhile.
 */
export const ruleCollectionGroups: ResourceType = {
  type: RULE_COLLECTION_GROUP_TYPE,
  shape: ruleCollectionGroupShape,
  hasLocation: false,
  children: [],
  busy: 'AnotherOperationInProgress',
  etags: { form: 'plain' },
  checkName: checkNetworkName,
  plan(write) {
    const sent = objectAt(write.sent, 'properties');
    const policyId = parentId(write.id);
    checkGroup(write, sent, policyId);
    const collections = checkRuleCollections(write.id, sent['ruleCollections'], hasDnsProxy(write.world, policyId));
    const properties = { priority: sent['priority'], ruleCollections: collections.map(fillRuleCollection) };
    if (bytesOf(properties) > MAX_BYTES)
      throw refused('FirewallPolicyRuleCollectionGroupSizeExceeded', `Rule collection group ${write.id} exceeds 2 MB.`);
    for (const firewall of ruledFirewalls(write.world, policyId))
      checkDnatCapacity(write.world, firewall.body, { id: write.id, body: { properties } });
    return {
      body: {
        properties,
        ...{ id: write.id, name: write.name, type: 'Microsoft.Network/FirewallPolicies/RuleCollectionGroups' },
        // The policy's location is the group's.
        location: write.world.find(policyId)?.body['location'],
      },
      kind: latencyKind(write.world, policyId),
      locks: lockedByGroup(write.world, write.id),
    };
  },
  complete: (body) => ({ body }),
  present(body) {
    const properties = objectAt(body, 'properties');
    return { ...body, properties: { size: sizeOf(properties), ...properties } };
  },
  deleteKind: ({ id }, world) => latencyKind(world, parentId(id)),
  deleteLocks: ({ id }, world) => lockedByGroup(world, id),
};

function latencyKind(world: World, policyId: string): LatencyKind {
  return reachesAllocated(world, policyId) ? 'ruleCollectionGroups.putAttached' : 'ruleCollectionGroups.putUnattached';
}

/** What can't be written while a group is: its policy and the firewalls that go by it. */
export function lockedByGroup(world: World, groupId: string): readonly string[] {
  const policyId = parentId(groupId);
  return [policyId, ...ruledFirewalls(world, policyId).map(({ id }) => id)];
}

function checkGroup(write: Write, sent: JsonObject, policyId: string): void {
  const others = groupsOf(write.world, policyId).filter(({ id }) => !sameId(id, write.id));
  if (others.length >= MAX_GROUPS)
    throw refused(
      'FirewallPolicyRuleCollectionGroupsLimitExceeded',
      `Firewall Policy ${policyId} cannot have more than ${MAX_GROUPS} rule collection groups.`,
    );
  const priority = sent['priority'];
  if (!isPriority(priority))
    throw refused(
      'FirewallPolicyRuleCollectionGroupInvalidPriority',
      `Rule collection group ${write.id}: priority ${asText(priority)} is invalid. It must be between 100 and 65000.`,
    );
  const other = others.find(({ body }) => at(body, 'properties', 'priority') === priority);
  if (other !== undefined)
    throw refused(
      'FirewallPolicyRuleCollectionGroupDuplicatePriority',
      `Rule collection group ${write.id} has the same priority ${asText(priority)} as ${other.id}.`,
    );
}

function hasDnsProxy(world: World, policyId: string): boolean {
  const policy = world.find(policyId)?.body;
  const settings = objectAt(policy, 'properties', 'dnsSettings');
  return settings['enableProxy'] === true || settings['requireProxyForNetworkRules'] === false;
}

function refused(code: string, message: string) {
  return networkError(400, code, message);
}
