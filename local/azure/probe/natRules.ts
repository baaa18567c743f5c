import { at, objectsAt, stringAt, stringsAt, type JsonObject } from '../json.ts';
import { isBelow } from '../resourceId.ts';
import { natRulesIn } from '../resources/ruleCollectionOrder.ts';

/** A DNAT rule, classic or of a policy. */
export interface NatRule {
  readonly name: string;
  readonly protocols: readonly string[];
  readonly sourceAddresses: readonly string[];
  readonly destinationAddresses: readonly string[];
  readonly destinationPorts: readonly string[];
  readonly translatedAddress: string;
  readonly translatedPort: number;
}

/**
 * A firewall's DNAT rules in the order in which packets meet them: by the priority of their collections or, with a policy, by
 * the priority of group and collection. Those of a base policy are not inherited, "because they're specific to a given firewall".
 */
export function natRules(firewall: JsonObject, groups: readonly JsonObject[]): readonly NatRule[] {
  const policyId = stringAt(firewall, 'properties', 'firewallPolicy', 'id');
  if (policyId === undefined) return classicRules(firewall).map((rule) => natRule(rule, 'protocols'));
  const own = groups.filter((group) => isBelow(stringAt(group, 'id') ?? '', policyId));
  return natRulesIn(own).map((rule) => natRule(rule, 'ipProtocols'));
}

function classicRules(firewall: JsonObject): readonly JsonObject[] {
  return [...objectsAt(firewall, 'properties', 'natRuleCollections')]
    .sort((one, other) => Number(at(one, 'properties', 'priority')) - Number(at(other, 'properties', 'priority')))
    .flatMap((collection) => objectsAt(collection, 'properties', 'rules'));
}

function natRule(rule: JsonObject, protocols: 'protocols' | 'ipProtocols'): NatRule {
  return {
    name: stringAt(rule, 'name') ?? '',
    protocols: stringsAt(rule, protocols),
    sourceAddresses: stringsAt(rule, 'sourceAddresses'),
    destinationAddresses: stringsAt(rule, 'destinationAddresses'),
    destinationPorts: stringsAt(rule, 'destinationPorts'),
    translatedAddress: stringAt(rule, 'translatedAddress') ?? '',
    translatedPort: Number(stringAt(rule, 'translatedPort')),
  };
}
