import { stringAt } from './json.ts';
import { parentId } from './resourceId.ts';
import type { Change, Effect, Operation, Resource, Store } from './store.ts';

const KEPT_MS = 60 * 60 * 1000;
const KEPT_WALL_MS = 10 * 60 * 1000;

/**
 * How long operations can be asked for after they have ended, in Azure time; then their URL answers 404. Azure's hour
 * would pass between two looks of a client that waits by the clock on the wall, as az does for 30 s, where time goes fast.
 */
export const operationsKept = (timeScale: number): number => Math.max(KEPT_MS, KEPT_WALL_MS * timeScale);

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
 * operations that ended more than `keptMs` ago. `effectChanges` says what an effect writes.
 */
export function settle(
  store: Store,
  now: number,
  keptMs: number,
  effectChanges: (effect: Effect) => readonly Change[],
): void {
  for (;;) {
    const due = nextEffect(store, now);
    if (due === undefined) break;
    const { operation, effect } = due;
    const advanced: Operation = { ...operation, applied: operation.applied + 1 };
    // What stood before an operation that failed goes on working.
    const past = effect.action === 'fail' ? [] : superseded(store, operation);
    store.commit([...effectChanges(effect), ...past, ['operations', operation.id, advanced]]);
  }
  const expired = [...store.operations.values()].filter(({ endsAt }) => endsAt + keptMs < now);
  store.commit(expired.map(({ id }) => ['operations', id, null]));
}

/** When the first effect is due that hasn't been applied (epoch ms). */
export function nextEffectAt(store: Store): number | undefined {
  return nextEffect(store, Infinity)?.effect.at;
}

/**
 * The resource as it works now: a firewall goes by its old rules, and an API server by its old ranges, until the operation
 * that changes them has ended. Undefined while it is being created.
 */
export function inEffect(store: Store, now: number, id: string): Resource | undefined {
  const key = id.toLowerCase();
  const creating = [...store.operations.values()].some(
    ({ endsAt, method, resourceId }) => endsAt > now && method === 'PUT' && resourceId.toLowerCase() === key,
  );
  const resource = store.resources.get(key);
  return store.inEffect.get(key) ?? (creating || isBroken(resource) ? undefined : resource);
}

/** Whether the write that created a resource has failed; one that worked before has that kept. */
function isBroken(resource: Resource | undefined): boolean {
  return ['Failed', 'Canceled'].includes(stringAt(resource?.body, 'properties', 'provisioningState') ?? '');
}

/** What was kept of the state before an operation, which has ended. */
function superseded(store: Store, { resourceId }: Operation): readonly Change[] {
  return [resourceId, parentId(resourceId)]
    .map((id) => id.toLowerCase())
    .filter((key) => store.inEffect.has(key))
    .map((key) => ['inEffect', key, null]);
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
