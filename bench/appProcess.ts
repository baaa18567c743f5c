// The app of a folder as a process of its own (see processes.ts): prints where it listens, and once its input ends, what memory it
// has (ProcessMemory).
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { scaledClock } from '../local/clock.ts';
import { startHost } from '../local/host/host.ts';
import { collectAll } from './garbage.ts';
import type { ProcessMemory } from './processes.ts';

const { values } = parseArgs({
  options: {
    app: { type: 'string', default: '' },
    /** JSON, as `scaledClock` takes it; without one, no timer runs. */
    clock: { type: 'string' },
  },
});
const clock = values.clock === undefined ? undefined : (JSON.parse(values.clock) as Parameters<typeof scaledClock>);
const host = await startHost({
  appDirectory: values.app,
  port: 0,
  timers: clock !== undefined,
  ...(clock === undefined ? {} : { clock: scaledClock(...clock) }),
  keys: { function: 'bench', eventGrid: 'bench' },
  log: (level, source, message) => {
    if (level === 'error' || level === 'critical') console.error(`${level} ${source}: ${message}`);
  },
});
process.stdin.on('end', () => {
  const resident = process.memoryUsage.rss();
  const before = privateMemory();
  collectAll();
  const kept = privateMemory();
  console.log(
    JSON.stringify({ resident, private: before, kept, heap: process.memoryUsage().heapUsed } satisfies ProcessMemory),
  );
  process.exit();
});
process.stdin.resume();
console.log(host.origin);

/** What is no mapped file: Node's own program is one, which all its processes share. Bytes; Linux alone tells it. */
function privateMemory(): number {
  if (process.platform !== 'linux') return process.memoryUsage.rss();
  const [, kilobytes] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
