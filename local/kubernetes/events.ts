import { randomBytes } from 'node:crypto';
import type { Cluster } from './cluster.ts';
import { numberAt } from './json.ts';
import { timestamp, type KubernetesObject } from './objects.ts';
import { headOf, typeOf } from './resourceTypes.ts';
import { create } from './writes.ts';

const KEPT_MS = 3_600_000;

export interface ObjectEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly component: string;
}

/**
 * Notes an event on an object, as `kubectl describe` shows it; one that says the same again counts up. Events are kept
 * for an hour, and none is noted in a namespace that is being deleted.
 */
export function recordEvent(cluster: Cluster, about: KubernetesObject, event: ObjectEvent): void {
  const { store } = cluster;
  const { namespace = 'default', name, uid, resourceVersion } = about.metadata;
  const now = cluster.clock.now();
  for (const old of store.list('events')) {
    const seen = Date.parse(typeof old.lastTimestamp === 'string' ? old.lastTimestamp : old.metadata.creationTimestamp);
    if (now - seen > KEPT_MS) store.remove('events', old);
  }
  if (store.get('namespaces', '', namespace)?.metadata.deletionTimestamp !== undefined) return;
  const time = timestamp(now);
  const { type, reason, message, component } = event;
  const same = store
    .list('events')
    .find((old) => sameSubject(old, uid) && old.reason === reason && old.message === message && old.type === type);
  if (same !== undefined) {
    store.put('events', { ...same, count: (numberAt(same, 'count') ?? 1) + 1, lastTimestamp: time });
    return;
  }
  create(
    cluster,
    { type: typeOf('events'), namespace, name: '' },
    {
      metadata: { name: `${name}.${randomBytes(8).toString('hex')}` },
      involvedObject: { ...headOf(typeOf('services')), kind: about.kind, namespace, name, uid, resourceVersion },
      reason,
      message,
      type,
      source: { component },
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
      reportingComponent: component,
    },
    { manager: component },
  );
}

function sameSubject(event: KubernetesObject, uid: string): boolean {
  const { involvedObject } = event;
  return (
    typeof involvedObject === 'object' &&
    involvedObject !== null &&
    'uid' in involvedObject &&
    involvedObject.uid === uid
  );
}
