import type { Cluster } from './cluster.ts';
import type { JsonObject } from './json.ts';
import { timestamp, withMetadata, type KubernetesObject } from './objects.ts';
import { forbidden } from './statuses.ts';
import { checkPreconditions, find, type Place } from './writes.ts';

const UNDELETABLE_NAMESPACES = ['default', 'kube-system', 'kube-public'];

export interface DeleteOptions {
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly dryRun?: boolean;
}

/**
 * Deletes an object: at once when no finalizer holds it; else it stays, with its deletionTimestamp, until the last one
 * is taken off. A namespace stays until it is empty.
 */
export function remove(
  cluster: Cluster,
  place: Place,
  { uid, resourceVersion, dryRun = false }: DeleteOptions = {},
): KubernetesObject {
  const { type, name } = place;
  const object = find(cluster, place);
  checkPreconditions({ resource: type.resource, kind: type.kind, name }, object, { uid, resourceVersion });
  const isNamespace = type.resource === 'namespaces';
  if (isNamespace && UNDELETABLE_NAMESPACES.includes(name)) {
    throw forbidden({ resource: type.resource, name }, 'this namespace may not be deleted');
  }
  if (dryRun || object.metadata.deletionTimestamp !== undefined) return object;
  if (!isNamespace && (object.metadata.finalizers ?? []).length === 0) {
    return cluster.store.remove(type.resource, object);
  }
  const marked = withMetadata(object, {
    deletionTimestamp: timestamp(cluster.clock.now()),
    ...(isNamespace ? {} : { deletionGracePeriodSeconds: 0 }),
  });
  return cluster.store.put(type.resource, isNamespace ? { ...marked, status: { phase: 'Terminating' } } : marked);
}

/** What a delete answers: services answer themselves, everything else a Status unless it is still there. */
export function deleteBody({ type, namespace, name }: Place, cluster: Cluster, object: KubernetesObject): JsonObject {
  const stays = cluster.store.get(type.resource, namespace, name)?.metadata.uid === object.metadata.uid;
  if (stays || type.resource !== 'events') return object;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, kind: type.resource, uid: object.metadata.uid },
  };
}
