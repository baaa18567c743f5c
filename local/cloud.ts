import { canonicalLocation, cloudOf, type Cloud } from '../shared/model/cloud.ts';
import { bareAddress } from '../shared/model/ipRange.ts';
import { parseSpecText } from '../shared/model/specText.ts';
import { kubernetesClusters, type KubernetesClusters } from './cluster.ts';
import { createCertificates, keptCertificates } from './kubernetes/apiServer.ts';
import type { CloudName } from './azure/clouds.ts';
import { startLocalAzure, type LocalAzure, type LocalAzureOptions } from './azure/server.ts';
import { appRole } from './appRole.ts';
import { continuedClock } from './azure/continuedClock.ts';
import { scaledClock, type Clock } from './clock.ts';
import type { TaskHubStore } from './host/durable/store.ts';
import { easyAuth, type EasyAuth, type EasyAuthOptions } from './host/easyAuth.ts';
import { startHost, type Host } from './host/host.ts';
import type { Log } from './host/logging.ts';
import { portChosenBy } from './options.ts';
import { lockState } from './stateLock.ts';

/** The one subscription of local Azure. */
export const LOCAL_SUBSCRIPTION = '00000000-0000-0000-0000-0000000000aa';

/** Where people on this machine come from, as far as the app and local Azure are told (a documentation address). */
export const LOCAL_CALLER_ADDRESS = '198.51.100.23';

/** Where the app's own requests to API servers come from, as far as local Azure is told (a documentation address). */
const LOCAL_OUTBOUND_RANGE = '203.0.113.10/32';

/** What Azure itself calls each cloud. */
const azureNames: Readonly<Record<Cloud, CloudName>> = {
  public: 'AzureCloud',
  government: 'AzureUSGovernment',
  china: 'AzureChinaCloud',
};

const appLocation: Readonly<Record<Cloud, string>> = {
  public: 'eastus',
  government: 'usgovvirginia',
  china: 'chinanorth3',
};

/** The cloud that a spec (JSON or YAML) asks for by its location; what is wrong with it is for the app to tell. */
export function cloudOfSpec(text: string): Cloud {
  const parsed = parseSpecText(text, 'application/yaml');
  const spec = parsed.ok ? parsed.value : undefined;
  const isNamed = typeof spec === 'object' && spec !== null && 'location' in spec && typeof spec.location === 'string';
  return isNamed ? cloudOf(canonicalLocation(spec.location as string)) : 'public';
}

/** Where the deployed app itself would live. */
const APP_RESOURCE_GROUP = 'gatehouse-rg';

/** What stands in for the cloud. */
export interface StandInOptions {
  /** Without it, a scaled clock, which the state directory continues over restarts. */
  readonly clock?: Clock;
  /** Seconds of Azure time per second, where no clock is given; 1 when absent. */
  readonly timeScale?: number;
  /** The cloud that local Azure stands in for, and that the app works in; public when absent. */
  readonly azureCloud?: Cloud;
  /** 0 picks a free one. */
  readonly azurePort: number;
  /** Where local Azure listens with TLS too; not at all when absent. */
  readonly azureHttpsPort?: number;
  /** The first cluster's API server; each further one has the next free port. */
  readonly kubernetesPort?: number;
  /** Seed of local Azure's latencies; without one, everything takes its median. */
  readonly seed?: number;
  /** Everything is kept below it, so that a restart goes on where it stopped; in memory when absent. */
  readonly stateDirectory?: string;
  /** Hears of what goes wrong. */
  readonly log?: (message: string) => void;
  /** Hears of each request that local Azure's ARM gets. */
  readonly onRequest?: NonNullable<LocalAzureOptions['onRequest']>;
  /** Hears of each answer of local Azure. */
  readonly onAnswer?: NonNullable<LocalAzureOptions['onAnswer']>;
}

