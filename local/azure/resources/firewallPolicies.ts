import { networkError } from '../errors.ts';
import { at, compact, objectAt, omit, stringAt, type JsonObject } from '../json.ts';
import { sameId } from '../resourceId.ts';
import {
  childPoliciesOf,
  firewallsOf,
  groupsOf,
  POLICY_TYPE,
  reachesAllocated,
  ruledFirewalls,
  sizeOf,
} from './firewallPolicyLinks.ts';
import { firewallPolicyShape } from './firewallPolicyShapes.ts';
import { checkNetworkName } from './names.ts';
import { requireReference, rest } from './networkBodies.ts';
import type { ResourceType, Write } from './resourceType.ts';

const tiers = ['Basic', 'Standard', 'Premium'];
const readOnly = ['size', 'childPolicies', 'ruleCollectionGroups', 'firewalls'];

/**
 * Firewall policies: settings of their own, rules in rule collection groups, inheritance by `basePolicy`. Their etag is a
 * plain GUID that completion leaves as it is, their operations are `nfvOperations`, and an unused one is deleted at once:
 * so it was recorded.
 */
export const firewallPolicies: ResourceType = {
  type: POLICY_TYPE,
  shape: firewallPolicyShape,
  children: [],
  busy: 'AnotherOperationInProgress',
  etags: { form: 'plain', keptOnCompletion: true },
  deletedAtOnce: true,
  checkName: checkNetworkName,
  plan(write) {
    const sent = objectAt(write.sent, 'properties');
    const tier = stringAt(sent, 'sku', 'tier') ?? stringAt(write.before, 'properties', 'sku', 'tier') ?? 'Standard';
    checkSettings(write, sent, tier);
    checkBase(write, sent, tier);
    const firewalls = ruledFirewalls(write.world, write.id).map(({ id }) => id);
    return {
      body: {
        properties: compact({
          ...rest(write.sent, ...readOnly),
          sku: { tier },
          threatIntelMode: sent['threatIntelMode'] ?? 'Alert',
        }),
        ...{ id: write.id, name: write.name, type: 'Microsoft.Network/FirewallPolicies' },
        ...compact({ etag: write.before?.['etag'], location: write.location }),
        ...compact(omit(write.sent, 'name', 'id', 'etag', 'type', 'location', 'properties')),
      },
      kind: reachesAllocated(write.world, write.id) ? 'ruleCollectionGroups.putAttached' : 'firewallPolicies.put',
      dependencies: firewalls,
      locks: firewalls,
    };
  },
  complete: (body) => ({ body }),
  present(body, world) {
    const id = stringAt(body, 'id') ?? '';
    const references = (found: readonly { readonly id: string }[]) => found.map((one) => ({ id: one.id }));
    const properties = objectAt(body, 'properties');
    return {
      ...body,
      properties: {
        size: sizeOf(properties),
        ...properties,
        childPolicies: references(childPoliciesOf(world, id)),
        ruleCollectionGroups: references(groupsOf(world, id)),
        firewalls: references(firewallsOf(world, id)),
      },
    };
  },
  checkDelete(resource, world) {
    const user = [...firewallsOf(world, resource.id), ...childPoliciesOf(world, resource.id)][0];
    if (user === undefined) return;
    throw networkError(
      400,
      'FirewallPolicyInUse',
      `Firewall Policy ${resource.id} cannot be deleted since it is still referenced by ${user.id}.`,
    );
  },
  deleteKind: () => 'firewallPolicies.put',
};

function checkSettings(write: Write, sent: JsonObject, tier: string): void {
  if (!tiers.includes(tier)) throw refused('InvalidRequestFormat', `Firewall Policy ${write.id}: no tier '${tier}'.`);
  const mode = stringAt(sent, 'threatIntelMode') ?? 'Alert';
  if (!['Alert', 'Deny', 'Off'].includes(mode))
    throw refused('InvalidRequestFormat', `Firewall Policy ${write.id}: no threat intelligence mode '${mode}'.`);
  if (tier === 'Basic' && at(sent, 'dnsSettings') !== undefined)
    throw refused(
      'FirewallPolicyHigherTierOnlyProperties',
      `Firewall Policy ${write.name} contains higher tier only properties - DNS Proxy and Custom DNS`,
    );
  if (tier === 'Basic' && mode === 'Deny')
    throw refused(
      'FirewallPolicyHigherTierOnlyProperties',
      `Firewall Policy ${write.name} contains higher tier only properties - Threat Intelligence Deny`,
    );
  if (tier !== 'Premium' && (stringAt(sent, 'intrusionDetection', 'mode') ?? 'Off') !== 'Off')
    throw refused(
      'FirewallPolicyIntrusionDetectionNotSupported',
      `Firewall Policy ${write.id}: intrusion detection needs the Premium tier.`,
    );
}

/** A policy inherits from one of its own region and of no higher tier, and only one level deep. */
function checkBase(write: Write, sent: JsonObject, tier: string): void {
  const base = stringAt(sent, 'basePolicy', 'id');
  if (base === undefined) return;
  const parent = requireReference(write, base);
  const higher = tiers.indexOf(stringAt(parent, 'properties', 'sku', 'tier') ?? 'Standard') > tiers.indexOf(tier);
  const deep =
    at(parent, 'properties', 'basePolicy') !== undefined || childPoliciesOf(write.world, write.id).length > 0;
  checkStrictness(write, sent, parent);
  if (!higher && !deep && !sameId(base, write.id)) return;
  throw refused(
    'FirewallPolicyInvalidBasePolicy',
    `Firewall Policy ${write.id} cannot inherit from ${base}: the base policy must have no base policy itself and no higher tier.`,
  );
}

const modes = ['Off', 'Alert', 'Deny'];

/** The mode of a base policy is inherited and can only be overridden by a stricter one; which code says so is not known. */
function checkStrictness(write: Write, sent: JsonObject, parent: JsonObject): void {
  const rank = (mode: string | undefined) => modes.indexOf(mode ?? 'Alert');
  const inherited = stringAt(parent, 'properties', 'threatIntelMode');
  if (rank(stringAt(sent, 'threatIntelMode')) >= rank(inherited)) return;
  throw refused(
    'FirewallPolicyThreatIntelModeLessStrictThanBase',
    `Firewall Policy ${write.id}: the threat intelligence mode must not be less strict than '${inherited ?? ''}' of its base policy.`,
  );
}

function refused(code: string, message: string) {
  return networkError(400, code, message);
}
