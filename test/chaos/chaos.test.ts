import { simulate } from './simulation.ts';

/** A sample; `npm run test:chaos` runs as many seeds and days as it is told. */
test.each([1, 2, 3])(
  'seed %i: two days in which everything goes wrong leave nothing wrong',
  async (seed) => {
    const { violations, acts, faults, writes, looks } = await simulate({ seed, days: 2 });
    expect(violations).toEqual([]);
    // Otherwise nothing would have been tried.
    const done = Object.values(acts).reduce((sum, count) => sum + count, 0);
    expect([done > 10, faults > 50, writes > 15, looks > 500]).toEqual([true, true, true, true]);
  },
  120_000,
);
