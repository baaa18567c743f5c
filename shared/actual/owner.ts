import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { isJsonObject, jsonAt, type JsonObject } from '../model/json.ts';
import { ownershipTag } from '../model/names.ts';

/**
 * Whether an environment may write to a resource: one of its own, or an adopted one that no other environment has claimed.
 */
export function isKeptBy(spec: Pick<EnvironmentSpec, 'name' | 'adopt'>, resource: JsonObject): boolean {
  const claim = owner(resource);
  return claim === spec.name || (claim === undefined && spec.adopt !== undefined);
}

/** The environment that a resource says it belongs to. Names of tags are case-insensitive, their values are not. */
export function owner(resource: JsonObject): string | undefined {
  const tags = jsonAt(resource, 'tags');
  if (!isJsonObject(tags)) return undefined;
  const [, value] = Object.entries(tags).find(([name]) => name.toLowerCase() === ownershipTag) ?? [];
  return typeof value === 'string' ? value : undefined;
}
