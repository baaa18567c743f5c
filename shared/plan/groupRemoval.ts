import { natRules, rulesIn } from '../actual/natRules.ts';
import { classicView, collectionsOf, withNatRules } from '../actual/rulePolicy.ts';
import { ownGroupCollectionNames } from '../desired/ruleCollectionGroup.ts';
import { isJsonObject, jsonAt, stringAt, type Json, type JsonObject } from '../model/json.ts';
import { withRules } from './natRuleBody.ts';

/** Names of the collections in our group that hold rules of others. */
export const foreignCollections = (group: JsonObject, environment: string): readonly string[] =>
  collectionsOf(withoutOwnRules(group, environment) ?? group).map((one) => stringAt(one, 'name') ?? '');

/**
 * Our rule collection group without what this environment has put into it. Everything else stays as it was read.
 *
 * @returns undefined when nothing of ours is left in it
 */
export function withoutOwnRules(group: JsonObject, environment: string): JsonObject | undefined {
  const rules = natRules(classicView({ groups: [group] }, environment), environment);
  const owned = new Set<Json>(
    [...rules.owned, ...(rules.jumpbox === undefined ? [] : [rules.jumpbox])].map(({ raw }) => raw),
  );
  const collections = collectionsOf(group);
  const others = collections.filter((one) => !isEgress(stringAt(one, 'name')));
  if (owned.size === 0 && others.length === collections.length) return undefined;
  const properties = jsonAt(group, 'properties');
  const rest = { ...group, properties: { ...(isJsonObject(properties) ? properties : {}), ruleCollections: others } };
  if (owned.size === 0) return rest;
  const kept = rulesIn(rules.collection).filter((rule) => !owned.has(rule));
  return withNatRules(rest, withRules(rules, environment, kept), environment);
}

function isEgress(name: string | undefined): boolean {
  return ownGroupCollectionNames.some((own) => own.toLowerCase() === name?.toLowerCase());
}
