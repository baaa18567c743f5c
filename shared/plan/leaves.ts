import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';

export interface Leaf {
  readonly path: string;
  readonly value: Json;
}

/** Every property of the value, property by property; lists of named objects by name, other lists as a whole. */
export function leavesOf(value: Json, path = ''): readonly Leaf[] {
  if (isJsonObject(value)) {
    const entries = Object.entries(value);
    if (entries.length === 0) return [{ path, value }];
    return entries.flatMap(([key, inner]) => (inner === undefined ? [] : leavesOf(inner, childPath(path, key))));
  }
  if (isNamedList(value) && value.length > 0) {
    return value.flatMap((item) => {
      const { name, ...rest } = item;
      return Object.keys(rest).length === 0
        ? [{ path: elementPath(path, name), value: item }]
        : leavesOf(rest, elementPath(path, name));
    });
  }
  return [{ path, value }];
}

/** Keys with dots of their own are put in quotes: `additionalProperties["Network.DNS.EnableProxy"]`. */
export function childPath(path: string, key: string): string {
  if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

export function elementPath(path: string, name: string): string {
  return `${path}[${name}]`;
}

export type NamedObject = JsonObject & { readonly name: string };

/** Whether ARM would tell the elements apart by their name; an empty list is one as well. */
export function isNamedList(value: Json | undefined): value is readonly NamedObject[] {
  return Array.isArray(value) && value.every((item) => isJsonObject(item) && typeof item.name === 'string');
}
