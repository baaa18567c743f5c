import { isList, isObject, objectsAt, sameJson, stringAt, type Json, type JsonObject } from './json.ts';
import { fieldsOf, fieldText, fromFieldsV1, keysOf, toFieldsV1, withoutFields, type FieldSet } from './fieldSets.ts';
import type { ObjectSchema, Schema } from './schemas.ts';
import { StatusError } from './statuses.ts';

/** Who writes, how and when: the key of an entry in `managedFields`. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly subresource: string | undefined;
  /** RFC 3339. */
  readonly time: string;
}

interface Entry extends Manager {
  readonly fields: FieldSet;
}

/** The entries after an update: what was changed belongs to the manager now, and to nobody else. */
export function afterUpdate(
  schema: ObjectSchema,
  before: JsonObject | undefined,
  after: JsonObject,
  manager: Manager,
): readonly JsonObject[] {
  const entries = entriesOf(before ?? {});
  const old = before === undefined ? new Map<string, Json | undefined>() : fieldsOf(schema, before);
  const now = fieldsOf(schema, after);
  const changed = new Set(
    [...now].filter(([path, value]) => !old.has(path) || !sameJson(old.get(path), value)).map(([path]) => path),
  );
  const taken = entries.map((entry) => ({
    ...entry,
    fields: new Set(
      [...entry.fields].filter((path) => now.has(path) && (isSame(entry, manager) || !changed.has(path))),
    ),
  }));
  return written(changed.size === 0 ? taken : withFields(taken, manager, (fields) => new Set([...fields, ...changed])));
}

export interface Applied {
  readonly object: JsonObject;
  readonly managedFields: readonly JsonObject[];
}

/**
 * Server-side apply: what the manager lists is set, what it listed before and no longer does goes unless somebody else
 * owns it, and a value that another manager owns differently is a conflict unless forced.
 */
export function apply(
  schema: ObjectSchema,
  live: JsonObject,
  config: JsonObject,
  manager: Manager,
  force: boolean,
): Applied {
  const entries = entriesOf(live);
  const others = entries.filter((entry) => !isSame(entry, manager));
  const wanted = fieldsOf(schema, config);
  const held = fieldsOf(schema, live);
  const differs = (path: string) => wanted.has(path) && !sameJson(wanted.get(path), held.get(path));
  const conflicts = others.flatMap((entry) => [...entry.fields].filter(differs).map((path) => ({ entry, path })));
  if (conflicts.length > 0 && !force) throw conflictError(conflicts);

  const kept = entries.map((entry) =>
    isSame(entry, manager) ? entry : { ...entry, fields: new Set([...entry.fields].filter((path) => !differs(path))) },
  );
  const previous = entries.find((entry) => isSame(entry, manager))?.fields ?? new Set<string>();
  const owned = new Set(kept.filter((entry) => !isSame(entry, manager)).flatMap((entry) => [...entry.fields]));
  const gone = new Set([...previous].filter((path) => !wanted.has(path) && !owned.has(path)));
  const object = withoutFields(schema, merge(schema, live, config) as JsonObject, gone);
  return { object, managedFields: written(withFields(kept, manager, () => new Set(wanted.keys()))) };
}

function merge(schema: Schema, live: Json | undefined, config: Json): Json {
  if (schema.type === 'object' && isObject(config)) {
    const merged: Record<string, Json | undefined> = { ...(isObject(live) ? live : {}) };
    for (const [name, value] of Object.entries(config)) {
      const field = schema.fields[name];
      if (value !== undefined) merged[name] = field === undefined ? value : merge(field, merged[name], value);
    }
    return merged;
  }
  if (schema.type === 'map' && !schema.atomic && isObject(config))
    return { ...(isObject(live) ? live : {}), ...config };
  if (schema.type !== 'list' || !isList(config) || !isList(live)) return config;
  if (schema.set === true) {
    return [...live, ...config.filter((element) => !live.some((other) => sameJson(other, element)))];
  }
  if (schema.keys === undefined) return config;
  const keys = (element: Json) => (isObject(element) ? keysOf(schema, element) : element);
  const listed = config.map((element) => {
    const other = live.find((candidate) => sameJson(keys(candidate), keys(element)));
    return other === undefined ? element : merge(schema.items, other, element);
  });
  const rest = live.filter((element) => !config.some((other) => sameJson(keys(other), keys(element))));
  return [...listed, ...rest];
}

function conflictError(conflicts: readonly { readonly entry: Entry; readonly path: string }[]): StatusError {
  const causes = conflicts.map(({ entry, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${JSON.stringify(entry.name)}${entry.subresource === undefined ? '' : ` with subresource ${JSON.stringify(entry.subresource)}`} using v1`,
    field: fieldText(path),
  }));
  const count = `${causes.length} conflict${causes.length === 1 ? '' : 's'}`;
  const lines = causes.map(({ message, field }) => `${message}: ${field}`);
  const text = lines.length === 1 ? ` ${lines[0]}` : `s:\n- ${lines.join('\n- ')}`;
  return new StatusError(409, 'Conflict', `Apply failed with ${count}:${text.replace(/^s:/, '')}`, { causes });
}

function isSame(entry: Manager, manager: Manager): boolean {
  return (
    entry.name === manager.name && entry.operation === manager.operation && entry.subresource === manager.subresource
  );
}

function withFields(
  entries: readonly Entry[],
  manager: Manager,
  change: (fields: FieldSet) => FieldSet,
): readonly Entry[] {
  const own = entries.find((entry) => isSame(entry, manager));
  const fields = change(own?.fields ?? new Set());
  const unchanged =
    own !== undefined && own.fields.size === fields.size && [...fields].every((path) => own.fields.has(path));
  const next = { ...manager, time: unchanged ? own.time : manager.time, fields };
  return own === undefined ? [...entries, next] : entries.map((entry) => (entry === own ? next : entry));
}

function entriesOf(object: JsonObject): readonly Entry[] {
  return objectsAt(object, 'metadata', 'managedFields').map((entry) => ({
    name: stringAt(entry, 'manager') ?? '',
    operation: entry.operation === 'Apply' ? 'Apply' : 'Update',
    subresource: stringAt(entry, 'subresource'),
    time: stringAt(entry, 'time') ?? '',
    fields: fromFieldsV1(entry.fieldsV1),
  }));
}

function written(entries: readonly Entry[]): readonly JsonObject[] {
  return entries
    .filter(({ fields }) => fields.size > 0)
    .map(({ name, operation, subresource, time, fields }) => ({
      manager: name,
      operation,
      apiVersion: 'v1',
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(fields),
      ...(subresource === undefined ? {} : { subresource }),
    }));
}
