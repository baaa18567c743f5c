/** Numbers drawn from a seed: the same seed always draws the same. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
  pick<T>(choices: readonly T[]): T;
  /** Whether something of this probability happens. */
  happens(probability: number): boolean;
  /** The time to the next of events that come by chance, `mean` apart. */
  wait(mean: number): number;
}

/** mulberry32: small, fast, and good enough to vary tests by. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(next() * end);
  return {
    next,
    below,
    pick: (choices) => {
      const choice = choices[below(choices.length)];
      if (choice === undefined) throw new RangeError('There is nothing to choose from.');
      return choice;
    },
    happens: (probability) => next() < probability,
    wait: (mean) => -Math.log(1 - next()) * mean,
  };
}
