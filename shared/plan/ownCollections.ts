import { isJsonObject, type Json } from '../model/json.ts';
import { elementPath, type NamedObject } from './leaves.ts';
import type { Difference } from './resourcePlan.ts';

/** A list of rule collections against the one that is wanted. */
interface CollectionList {
  /** Names that we give: a collection of another name is somebody else's. */
  readonly names: readonly string[];
  readonly wanted: readonly NamedObject[];
  readonly actual: readonly Json[];
  readonly path: string;
}

/**
 * The rule collections of a firewall without those that we once made and the spec no longer calls for: left in place they
 * would go on letting traffic through.
 *
 * A collection carries no tag or metadata, so its name is all that tells whose it is. On a firewall of our own the names
 * of the catalogue are ours; on somebody else's only names that begin with the environment's.
 */
export function withoutStaleCollections(
  { names, wanted, actual, path }: CollectionList,
  found: Difference[],
): readonly Json[] {
  if (names.length === 0) return actual;
  return actual.filter((collection) => {
    const name = nameOf(collection);
    if (name === undefined || !includesName(names, name)) return true;
    const called = includesName(
      wanted.map((one) => one.name),
      name,
    );
    if (!called) found.push({ path: elementPath(path, name), before: collection });
    return called;
  });
}

function includesName(names: readonly string[], name: string): boolean {
  return names.some((one) => one.toLowerCase() === name.toLowerCase());
}

function nameOf(value: Json): string | undefined {
  return isJsonObject(value) && typeof value.name === 'string' ? value.name : undefined;
}
