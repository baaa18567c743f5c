/** A running Functions host with the app of this folder, seen from outside. The cases know nothing else of it. */
export interface HostUnderTest {
  /** What the README records, e.g. with versions. */
  readonly name: string;
  readonly origin: string;
  readonly keys: { readonly durable: string; readonly eventGrid: string; readonly function: string };
  /** True when days pass in no time. */
  readonly virtualTime: boolean;
  /**
   * Arranges signals at a moment that lasts only until the next timer: virtual time stands still meanwhile; in real time
   * the work must be quicker than the app's timers (seconds).
   */
  whileTimeStands<T>(arrange: () => Promise<T>): Promise<T>;
  /** A breath between two looks at something that is not yet so. */
  breathe(): Promise<void>;
  /** How many looks are enough to call it stuck. */
  readonly patience: number;
}

/**
 * Looks until `look` gives something, at most `host.patience` times.
 *
 * @throws Error that says what was awaited and what was seen last.
 */
export async function eventually<Seen>(
  host: HostUnderTest,
  what: string,
  look: () => Promise<{ readonly seen: Seen; readonly enough: boolean }>,
): Promise<Seen> {
  let last: Seen | undefined;
  for (let count = 0; count < host.patience; count++) {
    const { seen, enough } = await look();
    if (enough) return seen;
    last = seen;
    await host.breathe();
  }
  throw new Error(`${host.name}: waited in vain for ${what}; last seen: ${JSON.stringify(last)}`);
}
