import { sameValue } from '../actual/compare.ts';
import { isJsonObject, isList, type Json, type JsonObject } from '../model/json.ts';
import { childPath, elementPath, leavesOf } from './leaves.ts';
import type { Difference } from './resourcePlan.ts';

/** The properties that decide what a rule lets through, on a classic firewall or in a group of a policy. */
const meaningful = [
  'sourceAddresses',
  'sourceIpGroups',
  'destinationAddresses',
  'destinationIpGroups',
  'destinationFqdns',
  'destinationPorts',
  'protocols',
  'ipProtocols',
  'targetFqdns',
  'fqdnTags',
  'targetUrls',
  'webCategories',
  'translatedAddress',
  'translatedFqdn',
  'translatedPort',
];

/**
 * The rules of an owned collection. They are ours as a whole: a rule that we don't want goes, and so does what somebody
 * added to one of ours, since either would let something through that the spec doesn't call for. Empty lists are what
 * Azure echoes for what was never set. Properties that decide nothing (a description) survive.
 */
export function mergeRules(
  wanted: readonly JsonObject[],
  actual: readonly Json[],
  path: string,
  found: Difference[],
): readonly Json[] {
  const before = found.length;
  const kept = actual.flatMap((rule): Json[] => {
    const same = wanted.find((other) => sameName(other, rule));
    const at = elementPath(path, nameOf(rule));
    if (same !== undefined && isJsonObject(rule)) return [mergeRule(same, rule, at, found)];
    found.push({ path: at, before: rule });
    return [];
  });
  const added = wanted.filter((rule) => !actual.some((other) => sameName(rule, other)));
  for (const leaf of leavesOf(added, path)) {
    if (added.length > 0) found.push({ path: leaf.path, after: leaf.value });
  }
  return found.length === before ? actual : [...kept, ...added];
}

/** One of our rules as it was read, with only what differs replaced; `actual` itself when nothing does. */
export function mergeRule(wanted: JsonObject, actual: JsonObject, path: string, found: Difference[]): JsonObject {
  const before = found.length;
  const merged: Record<string, Json | undefined> = { ...actual };
  // Only a policy's rules say of what kind they are; DNAT rules are planned in the classic form, which has no word for it.
  const keys = wanted.ruleType === undefined ? meaningful : ['ruleType', ...meaningful];
  for (const key of keys) {
    const value = wanted[key];
    const present = actual[key];
    if (value === undefined) {
      if (isEmpty(present)) continue;
      delete merged[key];
      found.push({ path: childPath(path, key), ...(present !== undefined && { before: present }) });
    } else if (present === undefined || present === null || !sameValue(value, present)) {
      merged[key] = value;
      found.push({ path: childPath(path, key), ...(present !== undefined && { before: present }), after: value });
    }
  }
  return found.length === before ? actual : merged;
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  return isList(value) && value.length === 0;
}

function sameName(a: Json, b: Json): boolean {
  return nameOf(a).toLowerCase() === nameOf(b).toLowerCase();
}

function nameOf(rule: Json): string {
  return isJsonObject(rule) && typeof rule.name === 'string' ? rule.name : '';
}
