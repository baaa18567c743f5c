import { sameId, sameLocation, sameValue } from '../actual/compare.ts';
import { authorizedRanges } from '../desired/authorizedRanges.ts';
import { contains, rangeOf } from '../model/ipRange.ts';
import { isJsonObject, isList, type Json, type JsonObject } from '../model/json.ts';
import { childPath, elementPath, isNamedList, leavesOf, type NamedObject } from './leaves.ts';
import type { OwnCollections } from '../model/resource.ts';
import type { Difference } from './resourcePlan.ts';
import { mergeRules } from './mergeRules.ts';
import { withoutStaleCollections } from './ownCollections.ts';

const none: OwnCollections = {};

/** Collects the differences in the order in which they are found. */
export type Found = Difference[];

/**
 * `actual` with what `desired` asks for. Values that mean the same keep their spelling; what `desired` doesn't name is not
 * looked at. When nothing differs the result is `actual` itself.
 */
export function mergeObject(
  desired: JsonObject,
  actual: JsonObject,
  path: string,
  found: Found,
  own: OwnCollections = none,
): JsonObject {
  const before = found.length;
  const merged: Record<string, Json | undefined> = { ...actual };
  for (const [key, wanted] of Object.entries(asActualSpellsIt(desired, actual))) {
    if (wanted === undefined) continue;
    const present = Object.hasOwn(actual, key) ? (actual[key] ?? undefined) : undefined;
    merged[key] = mergeProperty(key, wanted, present, childPath(path, key), found, own);
  }
  return found.length === before ? actual : merged;
}

/** Adjusts what is wanted to how this resource has chosen to say it. */
function asActualSpellsIt(desired: JsonObject, actual: JsonObject): JsonObject {
  // A subnet gives its range either as one prefix or as a list of them, never both.
  if (desired.addressPrefix !== undefined && actual.addressPrefix === undefined && actual.addressPrefixes) {
    const { addressPrefix, ...rest } = desired;
    return { ...rest, addressPrefixes: [addressPrefix] };
  }
  // The autoscaler owns the number of nodes where somebody has switched it on.
  if (desired.count !== undefined && actual.enableAutoScaling === true) {
    const { count: _, ...rest } = desired;
    return rest;
  }
  return desired;
}

function mergeProperty(
  key: string,
  wanted: Json,
  actual: Json | undefined,
  path: string,
  found: Found,
  own: OwnCollections,
): Json {
  if (actual === undefined) {
    if (isList(wanted) && wanted.length === 0) return wanted;
    for (const leaf of leavesOf(wanted, path)) found.push({ path: leaf.path, after: leaf.value });
    return wanted;
  }
  if (key === 'userAssignedIdentities' && isJsonObject(wanted) && isJsonObject(actual)) {
    return mergeObject(spelledAs(actual, wanted), actual, path, found);
  }
  if (key === 'tags' && isJsonObject(wanted) && isJsonObject(actual)) return mergeTags(wanted, actual, path, found);
  if (isJsonObject(wanted) && isJsonObject(actual)) return mergeObject(wanted, actual, path, found, own);
  if (isList(wanted) && isList(actual)) return mergeList(key, wanted, actual, path, found, own);
  if (sameProperty(key, wanted, actual)) return actual;
  found.push({ path, before: actual, after: wanted });
  return wanted;
}

function sameProperty(key: string, wanted: Json, actual: Json): boolean {
  if (typeof wanted === 'string' && typeof actual === 'string') {
    if (key === 'location') return sameLocation(wanted, actual);
    // `1.33` stands for its newest patch, and AKS may answer with that.
    if (key === 'kubernetesVersion' || key === 'orchestratorVersion')
      return actual === wanted || actual.startsWith(`${wanted}.`);
    // Built-in roles are answered with or without the subscription in front.
    if (key === 'roleDefinitionId') return sameValue(lastSegment(wanted), lastSegment(actual));
  }
  return sameValue(wanted, actual);
}

