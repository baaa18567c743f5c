/**
 * Time for everything that stands in for the cloud. The local host fires durable timers by it and local Azure lets its
 * operations take as long as the real ones; production code never sees it.
 */
export interface Clock {
  /** Milliseconds since the epoch, in Azure time. */
  now(): number;
  /** Calls back once `now()` has reached `time` (epoch ms). The returned function cancels. */
  at(time: number, callback: () => void): () => void;
  /**
   * Says that work is under way which must not see time pass: virtual time stands still until the returned function is
   * called. Real clocks ignore it.
   */
  busy(): () => void;
  /** Waits in Azure time, as an onlooker who is not busy. */
  sleep(milliseconds: number): Promise<void>;
  /**
   * Waits in Azure time on behalf of work that is busy elsewhere (a caller that awaits a slow answer), which counts as
   * idle meanwhile. Several pauses of one caller may overlap.
   */
  pause(milliseconds: number): Promise<void>;
}

const MAX_TIMEOUT_MS = 0x7fffffff;

/**
 * A clock that runs `scale` times as fast as the wall, from `anchor`: at the wall's `anchor.wall` it showed
 * `anchor.time` (both epoch ms). Two processes with the same anchor and scale agree.
 */
export function scaledClock(scale = 1, anchor = { wall: Date.now(), time: Date.now() }): Clock {
  const now = () => anchor.time + (Date.now() - anchor.wall) * scale;
  const at = (time: number, callback: () => void) => {
    let timeout: NodeJS.Timeout;
    const arm = () => {
      const wait = Math.ceil((time - now()) / scale);
      // setTimeout fires at once beyond 2^31 ms, so long waits go in steps; and it may fire a millisecond early.
      timeout = setTimeout(() => (now() >= time ? callback() : arm()), Math.min(Math.max(0, wait), MAX_TIMEOUT_MS));
    };
    arm();
    return () => clearTimeout(timeout);
  };
  const sleep = (milliseconds: number) => new Promise<void>((resolve) => at(now() + milliseconds, resolve));
  return { now, at, busy: () => () => undefined, sleep, pause: sleep };
}

interface Timer {
  readonly time: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * Time that stands still while anybody is busy and jumps to the next timer when nobody is. A three-hour creation
 * takes as long as its computing takes, and the same events always happen in the same order.
 */
export class VirtualClock implements Clock {
  #now: number;
  #busy = 0;
  #order = 0;
  #timers: Timer[] = [];
  #settling = false;

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  at(time: number, callback: () => void): () => void {
    const timer = { time, order: this.#order++, callback };
    this.#timers.push(timer);
    this.#settle();
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  busy(): () => void {
    this.#busy++;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#busy--;
      this.#settle();
    };
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.at(this.#now + milliseconds, resolve));
  }

  async pause(milliseconds: number): Promise<void> {
    // The count may go below zero: one busy caller may await several slow answers at once.
    this.#busy--;
    await this.sleep(milliseconds);
    this.#busy++;
  }

  /** Looks again after pending callbacks have run, since they may make somebody busy. */
  #settle(): void {
    if (this.#settling) return;
    this.#settling = true;
    setImmediate(() => {
      this.#settling = false;
      if (this.#busy > 0) return;
      const next = this.#timers.reduce<Timer | undefined>(
        (first, timer) =>
          first === undefined || timer.time < first.time || (timer.time === first.time && timer.order < first.order)
            ? timer
            : first,
        undefined,
      );
      if (next === undefined) return;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.time);
      next.callback();
      this.#settle();
    });
  }
}
