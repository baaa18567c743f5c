import type { Clock } from '../clock.ts';
import type { JsonObject } from './json.ts';
import { revisionParameter } from './lists.ts';
import type { Change, ObjectStore } from './objectStore.ts';
import { withMetadata, type KubernetesObject } from './objects.ts';
import { tableOf, type Representation } from './representation.ts';
import { headOf, type ResourceType } from './resourceTypes.ts';
import type { Selector } from './selectors.ts';
import { expired } from './statuses.ts';

/** A stream of lines of JSON; the returned function stops it. */
export type Stream = (write: (line: JsonObject) => void, end: () => void) => () => void;

interface Watching {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly type: ResourceType;
  readonly selects: Selector;
  readonly query: URLSearchParams;
  readonly representation: Representation;
}

/**
 * What happens from a revision on: everything that exists first when none is named, an ERROR event of 410 when it is
 * forgotten. `timeoutSeconds` ends it in Azure time; with allowWatchBookmarks a bookmark precedes the end, so that the
 * client can go on from there. Without it, the watch lasts as long as its client.
 */
export function watch({ store, clock, type, selects, query, representation }: Watching): Stream {
  const from = revisionParameter(query);
  const bookmarks = query.get('allowWatchBookmarks') === 'true' || query.get('allowWatchBookmarks') === '1';
  const timeoutSeconds = Number(query.get('timeoutSeconds') ?? '0');
  let withColumns = true;
  const shown = (object: KubernetesObject): JsonObject => {
    if (representation === 'plain') return object;
    const { resourceVersion } = object.metadata;
    const options = { now: clock.now(), includeObject: query.get('includeObject'), withColumns };
    withColumns = false;
    return tableOf(type.columns, [object], { resourceVersion }, options);
  };

  return (write, end) => {
    const bookmark = (annotations?: JsonObject) => {
      const metadata = {
        resourceVersion: String(store.revision),
        ...(annotations === undefined ? {} : { annotations }),
      };
      write({ type: 'BOOKMARK', object: { ...headOf(type), metadata } });
    };
    const tell = (change: Change) => {
      if (change.resource !== type.resource) return;
      const event = eventOf(change, selects);
      if (event !== undefined) write({ type: event.type, object: shown(event.object) });
    };
    const past = from === undefined ? [] : store.changesSince(type.resource, from);
    if (past === undefined) {
      const { status } = expired(`too old resource version: ${from} (${store.revision})`);
      write({ type: 'ERROR', object: status });
      end();
      return () => undefined;
    }
    if (from === undefined) {
      for (const object of store.list(type.resource).filter(selects)) write({ type: 'ADDED', object: shown(object) });
      if (query.get('sendInitialEvents') === 'true') bookmark({ 'k8s.io/initial-events-end': 'true' });
    }
    for (const change of past) tell(change);
    const unsubscribe = store.subscribe(tell);
    if (!(timeoutSeconds > 0)) return unsubscribe;
    const cancel = clock.at(clock.now() + timeoutSeconds * 1000, () => {
      if (bookmarks) bookmark();
      unsubscribe();
      end();
    });
    return () => {
      cancel();
      unsubscribe();
    };
  };
}

/** The event as the watcher's selector sees it: an object that leaves the selection is deleted for it. */
function eventOf(
  { before, after, revision }: Change,
  selects: Selector,
): { readonly type: string; readonly object: KubernetesObject } | undefined {
  const was = before !== undefined && selects(before);
  if (after !== undefined && selects(after)) return { type: was ? 'MODIFIED' : 'ADDED', object: after };
  if (!was) return undefined;
  return { type: 'DELETED', object: withMetadata(before, { resourceVersion: String(revision) }) };
}
