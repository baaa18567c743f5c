/**
 * Makes `Date` of this process tell a clock's time, so that what the app's triggers write into signals is the same in
 * each recording. Connections must have their certificates by then: those are judged by the machine's own time.
 *
 * @returns puts the real one back
 */
export function tellTimeBy(clock: { now(): number }): () => void {
  const RealDate = globalThis.Date;
  class ClockDate extends RealDate {
    constructor(...parts: [] | [number | string | Date]) {
      super(parts.length === 0 ? clock.now() : parts[0]);
    }
    static override now(): number {
      return clock.now();
    }
  }
  globalThis.Date = ClockDate as DateConstructor;
  return () => {
    globalThis.Date = RealDate;
  };
}
