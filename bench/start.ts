// `npm run bench:start`: how soon an instance answers and what memory it takes, as it is shipped against unbundled with every SDK
// loaded at start; how large the package is; and how soon a status request is answered while a sync runs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePackage } from '../packaging/appPackage.ts';
import { bundleHost } from './processes.ts';
import { measuredStart, type Start } from './start/measuredStart.ts';
import { statusDuringSync } from './start/statusDuringSync.ts';
import { unbundledApp } from './start/variants.ts';
import { median, percentile, round } from './statistics.ts';

const RUNS = 15;
/** The contract's numbers. */
const LEAST_SPEEDUP = 3;
const MOST_MEMORY_RATIO = 0.5;
const MOST_ZIP_MB = 10;
const MOST_STATUS_P99_MS = 50;

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-start-'));
try {
  const { zip, metafile } = await makePackage(join(folder, 'shipped'), 'host.json');
  await unbundledApp(join(folder, 'unbundled'), metafile);
  const host = join(folder, 'host.mjs');
  await bundleHost(host);

  const shipped: Start[] = [];
  const unbundled: Start[] = [];
  // The first run of each reads its files from the disk, and counts for nothing; the others take turns.
  for (let run = 0; run <= RUNS; run++) {
    const [one, other] = [
      await measuredStart(host, join(folder, 'shipped')),
      await measuredStart(host, join(folder, 'unbundled')),
    ];
    if (run === 0) continue;
    shipped.push(one);
    unbundled.push(other);
  }
  const status = await statusDuringSync();

  const milliseconds = (starts: readonly Start[]) => median(starts.map((start) => start.milliseconds));
  const megabytes = (starts: readonly Start[]) => median(starts.map((start) => start.megabytes));
  const figures = {
    speedup: round(milliseconds(unbundled) / milliseconds(shipped), 2),
    memoryRatio: round(megabytes(shipped) / megabytes(unbundled), 2),
    zipMB: round(zip.length / 1e6, 2),
    statusP99Ms: round(percentile(status, 0.99)),
  };
  const ok =
    figures.speedup >= LEAST_SPEEDUP &&
    figures.memoryRatio <= MOST_MEMORY_RATIO &&
    figures.zipMB <= MOST_ZIP_MB &&
    figures.statusP99Ms <= MOST_STATUS_P99_MS;
  const row = (name: string, starts: readonly Start[]) =>
    `${name.padEnd(44)} ${milliseconds(starts).toFixed(0).padStart(6)} ${megabytes(starts).toFixed(0).padStart(6)}`;
  console.log(`
whole process to the first answer, medians of ${RUNS}  ms     MB
${row('as it is shipped', shipped)}
${row('unbundled, every SDK loaded at start', unbundled)}

status while a sync runs, ms: median ${median(status).toFixed(1)}, p99 ${figures.statusP99Ms}, of ${status.length} requests
zip: ${figures.zipMB} MB`);
  console.log(JSON.stringify({ bench: 'start', figures, ok }));
  process.exitCode = ok ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
