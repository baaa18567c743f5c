// The Node side of the extension host: runs the app's functions for the Durable extension, which it starts as a process of
// its own, and answers what isn't Durable's (HTTP, Event Grid, timers, keys) with the rooms of the local host.
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { scaledClock } from '../../../../local/clock.ts';
import { handleAdmin } from '../../../../local/host/admin.ts';
import { loadApp, type AppFunction } from '../../../../local/host/app.ts';
import { addToEnvironment } from '../../../../local/host/environment.ts';
import { EVENT_GRID_PATH, handleEventGrid } from '../../../../local/host/eventGrid.ts';
import type { TypedData } from '../../../../local/host/functionsCore.ts';
import {
  headerOf,
  json,
  jsonBody,
  listen,
  type HostRequest,
  type HostResponse,
} from '../../../../local/host/httpServer.ts';
import { httpTriggers } from '../../../../local/host/httpTriggers.ts';
import { invoke, runHooks, valueOf } from '../../../../local/host/invocation.ts';
import { hostKeys, isAuthorized } from '../../../../local/host/keys.ts';
import { consoleLog as log } from '../../../../local/host/logging.ts';
import { readHostSettings, readLocalValues } from '../../../../local/host/settings.ts';
import { asError, describeThrown } from '../../../../local/host/thrown.ts';
import { startTimers } from '../../../../local/host/timers.ts';

const WEBHOOK_PATH = '/runtime/webhooks/durabletask';

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
}

const appDirectory = setting('GATEHOUSE_APP_DIRECTORY');
const origin = setting('GATEHOUSE_ORIGIN');
const extension = setting('GATEHOUSE_EXTENSION_URL');
const keys = hostKeys(JSON.parse(setting('GATEHOUSE_HOST_KEYS')) as Record<string, string>, undefined);

addToEnvironment(readLocalValues(appDirectory));
addToEnvironment({ WEBSITE_HOSTNAME: new URL(origin).host });
const { routePrefix } = readHostSettings(appDirectory, process.env);
const app = await loadApp(appDirectory, undefined, log);
await runHooks(app, 'appStart', { hookData: {}, appHookData: {}, functionAppDirectory: appDirectory });
let client: string | undefined;

type Metadata = Readonly<Record<string, TypedData>>;

function run(fn: AppFunction, trigger: TypedData, triggerMetadata: Metadata = {}) {
  const inputs = Object.fromEntries(
    Object.entries(fn.bindings)
      .filter(([, { type }]) => type === 'durableClient' || type === 'orchestrationClient')
      .map(([name]) => [name, { string: client ?? null }]),
  );
  return invoke(app, fn, { trigger, inputs, triggerMetadata }, log);
}

async function runTrigger(fn: AppFunction, trigger: TypedData, metadata?: Metadata) {
  try {
    return await run(fn, trigger, metadata);
  } catch (error) {
    log('error', fn.name, describeThrown(error));
    throw error;
  }
}

const runLogged = (fn: AppFunction, trigger: TypedData) =>
  runTrigger(fn, trigger).then(
    () => undefined,
    () => undefined,
  );

/** What the extension asks of the worker: which functions there are, and to run one. */
async function answerExtension(request: HostRequest): Promise<HostResponse> {
  const { pathname } = request.url;
  if (pathname === '/functions')
    return json(
      200,
      [...app.functions.values()].map(({ name, trigger }) => ({ name, trigger: trigger.type })),
    );
  const fn = app.functions.get(decodeURIComponent(pathname.replace('/invoke/', '')));
  if (fn === undefined) return { status: 404 };
  const { input, instanceId } = jsonBody(request) as { input: string | null; instanceId: string | null };
  try {
    const result = await run(fn, { string: input }, instanceId === null ? {} : { instanceId: { string: instanceId } });
    return json(200, { value: valueOf(result) });
  } catch (error) {
    const { message, stack } = asError(error);
    return json(200, { failure: { message, stack } });
  }
}

/** The webhook of the extension answers under the address that callers know. */
async function askExtension(request: HostRequest): Promise<HostResponse> {
  const { pathname, search } = request.url;
  const answer = await fetch(`${extension}${pathname}${search}`, {
    method: request.method,
    headers: { 'content-type': headerOf(request, 'content-type') ?? 'application/json' },
    ...(request.body.length > 0 && { body: new Uint8Array(request.body) }),
    redirect: 'manual',
  });
  const headers = Object.fromEntries(
    [...answer.headers].filter(([name]) => !['content-length', 'transfer-encoding', 'connection'].includes(name)),
  );
  return { status: answer.status, headers, body: Buffer.from(await answer.arrayBuffer()) };
}

const callHttpTrigger = httpTriggers(app.functions.values(), routePrefix, keys, runTrigger);

async function answerCaller(request: HostRequest): Promise<HostResponse> {
  if (client === undefined) return { status: 503 };
  const path = request.url.pathname.toLowerCase();
  const authorized = (accepted: readonly string[]) =>
    isAuthorized(headerOf(request, 'x-functions-key'), request.url.searchParams.get('code'), accepted);
  if (path.startsWith(`${WEBHOOK_PATH}/`))
    return authorized([keys.durable, keys.master]) ? askExtension(request) : { status: 401 };
  if (path === EVENT_GRID_PATH)
    return authorized([keys.eventGrid, keys.master])
      ? handleEventGrid(request, app.functions, runTrigger)
      : { status: 401 };
  if (path.startsWith('/admin/'))
    return handleAdmin(request, { functions: app.functions, keys, now: Date.now, run: runLogged });
  return (await callHttpTrigger(request)) ?? { status: 404 };
}

const inside = await listen(0, answerExtension, log);
const outside = await listen(Number(new URL(origin).port), answerCaller, log);
const child = spawn('dotnet', [setting('GATEHOUSE_EXTENSION_HOST')], {
  cwd: appDirectory,
  stdio: ['pipe', 'inherit', 'inherit'],
  env: {
    ...process.env,
    DOTNET_CLI_TELEMETRY_OPTOUT: '1',
    GATEHOUSE_WORKER_URL: `${inside.origin}/`,
    GATEHOUSE_WEBHOOK_URL: `${origin}${WEBHOOK_PATH}?code=${keys.durable}`,
  },
});
child.once('error', (error) => {
  log('critical', 'extension', describeThrown(error));
  process.exit(1);
});
child.once('exit', (code, signal) => {
  log('critical', 'extension', `The Durable extension's process ended (${code ?? signal}).`);
  process.exit(code ?? 1);
});

while (client === undefined) {
  client = await fetch(`${extension}/client`).then(
    async (answer) => {
      if (answer.ok) return answer.text();
      throw new Error(`The extension host answered ${answer.status}: ${await answer.text()}`);
    },
    // It does not listen yet.
    () => undefined,
  );
  if (client === undefined) await delay(100);
}
const stopTimers = startTimers({
  functions: app.functions.values(),
  clock: scaledClock(),
  environment: process.env,
  log,
  run: runLogged,
});
log('information', 'host', `Listening on ${origin}: ${app.functions.size} functions.`);

function stop(): void {
  stopTimers();
  void outside.close();
  // The extension drains what runs in this process, then ends, and with it this process.
  child.stdin?.end();
}

process.once('SIGTERM', stop);
// Whoever started it has gone.
process.stdin.resume().once('end', stop);
