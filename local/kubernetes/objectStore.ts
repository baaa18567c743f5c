import { openJournal, type Journal } from './journal.ts';
import { withMetadata, type KubernetesObject } from './objects.ts';

/** One write: an object that came (no `before`), changed, or went (no `after`). */
export interface Change {
  readonly revision: number;
  readonly resource: string;
  readonly before: KubernetesObject | undefined;
  readonly after: KubernetesObject | undefined;
}

/**
 * Objects by resource, namespace and name under one revision counter, as etcd keeps them. Objects are immutable, so an
 * old list is the present one with the changes since undone: that is what makes paging consistent.
 */
export interface ObjectStore {
  readonly revision: number;
  get(resource: string, namespace: string, name: string): KubernetesObject | undefined;
  /** Ordered by namespace and name. */
  list(resource: string): readonly KubernetesObject[];
  /** The list as it was at a revision, or undefined when that is forgotten. */
  listAt(resource: string, revision: number): readonly KubernetesObject[] | undefined;
  /** What changed after a revision, or undefined when that is forgotten. */
  changesSince(resource: string, revision: number): readonly Change[] | undefined;
  /** Stores the object under the next revision, which becomes its resourceVersion. */
  put(resource: string, object: KubernetesObject): KubernetesObject;
  /** Removes the object; what is answered is its last state under the revision of its removal. */
  remove(resource: string, object: KubernetesObject): KubernetesObject;
  /** Tells of every change, in order, also of those that other listeners make meanwhile. */
  subscribe(listener: (change: Change) => void): () => void;
  compact(): void;
  close(): void;
}

interface Entry {
  readonly revision: number;
  readonly resource: string;
  readonly key: string;
  readonly object?: KubernetesObject | undefined;
}

const REMEMBERED_CHANGES = 10_000;

/** Opens the store, from a directory when one is given; what happened before is forgotten, what was stored is not. */
export function openObjectStore(directory?: string): ObjectStore {
  const objects = new Map<string, Map<string, KubernetesObject>>();
  const listeners = new Set<(change: Change) => void>();
  const journal = directory === undefined ? undefined : openJournal(directory, (entries) => load(objects, entries));
  let revision = [...objects.values()]
    .flatMap((kind) => [...kind.values()])
    .reduce((highest, { metadata }) => Math.max(highest, Number(metadata.resourceVersion)), 0);
  let forgotten = revision;
  let history: Change[] = [];
  const waiting: Change[] = [];
  let telling = false;

  const kindOf = (resource: string) => {
    const kind = objects.get(resource) ?? new Map<string, KubernetesObject>();
    objects.set(resource, kind);
    return kind;
  };
  const forget = (count: number) => {
    forgotten = history[count - 1]?.revision ?? forgotten;
    history = history.slice(count);
  };
  const record = (change: Change) => {
    history.push(change);
    if (history.length > 2 * REMEMBERED_CHANGES) forget(REMEMBERED_CHANGES);
    waiting.push(change);
    if (telling) return;
    telling = true;
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        for (const listener of [...listeners]) listener(next);
      }
    } finally {
      telling = false;
    }
  };
  const changesSince = (resource: string, since: number) =>
    since < forgotten ? undefined : history.filter((change) => change.resource === resource && change.revision > since);

  return {
    get revision() {
      return revision;
    },
    get: (resource, namespace, name) => objects.get(resource)?.get(keyOf(namespace, name)),
    list: (resource) => sorted(kindOf(resource)),
    listAt: (resource, at) => {
      const since = changesSince(resource, at);
      if (since === undefined) return undefined;
      const then = new Map(kindOf(resource));
      for (const { before, after } of since.toReversed()) {
        if (after !== undefined) then.delete(keyOfObject(after));
        if (before !== undefined) then.set(keyOfObject(before), before);
      }
      return sorted(then);
    },
    changesSince,
    put: (resource, object) => {
      const kind = kindOf(resource);
      const key = keyOfObject(object);
      const before = kind.get(key);
      const after = withMetadata(object, { resourceVersion: String(++revision) });
      kind.set(key, after);
      append(journal, { revision, resource, key, object: after });
      record({ revision, resource, before, after });
      return after;
    },
    remove: (resource, object) => {
      const key = keyOfObject(object);
      kindOf(resource).delete(key);
      append(journal, { revision: ++revision, resource, key });
      const last = withMetadata(object, { resourceVersion: String(revision) });
      record({ revision, resource, before: last, after: undefined });
      return last;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    compact: () => {
      history = [];
      forgotten = revision;
    },
    close: () => journal?.close(),
  };
}

/** A key that orders as etcd does: by namespace, then by name. */
function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

function keyOfObject({ metadata }: KubernetesObject): string {
  return keyOf(metadata.namespace ?? '', metadata.name);
}

function sorted(kind: ReadonlyMap<string, KubernetesObject>): readonly KubernetesObject[] {
  return [...kind.entries()].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, object]) => object);
}

function append(journal: Journal | undefined, entry: Entry): void {
  journal?.append(entry);
}

/** Fills the map and answers the entries worth keeping: the objects that still exist. */
function load(objects: Map<string, Map<string, KubernetesObject>>, entries: readonly unknown[]): readonly Entry[] {
  const kept = new Map<string, Entry>();
  for (const entry of entries as readonly Entry[]) {
    if (entry.object === undefined) kept.delete(`${entry.resource}/${entry.key}`);
    else kept.set(`${entry.resource}/${entry.key}`, entry);
  }
  for (const { resource, key, object } of kept.values()) {
    if (object === undefined) continue;
    objects.set(resource, (objects.get(resource) ?? new Map<string, KubernetesObject>()).set(key, object));
  }
  return [...kept.values()];
}
