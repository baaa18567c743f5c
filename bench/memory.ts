// `npm run bench:memory`: the memory of the app by itself after 24 simulated hours in which a service comes, changes or goes every
// minute. The package as it is shipped runs in a process of its own, with the local host in place of Azure's worker; local Azure
// runs in this one. Two processes can't share virtual time, so theirs is scaled: V8 never finds the time in which it would
// collect by itself, and what counts is what stays after a collection.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scaledClock } from '../local/clock.ts';
import { clusterClient } from '../local/clusterClient.ts';
import { startStandIns } from '../local/cloud.ts';
import { makePackage } from '../packaging/appPackage.ts';
import type { EnvironmentStatus } from '../shared/model/environmentStatus.ts';
import { busyDay } from './busyDay.ts';
import { clusterServices } from './clusterServices.ts';
import { bundleHost, PROCESS_KEY, startAppProcess } from './processes.ts';
import { CLUSTER } from './shop.ts';
import { round } from './statistics.ts';

const HOURS = Number(process.env['GATEHOUSE_SOAK_HOURS'] ?? 24);
const SCALE = 360;
const MINUTE_MS = 60_000;
/** The contract's number. */
const MOST_MB = 150;

const time: Parameters<typeof scaledClock> = [SCALE, { wall: Date.now(), time: Date.now() }];
const clock = scaledClock(...time);
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-memory-'));
const standIns = await startStandIns({ clock, timeScale: SCALE, azurePort: 0, seed: 1 });
const host = join(folder, 'host.mjs');
await makePackage(join(folder, 'app'), 'host.json');
await bundleHost(host);
const app = await startAppProcess(host, join(folder, 'app'), standIns.appSettings, time);
try {
  standIns.azure.deliverTo({ origin: app.origin, key: PROCESS_KEY });
  await call('POST', '', { name: 'shop', ingress: { maxDeletes: { percent: 100, count: 100 } } });
  const ready = await until(({ state, counts }) => state === 'failed' || counts.syncs > 0);
  if (ready.state === 'failed') throw new Error(JSON.stringify(ready.steps));

  const day = busyDay(clusterServices(clusterClient(standIns.clusters.find(CLUSTER)?.kubeconfig('user') ?? '')));
  const began = clock.now();
  for (let minute = 0; minute < HOURS * 60; minute++) {
    await day.change(minute);
    await clock.sleep(began + (minute + 1) * MINUTE_MS - clock.now());
  }
  const { counts } = await status();
  const hours = (clock.now() - began) / (60 * MINUTE_MS);
  const memory = await app.end();
  const figures = {
    ownMB: round(memory.kept / 1e6),
    heapMB: round(memory.heap / 1e6),
    beforeCollectionMB: round(memory.private / 1e6),
    hours: round(hours),
    changes: HOURS * 60,
    syncs: counts.syncs,
  };
  const ok = figures.ownMB <= MOST_MB && counts.syncs > HOURS && counts.firewallWrites > HOURS;
  console.log(`After ${figures.hours} simulated hours with ${figures.changes} changes, ${counts.syncs} syncs and ${counts.firewallWrites} firewall writes
the app has ${figures.ownMB} MB of its own, with the local host, ${figures.heapMB} MB of them heap; ${figures.beforeCollectionMB} MB before its garbage was collected, and
${round(memory.resident / 1e6)} MB with Node's program.`);
  console.log(JSON.stringify({ bench: 'memory', figures, ok }));
  process.exitCode = ok ? 0 : 1;
} finally {
  await app.kill();
  await standIns.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();

async function call(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${app.origin}/api/environments${path}`, {
    method,
    headers: { 'x-functions-key': PROCESS_KEY, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

async function status(): Promise<EnvironmentStatus> {
  return (await call('GET', '/shop')) as EnvironmentStatus;
}

async function until(wanted: (shown: EnvironmentStatus) => boolean): Promise<EnvironmentStatus> {
  for (;;) {
    const shown = await status();
    if (wanted(shown)) return shown;
    await clock.sleep(MINUTE_MS);
  }
}
