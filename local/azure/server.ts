import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { scaledClock, type Clock } from '../clock.ts';
import { lockState } from '../stateLock.ts';
import type { AnswerRequest } from './arm.ts';
import type { Permission } from './authorization/permission.ts';
import { cloudFacts, type CloudName } from './clouds.ts';
import type { StartClusterHost } from './clusterHost.ts';
import { continuedClock } from './continuedClock.ts';
import { ArmError } from './errors.ts';
import type { FunctionsHost } from './eventGrid/webhook.ts';
import type { Answer, Request } from './http.ts';
import type { JsonObject } from './json.ts';
import { listen, type Listeners } from './listeners.ts';
import { inEffect, operationsKept } from './operations.ts';
import type { LoggedRequest } from './requestLog.ts';
import { runAzure } from './running.ts';
import { resourceTypes } from './resources/types.ts';
import { openStore } from './store.ts';
import { IDENTITY_HEADER, SYSTEM_ASSIGNED_PRINCIPAL } from './tokenEndpoints.ts';

export interface LocalAzureOptions {
  /** Where to listen on loopback; 0 picks a free port. */
  readonly port?: number;
  /** Listens on loopback with TLS too, for clients that speak nothing else; 0 picks a free port. */
  readonly https?: { readonly port: number };
  /** Without it, a scaled clock, which the state directory continues over restarts. */
  readonly clock?: Clock;
  /** Seconds of Azure time per second, 1 when absent; of the clock that is given, if one is. */
  readonly timeScale?: number;
  /** Latencies are drawn by it; without it every operation takes its median. */
  readonly seed?: number;
  readonly subscriptions?: readonly string[];
  /** The cloud that it stands in for: its regions, audiences and names; the public one when absent. */
  readonly cloud?: CloudName;
  /** Where the state is kept over restarts; without it, in memory alone. */
  readonly stateDirectory?: string;
  /** Runs what is in the clusters; without it a cluster is a resource and nothing more. */
  readonly clusters?: StartClusterHost;
  /** Told when a request fails inside local Azure itself; what it answers is in its request log. */
  readonly log?: (message: string) => void;
  /** Hears of each request to ARM as it is answered, bodies of writes included. */
  readonly onRequest?: (request: LoggedRequest) => void;
  /** Hears of each answer of any endpoint before it goes out, with every secret in it: who looks for leaks has to know them. */
  readonly onAnswer?: (answer: Answer) => void;
}

export interface LocalAzure {
  readonly origin: string;
  /** https://localhost:port, where it was asked for, and the PEM text of the authority that its clients have to trust. */
  readonly https?: { readonly origin: string; readonly authority: string };
  /** What App Service would give an app as IDENTITY_ENDPOINT and IDENTITY_HEADER. */
  readonly identity: { readonly endpoint: string; readonly header: string; readonly objectId: string };
  /** Says where the functions are that event subscriptions name: the local host starts after local Azure. */
  readonly deliverTo: (functions: FunctionsHost) => void;
  /**
   * Says what the managed identity is assigned above the subscriptions, from now on. Until then it is an owner, as whoever else asks
   * is. For whoever runs in this process.
   */
  assignIdentity(roles: readonly Permission[]): void;
  /** A resource as it works now, whatever has been asked for: what traffic goes by. For whoever runs in this process. */
  inEffect(id: string): JsonObject | undefined;
  close(): Promise<void>;
}

/** Whoever has signed in owns everything. */
const OWNER: Permission = { actions: ['*'], notActions: [] };
const DEFAULT_PORT = 8480;
const DEFAULT_SUBSCRIPTION = '00000000-0000-0000-0000-0000000000aa';
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/**
 * Starts local Azure: ARM, Entra's token endpoint, the managed-identity endpoint and the control endpoints.
 *
 * @throws StateLockedError, StateDamagedError, and what listening throws; the state is as before then.
 */
