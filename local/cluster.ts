import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterCloud, ClusterFacts, ClusterHost, StartClusterHost } from './azure/clusterHost.ts';
import type { Clock } from './clock.ts';
import { clusterClient, type CallCluster } from './clusterClient.ts';
import { INSIDE_ADDRESS } from './kubernetes/access.ts';
import { parseFaults } from './kubernetes/faults.ts';
import { startKubernetes, type Certificates, type Kubernetes } from './kubernetes/apiServer.ts';

const PORTS = 'ports.json';

export interface KubernetesClustersOptions {
  /** The first cluster's port on loopback, https; each further one has the next free one. 0 picks free ones. */
  readonly port: number;
  readonly clock: Clock;
  readonly certificates: Certificates;
  /** Where callers come from that don't say it themselves by `x-gatehouse-source-address`. */
  readonly defaultSource: string;
  /** The clusters' content is kept below it; in memory when absent. */
  readonly stateDirectory?: string;
  readonly log?: (message: string) => void;
}

interface Running {
  readonly kubernetes: Kubernetes;
  readonly port: number;
  readonly isPrivate: boolean;
  /** Where its kubeconfig is kept for people. */
  readonly kubeconfigFile: string | undefined;
}

/** The clusters that run on this machine. */
export interface KubernetesClusters {
  /** For local Azure's option `clusters`. */
  readonly start: StartClusterHost;
  /** The API server of a cluster by its resource id, in any case; undefined when it doesn't run. */
  find(clusterId: string): Kubernetes | undefined;
  /**
   * Somebody who may do everything in a cluster, and comes from where its API server can be reached: from its network, where
   * it is private.
   *
   * @throws Error when it doesn't run
   */
  operator(clusterId: string): CallCluster;
}

/**
 * Runs an API server with a cloud controller for each cluster of local Azure, from the end of its creation to its deletion.
 * Its load balancers are written through local Azure, and its authorized ranges are read there at each request.
 */
export function kubernetesClusters(options: KubernetesClustersOptions): KubernetesClusters {
  const running = new Map<string, Running>();
  const find = (id: string) => running.get(id.toLowerCase())?.kubernetes;
  const start: StartClusterHost = (cloud): ClusterHost => ({
    async start(facts) {
      const port = portFor(options, facts, new Set([...running.values()].map((one) => one.port)));
      const kubernetes = await startKubernetes(kubernetesOptions(options, cloud, facts, port));
      const kubeconfigFile = keepKubeconfig(options, facts.name, kubernetes.kubeconfig('user', facts.isPrivate));
      running.set(facts.id.toLowerCase(), { kubernetes, port, isPrivate: facts.isPrivate, kubeconfigFile });
      const how = kubeconfigFile === undefined ? '' : `; kubectl --kubeconfig ${kubeconfigFile} get services`;
      options.log?.(`The API server of ${facts.name} listens on ${kubernetes.origin}${how}`);
    },
    async remove(clusterId) {
      const entry = running.get(clusterId.toLowerCase());
      running.delete(clusterId.toLowerCase());
      await entry?.kubernetes.close();
      if (entry !== undefined) forgetKubeconfig(entry);
      forgetPort(options, clusterId);
      const directory = directoryOf(options, clusterId);
      if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
    },
    kubeconfig: (clusterId, user) => find(clusterId)?.kubeconfig(user),
    services: (clusterId) => find(clusterId)?.list('services'),
    setFaults: (clusterId, faults) => {
      const kubernetes = find(clusterId);
      kubernetes?.faults.clear();
      kubernetes?.faults.set(parseFaults(faults));
      return kubernetes !== undefined;
    },
    async close() {
      const entries = [...running.values()];
      running.clear();
      await Promise.all(entries.map(({ kubernetes }) => kubernetes.close()));
    },
  });
  const operator = (id: string): CallCluster => {
    const entry = running.get(id.toLowerCase());
    if (entry === undefined) throw new Error(`The cluster ${id} does not run.`);
    return clusterClient(entry.kubernetes.kubeconfig('operator'), entry.isPrivate ? INSIDE_ADDRESS : undefined);
  };
  return { start, find, operator };
}

