import type { JsonObject, Json } from '../model/json.ts';
import { isJsonObject, jsonAt, stringAt } from '../model/json.ts';
import type { DnatRule } from '../model/natRule.ts';
import type { NatRules } from '../actual/natRules.ts';
import { mergeRule } from './mergeRules.ts';
import type { Difference } from './resourcePlan.ts';

/** The rule in ARM's form. */
export function natRuleBody(rule: DnatRule, description: string): JsonObject {
  return { name: rule.name, description, ...meaningOf(rule) };
}

function meaningOf(rule: DnatRule): JsonObject {
  return {
    protocols: [rule.protocol],
    sourceAddresses: rule.sources,
    destinationAddresses: [rule.frontend],
    destinationPorts: [String(rule.port)],
    translatedAddress: rule.translatedAddress,
    translatedPort: String(rule.translatedPort),
  };
}

interface MergedNatRule {
  readonly body: JsonObject;
  /** The properties that differed, as ARM calls them. */
  readonly changed: readonly string[];
}

const nothing: readonly string[] = [];

/**
 * The rule as it was read with only what differs replaced, so that what decides nothing (a description) survives.
 *
 * @returns `raw` itself when it means what it should, however Azure spells it
 */
export function mergedNatRule(rule: DnatRule, raw: JsonObject): MergedNatRule {
  if (saysExactly(rule, raw)) return { body: raw, changed: nothing };
  const found: Difference[] = [];
  const body = mergeRule({ name: rule.name, ...meaningOf(rule) }, raw, '', found);
  return { body, changed: found.map(({ path }) => path) };
}

/** Most rules are as they were written; finding that out must not cost parsing every address in them. */
function saysExactly(rule: DnatRule, raw: JsonObject): boolean {
  return (
    raw['translatedAddress'] === rule.translatedAddress &&
    raw['translatedPort'] === String(rule.translatedPort) &&
    isOnly(raw['destinationAddresses'], rule.frontend) &&
    isOnly(raw['destinationPorts'], String(rule.port)) &&
    isOnly(raw['protocols'], rule.protocol) &&
    isSame(raw['sourceAddresses'], rule.sources) &&
    isEmptyList(raw['sourceIpGroups']) &&
    (raw['translatedFqdn'] ?? '') === ''
  );
}

function isOnly(value: Json | undefined, text: string): boolean {
  return Array.isArray(value) && value.length === 1 && value[0] === text;
}

function isSame(value: Json | undefined, texts: readonly string[]): boolean {
  return Array.isArray(value) && value.length === texts.length && texts.every((text, index) => value[index] === text);
}

function isEmptyList(value: Json | undefined): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

const FIRST_PRIORITY = 1000;

/**
 * The firewall's collections with ours holding these rules. Everything else is handed on as it was read. A collection
 * without rules goes, since Azure refuses one; a new one takes the first free priority from 1000 on and keeps it.
 */
export function withRules(
  { collections, collection }: Pick<NatRules, 'collections' | 'collection'>,
  environment: string,
  rules: readonly Json[],
): readonly Json[] {
  if (collection === undefined) {
    if (rules.length === 0) return collections;
    const properties = { priority: freePriority(collections), action: { type: 'Dnat' }, rules };
    return [...collections, { name: environment, properties }];
  }
  if (rules.length === 0) return collections.filter((one) => one !== collection);
  const properties = jsonAt(collection, 'properties');
  return collections.map((one) =>
    one === collection
      ? { ...collection, properties: { ...(isJsonObject(properties) ? properties : {}), rules } }
      : one,
  );
}

/** Priorities are unique among the collections of a kind. */
function freePriority(collections: readonly Json[]): number {
  const used = new Set(collections.map((one) => jsonAt(one, 'properties', 'priority')));
  let priority = FIRST_PRIORITY;
  while (used.has(priority)) priority++;
  return priority;
}

/** Whether rules can be written into the collection: somebody may have made one of our name that does another thing. */
export function isDnatCollection(collection: JsonObject): boolean {
  const action = stringAt(collection, 'properties', 'action', 'type');
  return action === undefined || action.toLowerCase() === 'dnat';
}