export async function startLocalAzure(options: LocalAzureOptions = {}): Promise<LocalAzure> {
  const { stateDirectory } = options;
  const unlock = stateDirectory === undefined ? () => undefined : lockState(stateDirectory);
  let listeners: Listeners | undefined;
  try {
    // The state is opened once nothing stands against it any more.
    listeners = await listen({ port: options.port ?? DEFAULT_PORT, https: options.https, stateDirectory });
    const { origin, https, serve: letIn, close: stopListening } = listeners;
    let identityRoles = [OWNER];
    const state = {
      ...openState(options),
      inheritedRoles: (principal: string) => (principal === SYSTEM_ASSIGNED_PRINCIPAL ? identityRoles : [OWNER]),
    };
    const report = options.log ?? (() => undefined);
    const running = runAzure(state, options.clusters, report, options.onRequest);
    letIn((incoming, response) => void serve(running.answer, report, incoming, response, options.onAnswer));
    await running.ready();
    return {
      origin,
      ...(https === undefined ? {} : { https }),
      identity: { endpoint: `${origin}/msi/token`, header: IDENTITY_HEADER, objectId: SYSTEM_ASSIGNED_PRINCIPAL },
      deliverTo: running.deliverTo,
      assignIdentity: (roles) => {
        identityRoles = [...roles];
      },
      inEffect: (id) => inEffect(state.store, state.clock.now(), id)?.body,
      close: async () => {
        await stopListening();
        await running.close();
        state.store.close();
        unlock();
      },
    };
  } catch (error) {
    await listeners?.close();
    unlock();
    throw error;
  }
}

function openState({
  stateDirectory,
  clock,
  timeScale = 1,
  seed,
  subscriptions,
  cloud = 'AzureCloud',
}: LocalAzureOptions) {
  return {
    store: openStore(stateDirectory),
    clock: clock ?? (stateDirectory === undefined ? scaledClock(timeScale) : continuedClock(stateDirectory, timeScale)),
    seed,
    cloud: cloudFacts(cloud),
    operationsKeptMs: operationsKept(timeScale),
    subscriptions: subscriptions ?? [DEFAULT_SUBSCRIPTION],
    types: resourceTypes,
  };
}

/**
 * Virtual time stands still for as long as the caller says that it is busy; a request says nothing of its own, since a
 * slow answer must let time pass that its caller waits for.
 */
async function serve(
  answer: AnswerRequest,
  report: (message: string) => void,
  incoming: IncomingMessage,
  response: ServerResponse,
  onAnswer: LocalAzureOptions['onAnswer'],
): Promise<void> {
  try {
    const request = await read(incoming);
    const answered = await answer(request).catch((error: unknown): Answer => {
      if (error instanceof ArmError) return { status: error.status, body: error.body, headers: error.headers };
      throw error;
    });
    onAnswer?.(answered);
    if (answered.reset === true) incoming.socket.destroy();
    else send(response, answered);
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    report(`${incoming.method} ${incoming.url} failed: ${message}`);
    send(response, { status: 500, body: { error: { code: 'InternalServerError', message } } });
  }
}

async function read(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      throw new ArmError(
        413,
        'RequestContentTooLarge',
        `The request content size exceeds the maximum size of ${MAX_BODY_BYTES / 1024 / 1024} MB.`,
      );
    }
    chunks.push(chunk);
  }
  return {
    method: incoming.method ?? 'GET',
    url: urlOf(incoming),
    headers: incoming.headers,
    text: Buffer.concat(chunks).toString('utf8'),
  };
}

/**
 * What the URLs in answers are made of: a client that came by TLS is sent nowhere else. Slashes that a client has doubled
 * at the front, as az does where an endpoint ends in one, would make the path another host.
 */
function urlOf({ socket, headers, url = '/' }: IncomingMessage): URL {
  const origin = `${socket instanceof TLSSocket ? 'https' : 'http'}://${headers.host ?? '127.0.0.1'}`;
  return new URL(url.replace(/^\/+/, '/'), origin);
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  const type = body === undefined ? {} : { 'Content-Type': 'application/json; charset=utf-8' };
  response.writeHead(status, { ...type, 'Cache-Control': 'no-cache', ...headers });
  response.end(text);
}
