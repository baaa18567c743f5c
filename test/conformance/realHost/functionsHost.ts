import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOST_PACKAGES, type HostFiles } from './packages.ts';
import { startHostProcess, type HostKind, type Keys } from './startedHost.ts';

/** Keys that the host reads instead of making up its own. */
function writeKeys(directory: string, keys: Keys): void {
  mkdirSync(directory, { recursive: true });
  const key = (name: string, value: string) => ({ name, value, encrypted: false });
  const secrets = {
    masterKey: key('master', keys.master),
    functionKeys: [key('default', keys.function)],
    systemKeys: [key('durabletask_extension', keys.durable), key('eventgrid_extension', keys.eventGrid)],
  };
  writeFileSync(join(directory, 'host.json'), JSON.stringify(secrets));
}

/** The real Azure Functions host with its Node worker and extension bundle. */
export function functionsHost(files: HostFiles): HostKind {
  const name = `Azure Functions host ${HOST_PACKAGES.host.version}, extension bundle ${HOST_PACKAGES.extensionBundles.version}`;
  const executable = join(files.host, 'Azure.Functions.Cli.Workloads.Host');
  return {
    name,
    start: async (options) => {
      const secrets = join(options.directory, 'secrets');
      writeKeys(secrets, options.keys);
      // NuGet does not keep the executable bit.
      chmodSync(executable, 0o755);
      const overrides = Object.entries(options.durableTask).map(
        ([setting, value]) => [`AzureFunctionsJobHost__extensions__durableTask__${setting}`, value] as const,
      );
      return startHostProcess(name, options, [executable, '--urls', `http://127.0.0.1:${options.port}`], {
        AzureWebJobsScriptRoot: options.app,
        AzureWebJobsSecretStorageType: 'files',
        AzureFunctionsJobHost__extensionBundle__downloadPath: files.extensionBundles,
        AzureFunctionsJobHost__extensionBundle__ensureLatest: 'false',
        AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
        FUNCTIONS_SECRETS_PATH: secrets,
        languageWorkers__node__workerDirectory: files.nodeWorker,
        languageWorkers__node__defaultExecutablePath: process.execPath,
        ...Object.fromEntries(overrides),
      });
    },
  };
}