function lastSegment(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** Here the names of the properties are ids, which AKS answers in a case of its own. */
function spelledAs(actual: JsonObject, wanted: JsonObject): JsonObject {
  const names = Object.keys(actual);
  return Object.fromEntries(
    Object.entries(wanted).map(([name, value]) => [names.find((other) => sameId(other, name)) ?? name, value]),
  );
}

/** Names of tags are case-insensitive, their values are not. */
function mergeTags(wanted: JsonObject, actual: JsonObject, path: string, found: Found): JsonObject {
  const merged: Record<string, Json | undefined> = { ...actual };
  const before = found.length;
  for (const [name, value] of Object.entries(wanted)) {
    if (value === undefined) continue;
    const present = Object.keys(actual).find((other) => other.toLowerCase() === name.toLowerCase()) ?? name;
    if (actual[present] === value) continue;
    merged[present] = value;
    found.push({ path: childPath(path, present), ...beforeOf(actual[present]), after: value });
  }
  return found.length === before ? actual : merged;
}

function mergeList(
  key: string,
  wanted: readonly Json[],
  actual: readonly Json[],
  path: string,
  found: Found,
  own: OwnCollections,
): Json {
  if (key === 'rules') return mergeRules(wanted.filter(isJsonObject), actual, path, found);
  if (isNamedList(wanted)) return mergeNamed(key, wanted, actual, path, found, own);
  const merged = mergeSet(key, wanted, actual);
  if (merged === actual) return actual;
  found.push({ path, before: actual, after: merged });
  return merged;
}

/** Lists without names are sets. Ranges that others have added to a network or an API server are theirs and stay. */
function mergeSet(key: string, wanted: readonly Json[], actual: readonly Json[]): readonly Json[] {
  const growing = key === 'authorizedIPRanges' || key === 'addressPrefixes';
  if (!growing) return sameValue(wanted, actual) ? actual : wanted;
  if (key === 'authorizedIPRanges') return withAdded(actual, missingRanges(actual, wanted));
  const missing = wanted.filter((item) => !actual.some((other) => sameValue(other, item)));
  // Azure refuses prefixes that overlap: one that has been widened takes the place of what it holds.
  return withAdded(
    actual.filter((item) => !missing.some((wider) => holds(wider, item))),
    missing,
    actual,
  );
}

const withAdded = (kept: readonly Json[], added: readonly Json[], actual = kept): readonly Json[] =>
  added.length === 0 ? actual : [...kept, ...added];

function holds(outer: Json, inner: Json): boolean {
  const [wide, narrow] = [outer, inner].map((text) => (typeof text === 'string' ? rangeOf(text) : undefined));
  return wide !== undefined && narrow !== undefined && contains(wide, narrow);
}

function missingRanges(actual: readonly Json[], wanted: readonly Json[]): readonly string[] {
  const existing = actual.filter((item) => typeof item === 'string');
  const frontends = wanted.filter((item) => typeof item === 'string');
  return authorizedRanges({ frontends, outboundRanges: [], grants: [], existing }).slice(existing.length);
}

/**
 * Elements are merged by name (which compares case-insensitively); others stay where they are, unless they are collections
 * of ours that nobody wants any more; new ones come last.
 */
function mergeNamed(
  key: string,
  wanted: readonly NamedObject[],
  actual: readonly Json[],
  path: string,
  found: Found,
  own: OwnCollections,
): Json {
  const before = found.length;
  const merged = [...withoutStaleCollections({ names: own[key] ?? [], wanted, actual, path }, found)];
  for (const item of wanted) {
    const index = merged.findIndex((other) => hasName(other, item.name));
    const present = merged[index];
    const at = elementPath(path, item.name);
    if (isJsonObject(present)) {
      const { name: _, ...rest } = item;
      merged[index] = mergeObject(rest, present, at, found, own);
    } else {
      merged.push(item);
      for (const leaf of leavesOf([item], path)) found.push({ path: leaf.path, after: leaf.value });
    }
  }
  return found.length === before ? actual : merged;
}

function hasName(value: Json | undefined, name: string): boolean {
  return isJsonObject(value) && typeof value.name === 'string' && value.name.toLowerCase() === name.toLowerCase();
}

function beforeOf(value: Json | undefined): { readonly before?: Json } {
  return value === undefined ? {} : { before: value };
}
