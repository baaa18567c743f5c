// `npm run test:crash -- [--scenario NAME] [--every N] [--from N]`: the app is killed after each record of its task hub and
// each request to Azure in turn, started again, and held against an undisturbed run.
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { crashMatrix, type Killed } from './matrix.ts';
import { scenarios } from './scenarios.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', multiple: true, default: Object.keys(scenarios) },
    every: { type: 'string', default: '1' },
    from: { type: 'string', default: '1' },
    /** Of several processes side by side, this takes each `--every`-th point; it tells its parent of each. */
    child: { type: 'boolean', default: false },
  },
});
const every = Number(values.every);
const from = Number(values.from);
const strange = values.scenario.find((name) => scenarios[name] === undefined);
if (strange !== undefined || !(every >= 1) || !(from >= 1)) {
  console.error(`--scenario takes one of ${Object.keys(scenarios).join(', ')}; --every and --from a number from 1 on.`);
  process.exit(2);
}

interface Told extends Killed {
  readonly scenario: string;
  readonly point: number;
}

if (values.child) {
  await killAt((told) => void process.send?.(told));
} else {
  const began = performance.now();
  const workers = availableParallelism();
  const told: Told[] = [];
  const tell = (one: Told) => {
    told.push(one);
    if (told.length % 50 === 0) console.log(`${told.length} kills, at ${one.point} of ${one.scenario}`);
    if (one.differences.length === 0) return;
    console.log(`${one.scenario}, killed at ${one.point}, after ${one.after ?? 'its end'}:`);
    for (const difference of one.differences) console.log(`  ${difference}`);
    console.log(`  again: npm run test:crash -- --scenario ${one.scenario} --from ${one.point} --every 1000000`);
  };
  await Promise.all(Array.from({ length: workers }, (_, index) => inChild(index, workers, tell)));
  const failed = told.filter(({ differences }) => differences.length > 0).length;
  for (const name of values.scenario) {
    const of = told.filter(({ scenario, after }) => scenario === name && after !== undefined).length;
    console.log(`${name.padEnd(12)} killed at ${of} places`);
  }
  console.log(`in ${Math.round((performance.now() - began) / 1000)} s`);
  console.log(`${told.length - failed} passed, ${failed} failed`);
  process.exit(failed === 0 && told.length > 0 ? 0 : 1);
}

async function killAt(tell: (told: Told) => void): Promise<void> {
  const matrix = await crashMatrix();
  try {
    for (const scenario of values.scenario) {
      const held = await matrix.undisturbed(scenario);
      for (let point = from; point <= held.points; point += every)
        tell({ scenario, point, ...(await matrix.killed(scenario, point, held)) });
    }
  } finally {
    matrix.close();
  }
  process.disconnect?.();
}

function inChild(index: number, workers: number, tell: (told: Told) => void): Promise<void> {
  const scenario = values.scenario.flatMap((name) => ['--scenario', name]);
  const share = ['--from', String(from + index * every), '--every', String(every * workers)];
  const child = fork(import.meta.filename, ['--child', ...scenario, ...share]);
  child.on('message', (message) => tell(message as Told));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`It ended with exit code ${String(code)}.`)),
    );
  });
}
