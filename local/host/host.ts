import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { scaledClock } from '../clock.ts';
import { lockState } from '../stateLock.ts';
import { handleAdmin } from './admin.ts';
import type { AppFunction } from './app.ts';
import { loadApp } from './app.ts';
import { RPC_PATH, WEBHOOK_PATH, clientBinding } from './durable/clientBinding.ts';
import type { DurableEngine } from './durable/engine.ts';
import { createDurableEngine } from './durable/engine.ts';
import { durableHttpApi } from './durable/httpApi.ts';
import { journalStore } from './durable/journal.ts';
import { memoryStore, watchedStore, type TaskHubStore } from './durable/store.ts';
import type { EasyAuth } from './easyAuth.ts';
import { addToEnvironment } from './environment.ts';
import { EVENT_GRID_PATH, handleEventGrid } from './eventGrid.ts';
import type { TypedData } from './functionsCore.ts';
import type { HostRequest, HostResponse } from './httpServer.ts';
import { headerOf, listen } from './httpServer.ts';
import { httpTriggers } from './httpTriggers.ts';
import { invoke, runHooks, withTimeout } from './invocation.ts';
import type { HostKeys } from './keys.ts';
import { hostKeys, isAuthorized } from './keys.ts';
import type { Log } from './logging.ts';
import { consoleLog } from './logging.ts';
import { readHostSettings, readLocalValues } from './settings.ts';
import { describeThrown } from './thrown.ts';
import { startTimers } from './timers.ts';

/** Callers have any; the app drops it. */
const FRONT_END_PORT = 50_000;

export interface HostOptions {
  /** Holds host.json, local.settings.json and package.json. */
  readonly appDirectory: string;
  /** A module to load instead of those that `main` of package.json names. */
  readonly entry?: string;
  /** 7071 when absent; 0 picks one. */
  readonly port?: number;
  /** Real time when absent. */
  readonly clock?: Clock;
  /** Where the task hub's journal is kept; in memory when absent. */
  readonly taskHubDirectory?: string;
  /** In place of the one in memory, for who wants to see what is kept. */
  readonly store?: TaskHubStore;
  /** Generated where absent, and then kept in the task hub's directory. */
  readonly keys?: Partial<HostKeys>;
  /** Whether timer triggers run by their schedules (default), or through the admin endpoint only. */
  readonly timers?: boolean;
  /** How late a timer's message reaches its queue, which makes timers fire early as on Azure Storage; on time when absent. */
  readonly queueLagMs?: number;
  /** Told after each record of the task hub that is kept, before anything comes of it. */
  readonly onRecord?: () => void;
  readonly log?: Log;
  /** Stands in front of everything, as in App Service; nobody has to sign in when absent. */
  readonly easyAuth?: EasyAuth;
  /** Where callers come from, as Azure's front end would see it and say at the end of X-Forwarded-For; nobody says so when absent. */
  readonly callerAddress?: string;
}

export interface Host {
  readonly origin: string;
  readonly keys: HostKeys;
  readonly durable: DurableEngine;
  /** Real milliseconds spent inside orchestrator turns and activities so far, those side by side counted each. */
  ownMilliseconds(): number;
  close(): Promise<void>;
}

