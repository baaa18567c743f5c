import { at, objectsAt, type JsonObject } from '../json.ts';

/** The DNAT rules of groups, in the order in which packets meet them. */
export function natRulesIn(groups: readonly JsonObject[]): readonly JsonObject[] {
  const byPriority = (read: (one: JsonObject) => unknown) => (one: JsonObject, other: JsonObject) =>
    Number(read(one)) - Number(read(other));
  return [...groups]
    .sort(byPriority((group) => at(group, 'properties', 'priority')))
    .flatMap((group) =>
      [...objectsAt(group, 'properties', 'ruleCollections')].sort(byPriority((collection) => collection['priority'])),
    )
    .filter((collection) => collection['ruleCollectionType'] === 'FirewallPolicyNatRuleCollection')
    .flatMap((collection) => objectsAt(collection, 'rules'));
}
