import { canonicalLocation } from '../model/cloud.ts';
import { canonicalRange } from '../model/ipRange.ts';
import type { Json } from '../model/json.ts';

/** ARM ids and names compare case-insensitively; AKS answers with `/resourcegroups/`. */
export function sameId(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** `East US` is `eastus`. */
export function sameLocation(a: string, b: string): boolean {
  return canonicalLocation(a) === canonicalLocation(b);
}

/** `1.2.3.4` is `1.2.3.4/32`. */
export function sameRange(a: string, b: string): boolean {
  return canonicalRange(a) === canonicalRange(b);
}

/** Ports come as texts and as numbers. */
export function samePort(a: string | number, b: string | number): boolean {
  return String(a) === String(b);
}

/** Whether both lists hold the same, whatever the order and however often. */
export function sameSet(a: readonly Json[], b: readonly Json[]): boolean {
  const left = new Set(a.map(scalarKey));
  const right = new Set(b.map(scalarKey));
  return left.size === right.size && [...left].every((key) => right.has(key));
}

/**
 * Whether two values of an ARM property mean the same. Everything that Gatehouse writes (ids, names, enumerations, host
 * names, ranges, ports) is case-insensitive in Azure, which answers `Standard` to `standard` and `true` to `"true"`. Tags
 * are not, and are compared exactly elsewhere.
 */
export function sameScalar(a: Json, b: Json): boolean {
  return scalarKey(a) === scalarKey(b);
}

/** A text that is equal for values that mean the same. */
export function scalarKey(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return canonicalRange(text).toLowerCase();
}