/**
 * Runs a function app as the Azure Functions host would: HTTP, timer and Event Grid triggers, and a Durable task hub.
 *
 * @throws SettingsError, AppLoadError, StateLockedError, RouteTemplateError, ScheduleError
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const log = options.log ?? consoleLog;
  const cleanUps: (() => void | Promise<void>)[] = [];
  const cleanUp = async () => {
    for (const step of cleanUps.splice(0).reverse()) await step();
  };
  try {
    return await start(options, log, cleanUps, cleanUp);
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

async function start(
  options: HostOptions,
  log: Log,
  cleanUps: (() => void | Promise<void>)[],
  cleanUp: () => Promise<void>,
): Promise<Host> {
  const { appDirectory, clock = scaledClock(), taskHubDirectory } = options;
  cleanUps.push(addToEnvironment(readLocalValues(appDirectory)));
  const settings = readHostSettings(appDirectory, process.env);
  const { hubName } = settings;
  const hub = taskHubDirectory === undefined ? undefined : join(taskHubDirectory, hubName);
  if (hub !== undefined) cleanUps.push(lockState(hub));
  const keys = hostKeys(options.keys ?? {}, taskHubDirectory && join(taskHubDirectory, 'keys.json'));
  const kept = hub === undefined ? (options.store ?? memoryStore()) : journalStore(join(hub, 'instances'));
  const store = options.onRecord === undefined ? kept : watchedStore(kept, options.onRecord);
  cleanUps.push(() => store.close());

  const app = await loadApp(appDirectory, options.entry, log);
  cleanUps.push(() => runHooks(app, 'appTerminate', { hookData: {}, appHookData: {} }));
  await runHooks(app, 'appStart', { hookData: {}, appHookData: {}, functionAppDirectory: appDirectory });

  let origin = '';
  const invocations = new Set<Promise<unknown>>();
  const run = async (
    fn: AppFunction,
    trigger: TypedData,
    triggerMetadata: Readonly<Record<string, TypedData>> = {},
  ) => {
    const client = { string: JSON.stringify(clientBinding(origin, hubName, keys.durable)) };
    const inputs = Object.fromEntries(
      Object.entries(fn.bindings)
        .filter(([, { type }]) => type === 'durableClient' || type === 'orchestrationClient')
        .map(([name]) => [name, client]),
    );
    const running = withTimeout(
      fn.name,
      settings.functionTimeoutMs,
      invoke(app, fn, { trigger, inputs, triggerMetadata }, log),
    );
    invocations.add(running);
    running.finally(() => invocations.delete(running)).catch(() => undefined);
    return running;
  };
  /** Virtual time stands still for an invocation. */
  const runTrigger: typeof run = async (fn, trigger, metadata) => {
    const release = clock.busy();
    try {
      return await run(fn, trigger, metadata);
    } catch (error) {
      log('error', fn.name, describeThrown(error));
      throw error;
    } finally {
      release();
    }
  };
  const runLogged = (fn: AppFunction, trigger: TypedData) =>
    runTrigger(fn, trigger).then(
      () => undefined,
      () => undefined,
    );

  const durable = createDurableEngine({
    functions: app.functions,
    run,
    store,
    clock,
    log,
    versions: settings.versions,
    maxConcurrentActivityFunctions: settings.maxConcurrentActivityFunctions,
    maxConcurrentOrchestratorFunctions: settings.maxConcurrentOrchestratorFunctions,
    ...(options.queueLagMs === undefined ? {} : { queueLagMs: options.queueLagMs }),
  });
  const durableApi = durableHttpApi({ engine: durable, clock, hubName, key: keys.durable });
  const callHttpTrigger = httpTriggers(app.functions.values(), settings.routePrefix, keys, runTrigger);

  const handle = async (request: HostRequest): Promise<HostResponse> => {
    const { pathname } = request.url;
    const path = pathname.toLowerCase();
    const authorized = (accepted: readonly string[]) =>
      isAuthorized(headerOf(request, 'x-functions-key'), request.url.searchParams.get('code'), accepted);
    if (path.startsWith(`${RPC_PATH}/`)) return durableApi(request, pathname.slice(RPC_PATH.length));
    if (path.startsWith(`${WEBHOOK_PATH}/`))
      return authorized([keys.durable, keys.master])
        ? durableApi(request, pathname.slice(WEBHOOK_PATH.length))
        : { status: 401 };
    if (path === EVENT_GRID_PATH)
      return authorized([keys.eventGrid, keys.master])
        ? handleEventGrid(request, app.functions, runTrigger)
        : { status: 401 };
    if (path.startsWith('/admin/'))
      return handleAdmin(request, { functions: app.functions, keys, now: () => clock.now(), run: runLogged });
    return (await callHttpTrigger(request)) ?? { status: 404 };
  };
  const admitted = async (request: HostRequest): Promise<HostResponse> => {
    // The worker reaches the host's own endpoint beside the front end, where nobody signs in.
    if (request.url.pathname.toLowerCase().startsWith(`${RPC_PATH}/`)) return handle(request);
    const seen = options.callerAddress === undefined ? request : forwardedFor(request, options.callerAddress);
    const admission = options.easyAuth?.admit(seen) ?? { request: seen };
    return 'refused' in admission ? admission.refused : handle(admission.request);
  };
  // Its callers tell by it what time it is here, which virtual and scaled clocks leave to nobody's guess.
  const dated = async (request: HostRequest): Promise<HostResponse> => {
    const response = await admitted(request);
    return { ...response, headers: { date: new Date(clock.now()).toUTCString(), ...response.headers } };
  };
  // App Service tells the app so.
  if (options.easyAuth !== undefined) cleanUps.push(addToEnvironment({ WEBSITE_AUTH_ENABLED: 'True' }));
  const server = await listen(options.port ?? 7071, dated, log);
  cleanUps.push(() => server.close());
  origin = server.origin;
  // Without it `getClient` of durable-functions rewrites every link to port 7071.
  cleanUps.push(addToEnvironment({ WEBSITE_HOSTNAME: origin.slice('http://'.length) }));

  // What has begun ends before what it needs goes away.
  cleanUps.push(async () => void (await Promise.allSettled(invocations)));
  cleanUps.push(() => durable.stop());
  const recovered = durable.recover();
  if (options.timers ?? true)
    cleanUps.push(
      startTimers({ functions: app.functions.values(), clock, environment: process.env, log, run: runLogged }),
    );
  log(
    'information',
    'host',
    `Listening on ${origin}: ${app.functions.size} functions, ${recovered} unfinished orchestrations.`,
  );
  return { origin, keys, durable, ownMilliseconds: () => durable.stats.milliseconds, close: cleanUp };
}

/** What App Service's front end makes of a request: it tells address and port, behind whatever the caller has said itself. */
function forwardedFor(request: HostRequest, address: string): HostRequest {
  const said = headerOf(request, 'x-forwarded-for');
  const seen = `${address}:${FRONT_END_PORT}`;
  const forwarded = said === undefined ? seen : `${said}, ${seen}`;
  return { ...request, headers: { ...request.headers, 'x-forwarded-for': forwarded } };
}
