import { isJsonObject, jsonAt, type JsonObject } from '../model/json.ts';
import { ownershipTag } from '../model/names.ts';

/** The environment that a resource says it belongs to. Names of tags are case-insensitive, their values are not. */
export function owner(resource: JsonObject): string | undefined {
  const tags = jsonAt(resource, 'tags');
  if (!isJsonObject(tags)) return undefined;
  const [, value] = Object.entries(tags).find(([name]) => name.toLowerCase() === ownershipTag) ?? [];
  return typeof value === 'string' ? value : undefined;
}
