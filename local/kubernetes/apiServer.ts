import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { scaledClock, type Clock } from '../clock.ts';
import { KEEP_ALIVE_MS } from '../keepAlive.ts';
import { identify, isLetIn, type KubernetesUser } from './access.ts';
import type { Certificates } from './certificates.ts';
import { runCloudController } from './cloudController.ts';
import type { CloudProvider } from './cloudProvider.ts';
import type { Cluster } from './cluster.ts';
import { answerDiscovery } from './discovery.ts';
import { failure, faultSwitches, type FaultSwitches } from './faults.ts';
import { readRequest, sendAnswer, type Answer, type Request } from './http.ts';
import { kubeconfig, type KubeconfigUser } from './kubeconfig.ts';
import { keepNamespaces } from './namespaceLifecycle.ts';
import type { KubernetesObject } from './objects.ts';
import { openObjectStore } from './objectStore.ts';
import { answerOpenApi } from './openApi.ts';
import { answerResource } from './resources.ts';
import { routeOf } from './routes.ts';
import { StatusError, unauthorized } from './statuses.ts';

export { createCertificates, keptCertificates, type Certificates } from './certificates.ts';
export type { CloudProvider } from './cloudProvider.ts';
export type { Faults } from './faults.ts';

export interface KubernetesOptions {
  /** Where to listen on loopback, https; 6443 unless given, 0 picks a free one. */
  readonly port?: number;
  readonly clock?: Clock;
  readonly certificates: Certificates;
  /** The bearer token of the cluster's local accounts; in both kubeconfigs. */
  readonly token: string;
  /** Names in the kubeconfigs: the cluster and its resource group. */
  readonly name?: string;
  readonly resourceGroup?: string;
  /** Kubernetes version without `v`, as `/version` tells it. */
  readonly version?: string;
  /** ClusterIPs come from here. */
  readonly serviceCidr?: string;
  /** A cluster that uses Entra: who the bearer of such a token is, or undefined when it isn't valid. */
  readonly entra?: { readonly tenant: string; identify(token: string): KubernetesUser | undefined };
  /**
   * Whether a caller from this simulated source address may talk to the API server. The address is the request's
   * header `x-gatehouse-source-address`, else `defaultSource`.
   */
  readonly allows: (sourceAddress: string) => boolean;
  readonly defaultSource: string;
  /** Whether the cluster's own accounts are taken; they are, unless told otherwise. */
  readonly localAccounts?: () => boolean;
  /** Where objects are kept over restarts and kills; without it, in memory alone. */
  readonly stateDirectory?: string;
  readonly cloud: CloudProvider;
  /** Seconds of Azure time from a service's change to its call of the cloud; 30 unless given (15 to 120 are real). */
  readonly loadBalancerSeconds?: (change: { readonly service: string; readonly use: number }) => number;
  /** Told when a request or the cloud controller fails inside. */
  readonly log?: (message: string) => void;
}

export interface Kubernetes {
  /** https://127.0.0.1:port */
  readonly origin: string;
  /**
   * YAML, as `listClusterUserCredential` and `listClusterAdminCredential` carry it in base64.
   *
   * @param isInside for a machine in the cluster's network, which a private API server answers
   */
  kubeconfig(user: KubeconfigUser, isInside?: boolean): string;
  /** What is stored now, by namespace and name: what a command run inside the cluster would list. */
  list(resource: 'services' | 'namespaces' | 'events'): readonly KubernetesObject[];
  readonly faults: FaultSwitches;
  /** Forgets old revisions, as the real one does every five minutes: continue tokens and watches answer 410. */
  compact(): void;
  close(): Promise<void>;
}

const DEFAULT_PORT = 6443;
const DEFAULT_VERSION = '1.32.6';
const DEFAULT_SERVICE_CIDR = '10.0.0.0/16';
const DEFAULT_LOAD_BALANCER_SECONDS = 30;

