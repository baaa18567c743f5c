/** JSON as it stands on the wire: local Azure keeps what it was sent, properties that no client knows included. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at a property path, or an empty one. */
export function objectAt(value: unknown, ...path: string[]): JsonObject {
  const found = at(value, ...path);
  return isObject(found) ? found : {};
}

/** The objects of the array at a property path; anything else there counts as none. */
export function objectsAt(value: unknown, ...path: string[]): readonly JsonObject[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isObject) : [];
}

/** The strings of the array at a property path; anything else there counts as none. */
export function stringsAt(value: unknown, ...path: string[]): readonly string[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter((element): element is string => typeof element === 'string') : [];
}

/** The string at a property path, if there is one. */
export function stringAt(value: unknown, ...path: string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

/** The value at a property path, or undefined where the path breaks off. */
export function at(value: unknown, ...path: string[]): Json | undefined {
  let found: Json | undefined = value as Json | undefined;
  for (const name of path) found = isObject(found) ? found[name] : undefined;
  return found;
}

/** Equality that ignores the order of properties and takes an absent property for undefined. */
export function sameJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return (
      left.length === right.length && left.every((element, index) => sameJson(element as Json, right[index] as Json))
    );
  }
  if (!isObject(left) || !isObject(right)) return false;
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((name) => sameJson(left[name], right[name]));
}

/** RFC 7396: objects merge, null removes, everything else replaces. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged: Record<string, Json | undefined> = { ...(isObject(target) ? target : {}) };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else if (value !== undefined) merged[name] = mergePatch(merged[name], value);
  }
  return merged;
}

/** Without properties whose value is undefined, at the top level. */
export function compact(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, element]) => element !== undefined));
}

/** Without the named properties. */
export function omit(value: JsonObject, ...names: string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

/** A value as text for messages and for names: strings as they are, everything else as JSON. */
export function asText(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
