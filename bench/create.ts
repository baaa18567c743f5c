// `npm run bench:create`: how long a creation takes in Azure time, against the article's commands one after the other
// on the same latencies and against the longest chain of Azure's own work. In virtual time, so the figures do not
// depend on this machine, except the app's own time, which is measured beside it.
import { apiClient, opensWithKey } from '../cli/apiClient.ts';
import type { EnvironmentAnswer } from '../shared/answers.ts';
import { startLocalAzure } from '../local/azure/server.ts';
import { VirtualClock } from '../local/clock.ts';
import { LOCAL_SUBSCRIPTION, startLocalCloud, type LocalCloud } from '../local/cloud.ts';
import { runArticleWithService } from '../local/article.ts';
import { clusterClient } from '../local/clusterClient.ts';
import { creationFigures, requestLog } from '../local/measure.ts';
import type { EnvironmentStatus } from '../shared/model/environmentStatus.ts';
import { resourceIds } from '../shared/model/names.ts';
import { median, round } from './statistics.ts';

const SEEDS = 15;
/** The contract's numbers. */
const LEAST_RATIO = 3.0;
const LEAST_RATIO_WITH_PUBLICATION = 2.5;
const MOST_CRITICAL_PATH_RATIO = 1.05;
const MOST_OVERHEAD = 0.01;

const runs = [];
for (let seed = 1; seed <= SEEDS; seed++) {
  const policy = await graphRun(seed, 'policy');
  runs.push({ seed, ...(await graphRun(seed, 'classic')), ...(await articleRun(seed)), policy });
}

console.log(
  'seed  article s   graph s  critical s  article/graph  graph/critical  firewall writes  own ms  to the first publication: article s  graph s  ratio  with a policy: graph s  to the first publication',
);
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
      (run.articleSeconds + run.articlePublicationSeconds).toFixed(0).padStart(37),
      (run.azureSeconds + run.publicationSeconds).toFixed(0).padStart(7),
      ratioWithPublication(run).toFixed(2).padStart(5),
      run.policy.azureSeconds.toFixed(0).padStart(22),
      (run.policy.azureSeconds + run.policy.publicationSeconds).toFixed(0).padStart(24),
    ].join('  '),
  );
}

const figures = {
  ratio: round(median(runs.map((run) => run.articleSeconds / run.azureSeconds)), 4),
  ratioWithPublication: round(median(runs.map(ratioWithPublication)), 4),
  criticalPathRatio: round(median(runs.map((run) => run.azureSeconds / run.criticalPathSeconds)), 4),
  firewallWrites: Math.max(...runs.map((run) => run.firewallWrites)),
  policyRatio: round(median(runs.map((run) => run.policy.azureSeconds / run.azureSeconds)), 4),
  policyRatioWithPublication: round(median(runs.map(policyRatioWithPublication)), 4),
  overheadRatio: round(median(runs.map((run) => run.ownMilliseconds / 1000 / run.azureSeconds)), 4),
};
const ok =
  figures.ratio >= LEAST_RATIO &&
  figures.ratioWithPublication >= LEAST_RATIO_WITH_PUBLICATION &&
  figures.criticalPathRatio <= MOST_CRITICAL_PATH_RATIO &&
  figures.firewallWrites === 1 &&
  figures.overheadRatio <= MOST_OVERHEAD;
console.log(
  `\nMedians over ${SEEDS} seeds. Creation: up to the ready cluster. Publication: a service is created when the cluster is ready;\nthe article's commands also set the developer's range, wait for the load balancer and write the DNAT rule, the graph does it by itself.`,
);
console.log(JSON.stringify({ bench: 'create', figures, ok }));
process.exit(ok ? 0 : 1);

async function graphRun(seed: number, rules: 'classic' | 'policy') {
  const clock = new VirtualClock();
  const cloud = await startLocalCloud({
    clock,
    appDirectory: process.cwd(),
    functionsPort: 0,
    azurePort: 0,
    seed,
    log: (message) => console.error(message),
  });
  try {
    const api = apiClient(opensWithKey(cloud.api, cloud.host.keys.function));
    const before = cloud.host.ownMilliseconds();
    const { name } = await api.start(JSON.stringify({ name: 'aks-egress', firewall: { rules } }));
    await cloud.host.durable.waitFor(name, ({ customStatus }) => {
      const state = (customStatus as { state?: string } | null)?.state;
      return state === 'ready' || state === 'failed';
    });
    const ownMilliseconds = cloud.host.ownMilliseconds() - before;
    const environment = await api.show(name);
    if (environment.state !== 'ready') throw new Error(`seed ${seed}: ${JSON.stringify(environment.steps)}`);
    const log = await requestLog(cloud.azure.origin);
    const created = creationFigures(environment.spec, environment.steps, log);
    return { ...created, ownMilliseconds, publicationSeconds: await publicationSeconds(cloud, clock, environment) };
  } finally {
    await cloud.close();
  }
}

/** From the creation of a service in a ready environment to the end of the sync that published it, in Azure seconds. */
async function publicationSeconds(cloud: LocalCloud, clock: VirtualClock, { name, spec }: EnvironmentAnswer) {
  const release = clock.busy();
  const kubernetes = clusterClient(cloud.clusters.find(resourceIds(spec).cluster)?.kubeconfig('user') ?? '');
  const { status } = await kubernetes('POST', '/api/v1/namespaces/default/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'store-front' },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }], selector: { app: 'store-front' } },
  });
  if (status >= 300) throw new Error(`The service was answered with ${status}.`);
  const began = clock.now();
  release();
  const { customStatus } = await cloud.host.durable.waitFor(
    name,
    (instance) => ((instance.customStatus as EnvironmentStatus | null)?.counts.publications ?? 0) > 0,
  );
  const change = (customStatus as EnvironmentStatus).sync?.lastChange;
  if (change?.report.probes[0]?.result !== 'connected')
    throw new Error(`It does not answer: ${JSON.stringify(change)}`);
  return (Date.parse(change.time) - began) / 1000;
}

async function articleRun(seed: number): Promise<{ articleSeconds: number; articlePublicationSeconds: number }> {
  const clock = new VirtualClock();
  const azure = await startLocalAzure({ port: 0, clock, seed, subscriptions: [LOCAL_SUBSCRIPTION] });
  try {
    const { creation, publication } = await runArticleWithService(azure, clock);
    const total = (timings: readonly { readonly seconds: number }[]) =>
      timings.reduce((sum, { seconds }) => sum + seconds, 0);
    return { articleSeconds: total(creation), articlePublicationSeconds: total(publication) };
  } finally {
    await azure.close();
  }
}

interface Run {
  readonly articleSeconds: number;
  readonly articlePublicationSeconds: number;
  readonly azureSeconds: number;
  readonly publicationSeconds: number;
}

function ratioWithPublication(run: Run): number {
  return (run.articleSeconds + run.articlePublicationSeconds) / (run.azureSeconds + run.publicationSeconds);
}

/** The same environment with a firewall policy, against one with classic rules. */
function policyRatioWithPublication(run: Run & { readonly policy: Pick<Run, 'azureSeconds' | 'publicationSeconds'> }) {
  const { policy } = run;
  return (policy.azureSeconds + policy.publicationSeconds) / (run.azureSeconds + run.publicationSeconds);
}
