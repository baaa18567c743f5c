import { isList, isObject, sameJson, type Json, type JsonObject } from './json.ts';
import type { ObjectSchema } from './schemas.ts';
import { badRequest, StatusError, unsupportedMediaType } from './statuses.ts';
import { strategicMerge } from './strategicMerge.ts';

const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
] as const;

/** The object as a patch other than an apply makes it; nothing is judged yet. */
export function patched(mediaType: string, schema: ObjectSchema, target: JsonObject, patch: Json): JsonObject {
  switch (mediaType) {
    case 'application/json-patch+json':
      return jsonPatch(target, patch);
    case 'application/merge-patch+json':
      if (!isObject(patch)) throw badRequest('a merge patch must be an object');
      return mergePatch(target, patch) as JsonObject;
    case 'application/strategic-merge-patch+json':
      if (!isObject(patch)) throw badRequest('a strategic merge patch must be an object');
      return strategicMerge(schema, target, patch);
    default:
      throw unsupportedMediaType(PATCH_TYPES);
  }
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

/** RFC 6902; an operation that can't be carried out is a 422, as from the real server. */
function jsonPatch(target: JsonObject, patch: Json): JsonObject {
  if (!isList(patch)) throw badRequest('a JSON patch must be a list of operations');
  const result = patch.filter(isObject).reduce<Json>((document, operation) => step(document, operation), target);
  if (!isObject(result)) throw badRequest('a JSON patch must leave an object');
  return result;
}

function step(document: Json, { op, path, from, value }: JsonObject): Json {
  const to = pointer(path);
  switch (op) {
    case 'add':
      return edit(document, to, () => ({ value: value ?? null, insert: true }));
    case 'replace':
      return edit(document, to, (old) => (old === undefined ? impossible(path) : { value: value ?? null }));
    case 'remove':
      return edit(document, to, (old) => (old === undefined ? impossible(path) : { value: undefined }));
    case 'test':
      if (!sameJson(lookUp(document, to), value)) return impossible(path);
      return document;
    case 'copy':
    case 'move': {
      const source = pointer(from);
      const moved = lookUp(document, source) ?? impossible(from);
      const rest = op === 'copy' ? document : edit(document, source, () => ({ value: undefined }));
      return edit(rest, to, () => ({ value: moved, insert: true }));
    }
    default:
      throw badRequest(`Unexpected kind: ${JSON.stringify(op)}`);
  }
}

function pointer(path: Json | undefined): readonly string[] {
  if (typeof path !== 'string' || (path !== '' && !path.startsWith('/'))) {
    throw badRequest(`${JSON.stringify(path)} is no JSON pointer`);
  }
  return path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function lookUp(document: Json, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((found, name) => {
    if (isList(found)) return found[Number(name)];
    return isObject(found) ? found[name] : undefined;
  }, document);
}

type Edit = { readonly value: Json | undefined; readonly insert?: boolean };

function edit(document: Json, path: readonly string[], change: (old: Json | undefined) => Edit): Json {
  const [name, ...rest] = path;
  if (name === undefined) return change(document).value ?? null;
  if (isList(document)) {
    const index = name === '-' ? document.length : Number(name);
    const inList = Number.isInteger(index) && index >= 0 && index <= document.length;
    if (!inList) return impossible(`/${path.join('/')}`);
    if (rest.length > 0) return document.with(index, edit(document[index] ?? null, rest, change));
    const { value, insert = false } = change(document[index]);
    return document.toSpliced(index, insert ? 0 : 1, ...(value === undefined ? [] : [value]));
  }
  if (!isObject(document)) return impossible(`/${path.join('/')}`);
  if (rest.length > 0) return { ...document, [name]: edit(document[name] ?? impossible(name), rest, change) };
  const { value } = change(document[name]);
  return Object.fromEntries(Object.entries({ ...document, [name]: value }).filter(([, kept]) => kept !== undefined));
}

function impossible(path: Json | undefined): never {
  throw new StatusError(
    422,
    'Invalid',
    `the server rejected our request due to an error in our request: ${JSON.stringify(path)}`,
    {},
  );
}
