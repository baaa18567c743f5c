/** A JSON value as it travels: what ARM answers, what an orchestration's input holds. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A JSON object of unknown content. `undefined` stands for an absent property and is never written. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/**
 * What lies at the path, or undefined when a part of it is missing or of another shape.
 *
 * @example jsonAt(firewall, 'properties', 'sku', 'tier') // 'Standard'
 */
export function jsonAt(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let current = value;
  for (const key of path) {
    if (!isJsonObject(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return current;
}

/** The text at the path, or undefined when there is none. */
export function stringAt(value: Json | undefined, ...path: readonly string[]): string | undefined {
  const found = jsonAt(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

/** The objects of the list at the path; empty when there is no list. */
export function objectsAt(value: Json | undefined, ...path: readonly string[]): readonly JsonObject[] {
  const found = jsonAt(value, ...path);
  return isList(found) ? found.filter(isJsonObject) : [];
}

/** The texts of the list at the path; empty when there is no list. */
export function stringsAt(value: Json | undefined, ...path: readonly string[]): readonly string[] {
  return textsIn(jsonAt(value, ...path));
}

/** The texts of a list, which is the list itself where it holds nothing else; none when it is no list. */
export function textsIn(value: Json | undefined): readonly string[] {
  if (!isList(value)) return [];
  return value.every((item) => typeof item === 'string') ? value : value.filter((item) => typeof item === 'string');
}
