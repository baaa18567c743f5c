// `npm run test:chaos -- --seed N --days N [--seeds N] [--verbose]`: simulated weeks in which everything goes wrong.
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { simulate, type Outcome } from './simulation.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    days: { type: 'string', default: '7' },
    verbose: { type: 'boolean', default: false },
    child: { type: 'boolean', default: false },
  },
});
const first = Number(values.seed);
const days = Number(values.days);
const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => first + index);
if (![first, days, ...seeds].every(Number.isFinite) || seeds.length === 0) {
  console.error('--seed, --seeds and --days take numbers; --seeds is how many seeds run, from --seed on.');
  process.exit(2);
}

if (values.child) {
  for (const seed of seeds) process.send?.(await attempt(seed));
  process.exit();
} else {
  const began = performance.now();
  const outcomes = seeds.length === 1 ? [await attempt(first)] : await sideBySide();
  const failed = outcomes.filter(({ violations }) => violations.length > 0);
  const total = (of: (outcome: Outcome) => number) => outcomes.reduce((sum, outcome) => sum + of(outcome), 0);
  const acts = total((outcome) => Object.values(outcome.acts).reduce((sum, count) => sum + count, 0));
  console.log(
    `${outcomes.length} × ${days} days in ${Math.round((performance.now() - began) / 1000)} s: ${acts} acts of people, ` +
      `${total(({ faults }) => faults)} faults, ${total(({ writes }) => writes)} writes, ${total(({ syncs }) => syncs)} syncs, ` +
      `${total(({ driftRepairs }) => driftRepairs)} repairs, ${total(({ looks }) => looks)} looks at egress and ranges.`,
  );
  console.log(`${outcomes.length - failed.length} passed, ${failed.length} failed`);
  process.exit(failed.length === 0 ? 0 : 1);
}

async function attempt(seed: number): Promise<Outcome> {
  const log = values.verbose ? { log: (line: string) => console.log(line) } : {};
  const outcome = await simulate({ seed, days, built: true, ...log }).catch((error: unknown): Outcome => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { seed, violations: [text], acts: {}, faults: 0, writes: 0, syncs: 0, driftRepairs: 0, looks: 0 };
  });
  tell(outcome);
  return outcome;
}

function tell({ seed, violations, writes, faults, syncs }: Outcome): void {
  if (violations.length === 0) return console.log(`seed ${seed}: ${faults} faults, ${writes} writes, ${syncs} syncs`);
  console.log(`seed ${seed} FAILED:\n${violations.map((violation) => `  ${violation}`).join('\n')}`);
  console.log(`  again: npm run test:chaos -- --seed ${seed} --days ${days} --verbose`);
}

/** One process for each processor: the simulations have nothing in common. */
async function sideBySide(): Promise<Outcome[]> {
  const workers = Math.min(availableParallelism(), seeds.length);
  const left = [...seeds];
  const outcomes: Outcome[] = [];
  const work = async () => {
    for (let seed = left.shift(); seed !== undefined; seed = left.shift()) outcomes.push(await inChild(seed));
  };
  await Promise.all(Array.from({ length: workers }, work));
  return outcomes;
}

function inChild(seed: number): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let outcome: Outcome | undefined;
    const child = fork(import.meta.filename, ['--child', '--seed', String(seed), '--days', String(days)]);
    child.on('message', (message) => (outcome = message as Outcome));
    child.on('error', reject);
    child.on('exit', (code) => {
      if (outcome === undefined) reject(new Error(`seed ${seed} ended with exit code ${String(code)}`));
      else resolve(outcome);
    });
  });
}
