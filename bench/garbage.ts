interface Collection {
  readonly type: 'major';
  readonly execution: 'sync';
  /** As V8 collects before it gives up for want of memory. */
  readonly flavor: 'last-resort';
}

const collect = (globalThis as { gc?: (how: Collection) => void }).gc;

/**
 * Frees everything that can be: an ordinary collection leaves weak caches and code that may be wanted again, and keeps room for more.
 *
 * @throws Error when Node was started without --expose-gc
 */
export function collectAll(): void {
  if (collect === undefined) throw new Error('Start Node with --expose-gc.');
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
