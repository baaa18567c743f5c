import type { HostKind } from './startedHost.ts';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** A part of the run: what belongs to one app on one host. */
export interface Check {
  readonly name: string;
  readonly counts: Readonly<Counts>;
  /** Counts everything as skipped. */
  skipAll(): void;
  run(kind: HostKind, storage: string, directory: string): Promise<void>;
}

/** Runs one fact and says what became of it. */
export async function runFact(counts: Counts, name: string, run: () => Promise<void>): Promise<boolean> {
  const startedMs = performance.now();
  const seconds = () => `${Math.round((performance.now() - startedMs) / 1000)} s`.padStart(6);
  try {
    await run();
    counts.passed++;
    console.log(`passed ${seconds()}  ${name}`);
    return true;
  } catch (error) {
    counts.failed++;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.log(`FAILED ${seconds()}  ${name}\n         ${text.replaceAll('\n', '\n         ')}`);
    return false;
  }
}

export function skipFact(counts: Counts, name: string): void {
  counts.skipped++;
  console.log(`skipped         ${name}`);
}

/** The counts by part, with the closing line that says how many of everything. */
export function resultTable(checks: readonly Check[]): { readonly table: string; readonly failed: number } {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const cells = (name: string, ...counts: readonly (string | number)[]) =>
    [name.padEnd(width), ...counts.map((count) => String(count).padStart(8))].join('');
  const sum = (pick: keyof Counts) => checks.reduce((total, { counts }) => total + counts[pick], 0);
  const lines = [
    cells('', 'passed', 'failed', 'skipped'),
    ...checks.map(({ name, counts }) => cells(name, counts.passed, counts.failed, counts.skipped)),
    '',
    `${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`,
  ];
  return { table: lines.join('\n'), failed: sum('failed') };
}
