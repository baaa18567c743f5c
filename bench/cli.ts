// `npm run bench:cli`: how long `gatehouse plan` takes beyond the time that the app takes to answer it: the whole process, from its
// start to its end, less what lies between the arrival of its requests and their answers.
import { spawn } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { VirtualClock } from '../local/clock.ts';
import { startShop } from './shop.ts';
import { median, percentile, round } from './statistics.ts';

const RUNS = 30;
const SERVICES = 20;
/** The contract's number. */
const MOST_BEYOND_MS = 300;

/** Milliseconds. */
interface Run {
  readonly whole: number;
  readonly server: number;
}

let serverMs = 0;
const arrived = new WeakMap<IncomingMessage, number>();
const isOfApp = ({ url }: IncomingMessage) => url?.startsWith('/api/') === true;
subscribe('http.server.request.start', (message) => {
  const { request } = message as { readonly request: IncomingMessage };
  if (isOfApp(request)) arrived.set(request, performance.now());
});
subscribe('http.server.response.finish', (message) => {
  const { request } = message as { readonly request: IncomingMessage };
  // The command sends one request after the other: their times don't overlap.
  serverMs += performance.now() - (arrived.get(request) ?? performance.now());
});

const clock = new VirtualClock();
const shop = await startShop({ clock, seed: 1 });
try {
  for (let index = 0; index < SERVICES; index++) await shop.publish(`web-${index}`, 8000 + index);
  await shop.until(({ counts, sync }) => counts.publications === SERVICES && sync?.running === false);
  // Nothing goes on beside the command: the cores are shared with app and local Azure.
  let release = shop.hold();

  const bundled = 'dist/cli/gatehouse.js';
  const commands = {
    'plan NAME': [bundled, 'plan', 'shop'],
    'plan -f SPEC': [bundled, 'plan', '-f', 'examples/policy.yaml'],
    'plan NAME, from source': ['--no-warnings', 'cli/main.ts', 'plan', 'shop'],
    'node alone': ['-e', '0'],
  };
  const runs = new Map(Object.keys(commands).map((name) => [name, [] as Run[]]));
  // The first run of each reads its files from the disk, and counts for nothing; the others take turns.
  for (let run = 0; run <= RUNS; run++) {
    // So that Azure, which counts reads by its own time, goes on answering.
    const refilled = clock.sleep(10_000);
    release();
    await refilled;
    release = shop.hold();
    for (const [name, args] of Object.entries(commands)) {
      const measured = await measuredRun(args);
      if (run > 0) runs.get(name)?.push(measured);
    }
  }
  release();

  const beyond = (name: keyof typeof commands) => (runs.get(name) ?? []).map(({ whole, server }) => whole - server);
  console.log('                          whole ms  server ms  beyond it: median ms    p95 ms');
  for (const [name, measured] of runs) {
    const own = measured.map(({ whole, server }) => whole - server);
    const cells = [
      median(measured.map(({ whole }) => whole))
        .toFixed(0)
        .padStart(8),
      median(measured.map(({ server }) => server))
        .toFixed(0)
        .padStart(9),
      median(own).toFixed(0).padStart(20),
      percentile(own, 0.95).toFixed(0).padStart(8),
    ];
    console.log(`${name.padEnd(24)}  ${cells.join('  ')}`);
  }
  const figures = {
    beyondP95Ms: round(Math.max(percentile(beyond('plan NAME'), 0.95), percentile(beyond('plan -f SPEC'), 0.95))),
    fromSourceP95Ms: round(percentile(beyond('plan NAME, from source'), 0.95)),
    nodeRatio: round(median(beyond('plan NAME')) / median(beyond('node alone')), 2),
  };
  const ok = figures.beyondP95Ms <= MOST_BEYOND_MS;
  console.log(`\nEach ${RUNS} times, by turns, against an environment with ${SERVICES} published services.`);
  console.log(JSON.stringify({ bench: 'cli', figures, ok }));
  process.exitCode = ok ? 0 : 1;
} finally {
  await shop.close();
}
process.exit();

/** @throws Error where the command fails */
async function measuredRun(args: readonly string[]): Promise<Run> {
  serverMs = 0;
  const { NODE_OPTIONS: _, ...env } = process.env;
  const began = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...env, GATEHOUSE_URL: shop.cloud.api, GATEHOUSE_KEY: shop.cloud.host.keys.function },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.resume();
  const [code] = (await once(child, 'exit')) as [number | null];
  const whole = performance.now() - began;
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}.`);
  return { whole, server: serverMs };
}