/** The same with the app, in this process. */
export interface LocalCloudOptions extends StandInOptions {
  /** Folder with host.json and package.json. */
  readonly appDirectory: string;
  /** Module to load in place of package.json's `main`. */
  readonly entry?: string;
  /** 0 picks a free one. */
  readonly functionsPort: number;
  /** Where orchestrations are kept when there is no state directory, in place of the host's own memory. */
  readonly taskHubStore?: TaskHubStore;
  /** Hears of everything that the app and its host log. */
  readonly onLog?: Log;
  /** Has callers of the app sign in, by a stand-in for App Service authentication; they have keys when absent. */
  readonly signIn?: EasyAuthOptions;
  /** Where callers of the app come from, as Azure's front end would tell it; nobody tells it when absent. */
  readonly callerAddress?: string;
  /** Told after each record of the task hub. */
  readonly onRecord?: () => void;
  /** Makes timers fire early; see the host's. */
  readonly queueLagMs?: number;
}

/** The app and everything it needs, running on this machine. */
export interface LocalCloud {
  readonly clock: Clock;
  readonly host: Host;
  readonly azure: LocalAzure;
  readonly clusters: KubernetesClusters;
  /** Issues tokens, where callers have to sign in. */
  readonly signIn: EasyAuth | undefined;
  /** The app's HTTP interface, e.g. `http://127.0.0.1:7071/api`. */
  readonly api: string;
  close(): Promise<void>;
}

/** What stands in for the cloud, without the app. */
export interface StandIns {
  readonly clock: Clock;
  readonly azure: LocalAzure;
  readonly clusters: KubernetesClusters;
  /** The app settings that point an app to it. */
  readonly appSettings: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Starts local Azure and then the app, with the app's settings pointing to it.
 *
 * @throws StateLockedError before anything in the state directory is touched; PortInUseError; what `startLocalAzure` and
 *   `startHost` throw
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const standIns = await startStandIns(options);
  const { clock, azure, clusters, appSettings } = standIns;
  try {
    const signIn = options.signIn === undefined ? undefined : easyAuth(options.signIn);
    Object.assign(process.env, appSettings, signIn && { GATEHOUSE_AUTH: 'entra' });
    const host = await startApp(options, clock, signIn).catch(portChosenBy('port'));
    azure.deliverTo({ origin: host.origin, key: host.keys.eventGrid });
    const close = async () => {
      await host.close();
      await standIns.close();
    };
    return { clock, host, azure, clusters, signIn, api: `${host.origin}/api`, close };
  } catch (error) {
    await standIns.close();
    throw error;
  }
}

/**
 * Starts local Azure alone, with clusters and the app's own resource group, for an app that runs in a process of its own: give it
 * `appSettings`, and tell `azure.deliverTo` where events go.
 *
 * @throws StateLockedError before anything in the state directory is touched; PortInUseError; what `startLocalAzure` throws
 */