/** Starts a cluster's API server with its cloud controller. */
export async function startKubernetes(options: KubernetesOptions): Promise<Kubernetes> {
  const { certificates, token, entra, name = 'kubernetes', resourceGroup = 'local' } = options;
  const log = options.log ?? (() => undefined);
  const operatorToken = randomUUID();
  const cluster: Cluster = {
    store: openObjectStore(options.stateDirectory),
    clock: options.clock ?? scaledClock(),
    serviceCidr: options.serviceCidr ?? DEFAULT_SERVICE_CIDR,
  };
  const stopNamespaces = keepNamespaces(cluster);
  const stopController = runCloudController({
    cluster,
    cloud: options.cloud,
    loadBalancerSeconds: options.loadBalancerSeconds ?? (() => DEFAULT_LOAD_BALANCER_SECONDS),
    log,
  });

  const { key, certificate } = certificates.server;
  const tls = { key, cert: certificate, ca: certificates.authority, requestCert: true, rejectUnauthorized: false };
  const server = createServer(tls, (incoming, response) => void serve(incoming, response));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const faults = faultSwitches(({ down }) => {
    if (down) server.closeAllConnections();
  });
  server.on('connection', (socket) => {
    if (faults.current.down) socket.destroy();
  });
  const origin = await listen(server, options.port ?? DEFAULT_PORT);

  const tokens = () => ({
    ...((options.localAccounts?.() ?? true) && { local: token }),
    operator: operatorToken,
  });

  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    // An address outside the authorized ranges gets no answer of any kind, as from the real one's load balancer.
    if (!isLetIn(incoming, options)) {
      incoming.socket.destroy();
      return;
    }
    try {
      const request = await readRequest(incoming);
      await slowness(cluster.clock, faults.current.slowSeconds);
      const answer = answerSafely(request, () => {
        const { failing, unauthorized: nobody, forbidden } = faults.current;
        if (failing !== undefined) throw failure(failing);
        if (nobody) throw unauthorized();
        const user = identify(incoming, tokens(), (bearer) => entra?.identify(bearer));
        return answerFor(forbidden ? { ...user, may: 'nothing' } : user, request);
      });
      sendAnswer(response, answer, answer.page !== undefined && answer.page === faults.current.cutPage);
    } catch (error) {
      log(`${incoming.method} ${incoming.url} broke off: ${messageOf(error)}`);
      response.destroy();
    }
  };

  const answerSafely = (request: Request, answer: () => Answer): Answer => {
    try {
      return answer();
    } catch (error) {
      if (error instanceof StatusError) return { status: error.code, body: error.status, headers: error.headers };
      log(`${request.method} ${request.path} failed: ${messageOf(error)}`);
      const internal = new StatusError(500, 'InternalError', `Internal error occurred: ${messageOf(error)}`);
      return { status: internal.code, body: internal.status };
    }
  };

  const answerFor = (user: KubernetesUser, request: Request): Answer => {
    if (['/healthz', '/livez', '/readyz'].includes(request.path)) return { status: 200, text: 'ok' };
    const about = { origin, version: options.version ?? DEFAULT_VERSION };
    const known = answerDiscovery(request.path, request.accept, about) ?? answerOpenApi(request.path, about.version);
    return known === undefined
      ? answerResource(cluster, routeOf(request.path), user, request)
      : { status: 200, ...known };
  };

  return {
    origin,
    kubeconfig: (user, isInside = false) => {
      const tenant = entra?.tenant;
      return kubeconfig(user, { origin, certificates, token, operatorToken, name, resourceGroup, tenant, isInside });
    },
    list: (resource) => cluster.store.list(resource),
    faults,
    compact: () => cluster.store.compact(),
    close: async () => {
      stopController();
      stopNamespaces();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      cluster.store.close();
    },
  };
}

/** Waits in Azure time; with Infinity the answer never comes. */
function slowness(clock: Clock, seconds: number): Promise<void> {
  if (seconds === 0) return Promise.resolve();
  // Whoever asks is busy with waiting: virtual time passes for it.
  return seconds === Infinity ? new Promise(() => undefined) : clock.pause(seconds * 1000);
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
