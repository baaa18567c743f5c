import { openJournal } from './journal.ts';
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

const REMEMBERED_CHANGES = 1_000;

/** The objects of one resource, ordered as etcd orders: by namespace, then by name. */
interface Kind {
  readonly byKey: Map<string, KubernetesObject>;
  ordered: readonly KubernetesObject[];
}

/** Opens the store, from a directory when one is given; what happened before is forgotten, what was stored is not. */
export function openObjectStore(directory?: string): ObjectStore {
  const kinds = new Map<string, Kind>();
  const kindOf = (resource: string) => {
    const kind = kinds.get(resource) ?? { byKey: new Map<string, KubernetesObject>(), ordered: [] };
    kinds.set(resource, kind);
    return kind;
  };
  const changes = changeLog();
  let revision = 0;
  const journal =
    directory === undefined
      ? undefined
      : openJournal(directory, (entries) => {
          const kept = compacted(entries as readonly Entry[]);
          for (const { resource, object } of kept) if (object !== undefined) set(kindOf(resource), object);
          revision = (entries as readonly Entry[]).at(-1)?.revision ?? 0;
          changes.forget(revision);
          // An entry of no object keeps the counter where a removal had brought it.
          return [...kept, { revision, resource: '', key: '' }];
        });

  const changesSince = (resource: string, since: number) =>
    changes.since(since)?.filter((change) => change.resource === resource);
  return {
    get revision() {
      return revision;
    },
    get: (resource, namespace, name) => kinds.get(resource)?.byKey.get(keyOf(namespace, name)),
    list: (resource) => kindOf(resource).ordered,
    listAt: (resource, at) => {
      const since = changesSince(resource, at);
      if (since === undefined) return undefined;
      const { byKey, ordered } = kindOf(resource);
      const then: Kind = { byKey: new Map(byKey), ordered };
      for (const { before, after } of since.toReversed()) {
        if (before !== undefined) set(then, before);
        else if (after !== undefined) unset(then, after);
      }
      return then.ordered;
    },
    changesSince,
    put: (resource, object) => {
      const key = keyOfObject(object);
      const before = kindOf(resource).byKey.get(key);
      const after = withMetadata(object, { resourceVersion: String(++revision) });
      set(kindOf(resource), after);
      journal?.append({ revision, resource, key, object: after } satisfies Entry);
      changes.record({ revision, resource, before, after });
      return after;
    },
    remove: (resource, object) => {
      const before = kindOf(resource).byKey.get(keyOfObject(object));
      unset(kindOf(resource), object);
      journal?.append({ revision: ++revision, resource, key: keyOfObject(object) } satisfies Entry);
      changes.record({ revision, resource, before, after: undefined });
      return withMetadata(object, { resourceVersion: String(revision) });
    },
    subscribe: changes.subscribe,
    compact: () => changes.forget(revision),
    close: () => journal?.close(),
  };
}

/** The recent changes, and those who are told of new ones. */
function changeLog() {
  const listeners = new Set<(change: Change) => void>();
  const waiting: Change[] = [];
  let history: Change[] = [];
  let forgotten = 0;
  let telling = false;
  return {
    /** Listeners write too: what they write is told after what they were told of, so everybody sees one order. */
    record: (change: Change) => {
      history.push(change);
      if (history.length > 2 * REMEMBERED_CHANGES) {
        forgotten = history[REMEMBERED_CHANGES - 1]?.revision ?? forgotten;
        history = history.slice(REMEMBERED_CHANGES);
      }
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
    },
    since: (revision: number): readonly Change[] | undefined =>
      revision < forgotten ? undefined : history.filter((change) => change.revision > revision),
    forget: (revision: number) => {
      history = history.filter((change) => change.revision > revision);
      forgotten = revision;
    },
    subscribe: (listener: (change: Change) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function set(kind: Kind, object: KubernetesObject): void {
  const key = keyOfObject(object);
  kind.ordered = kind.ordered.toSpliced(placeOf(kind, key), kind.byKey.has(key) ? 1 : 0, object);
  kind.byKey.set(key, object);
}

function unset(kind: Kind, object: KubernetesObject): void {
  const key = keyOfObject(object);
  if (kind.byKey.delete(key)) kind.ordered = kind.ordered.toSpliced(placeOf(kind, key), 1);
}

/** Where the object of this key is, or would be. */
function placeOf({ ordered }: Kind, key: string): number {
  let [low, high] = [0, ordered.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const object = ordered[middle];
    if (object !== undefined && keyOfObject(object) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A key that orders as etcd does. */
function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

export function keyOfObject({ metadata }: KubernetesObject): string {
  return keyOf(metadata.namespace ?? '', metadata.name);
}

/** The entries worth keeping: the last of every object that still exists. */
function compacted(entries: readonly Entry[]): readonly Entry[] {
  const kept = new Map<string, Entry>();
  for (const entry of entries) {
    const path = `${entry.resource}/${entry.key}`;
    kept.delete(path);
    if (entry.object !== undefined) kept.set(path, entry);
  }
  return [...kept.values()];
}
