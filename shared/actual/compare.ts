import { canonicalLocation } from '../model/cloud.ts';
import { canonicalRange } from '../model/ipRange.ts';
import { isJsonObject, isList, type Json } from '../model/json.ts';

/** ARM ids and names compare case-insensitively; AKS answers with `/resourcegroups/`. */
export function sameId(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** `East US` is `eastus`. */
export function sameLocation(a: string, b: string): boolean {
  return canonicalLocation(a) === canonicalLocation(b);
}

/**
 * Whether two values of an ARM property mean the same. Everything that Gatehouse writes (ids, names, enumerations, host
 * names, ranges, ports) is case-insensitive in Azure, which answers `Standard` to `standard`, and lists are sets there.
 * Tags are neither, and are compared exactly elsewhere.
 */
export function sameValue(a: Json, b: Json): boolean {
  return valueKey(a) === valueKey(b);
}

/** A text that is equal for values that mean the same, whatever the order of lists and properties. */
function valueKey(value: Json): string {
  if (isJsonObject(value)) {
    const entries = Object.entries(value).map(([key, inner]) => `${key}:${inner === undefined ? '' : valueKey(inner)}`);
    return `{${entries.toSorted().join()}}`;
  }
  if (isList(value)) return `[${[...new Set(value.map(valueKey))].toSorted().join()}]`;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return JSON.stringify(canonicalRange(text).toLowerCase());
}
