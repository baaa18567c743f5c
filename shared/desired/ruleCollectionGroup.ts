import { collectionsOf, ownGroup, type RulePolicy } from '../actual/rulePolicy.ts';
import { apiVersions } from '../model/apiVersions.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { jsonAt, stringAt, type Json, type JsonObject } from '../model/json.ts';
import { ruleCollectionGroupId } from '../model/names.ts';
import type { DesiredResource } from '../model/resource.ts';
import { keepsEgress } from './adopted.ts';
import { applicationRule, egressOf, networkRule, ownCollectionNames, type EgressCollection } from './egress.ts';

/** All collections of a group share one range of priorities, whatever their rules are; those of DNAT rules come from 1000 on. */
const APPLICATION_PRIORITY_OFFSET = 200;
/** Of groups, as of collections, 100 to 65000 are allowed; what others put in front of all is left room. */
const FIRST_GROUP_PRIORITY = 1000;

/** On a classic firewall names are unique per kind of rule, in a group among all of its collections. */
const networkName = (name: string): string =>
  ownCollectionNames.applicationRuleCollections.includes(name) ? `${name}-network` : name;

/** Every name that we give to an egress collection of our group, whatever the spec. */
export const ownGroupCollectionNames: readonly string[] = [
  ...ownCollectionNames.networkRuleCollections.map(networkName),
  ...ownCollectionNames.applicationRuleCollections,
];

/**
 * The environment's rule collection group with all of its egress rules; its DNAT rules are not named, and so are let be.
 *
 * @param policy whichever policy the firewall goes by, with its groups as they are: our group keeps the priority that it has,
 *   and a new one takes one that no other group has
 */
export function desiredRuleCollectionGroup(
  spec: EnvironmentSpec,
  policy: Pick<RulePolicy, 'id' | 'groups'>,
): DesiredResource {
  const group = ownGroup(policy, spec.name);
  const present = jsonAt(group, 'properties', 'priority');
  return {
    kind: 'ruleCollectionGroup',
    id: ruleCollectionGroupId(policy.id, spec.name),
    apiVersion: apiVersions.network,
    ...(keepsEgress(spec) && { ownCollections: { ruleCollections: ownGroupCollectionNames } }),
    body: {
      properties: {
        priority: typeof present === 'number' ? present : freeGroupPriority(policy.groups),
        ruleCollections: keepsEgress(spec) ? egressGroupCollections(spec, collectionsOf(group)) : [],
      },
    },
  };
}

/** @param present what is in the group already: a collection of somebody else may have taken a priority of ours */
function egressGroupCollections(spec: EnvironmentSpec, present: readonly Json[]): readonly JsonObject[] {
  const { network, application } = egressOf(spec);
  const others = present.filter((one) => !isOurs(stringAt(one, 'name')));
  const taken = new Set(others.map((one) => jsonAt(one, 'priority')));
  const collection = <Rule>(
    { name, rules }: EgressCollection<Rule>,
    wanted: number,
    body: (rule: Rule) => JsonObject,
  ): JsonObject => {
    let priority = wanted;
    while (taken.has(priority)) priority++;
    taken.add(priority);
    return {
      ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
      name,
      priority,
      action: { type: 'Allow' },
      rules: rules.map(body),
    };
  };
  return [
    ...network.map((one) =>
      collection({ ...one, name: networkName(one.name) }, one.priority, (rule) => ({
        ruleType: 'NetworkRule',
        ...networkRule(rule, 'ipProtocols'),
      })),
    ),
    ...application.map((one) =>
      collection(one, one.priority + APPLICATION_PRIORITY_OFFSET, (rule) => ({
        ruleType: 'ApplicationRule',
        ...applicationRule(rule),
      })),
    ),
  ];
}

function isOurs(name: string | undefined): boolean {
  return ownGroupCollectionNames.some((own) => own.toLowerCase() === name?.toLowerCase());
}

function freeGroupPriority(groups: readonly JsonObject[]): number {
  const used = new Set(groups.map((group) => jsonAt(group, 'properties', 'priority')));
  let priority = FIRST_GROUP_PRIORITY;
  while (used.has(priority)) priority++;
  return priority;
}
