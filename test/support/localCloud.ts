import { VirtualClock } from '../../local/clock.ts';
import { startLocalCloud, type LocalCloud, type LocalCloudOptions } from '../../local/cloud.ts';
import type { TaskHubStore } from '../../local/host/durable/store.ts';
import { writtenBodies, type WrittenBodies } from './writtenBodies.ts';

/** The app in this process on its stand-ins, in virtual time: a creation takes as long as its computing takes. */
export interface TestCloud extends LocalCloud {
  readonly clock: VirtualClock;
  /** One call of the app's HTTP interface, with a function key. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Waits until an environment's published state is one of these. */
  untilState(name: string, ...states: string[]): Promise<ShownStatus>;
  /** Local Azure's control interface. */
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  /** What was PUT to local Azure. A body that Azure's schemas refuse fails the next call, and `close` at the latest. */
  readonly bodies: WrittenBodies;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The answer's JSON; undefined where it is none. */
  readonly body: Record<string, unknown> | undefined;
}

interface ShownStatus {
  readonly state: string;
  readonly steps: readonly { readonly name: string; readonly state: string; readonly problem?: { code: string } }[];
}

/** What a test can have otherwise. */
export interface TestCloudOptions {
  /** What local Azure stands in for; public when absent. */
  readonly azureCloud?: NonNullable<LocalCloudOptions['azureCloud']>;
  /** Where virtual time begins, epoch ms. */
  readonly start?: number;
  /** Of local Azure's latencies, 1 when absent; `none`: everything takes its median. */
  readonly seed?: number | 'none';
  readonly taskHubStore?: TaskHubStore;
  readonly log?: (message: string) => void;
  /** Hears of everything that is logged. */
  readonly onLog?: NonNullable<LocalCloudOptions['onLog']>;
  /** Hears of each answer of local Azure, secrets included. */
  readonly onAnswer?: NonNullable<LocalCloudOptions['onAnswer']>;
  readonly signIn?: NonNullable<LocalCloudOptions['signIn']>;
  readonly callerAddress?: NonNullable<LocalCloudOptions['callerAddress']>;
  /** Runs the app as it was built, in place of its sources. */
  readonly built?: boolean;
  /** Hears of each request to ARM. */
  readonly onRequest?: NonNullable<LocalCloudOptions['onRequest']>;
  /** Keeps everything over restarts; ports then have to be the same in each. */
  readonly kept?: {
    readonly directory: string;
    readonly functionsPort: number;
    readonly azurePort: number;
    readonly kubernetesPort: number;
  };
  readonly onRecord?: () => void;
  /** Makes timers fire early, as those of Azure Storage do. */
  readonly queueLagMs?: number;
  /** Properties unknown to Azure's schemas that the test itself puts there. */
  readonly planted?: readonly string[];
}

/**
 * The port of every local Azure of this process, one after the other. The identity library keeps the endpoint that it has asked for its first
 * token (MSAL's `ManagedIdentityClient.identitySource` is static), and asks there for each further one: of an Azure of another cloud, of a
 * cluster that uses Entra. Where nobody listens any more, it tries again for half a minute.
 */
let sharedAzurePort = 0;

export async function startTestCloud(options: TestCloudOptions = {}): Promise<TestCloud> {
  const { seed = 1 } = options;
  const clock = new VirtualClock(options.start);
  const bodies = writtenBodies(options.planted);
  const cloud = await startLocalCloud({
    clock,
    appDirectory: process.cwd(),
    ...(options.built === true ? {} : { entry: 'functions/index.ts' }),
    ...(options.azureCloud === undefined ? {} : { azureCloud: options.azureCloud }),
    functionsPort: options.kept?.functionsPort ?? 0,
    azurePort: options.kept?.azurePort ?? sharedAzurePort,
    ...(options.kept === undefined
      ? {}
      : { stateDirectory: options.kept.directory, kubernetesPort: options.kept.kubernetesPort }),
    ...(options.onRecord === undefined ? {} : { onRecord: options.onRecord }),
    ...(options.queueLagMs === undefined ? {} : { queueLagMs: options.queueLagMs }),
    ...(seed === 'none' ? {} : { seed }),
    ...(options.taskHubStore === undefined ? {} : { taskHubStore: options.taskHubStore }),
    onRequest: (request) => {
      bodies.add(request);
      options.onRequest?.(request);
    },
    ...(options.log === undefined ? {} : { log: options.log }),
    ...(options.onAnswer === undefined ? {} : { onAnswer: options.onAnswer }),
    ...(options.onLog === undefined ? {} : { onLog: options.onLog }),
    ...(options.signIn === undefined ? {} : { signIn: options.signIn }),
    ...(options.callerAddress === undefined ? {} : { callerAddress: options.callerAddress }),
  });
  sharedAzurePort ||= Number(new URL(cloud.azure.origin).port);
  return {
    ...cloud,
    clock,
    bodies,
    close: async () => {
      await cloud.close();
      bodies.requireValid();
    },
    call: async (method, path, body, headers = {}) => {
      bodies.requireValid();
      const response = await fetch(`${cloud.api}${path}`, {
        method,
        headers: { 'x-functions-key': cloud.host.keys.function, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = (response.headers.get('content-type') ?? '').includes('json');
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: isJson && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : undefined,
      };
    },
    untilState: async (name, ...states) => {
      const instance = await cloud.host.durable.waitFor(name, ({ customStatus }) =>
        states.includes((customStatus as ShownStatus | null)?.state ?? ''),
      );
      return instance.customStatus as ShownStatus;
    },
    control: async (method, path, body) => {
      bodies.requireValid();
      const response = await fetch(`${cloud.azure.origin}/_local${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!response.ok)
        throw new Error(`${method} /_local${path} answered ${response.status}: ${await response.text()}`);
      const text = await response.text();
      return text === '' ? undefined : (JSON.parse(text) as unknown);
    },
  };
}

/** Does something in one moment of virtual time, so that it falls into the same moment in each recording. */
export const standingStill =
  ({ clock }: TestCloud) =>
  async <T>(work: () => Promise<T>): Promise<T> => {
    const release = clock.busy();
    try {
      return await work();
    } finally {
      release();
    }
  };
