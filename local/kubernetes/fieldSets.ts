import { isList, isObject, type Json, type JsonObject } from './json.ts';
import type { ListSchema, Schema } from './schemas.ts';

/**
 * A set of fields, each a path of FieldsV1 segments (`f:spec`, `k:{"port":80,"protocol":"TCP"}`, `v:"x"`, and `.` for
 * a map, list or list element itself), joined so that sets can be compared.
 */
export type FieldSet = ReadonlySet<string>;

const JOIN = '\u0000';
/** Nobody owns what names the object or what the server keeps. */
const UNOWNED = new Set(
  ['f:apiVersion', 'f:kind'].concat(
    [
      'name',
      'generateName',
      'namespace',
      'selfLink',
      'uid',
      'resourceVersion',
      'generation',
      'creationTimestamp',
      'deletionTimestamp',
      'deletionGracePeriodSeconds',
      'managedFields',
    ].map((name) => `f:metadata${JOIN}f:${name}`),
  ),
);

/** The fields of an object, each with the value it has there; containers have none. */
export function fieldsOf(schema: Schema, object: JsonObject): ReadonlyMap<string, Json | undefined> {
  const fields = new Map<string, Json | undefined>();
  collect(schema, object, [], fields);
  for (const field of [...fields.keys()]) {
    if ([...UNOWNED].some((path) => field === path || field.startsWith(path + JOIN))) fields.delete(field);
  }
  return fields;
}

function collect(schema: Schema, value: Json, path: readonly string[], fields: Map<string, Json | undefined>): void {
  const here = path.join(JOIN);
  const mark = () => void fields.set([...path, '.'].join(JOIN), undefined);
  if (schema.type === 'object' && isObject(value)) {
    const known = Object.entries(value).filter(([name]) => schema.fields[name] !== undefined);
    if (known.length === 0 && path.length > 0) fields.set(here, value);
    for (const [name, element] of known) {
      const field = schema.fields[name];
      if (field !== undefined && element !== undefined) collect(field, element, [...path, `f:${name}`], fields);
    }
  } else if (schema.type === 'map' && !schema.atomic && isObject(value)) {
    mark();
    for (const [name, element] of Object.entries(value)) fields.set([...path, `f:${name}`].join(JOIN), element);
  } else if (schema.type === 'list' && isList(value) && schema.set === true) {
    mark();
    for (const element of value) fields.set([...path, `v:${JSON.stringify(element)}`].join(JOIN), element);
  } else if (schema.type === 'list' && isList(value) && schema.keys !== undefined) {
    mark();
    for (const element of value.filter(isObject)) {
      const inner = [...path, `k:${JSON.stringify(keysOf(schema, element))}`];
      fields.set([...inner, '.'].join(JOIN), undefined);
      if (schema.items.type === 'object') collect(schema.items, element, inner, fields);
      else for (const [name, part] of Object.entries(element)) fields.set([...inner, `f:${name}`].join(JOIN), part);
    }
  } else fields.set(here, value);
}

/** The values by which an element of a keyed list is known. */
export function keysOf(schema: ListSchema, element: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(schema.keys ?? {}).map(([key, fallback]) => [key, element[key] ?? fallback ?? null]),
  );
}

/** The set as `managedFields` writes it. */
export function toFieldsV1(fields: FieldSet): JsonObject {
  type Tree = { [segment: string]: Tree };
  const tree: Tree = {};
  for (const field of [...fields].sort()) {
    let node = tree;
    for (const segment of field.split(JOIN)) node = node[segment] ??= {};
  }
  return tree;
}

/** The set that `managedFields` wrote. */
export function fromFieldsV1(value: Json | undefined): FieldSet {
  const fields = new Set<string>();
  const walk = (node: JsonObject, path: readonly string[]) => {
    const entries = Object.entries(node);
    if (entries.length === 0 && path.length > 0) fields.add(path.join(JOIN));
    for (const [segment, inner] of entries) walk(isObject(inner) ? inner : {}, [...path, segment]);
  };
  if (isObject(value)) walk(value, []);
  return fields;
}

/** The field as conflict messages write it: `.spec.ports[port=80,protocol="TCP"].targetPort`. */
export function fieldText(field: string): string {
  return field
    .split(JOIN)
    .map((segment) => {
      if (segment.startsWith('f:'))
        return /^[\w-]+$/.test(segment.slice(2)) ? `.${segment.slice(2)}` : `.${segment.slice(2)}`;
      if (segment.startsWith('v:')) return `[=${segment.slice(2)}]`;
      if (!segment.startsWith('k:')) return '';
      const keys = JSON.parse(segment.slice(2)) as JsonObject;
      return `[${Object.entries(keys)
        .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
        .join(',')}]`;
    })
    .join('');
}

/** The object without some of its fields; an element or map goes only when its own `.` is among them. */
export function withoutFields(schema: Schema, object: JsonObject, gone: FieldSet): JsonObject {
  const cut = (part: Schema, value: Json, path: readonly string[]): Json | undefined => {
    if (gone.has(path.join(JOIN))) return undefined;
    if (part.type === 'object' && isObject(value)) {
      const kept = Object.entries(value).flatMap(([name, element]) => {
        const field = part.fields[name];
        if (field === undefined || element === undefined) return [[name, element] as const];
        const rest = cut(field, element, [...path, `f:${name}`]);
        return rest === undefined ? [] : [[name, rest] as const];
      });
      return Object.fromEntries(kept);
    }
    const itself = gone.has([...path, '.'].join(JOIN));
    if (part.type === 'map' && !part.atomic && isObject(value)) {
      const kept = Object.entries(value).filter(([name]) => !gone.has([...path, `f:${name}`].join(JOIN)));
      return kept.length === 0 && itself ? undefined : Object.fromEntries(kept);
    }
    if (part.type !== 'list' || !isList(value)) return value;
    const kept = value.flatMap((element) => {
      if (part.set === true) return gone.has([...path, `v:${JSON.stringify(element)}`].join(JOIN)) ? [] : [element];
      if (part.keys === undefined || !isObject(element)) return [element];
      const inner = [...path, `k:${JSON.stringify(keysOf(part, element))}`];
      if (gone.has([...inner, '.'].join(JOIN))) return [];
      const rest = cut(part.items, element, inner);
      return rest === undefined ? [] : [rest];
    });
    return kept.length === 0 && itself ? undefined : kept;
  };
  return cut(schema, object, []) as JsonObject;
}
