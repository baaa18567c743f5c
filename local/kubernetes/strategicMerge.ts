import { isList, isObject, sameJson, type Json, type JsonObject } from './json.ts';
import type { ListSchema, Schema } from './schemas.ts';
import { badRequest } from './statuses.ts';

const ORDER = '$setElementOrder/';
const DELETE_PRIMITIVES = '$deleteFromPrimitiveList/';

/**
 * A strategic merge patch: like a JSON merge patch, but lists with a merge key merge element by element, and the
 * directives `$patch`, `$setElementOrder/…`, `$deleteFromPrimitiveList/…` and `$retainKeys` are followed.
 */
export function strategicMerge(schema: Schema | undefined, target: JsonObject, patch: JsonObject): JsonObject {
  if (patch.$patch === 'replace') return without$(patch);
  if (patch.$patch === 'delete') return {};
  if (patch.$patch !== undefined && patch.$patch !== 'merge') {
    throw badRequest(`unable to apply the patch: unrecognized type for $patch: ${JSON.stringify(patch.$patch)}`);
  }
  const merged: Record<string, Json | undefined> = { ...target };
  if (isList(patch.$retainKeys)) {
    for (const name of Object.keys(merged)) if (!patch.$retainKeys.includes(name)) delete merged[name];
  }
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith(DELETE_PRIMITIVES)) {
      const field = name.slice(DELETE_PRIMITIVES.length);
      merged[field] = list(merged[field]).filter((element) => !list(value).some((gone) => sameJson(gone, element)));
    }
  }
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith('$') || value === undefined) continue;
    if (value === null) delete merged[name];
    else merged[name] = mergeValue(fieldOf(schema, name), merged[name], value, list(patch[ORDER + name]));
  }
  for (const [name, order] of Object.entries(patch)) {
    const field = name.slice(ORDER.length);
    if (name.startsWith(ORDER) && patch[field] === undefined && merged[field] !== undefined) {
      merged[field] = inOrder(fieldOf(schema, field), list(merged[field]), list(order));
    }
  }
  return merged;
}

function mergeValue(schema: Schema | undefined, target: Json | undefined, patch: Json, order: readonly Json[]): Json {
  if (isObject(patch)) return strategicMerge(schema, isObject(target) ? target : {}, patch);
  if (!isList(patch) || schema?.type !== 'list') return patch;
  if (schema.mergeKey !== undefined)
    return inOrder(schema, mergeByKey(schema, schema.mergeKey, list(target), patch), order);
  if (schema.set !== true) return patch;
  const added = patch.filter((element) => !list(target).some((held) => sameJson(held, element)));
  return inOrder(schema, [...list(target), ...added], order);
}

function mergeByKey(
  schema: ListSchema,
  mergeKey: string,
  target: readonly Json[],
  patch: readonly Json[],
): readonly Json[] {
  const elements = patch.filter(isObject);
  if (elements.some(({ $patch }) => $patch === 'replace')) return elements.filter(({ $patch }) => $patch !== 'replace');
  const merged: Json[] = [...target];
  for (const element of elements) {
    const key = element[mergeKey];
    if (key === undefined) {
      throw badRequest(`map: ${JSON.stringify(element)} does not contain declared merge key: ${mergeKey}`);
    }
    const matches = (held: Json) => isObject(held) && held[mergeKey] === key;
    const index = merged.findIndex(matches);
    if (element.$patch === 'delete') {
      for (let at = merged.length - 1; at >= 0; at--) if (matches(merged[at] ?? null)) merged.splice(at, 1);
    } else if (index < 0) merged.push(strategicMerge(schema.items, {}, element));
    else merged[index] = strategicMerge(schema.items, merged[index] as JsonObject, element);
  }
  return merged;
}

/** The named elements in the order asked for; what only the server knows stays behind what it stood behind. */
function inOrder(schema: Schema | undefined, elements: readonly Json[], order: readonly Json[]): readonly Json[] {
  if (order.length === 0 || schema?.type !== 'list') return elements;
  const { mergeKey } = schema;
  const keyOf = (element: Json | undefined) =>
    mergeKey !== undefined && isObject(element) ? (element[mergeKey] ?? null) : (element ?? null);
  const rank = (element: Json) => order.findIndex((wanted) => sameJson(keyOf(wanted), keyOf(element)));
  const named = elements.filter((element) => rank(element) >= 0).sort((left, right) => rank(left) - rank(right));
  const result = [...named];
  elements.forEach((element, index) => {
    if (rank(element) >= 0) return;
    const before = elements[index - 1];
    result.splice(before === undefined ? 0 : result.indexOf(before) + 1, 0, element);
  });
  return result;
}

function fieldOf(schema: Schema | undefined, name: string): Schema | undefined {
  return schema?.type === 'object' ? schema.fields[name] : undefined;
}

function list(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}

function without$(patch: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(patch).filter(([name]) => !name.startsWith('$')));
}
