// `npm run test:fuzz -- --runs N --seed N`: the fuzz tests for as long as one likes.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: {
    /** Of each property. */
    runs: { type: 'string' },
    seed: { type: 'string' },
    /** As a failure prints it; goes with the seed and one `--test`. */
    path: { type: 'string' },
    /** The one test to run, by its name. */
    test: { type: 'string' },
  },
  allowPositionals: true,
});

const jest = [
  ...['--no-warnings', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'],
  ...(positionals.length === 0 ? ['test/fuzz'] : positionals.map((name) => `test/fuzz/${name}`)),
  // A day: how long it takes is up to whoever asked.
  '--testTimeout=86400000',
  ...(values.test === undefined ? [] : ['--testNamePattern', values.test]),
];
const given = Object.entries({
  GATEHOUSE_FUZZ_RUNS: values.runs,
  GATEHOUSE_FUZZ_SEED: values.seed,
  GATEHOUSE_FUZZ_PATH: values.path,
}).filter(([, value]) => value !== undefined);
const { status } = spawnSync(process.execPath, jest, {
  stdio: 'inherit',
  env: { ...process.env, ...Object.fromEntries(given) },
});
process.exit(status ?? 1);
