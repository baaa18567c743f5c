import type fc from 'fast-check';

const numberOf = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

/**
 * How a property is tried: always with the same seed, unless `npm run test:fuzz` is told another one. What fast-check prints
 * on a failure (`seed`, `path`) goes into its options to see that one case again.
 *
 * @param runs in an ordinary test run; what a run costs differs by far
 */
export function fuzzed(runs: number): fc.Parameters<unknown> {
  const path = process.env['GATEHOUSE_FUZZ_PATH'];
  return {
    seed: numberOf('GATEHOUSE_FUZZ_SEED', 20_261_127),
    numRuns: numberOf('GATEHOUSE_FUZZ_RUNS', runs),
    ...(path === undefined ? {} : { path }),
  };
}
