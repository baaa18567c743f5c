import { randomBytes } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import type { HostUnderTest } from '../hostUnderTest.ts';
import { freePort, startProcess, type RunningProcess } from './childProcess.ts';
import { HOST_PACKAGES, type HostFiles } from './packages.ts';

const APP = join(import.meta.dirname, '..', 'app');
const BREATH_MS = 250;
/** Two minutes: Azure Storage queues are polled at intervals, and a whole case may take many of them. */
const PATIENCE = 480;

/** Bundles the app into `directory` as it would be deployed. */
async function deployApp(directory: string): Promise<void> {
  cpSync(join(APP, 'host.json'), join(directory, 'host.json'));
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ main: 'dist/index.js' }));
  await build({
    entryPoints: [join(APP, 'index.ts')],
    outfile: join(directory, 'dist', 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: ['@azure/functions-core'],
    logLevel: 'warning',
  });
}

const newKey = () => randomBytes(24).toString('hex');

/** Keys that the host reads instead of making up its own. */
function writeKeys(directory: string, keys: { function: string; durable: string; eventGrid: string }): void {
  mkdirSync(directory, { recursive: true });
  const key = (name: string, value: string) => ({ name, value, encrypted: false });
  const secrets = {
    masterKey: key('master', newKey()),
    functionKeys: [key('default', keys.function)],
    systemKeys: [key('durabletask_extension', keys.durable), key('eventgrid_extension', keys.eventGrid)],
  };
  writeFileSync(join(directory, 'host.json'), JSON.stringify(secrets));
}

/**
 * Starts the real Azure Functions host with the conformance app.
 *
 * @param directory a scratch folder of this run's own.
 * @param durableTask settings that override `extensions.durableTask` of host.json.
 */
export async function startFunctionsHost(
  files: HostFiles,
  storage: string,
  directory: string,
  durableTask: Readonly<Record<string, string>>,
): Promise<HostUnderTest & RunningProcess> {
  const app = join(directory, 'app');
  const secrets = join(directory, 'secrets');
  mkdirSync(app, { recursive: true });
  await deployApp(app);
  const keys = { function: newKey(), durable: newKey(), eventGrid: newKey() };
  writeKeys(secrets, keys);
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const executable = join(files.host, 'Azure.Functions.Cli.Workloads.Host');
  // NuGet does not keep the executable bit.
  chmodSync(executable, 0o755);
  const overrides = Object.entries(durableTask).map(
    ([name, value]) => [`AzureFunctionsJobHost__extensions__durableTask__${name}`, value] as const,
  );
  const running = await startProcess(
    'The Functions host',
    executable,
    ['--urls', origin],
    {
      cwd: app,
      env: {
        ...process.env,
        NODE_OPTIONS: undefined,
        AzureWebJobsScriptRoot: app,
        AzureWebJobsStorage: storage,
        AzureWebJobsSecretStorageType: 'files',
        AzureFunctionsJobHost__extensionBundle__downloadPath: files.extensionBundles,
        AzureFunctionsJobHost__extensionBundle__ensureLatest: 'false',
        AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
        FUNCTIONS_SECRETS_PATH: secrets,
        FUNCTIONS_WORKER_RUNTIME: 'node',
        WEBSITE_HOSTNAME: `127.0.0.1:${port}`,
        languageWorkers__node__workerDirectory: files.nodeWorker,
        languageWorkers__node__defaultExecutablePath: process.execPath,
        ...Object.fromEntries(overrides),
      },
    },
    () =>
      fetch(`${origin}/api/mirror/ready`).then(
        ({ status }) => status === 201,
        () => false,
      ),
    180,
  );
  return {
    ...running,
    name: `Azure Functions host ${HOST_PACKAGES.host.version}, extension bundle ${HOST_PACKAGES.extensionBundles.version}`,
    origin,
    keys,
    virtualTime: false,
    patience: PATIENCE,
    breathe: () => delay(BREATH_MS),
    whileTimeStands: (arrange) => arrange(),
  };
}
