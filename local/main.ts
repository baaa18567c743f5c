// `npm start`: the app and everything it needs on this machine, until it is stopped.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { calledAs } from '../cli/calledAs.ts';
import { lastSegment } from '../shared/model/armId.ts';
import { cloudNames } from '../shared/model/cloud.ts';
import { LOCAL_CALLER_ADDRESS, startLocalCloud } from './cloud.ts';
import { adoptedBy, buildWhatIsAdopted } from './existing.ts';
import {
  closeOnSignal,
  integerOption,
  portOption,
  runMain,
  specOption,
  timeScaleOption,
  UsageError,
  wordOption,
} from './options.ts';

/** `npm start`, or `gatehouse local`; and the command itself, as it is called beside it. */
const isNpmStart = process.env['npm_lifecycle_event'] === 'start';
const command = isNpmStart ? 'npm run gatehouse --' : calledAs(process.env);

const usage = `Starts Gatehouse on this machine: the app, and local Azure for it to work on.

  ${isNpmStart ? 'npm start --' : `${command} local`} [options]

  --port N             the app's port (default 7071; 0 picks a free one)
  --azure-port N       local Azure's port (default 8480)
  --https-port N       local Azure's port with TLS, for the az command line (default 8443)
  --kubernetes-port N  the first cluster's API server (default 6443)
  --cloud NAME         public, government or china: what local Azure stands in for (default public)
  --time-scale N       seconds of Azure time per second (default 60)
  --existing FILE      builds what this spec adopts first, as a team would have (such as examples/adopt.yaml)
  --seed N             draws local Azure's latencies (default 1)
  --state DIR          where everything is kept across restarts (default .gatehouse)
  --help
`;

runMain(async () => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '7071' },
      'azure-port': { type: 'string', default: '8480' },
      'https-port': { type: 'string', default: '8443' },
      'kubernetes-port': { type: 'string', default: '6443' },
      cloud: { type: 'string', default: 'public' },
      'time-scale': { type: 'string', default: '60' },
      existing: { type: 'string' },
      seed: { type: 'string', default: '1' },
      state: { type: 'string', default: '.gatehouse' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const scale = timeScaleOption(values['time-scale']);
  const existing = values.existing === undefined ? undefined : existingOf(values.existing);
  const cloud = await startLocalCloud({
    timeScale: scale,
    appDirectory: process.cwd(),
    azureCloud: wordOption('cloud', values.cloud, cloudNames),
    functionsPort: portOption('port', values.port),
    azurePort: portOption('azure-port', values['azure-port']),
    azureHttpsPort: portOption('https-port', values['https-port']),
    kubernetesPort: portOption('kubernetes-port', values['kubernetes-port']),
    seed: integerOption('seed', values.seed, 0, Number.MAX_SAFE_INTEGER),
    stateDirectory: values.state,
    callerAddress: LOCAL_CALLER_ADDRESS,
    log: (message) => console.error(message),
  });
  if (existing !== undefined) {
    await buildWhatIsAdopted(cloud.azure, cloud.clock, existing, () =>
      console.log(`Building what ${existing.file} adopts, as a team would have …\n`),
    );
  }
  const key = cloud.host.keys.function;
  const forget = announce(values.state, { api: cloud.api, key });
  const trial =
    existing === undefined
      ? { spec: `${command} init shop\n  `, file: 'shop.yaml', cluster: 'shop' }
      : { spec: '', file: existing.file, cluster: lastSegment(existing.adopt.clusters[0] ?? '') };
  console.log(`Gatehouse is running; Azure time goes ${scale} times as fast as the clock on the wall.

  app          ${cloud.api}   (health: ${cloud.api}/health)
  page         ${cloud.api}/ui   (asks for the key)
  local Azure  ${cloud.azure.origin}   (requests: ${cloud.azure.origin}/_local/requests)
  for az       ${cloud.azure.https?.origin}   (REQUESTS_CA_BUNDLE=${values.state}/azure/ca.pem; see local/azure/README.md)
  key          ${key}
  state        ${values.state}   (remove it to start afresh)

Start an environment and watch it being built, in another terminal:

  ${trial.spec}${command} up -f ${trial.file} --watch --yes

Once it is ready, publish a service:

  kubectl --kubeconfig ${values.state}/kubernetes/${trial.cluster}.kubeconfig apply -f examples/store-front.yaml

Stop with Ctrl+C.`);
  closeOnSignal(async () => {
    forget();
    await cloud.close();
  });
});

/** @throws UsageError for a file that can't be read, or that adopts nothing */
function existingOf(file: string) {
  const adopt = adoptedBy(specOption('existing', file));
  if (adopt === undefined) {
    throw new UsageError(`--existing ${file} adopts nothing; give a spec that does, such as examples/adopt.yaml.`);
  }
  return { file, adopt };
}

/**
 * Leaves word of how the app is reached, for commands that are given on this machine; only its owner may read the key.
 *
 * @returns takes it back
 */
function announce(state: string, app: { readonly api: string; readonly key: string }): () => void {
  const path = join(state, 'app.json');
  writeFileSync(path, JSON.stringify(app), { mode: 0o600 });
  return () => rmSync(path, { force: true });
}
