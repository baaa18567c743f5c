import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { ClusterContents } from './clusterHost.ts';
import type { Permission } from './authorization/permission.ts';
import type { CommandResult } from './runCommand/commandResult.ts';
import type { CloudFacts } from './clouds.ts';
import { compact, isObject, objectAt, objectsAt, stringAt, type JsonObject } from './json.ts';
import { drawSeconds, fractionOf, type LatencyKind } from './latencies.ts';
import { parentId, parsePath, sameId } from './resourceId.ts';
import { defaultLimit } from './resources/limits.ts';
import type { ResourceType, World } from './resources/resourceType.ts';
import type { Change, Effect, Operation, Resource, Store } from './store.ts';

/** The directory all identities live in. */
export const TENANT_ID = '11111111-1111-1111-1111-111111111111';

/** What every part of local Azure works on. */
export interface Azure {
  readonly store: Store;
  readonly clock: Clock;
  /** The cloud that it stands in for. */
  readonly cloud: CloudFacts;
  readonly seed: number | undefined;
  /** How long an operation that has ended can be asked for. */
  readonly operationsKeptMs: number;
  readonly subscriptions: readonly string[];
  /** What a principal (by its object id) is assigned above all subscriptions. */
  readonly inheritedRoles: (principal: string) => readonly Permission[];
  /** By lower-cased type. */
  readonly types: ReadonlyMap<string, ResourceType>;
  /** What runs in the clusters; absent when nothing does. */
  readonly clusters?: ClusterContents;
  /** Commands that were run in clusters, by id; a restart forgets them. */
  readonly commandResults: Map<string, CommandResult>;
}

export function worldOf(azure: Azure, subscription: string, now = azure.clock.now()): World {
  const { store } = azure;
  return {
    now,
    tenantId: TENANT_ID,
    subscription,
    find: (id) => store.resources.get(id.toLowerCase()),
    ofType: (type) =>
      [...store.resources.values()].filter((resource) => resource.type.toLowerCase() === type.toLowerCase()),
    limit: (location, usage) => store.quotas.get(`${location}/${usage}`.toLowerCase()) ?? defaultLimit(usage),
    fraction: (...parts) => fractionOf(azure.seed ?? 0, ...parts),
  };
}

/** Draws the seconds a write takes and counts the draw, so that the next write of the kind draws anew. */
export function drawLatency(azure: Azure, kind: LatencyKind, id: string): { seconds: number; changes: Change[] } {
  const key = `${kind}|${id.toLowerCase()}`;
  const use = (azure.store.uses.get(key) ?? 0) + 1;
  return { seconds: drawSeconds(azure.seed, kind, id, use), changes: [['uses', key, use]] };
}

/** Most resources have weak etags, quotes and all; firewall policies and what is in them have plain GUIDs. */
export function newEtag(type?: ResourceType): string {
  return type?.etags?.form === 'plain' ? randomUUID() : `W/"${randomUUID()}"`;
}

/**
 * Sets etag and provisioningState of a resource and of its children: they all carry the parent's etag. Given `onlyChild`,
 * the other children keep their state.
 */
export function stamp(
  type: ResourceType,
  body: JsonObject,
  etag: string,
  state: string,
  onlyChild?: string,
): JsonObject {
  const properties: Record<string, JsonObject[string]> = { provisioningState: state, ...objectAt(body, 'properties') };
  properties['provisioningState'] = state;
  for (const collection of type.children) {
    const children = properties[collection.name];
    if (!Array.isArray(children)) continue;
    properties[collection.name] = children.filter(isObject).map((child: JsonObject) => {
      const spared = onlyChild !== undefined && child['name'] !== onlyChild;
      const before = objectAt(child, 'properties')['provisioningState'];
      const childState = collection.alwaysSucceeded === true ? 'Succeeded' : spared ? before : state;
      const stamped = compact({ provisioningState: childState, ...objectAt(child, 'properties') });
      return {
        ...child,
        ...(etagName(type) === 'etag' ? { etag } : {}),
        properties: childState === undefined ? stamped : { ...stamped, provisioningState: childState },
      };
    });
  }
  return { ...body, [etagName(type)]: etag, properties };
}

