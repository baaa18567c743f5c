import { isObject, type Json } from '../../local/azure/json.ts';
import type { TestCloud } from './localCloud.ts';

/** What no two runs have in common: what is drawn at random, and what time it was. */
const drawn = new Set([
  'etag',
  'eTag',
  'resourceGuid',
  'resourceUID',
  'principalId',
  'clientId',
  'objectId',
  'createdTime',
  'createdOn',
  'updatedOn',
]);

/** Names and ids that hold a random or derived guid, and node names. */
const masked = (text: string) =>
  text
    .replace(/[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/gi, 'guid')
    .replace(/\b[a-z]?[0-9a-f]{31,32}\b/gi, 'hash');

/** A value without what no two runs have in common; lists that have no order are sorted. */
export function comparable(value: Json | undefined): Json {
  if (Array.isArray(value)) {
    const elements = value.map((element: Json) => comparable(element));
    return elements
      .map((element) => JSON.stringify(element))
      .sort()
      .map((text) => JSON.parse(text) as Json);
  }
  if (typeof value === 'string') return masked(value);
  if (!isObject(value)) return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !drawn.has(name))
      .map(([name, element]): [string, Json] => [name, comparable(element)])
      .sort(([left = ''], [right = '']) => (left < right ? -1 : 1)),
  );
}

/** Everything that local Azure holds, comparable between runs. */
export async function endState(cloud: Pick<TestCloud, 'control'>): Promise<Json> {
  const { resources } = (await cloud.control('GET', '/state')) as { resources: Json[] };
  return comparable(resources);
}
