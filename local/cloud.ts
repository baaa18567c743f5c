import { startLocalAzure, type LocalAzure } from './azure/server.ts';
import type { Clock } from './clock.ts';
import { startHost, type Host } from './host/host.ts';

/** The one subscription of local Azure. */
export const LOCAL_SUBSCRIPTION = '00000000-0000-0000-0000-0000000000aa';

/** Where the app's own requests to API servers come from, as far as local Azure is told (a documentation address). */
const LOCAL_OUTBOUND_RANGE = '203.0.113.10/32';

export interface LocalCloudOptions {
  readonly clock: Clock;
  /** Folder with host.json and package.json. */
  readonly appDirectory: string;
  /** Module to load in place of package.json's `main`. */
  readonly entry?: string;
  /** 0 picks a free one. */
  readonly functionsPort: number;
  readonly azurePort: number;
  /** Seed of local Azure's latencies. */
  readonly seed: number;
  /** Everything is kept below it, so that a restart goes on where it stopped; in memory when absent. */
  readonly stateDirectory?: string;
  readonly log?: (message: string) => void;
}

/** The app and everything it needs, running on this machine. */
export interface LocalCloud {
  readonly host: Host;
  readonly azure: LocalAzure;
  /** The app's HTTP interface, e.g. `http://127.0.0.1:7071/api`. */
  readonly api: string;
  close(): Promise<void>;
}

/** Starts local Azure and then the app, with the app's settings pointing to it. */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const { clock, stateDirectory: state, log } = options;
  const azure = await startLocalAzure({
    port: options.azurePort,
    clock,
    seed: options.seed,
    subscriptions: [LOCAL_SUBSCRIPTION],
    ...(state === undefined ? {} : { stateDirectory: `${state}/azure` }),
    ...(log === undefined ? {} : { log }),
  });
  try {
    Object.assign(process.env, appSettings(azure));
    const host = await startHost({
      appDirectory: options.appDirectory,
      port: options.functionsPort,
      clock,
      ...(options.entry === undefined ? {} : { entry: options.entry }),
      ...(state === undefined ? {} : { taskHubDirectory: `${state}/task-hub` }),
      log: (level, source, message) => {
        if (level === 'error' || level === 'critical' || level === 'warning') log?.(`${level} ${source}: ${message}`);
      },
    });
    return {
      host,
      azure,
      api: `${host.origin}/api`,
      close: async () => {
        await host.close();
        await azure.close();
      },
    };
  } catch (error) {
    await azure.close();
    throw error;
  }
}

/** The app settings that point the app to local Azure; everything else of the app is as in Azure. */
const appSettings = (azure: LocalAzure): Record<string, string> => ({
  GATEHOUSE_SUBSCRIPTION: LOCAL_SUBSCRIPTION,
  GATEHOUSE_ALLOWED_SCOPES: `/subscriptions/${LOCAL_SUBSCRIPTION}`,
  GATEHOUSE_OUTBOUND_RANGES: LOCAL_OUTBOUND_RANGE,
  GATEHOUSE_ARM_ENDPOINT: azure.origin,
  IDENTITY_ENDPOINT: azure.identity.endpoint,
  IDENTITY_HEADER: azure.identity.header,
});