function kubernetesOptions(options: KubernetesClustersOptions, cloud: ClusterCloud, facts: ClusterFacts, port: number) {
  const { certificates, clock, defaultSource, log } = options;
  const { id, name, resourceGroup, serviceCidr, uid, version } = facts;
  const stateDirectory = directoryOf(options, id);
  return {
    port,
    clock,
    certificates,
    name,
    resourceGroup,
    version,
    serviceCidr,
    defaultSource,
    // The same after a restart, another one for a cluster created anew.
    token: createHash('sha256').update(`token of ${id.toLowerCase()} ${uid}`).digest('hex'),
    allows: (source: string) => cloud.allows(id, source),
    localAccounts: () => cloud.localAccounts(id),
    cloud: {
      ensureLoadBalancer: (service: Parameters<ClusterCloud['ensureLoadBalancer']>[1]) =>
        attempt(() => cloud.ensureLoadBalancer(id, service)),
      deleteLoadBalancer: (service: Parameters<ClusterCloud['deleteLoadBalancer']>[1]) =>
        attempt(() => cloud.deleteLoadBalancer(id, service)),
    },
    loadBalancerSeconds: ({ service, use }: { readonly service: string; readonly use: number }) =>
      cloud.loadBalancerSeconds(id, service, use),
    ...(facts.entra
      ? { entra: { tenant: cloud.tenantId, identify: (token: string) => entraUser(cloud, id, token) } }
      : {}),
    ...(stateDirectory === undefined ? {} : { stateDirectory }),
    ...(log === undefined ? {} : { log: (message: string) => log(`${name}: ${message}`) }),
  };
}

function entraUser(cloud: ClusterCloud, clusterId: string, token: string) {
  const principal = cloud.identify(clusterId, token);
  if (principal === undefined) return undefined;
  return { name: principal.objectId, groups: ['system:authenticated'], may: principal.may };
}

/** What throws becomes a rejection. */
function attempt<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => resolve(work()));
}

/**
 * A cluster keeps its port over restarts, since kubeconfigs name it; a new one gets the first that no other one has, be
 * it running or about to.
 */
function portFor(options: KubernetesClustersOptions, { id }: ClusterFacts, taken: ReadonlySet<number>): number {
  if (options.port === 0) return 0;
  const kept = keptPorts(options);
  const key = id.toLowerCase();
  const known = kept[key];
  if (known !== undefined && !taken.has(known)) return known;
  const others = new Set([...taken, ...Object.values(kept)]);
  let port = options.port;
  while (others.has(port)) port++;
  keepPorts(options, { ...kept, [key]: port });
  return port;
}

function forgetPort(options: KubernetesClustersOptions, clusterId: string): void {
  const { [clusterId.toLowerCase()]: known, ...others } = keptPorts(options);
  if (known !== undefined) keepPorts(options, others);
}

function keptPorts({ stateDirectory }: KubernetesClustersOptions): Readonly<Record<string, number>> {
  if (stateDirectory === undefined) return {};
  try {
    return JSON.parse(readFileSync(join(stateDirectory, PORTS), 'utf8')) as Record<string, number>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

function keepPorts({ stateDirectory }: KubernetesClustersOptions, ports: Readonly<Record<string, number>>): void {
  if (stateDirectory === undefined) return;
  mkdirSync(stateDirectory, { recursive: true });
  writeFileSync(join(stateDirectory, PORTS), JSON.stringify(ports));
}

/**
 * For people: what `az aks get-credentials` would write, on a machine in the network where the API server is private. It holds a token, so nobody
 * else may read it.
 */
function keepKubeconfig({ stateDirectory }: KubernetesClustersOptions, name: string, text: string): string | undefined {
  if (stateDirectory === undefined) return undefined;
  const file = join(stateDirectory, `${name}.kubeconfig`);
  mkdirSync(stateDirectory, { recursive: true });
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

/** Unless a cluster of the same name in another group has written its own there since. */
function forgetKubeconfig({ kubernetes, isPrivate, kubeconfigFile }: Running): void {
  if (kubeconfigFile === undefined || !existsSync(kubeconfigFile)) return;
  if (readFileSync(kubeconfigFile, 'utf8') === kubernetes.kubeconfig('user', isPrivate)) rmSync(kubeconfigFile);
}

function directoryOf({ stateDirectory }: KubernetesClustersOptions, clusterId: string): string | undefined {
  if (stateDirectory === undefined) return undefined;
  return join(stateDirectory, createHash('sha256').update(clusterId.toLowerCase()).digest('hex').slice(0, 16));
}
