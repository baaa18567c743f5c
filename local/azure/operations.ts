import type { Change, Effect, Operation, Store } from './store.ts';

/** Operations can be asked for this long after they have ended; then their URL answers 404. */
const KEPT_MS = 60 * 60 * 1000;

/** The operation under way that writes or locks a resource, if there is one. */
export function runningOperation(store: Store, now: number, id: string): Operation | undefined {
  const key = id.toLowerCase();
  for (const operation of store.operations.values()) {
    if (operation.endsAt <= now) continue;
    if (operation.resourceId.toLowerCase() === key || operation.locks.some((lock) => lock.toLowerCase() === key)) {
      return operation;
    }
  }
  return undefined;
}

/**
 * Brings the state to `now`: applies what operations had to do by then, in the order in which it fell due, and forgets
 * operations that have expired. `effectChanges` says what an effect writes.
 */
export function settle(store: Store, now: number, effectChanges: (effect: Effect) => readonly Change[]): void {
  for (;;) {
    const due = nextEffect(store, now);
    if (due === undefined) break;
    const { operation, effect } = due;
    const advanced: Operation = { ...operation, applied: operation.applied + 1 };
    store.commit([...effectChanges(effect), ['operations', operation.id, advanced]]);
  }
  const expired = [...store.operations.values()].filter(({ endsAt }) => endsAt + KEPT_MS < now);
  store.commit(expired.map(({ id }) => ['operations', id, null]));
}

function nextEffect(store: Store, now: number): { operation: Operation; effect: Effect } | undefined {
  let next: { operation: Operation; effect: Effect } | undefined;
  for (const operation of store.operations.values()) {
    const effect = operation.effects[operation.applied];
    if (effect === undefined || effect.at > now) continue;
    if (next === undefined || effect.at < next.effect.at) next = { operation, effect };
  }
  return next;
}
