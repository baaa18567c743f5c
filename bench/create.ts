// `npm run bench:create`: how long a creation takes in Azure time, against the article's commands one after the other
// on the same latencies and against the longest chain of Azure's own work. In virtual time, so the figures do not
// depend on this machine, except the app's own time, which is measured beside it.
import { startLocalAzure } from '../local/azure/server.ts';
import { VirtualClock } from '../local/clock.ts';
import { LOCAL_SUBSCRIPTION, startLocalCloud } from '../local/cloud.ts';
import { runArticle } from '../local/article.ts';
import { apiClient } from '../local/demo/apiClient.ts';
import { creationFigures, requestLog } from '../local/measure.ts';

const SEEDS = 15;
/** The contract's numbers. */
const LEAST_RATIO = 3.0;
const MOST_CRITICAL_PATH_RATIO = 1.05;
const MOST_OVERHEAD = 0.01;

const runs = [];
for (let seed = 1; seed <= SEEDS; seed++) runs.push({ seed, ...(await graphRun(seed)), ...(await articleRun(seed)) });

console.log('seed  article s   graph s  critical s  article/graph  graph/critical  firewall writes  own ms');
for (const run of runs) {
  console.log(
    [
      String(run.seed).padStart(4),
      run.articleSeconds.toFixed(0).padStart(9),
      run.azureSeconds.toFixed(0).padStart(8),
      run.criticalPathSeconds.toFixed(0).padStart(10),
      (run.articleSeconds / run.azureSeconds).toFixed(2).padStart(13),
      (run.azureSeconds / run.criticalPathSeconds).toFixed(3).padStart(14),
      String(run.firewallWrites).padStart(15),
      run.ownMilliseconds.toFixed(0).padStart(6),
    ].join('  '),
  );
}

const figures = {
  ratio: round(median(runs.map((run) => run.articleSeconds / run.azureSeconds))),
  criticalPathRatio: round(median(runs.map((run) => run.azureSeconds / run.criticalPathSeconds))),
  firewallWrites: Math.max(...runs.map((run) => run.firewallWrites)),
  overheadRatio: round(median(runs.map((run) => run.ownMilliseconds / 1000 / run.azureSeconds))),
};
const ok =
  figures.ratio >= LEAST_RATIO &&
  figures.criticalPathRatio <= MOST_CRITICAL_PATH_RATIO &&
  figures.firewallWrites === 1 &&
  figures.overheadRatio <= MOST_OVERHEAD;
console.log(
  `\nMedians over ${SEEDS} seeds; the article without its DNAT rule and developer range, the graph without publications.`,
);
console.log(JSON.stringify({ bench: 'create', figures, ok }));
process.exit(ok ? 0 : 1);

async function graphRun(seed: number) {
  const cloud = await startLocalCloud({
    clock: new VirtualClock(),
    appDirectory: process.cwd(),
    functionsPort: 0,
    azurePort: 0,
    seed,
    log: (message) => console.error(message),
  });
  try {
    const api = apiClient(cloud.api, cloud.host.keys.function);
    const before = cloud.host.ownMilliseconds();
    const { name } = await api.start('{ "name": "aks-egress" }');
    await cloud.host.durable.waitFor(name, ({ customStatus }) => {
      const state = (customStatus as { state?: string } | null)?.state;
      return state === 'ready' || state === 'failed';
    });
    const ownMilliseconds = cloud.host.ownMilliseconds() - before;
    const environment = await api.show(name);
    if (environment.state !== 'ready') throw new Error(`seed ${seed}: ${JSON.stringify(environment.steps)}`);
    const log = await requestLog(cloud.azure.origin);
    return { ...creationFigures(environment.spec, environment.steps, log), ownMilliseconds };
  } finally {
    await cloud.close();
  }
}

async function articleRun(seed: number): Promise<{ articleSeconds: number }> {
  const clock = new VirtualClock();
  const azure = await startLocalAzure({ port: 0, clock, seed, subscriptions: [LOCAL_SUBSCRIPTION] });
  try {
    const timings = await runArticle(azure, clock);
    return { articleSeconds: timings.reduce((sum, { seconds }) => sum + seconds, 0) };
  } finally {
    await azure.close();
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
