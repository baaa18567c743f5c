// `npm run demo`: builds an environment on this machine, shows it being built, and what becomes of a service in it.
import { parseArgs } from 'node:util';
import { apiClient, opensWithKey, RefusedError } from '../../cli/apiClient.ts';
import type { EnvironmentAnswer } from '../../shared/answers.ts';
import { processIo } from '../../cli/io.ts';
import { showProgress } from '../../cli/progress.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { runArticle } from '../article.ts';
import { startLocalAzure } from '../azure/server.ts';
import { scaledClock, VirtualClock } from '../clock.ts';
import { cloudOfSpec, LOCAL_CALLER_ADDRESS, LOCAL_SUBSCRIPTION, startLocalCloud, type LocalCloud } from '../cloud.ts';
import { adoptedBy, buildWhatIsAdopted } from '../existing.ts';
import { creationFigures, requestLog } from '../measure.ts';
import {
  closeOnSignal,
  integerOption,
  portOption,
  runMain,
  specOption,
  timeScaleOption,
  UsageError,
} from '../options.ts';
import { demonstrateIngress } from './ingress.ts';
import { renderReport, type DemoSummary } from './report.ts';

const usage = `Builds an AKS environment behind Azure Firewall, on stand-ins on this machine.

  npm run demo -- [options]

  --spec FILE      the environment's spec, JSON or YAML (default { "name": "aks-egress" })
  --time-scale N   seconds of Azure time per second (default 60)
  --seed N         draws local Azure's latencies (default 1)
  --keep           leaves everything running at the end, on ports 7071 and 8480
  --port N         the app's port
  --azure-port N   local Azure's port
  --json           prints a JSON summary as the last line
  --help
`;

/** How often the app is asked how far it is. */
const LOOK_EVERY_MS = 200;

runMain(async () => {
  const { values } = parseArgs({
    options: {
      spec: { type: 'string' },
      'time-scale': { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      keep: { type: 'boolean', default: false },
      port: { type: 'string' },
      'azure-port': { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const scale = timeScaleOption(values['time-scale']);
  const seed = integerOption('seed', values.seed, 0, Number.MAX_SAFE_INTEGER);
  const clock = scaledClock(scale);
  const spec = values.spec === undefined ? '{ "name": "aks-egress" }' : specOption('spec', values.spec);
  const cloud = await startLocalCloud({
    clock,
    appDirectory: process.cwd(),
    azureCloud: cloudOfSpec(spec),
    // What goes away at the end need not stand where people look for it, nor collide with what runs there.
    functionsPort: portOption('port', values.port ?? (values.keep ? '7071' : '0')),
    azurePort: portOption('azure-port', values['azure-port'] ?? (values.keep ? '8480' : '0')),
    seed,
    callerAddress: LOCAL_CALLER_ADDRESS,
    log: (message) => console.error(message),
  });
  // What a spec adopts is there before: in the local cloud it is built first, as a team would have.
  const adopt = adoptedBy(spec);
  if (adopt !== undefined) {
    await buildWhatIsAdopted(cloud.azure, clock, { adopt, file: values.spec ?? '' }, () =>
      console.log(`Building what ${values.spec} adopts, as a team would have …\n`),
    );
  }
  const ready = await demonstrate(cloud, spec, () => clock.now(), { scale, seed, json: values.json }).catch(
    async (error: unknown) => {
      await cloud.close();
      throw error;
    },
  );
  if (values.keep) {
    console.error(`\nStill running: ${cloud.api} (key ${cloud.host.keys.function}). Stop with Ctrl+C.`);
    closeOnSignal(() => cloud.close());
    return;
  }
  await cloud.close();
  process.exit(ready ? 0 : 1);
});

async function demonstrate(
  cloud: LocalCloud,
  specText: string,
  azureNow: () => number,
  { scale, seed, json }: { scale: number; seed: number; json: boolean },
): Promise<boolean> {
  const api = apiClient(opensWithKey(cloud.api, cloud.host.keys.function));
  const { name } = await api.start(specText).catch((error: unknown) => {
    throw error instanceof RefusedError ? new UsageError(error.message) : error;
  });
  const { spec } = await api.show(name);
  const isAdopted = spec.adopt !== undefined;
  const what = `${isAdopted ? 'Adopting into' : 'Building'} ${name}`;
  console.log(`${what} on local Azure; its time goes ${scale} times as fast as the clock on the wall.\n`);

  let last: EnvironmentAnswer | undefined;
  async function* updates() {
    for (;;) {
      last = await api.show(name);
      yield last;
      if (last.state !== 'provisioning') return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
  await showProgress(updates(), { io: processIo(), now: azureNow });

  const summary = await summarize(cloud, name, last!);
  if (!isAdopted) console.log(renderReport(summary, await articleTimings(seed), scale));
  const isReady = summary.state === 'ready';
  const shows = isReady && publishesByItself(spec);
  if (isReady && !shows) console.log('\nThe spec keeps the store front from being published; that part is left out.');
  const ingress = shows ? await demonstrateIngress(cloud, api, last!, azureNow) : undefined;
  if (json) console.log(JSON.stringify({ ...summary, ...ingress }));
  return isReady;
}

/** Whether the store front, a public service on port 80, gets its rule, and repairs are made. */
const publishesByItself = ({ ingress, drift }: EnvironmentSpec): boolean =>
  ingress.policy === 'sync' &&
  ingress.allowedPorts === 'all' &&
  ingress.allowedSources === 'all' &&
  drift.action === 'repair';

async function summarize(cloud: LocalCloud, name: string, environment: EnvironmentAnswer): Promise<DemoSummary> {
  const state = (await (await fetch(`${cloud.azure.origin}/_local/state`)).json()) as { resources: { id: string }[] };
  return {
    environment: name,
    state: environment.state,
    ...creationFigures(environment.spec, environment.steps, await requestLog(cloud.azure.origin)),
    resources: state.resources.map(({ id }) => id),
  };
}

/** The article's commands on a local Azure of their own with the same latencies, in virtual time. */
async function articleTimings(seed: number) {
  const clock = new VirtualClock();
  const azure = await startLocalAzure({ port: 0, clock, seed, subscriptions: [LOCAL_SUBSCRIPTION] });
  try {
    return await runArticle(azure, clock);
  } finally {
    await azure.close();
  }
}