/** AKS spells it `eTag`. */
export function etagName(type: ResourceType): 'etag' | 'eTag' {
  return type.type.startsWith('Microsoft.ContainerService/') ? 'eTag' : 'etag';
}

/** What a due effect writes. An effect on something that is gone by now does nothing. */
export function effectChanges(azure: Azure, effect: Effect): readonly Change[] {
  const resource = azure.store.resources.get(effect.id.toLowerCase());
  if (effect.action === 'fail') return failureChanges(azure, effect);
  if (resource === undefined) return effect.action === 'remove' ? childRemovalChanges(azure, effect.id) : [];
  if (effect.action === 'remove') return removalChanges(azure, resource);
  const type = azure.types.get(resource.type.toLowerCase());
  if (type === undefined) return [];
  const world = worldOf(azure, parsePath(resource.id)?.subscription ?? '', effect.at);
  const { body, also = [] } = type.complete(resource.body, world);
  const kept = type.etags?.keptOnCompletion === true ? stringAt(resource.body, 'etag') : undefined;
  return [...also, put({ ...resource, body: stamp(type, body, kept ?? newEtag(type), 'Succeeded') })];
}

/** A resource (or the parent of a child) that stays as it was written, in the state that says that it does not work so. */
function failureChanges(azure: Azure, { id, state = 'Failed' }: Effect): readonly Change[] {
  const { resources } = azure.store;
  const resource = resources.get(id.toLowerCase()) ?? resources.get(parentId(id).toLowerCase());
  if (resource === undefined) return [];
  const type = azure.types.get(resource.type.toLowerCase());
  if (type !== undefined) return [put({ ...resource, body: stamp(type, resource.body, newEtag(), state) })];
  const properties = { ...objectAt(resource.body, 'properties'), provisioningState: state };
  return [put({ ...resource, body: { ...resource.body, properties } })];
}

function childRemovalChanges(azure: Azure, childId: string): readonly Change[] {
  const parent = azure.store.resources.get(parentId(childId).toLowerCase());
  const type = azure.types.get(parent?.type.toLowerCase() ?? '');
  if (parent === undefined || type === undefined) return [];
  const [collection = '', name = ''] = childId.split('/').slice(-2);
  const known = type.children.find((child) => child.name.toLowerCase() === collection.toLowerCase());
  if (known === undefined) return [];
  const properties = objectAt(parent.body, 'properties');
  const kept = objectsAt(properties, known.name).filter((child) => !sameId(stringAt(child, 'name') ?? '', name));
  const body = { ...parent.body, properties: { ...properties, [known.name]: kept } };
  return [put({ ...parent, body: stamp(type, body, newEtag(type), 'Succeeded') })];
}

/** Removes a resource with everything below it and everything that belongs to it. */
function removalChanges(azure: Azure, resource: Resource): readonly Change[] {
  const belongings = azure.types.get(resource.type.toLowerCase())?.belongings?.(resource) ?? [];
  const roots = [resource.id, ...belongings].map((id) => id.toLowerCase());
  return [...azure.store.resources.keys()]
    .filter((key) => roots.some((root) => key === root || key.startsWith(`${root}/`)))
    .map((key) => ['resources', key, null]);
}

export function put(resource: Resource): Change {
  return ['resources', resource.id.toLowerCase(), resource];
}

/** Keeps what works while an operation is about to change it: what stands, or what stood before one that failed. */
export function keep({ store }: Azure, resource: Resource): Change {
  const key = resource.id.toLowerCase();
  return ['inEffect', key, store.inEffect.get(key) ?? resource];
}

export function putOperation(operation: Operation): Change {
  return ['operations', operation.id, operation];
}
