import type { InstanceState, JournalRecord } from './instanceState.ts';

/** Where a task hub keeps its instances. A record that `begin` or `append` has returned from survives the process. */
export interface TaskHubStore {
  /** Starts an instance, or starts it anew: what was kept under this id is replaced. */
  begin(record: Extract<JournalRecord, { kind: 'start' }>): void;
  append(instanceId: string, record: JournalRecord): void;
  /** Says that an instance has finished: nothing is appended any more. */
  retire(state: InstanceState): void;
  /** @returns what is kept of a finished instance; undefined when its history is gone. */
  read(instanceId: string): InstanceState | undefined;
  remove(instanceId: string): void;
  /** Every instance, one at a time. */
  load(): Iterable<InstanceState>;
  close(): void;
}

const HISTORIES_KEPT = 100;

/** A task hub that ends with the process, and keeps the histories of the newest finished instances only. */
export function memoryStore(): TaskHubStore {
  const finished = new Map<string, InstanceState>();
  return {
    begin: (record) => void finished.delete(record.head.instanceId),
    append: () => undefined,
    retire(state) {
      finished.set(state.head.instanceId, state);
      for (const oldest of finished.keys()) {
        if (finished.size <= HISTORIES_KEPT) break;
        finished.delete(oldest);
      }
    },
    read: (instanceId) => finished.get(instanceId),
    remove: (instanceId) => void finished.delete(instanceId),
    load: () => [],
    close: () => finished.clear(),
  };
}

/** A store that tells of each record once it is kept. */
export function watchedStore(store: TaskHubStore, onRecord: () => void): TaskHubStore {
  return {
    ...store,
    begin(record) {
      store.begin(record);
      onRecord();
    },
    append(instanceId, record) {
      store.append(instanceId, record);
      onRecord();
    },
  };
}
