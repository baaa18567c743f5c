import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { readLocalValues } from '../host/settings.ts';

/** Where `UseDevelopmentStorage=true` leads: Azurite's default ports for blobs, queues and tables. */
const AZURITE_PORTS = [10_000, 10_001, 10_002];
/** The oldest that the app's own `engines` allow. */
const LEAST_NODE = [22, 19] as const;

export interface Surroundings {
  /** Folder with host.json and local.settings.json. */
  readonly appDirectory: string;
  /** PATH is where `func` is looked for; app settings there win over local.settings.json. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** E.g. `24.21.0`. */
  readonly nodeVersion: string;
  /** Whether something listens on a port of this machine. */
  readonly listens: (port: number) => Promise<boolean>;
}

/**
 * What Core Tools would stumble over, each with its remedy; none: they can start.
 *
 * @throws SettingsError for a local.settings.json that can't be read
 */
export async function missingForCoreTools(surroundings: Surroundings): Promise<readonly string[]> {
  const { appDirectory, environment, nodeVersion } = surroundings;
  const values = { ...readLocalValues(appDirectory), ...environment };
  return [
    ...(isOldNode(nodeVersion)
      ? [`Node ${nodeVersion} is too old: install Node 24, or run this through npm after "npm ci", which brings it.`]
      : []),
    ...(hasFunc(environment)
      ? []
      : [
          'func is not on the PATH: install Azure Functions Core Tools 4 ("npm install -g azure-functions-core-tools@4").',
        ]),
    ...(existsSync(join(appDirectory, 'local.settings.json'))
      ? []
      : [
          'local.settings.json is missing: "cp local.settings.sample.json local.settings.json", then look at its values.',
        ]),
    ...(await missingStorage(values, surroundings.listens)),
  ];
}

function isOldNode(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1]);
}

const hasFunc = (environment: Surroundings['environment']) =>
  (environment['PATH'] ?? environment['Path'] ?? '')
    .split(delimiter)
    .some((folder) => ['func', 'func.cmd', 'func.exe'].some((name) => existsSync(join(folder, name))));

async function missingStorage(
  values: Readonly<Record<string, string | undefined>>,
  listens: Surroundings['listens'],
): Promise<readonly string[]> {
  const connection = values['AzureWebJobsStorage'] ?? '';
  // An account by its name, reached with an identity; or any other account by its connection string.
  if (connection === '')
    return Object.keys(values).some((name) => name.startsWith('AzureWebJobsStorage__'))
      ? []
      : ['AzureWebJobsStorage is not set: "UseDevelopmentStorage=true" in local.settings.json means Azurite.'];
  if (!/^UseDevelopmentStorage=true;?$/i.test(connection)) return [];
  const answers = await Promise.all(AZURITE_PORTS.map((port) => listens(port)));
  const silent = AZURITE_PORTS.filter((_, index) => answers[index] === false);
  return silent.length === 0
    ? []
    : [
        `Azurite does not listen on ${silent.join(', ')}: start it ("npx azurite --silent --location .gatehouse/azurite").`,
      ];
}

export const listensHere = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