export async function startStandIns(options: StandInOptions): Promise<StandIns> {
  const { stateDirectory: state, timeScale = 1, azureCloud = 'public' } = options;
  const cleanUps: (() => void | Promise<void>)[] = [];
  const close = async () => {
    for (const step of cleanUps.splice(0).reverse()) await step();
  };
  try {
    if (state !== undefined) cleanUps.push(lockState(state));
    const clock = options.clock ?? (state === undefined ? scaledClock(timeScale) : continuedClock(state, timeScale));
    const clusters = await startClusters(options, clock);
    const azure = await startAzure(options, clock, clusters)
      .catch(portChosenBy('https-port', options.azureHttpsPort ?? 0))
      .catch(portChosenBy('azure-port'));
    cleanUps.push(() => azure.close());
    azure.assignIdentity([appRole('creator')]);
    await makeAppGroup(azure, appLocation[azureCloud]);
    return { clock, azure, clusters, appSettings: settingsFor(azure, azureCloud), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What runs in the clusters: an API server for each, reached from where the app is said to be. */
async function startClusters(options: StandInOptions, clock: Clock): Promise<KubernetesClusters> {
  const { kubernetesPort = 0, stateDirectory, log } = options;
  const directory = stateDirectory === undefined ? undefined : `${stateDirectory}/kubernetes`;
  return kubernetesClusters({
    port: kubernetesPort,
    clock,
    certificates: directory === undefined ? await createCertificates() : await keptCertificates(directory),
    defaultSource: bareAddress(LOCAL_OUTBOUND_RANGE),
    ...(directory === undefined ? {} : { stateDirectory: directory }),
    ...(log === undefined ? {} : { log }),
  });
}

/** The app's own resource group, where the topic of its events lives; in Azure the deployment makes it. */
async function makeAppGroup(azure: LocalAzure, location: string): Promise<void> {
  const id = `/subscriptions/${LOCAL_SUBSCRIPTION}/resourceGroups/${APP_RESOURCE_GROUP}`;
  await fetch(`${azure.origin}/_local/state${id}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ location }),
  });
}

const startAzure = (
  { azurePort, azureHttpsPort, azureCloud = 'public', timeScale = 1, seed, ...options }: StandInOptions,
  clock: Clock,
  clusters: KubernetesClusters,
): Promise<LocalAzure> =>
  startLocalAzure({
    clusters: clusters.start,
    port: azurePort,
    ...(azureHttpsPort === undefined ? {} : { https: { port: azureHttpsPort } }),
    clock,
    timeScale,
    ...(seed === undefined ? {} : { seed }),
    subscriptions: [LOCAL_SUBSCRIPTION],
    cloud: azureNames[azureCloud],
    ...(options.stateDirectory === undefined ? {} : { stateDirectory: `${options.stateDirectory}/azure` }),
    ...(options.log === undefined ? {} : { log: options.log }),
    ...(options.onRequest === undefined ? {} : { onRequest: options.onRequest }),
    ...(options.onAnswer === undefined ? {} : { onAnswer: options.onAnswer }),
  });

const startApp = (
  {
    appDirectory,
    entry,
    functionsPort,
    stateDirectory,
    taskHubStore,
    callerAddress,
    log,
    onLog,
    onRecord,
    queueLagMs,
  }: LocalCloudOptions,
  clock: Clock,
  signIn: EasyAuth | undefined,
): Promise<Host> =>
  startHost({
    appDirectory,
    port: functionsPort,
    clock,
    ...(entry === undefined ? {} : { entry }),
    ...(onRecord === undefined ? {} : { onRecord }),
    ...(queueLagMs === undefined ? {} : { queueLagMs }),
    ...(stateDirectory === undefined ? {} : { taskHubDirectory: `${stateDirectory}/task-hub` }),
    ...(taskHubStore === undefined ? {} : { store: taskHubStore }),
    ...(signIn === undefined ? {} : { easyAuth: signIn }),
    ...(callerAddress === undefined ? {} : { callerAddress }),
    log: (level, source, message) => {
      onLog?.(level, source, message);
      if (level === 'error' || level === 'critical' || level === 'warning') log?.(`${level} ${source}: ${message}`);
    },
  });

/** The app settings that point the app to local Azure; everything else of the app is as in Azure. */
const settingsFor = (azure: LocalAzure, cloud: Cloud): Record<string, string> => ({
  GATEHOUSE_CLOUD: cloud,
  GATEHOUSE_SUBSCRIPTION: LOCAL_SUBSCRIPTION,
  GATEHOUSE_ALLOWED_SCOPES: `/subscriptions/${LOCAL_SUBSCRIPTION}`,
  GATEHOUSE_OUTBOUND_RANGES: LOCAL_OUTBOUND_RANGE,
  GATEHOUSE_ARM_ENDPOINT: azure.origin,
  // Of the service principal in examples/service-principal.yaml.
  GATEHOUSE_SECRET_CLUSTER: 'the secret of a service principal that is none',
  // Whoever is signed in on this machine stays out of it: no real token is ever asked for.
  AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
  GATEHOUSE_EVENTS_FUNCTION_ID: `/subscriptions/${LOCAL_SUBSCRIPTION}/resourceGroups/${APP_RESOURCE_GROUP}/providers/Microsoft.Web/sites/gatehouse/functions/loadBalancerChanged`,
  GATEHOUSE_EVENTS_RESOURCE_GROUP: APP_RESOURCE_GROUP,
  GATEHOUSE_PROBE_ENDPOINT: `${azure.origin}/_local/probe`,
  // Clocks run ahead here: what callers ask in an hour of Azure's may come within a second.
  GATEHOUSE_RATE_LIMIT: '1000000',
  GATEHOUSE_RATE_LIMIT_TOTAL: '1000000',
  IDENTITY_ENDPOINT: azure.identity.endpoint,
  IDENTITY_HEADER: azure.identity.header,
});
