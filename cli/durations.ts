import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { ShownStep } from '../shared/answers.ts';
import type { Io } from './io.ts';
import type { ExpectedSeconds } from './progress.ts';

/** The newest runs count; Azure is not as fast this year as last. */
const MAX_RUNS = 9;

const recorded = z.record(z.string(), z.array(z.number().nonnegative()).max(MAX_RUNS));

/** What earlier runs have taken, by app and step; in the folder that the system keeps for state. */
function durationsPath({ env }: Pick<Io, 'env'>): string {
  const folder = env['XDG_STATE_HOME'] || env['LOCALAPPDATA'] || join(env['HOME'] ?? homedir(), '.local', 'state');
  return join(folder, 'gatehouse', 'durations.json');
}

function read(io: Pick<Io, 'env'>): Readonly<Record<string, readonly number[]>> {
  try {
    const { data } = recorded.safeParse(JSON.parse(readFileSync(durationsPath(io), 'utf8')));
    return data ?? {};
  } catch {
    // Nothing has been recorded, or nothing that can be read: the app's own figures do.
    return {};
  }
}

/** Steps of a creation and of a deletion may have one name, and never one title. */
const keyOf = (api: string, { name, title = name }: ShownStep): string => `${api} ${title}`;

/** How long steps have taken in earlier runs against the same app: the median, in seconds. */
export function expectedFromEarlierRuns(io: Pick<Io, 'env'>, api: string): ExpectedSeconds {
  const known = read(io);
  return (step) => {
    const runs = (known[keyOf(api, step)] ?? []).toSorted((a, b) => a - b);
    return runs[Math.floor(runs.length / 2)];
  };
}

/** Keeps what a run has taken, step by step; only what was written tells how long a write takes. */
export function recordDurations(io: Pick<Io, 'env'>, api: string, steps: readonly ShownStep[]): void {
  const known: Record<string, readonly number[]> = { ...read(io) };
  for (const step of steps) {
    const { state, changed, startedAt, finishedAt } = step;
    const key = keyOf(api, step);
    if (state !== 'done' || changed !== true || startedAt === undefined || finishedAt === undefined) continue;
    const seconds = Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000);
    known[key] = [...(known[key] ?? []), seconds].slice(-MAX_RUNS);
  }
  try {
    mkdirSync(dirname(durationsPath(io)), { recursive: true });
    writeFileSync(durationsPath(io), JSON.stringify(known));
  } catch {
    // A folder that can't be written costs nothing but better estimates.
  }
}
