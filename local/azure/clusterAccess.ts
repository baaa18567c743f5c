import { at, objectAt, stringAt, stringsAt, type JsonObject } from './json.ts';
import { contains, parseRange } from './ipv4.ts';
import { isBelow, lastSegment, sameId } from './resourceId.ts';
import { ROLE_ASSIGNMENT_TYPE } from './resources/roleAssignments.ts';
import type { Store } from './store.ts';

/**
 * Whether a cluster's API server takes callers from an address: none while it doesn't exist, those of its own network
 * alone when it is private, everybody when it has no authorized ranges.
 */
export function isAllowed(cluster: JsonObject | undefined, source: string): boolean {
  const address = parseRange(source);
  if (cluster === undefined || address === undefined) return false;
  const access = ['properties', 'apiServerAccessProfile'];
  if (at(cluster, ...access, 'enablePrivateCluster') === true) return isPrivate(source);
  const ranges = stringsAt(cluster, ...access, 'authorizedIPRanges').flatMap((text) => parseRange(text) ?? []);
  return ranges.length === 0 || ranges.some((range) => contains(range, address));
}

function isPrivate(source: string): boolean {
  const address = parseRange(source);
  return ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].some((text) => {
    const range = parseRange(text);
    return address !== undefined && range !== undefined && contains(range, address);
  });
}

/** Azure's roles for the content of clusters. */
const roles: Readonly<Record<string, 'everything' | 'read'>> = {
  'b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b': 'everything',
  '3498e952-d568-435e-9b2c-8d77e338d7f7': 'everything',
  'a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb': 'everything',
  '7f6c6a51-bcf8-42ba-9220-52d62157d7db': 'read',
};

/**
 * What a principal may do in a cluster that uses the directory: everything as a member of one of its groups of
 * administrators, and by the role assignments on it and above it where it goes by Azure's roles.
 */
export function mayOf(store: Store, clusterId: string, objectId: string): 'everything' | 'read' | 'nothing' {
  const profile = objectAt(store.resources.get(clusterId.toLowerCase())?.body, 'properties', 'aadProfile');
  const isAdministrator = stringsAt(profile, 'adminGroupObjectIDs').some((group) =>
    store.groups.get(group.toLowerCase())?.includes(objectId),
  );
  if (isAdministrator) return 'everything';
  if (profile['enableAzureRBAC'] !== true) return 'nothing';
  const rights = [...store.resources.values()]
    .filter(({ type, body }) => type === ROLE_ASSIGNMENT_TYPE && at(body, 'properties', 'principalId') === objectId)
    .filter(({ body }) => {
      const scope = stringAt(body, 'properties', 'scope') ?? '';
      return sameId(scope, clusterId) || isBelow(clusterId, scope);
    })
    .map(({ body }) => roles[lastSegment(stringAt(body, 'properties', 'roleDefinitionId') ?? '').toLowerCase()]);
  if (rights.includes('everything')) return 'everything';
  return rights.includes('read') ? 'read' : 'nothing';
}
