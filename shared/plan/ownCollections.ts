import { ownCollectionNames } from '../desired/egress.ts';
import { isJsonObject, type Json } from '../model/json.ts';
import { elementPath, type NamedObject } from './leaves.ts';
import type { Difference } from './resourcePlan.ts';

/**
 * The rule collections of a firewall of ours without those that we once made and the spec no longer calls for: left in
 * place they would go on letting traffic through.
 *
 * A collection carries no tag or metadata, so its name is all that tells whose it is. That suffices, since only a firewall
 * with our tag gets here, and on it the names that we give are ours; under any other name it is somebody else's and stays.
 *
 * @param key the property that holds the list; any other than rule collections is answered as it is
 */
export function withoutStaleCollections(
  key: string,
  wanted: readonly NamedObject[],
  actual: readonly Json[],
  path: string,
  found: Difference[],
): readonly Json[] {
  const own = ownNamesOf(key);
  return actual.filter((collection) => {
    const name = nameOf(collection);
    if (name === undefined || !includesName(own, name)) return true;
    const called = includesName(
      wanted.map((one) => one.name),
      name,
    );
    if (!called) found.push({ path: elementPath(path, name), before: collection });
    return called;
  });
}

function ownNamesOf(key: string): readonly string[] {
  switch (key) {
    case 'applicationRuleCollections':
      return ownCollectionNames.application;
    case 'networkRuleCollections':
      return ownCollectionNames.network;
    default:
      return [];
  }
}

function includesName(names: readonly string[], name: string): boolean {
  return names.some((one) => one.toLowerCase() === name.toLowerCase());
}

function nameOf(value: Json): string | undefined {
  return isJsonObject(value) && typeof value.name === 'string' ? value.name : undefined;
}
