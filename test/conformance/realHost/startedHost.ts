import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { HostUnderTest } from '../hostUnderTest.ts';
import { startProcess, type RunningProcess } from './childProcess.ts';

const BREATH_MS = 250;
/** Two minutes: Azure Storage queues are polled at intervals, and a whole case may take many of them. */
const PATIENCE = 480;
const READY_SECONDS = 180;

/** The keys that a host is to take in place of its own. */
export interface Keys {
  readonly master: string;
  readonly function: string;
  readonly durable: string;
  readonly eventGrid: string;
}

const newKey = () => randomBytes(24).toString('hex');
export const newKeys = (): Keys => ({
  master: newKey(),
  function: newKey(),
  durable: newKey(),
  eventGrid: newKey(),
});

export interface HostOptions {
  /** The app as it is deployed: host.json, package.json, bundle. */
  readonly app: string;
  /** A scratch folder of this host's own. */
  readonly directory: string;
  /** Connection string of the storage account that holds the task hub. */
  readonly storage: string;
  readonly port: number;
  readonly keys: Keys;
  /** Override `extensions.durableTask` of host.json. */
  readonly durableTask: Readonly<Record<string, string>>;
  /** App settings. */
  readonly settings: Readonly<Record<string, string>>;
  /** A path that answers below 400 once the app runs. */
  readonly readyPath: string;
}

/** A host in a process of its own, with real storage and in real time. */
export interface StartedHost extends HostUnderTest, RunningProcess {
  readonly keys: Keys;
}

/** A kind of host that could be had. */
export interface HostKind {
  /** With versions. */
  readonly name: string;
  readonly start: (options: HostOptions) => Promise<StartedHost>;
}

/** Starts a host's process and waits until the app answers. @throws Error with its last output when it never does */
export async function startHostProcess(
  name: string,
  options: HostOptions,
  command: readonly [string, ...string[]],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<StartedHost> {
  const origin = `http://127.0.0.1:${options.port}`;
  const [executable, ...args] = command;
  const running = await startProcess(
    name,
    executable,
    args,
    {
      cwd: options.app,
      env: {
        ...process.env,
        ...options.settings,
        NODE_OPTIONS: undefined,
        // A container's name makes the Durable extension believe it runs in Azure.
        CONTAINER_NAME: undefined,
        AzureWebJobsStorage: options.storage,
        FUNCTIONS_WORKER_RUNTIME: 'node',
        WEBSITE_HOSTNAME: `127.0.0.1:${options.port}`,
        ...environment,
      },
    },
    () =>
      fetch(`${origin}${options.readyPath}`).then(
        ({ status }) => status < 400,
        () => false,
      ),
    READY_SECONDS,
  );
  return {
    ...running,
    name,
    origin,
    keys: options.keys,
    virtualTime: false,
    patience: PATIENCE,
    breathe: () => delay(BREATH_MS),
    whileTimeStands: (arrange) => arrange(),
  };
}
