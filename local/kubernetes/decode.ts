import { isList, isObject, type Json, type JsonObject } from './json.ts';
import type { ObjectSchema, Schema } from './schemas.ts';
import { badRequest } from './statuses.ts';

export interface Decoded {
  readonly object: JsonObject;
  /** Paths of the fields that the server doesn't know, which it drops. */
  readonly unknown: readonly string[];
}

/**
 * An object with the known fields only. Null, empty strings, lists and maps count as absent, as in the Go types that
 * the real server decodes into. A value of the wrong type is refused with 400.
 */
export function decode(schema: ObjectSchema, value: JsonObject): Decoded {
  const unknown: string[] = [];
  const object = decodeObject(schema, value, '', schema.name, unknown);
  return { object, unknown };
}

function decodeObject(
  schema: ObjectSchema,
  value: JsonObject,
  path: string,
  kind: string,
  unknown: string[],
): JsonObject {
  const known: [string, Json][] = [];
  for (const [name, element] of Object.entries(value)) {
    const field = schema.fields[name];
    const fieldPath = path === '' ? name : `${path}.${name}`;
    if (field === undefined) {
      unknown.push(fieldPath);
      continue;
    }
    if (element === null || element === undefined) continue;
    const decoded = decodeValue(field, element, fieldPath, kind, unknown);
    if (!isEmpty(field, decoded)) known.push([name, decoded]);
  }
  return Object.fromEntries(known);
}

function decodeValue(schema: Schema, value: Json, path: string, kind: string, unknown: string[]): Json {
  switch (schema.type) {
    case 'any':
      return value;
    case 'string':
    case 'boolean':
      if (typeof value !== schema.type)
        throw wrongType(kind, path, value, schema.type === 'boolean' ? 'bool' : 'string');
      return value;
    case 'integer':
      if (!Number.isInteger(value)) throw wrongType(kind, path, value, 'int32');
      return value;
    case 'integerOrString':
      if (typeof value !== 'string' && !Number.isInteger(value))
        throw wrongType(kind, path, value, 'intstr.IntOrString');
      return value;
    case 'map': {
      if (!isObject(value)) throw wrongType(kind, path, value, 'map[string]string');
      const entries = Object.entries(value).filter(([, element]) => element !== null);
      for (const [name, element] of entries) {
        if (typeof element !== 'string') throw wrongType(kind, `${path}.${name}`, element, 'string');
      }
      return Object.fromEntries(entries);
    }
    case 'list':
      if (!isList(value)) throw wrongType(kind, path, value, 'list');
      return value.map((element, index) => decodeValue(schema.items, element, `${path}[${index}]`, kind, unknown));
    case 'object':
      if (!isObject(value)) throw wrongType(kind, path, value, `v1.${schema.name}`);
      return decodeObject(schema, value, path, kind, unknown);
  }
}

function isEmpty(schema: Schema, value: Json): boolean {
  if (schema.type === 'map') return Object.keys(value as JsonObject).length === 0;
  if (schema.type === 'list') return (value as readonly Json[]).length === 0;
  return schema.type === 'string' && value === '';
}

function wrongType(kind: string, path: string, value: Json | undefined, expected: string): Error {
  const found = isList(value) ? 'array' : value === null ? 'null' : typeof value === 'boolean' ? 'bool' : typeof value;
  return badRequest(
    `${kind} in version "v1" cannot be handled as a ${kind}: json: cannot unmarshal ${found} into Go struct field ${kind}.${path} of type ${expected}`,
  );
}
