import { TENANT_ID, type Azure } from './azure.ts';
import { identifyBearer } from './auth.ts';
import { isAllowed, mayOf } from './clusterAccess.ts';
import type { ClusterContents, ClusterFacts, ClusterHost, StartClusterHost } from './clusterHost.ts';
import { at, objectAt, stringAt, type JsonObject } from './json.ts';
import { drawSeconds } from './latencies.ts';
import { deleteLoadBalancer, ensureLoadBalancer } from './loadBalancers/cloudProvider.ts';
import { inEffect } from './operations.ts';
import { groupOf } from './resourceId.ts';
import type { Resource } from './store.ts';

const CLUSTER_TYPE = 'Microsoft.ContainerService/managedClusters';

export interface Clusters extends ClusterContents {
  /** Starts what runs in finished clusters and stops what ran in deleted ones. */
  reconcile(): void;
  /** Until all that has been begun is done. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Keeps what runs in the clusters in line with the clusters that exist. */
export function startClusters(azure: Azure, start: StartClusterHost, report: (message: string) => void): Clusters {
  const host = start({
    tenantId: TENANT_ID,
    allows: (id, source) => isAllowed(inEffect(azure.store, azure.clock.now(), id)?.body, source),
    localAccounts: (id) =>
      at(inEffect(azure.store, azure.clock.now(), id)?.body, 'properties', 'disableLocalAccounts') !== true,
    identify: (id, token) => {
      const claims = identifyBearer(token, Date.now() / 1000);
      return claims === undefined ? undefined : { objectId: claims.oid, may: mayOf(azure.store, id, claims.oid) };
    },
    ensureLoadBalancer: (id, service) => ensureLoadBalancer(azure, id, service),
    deleteLoadBalancer: (id, service) => deleteLoadBalancer(azure, id, service),
    // By its name: a service's uid is another one in each run.
    loadBalancerSeconds: (id, service, use) =>
      drawSeconds(azure.seed, 'loadBalancer.appear', `${id}/services/${service}`, use),
  });
  const running = new Map<string, { readonly facts: ClusterFacts; latest: Promise<void> }>();

  /** One thing after another per cluster; virtual time waits for it. */
  const after = (previous: Promise<void>, what: string, work: () => Promise<void>): Promise<void> => {
    const release = azure.clock.busy();
    return previous
      .then(work)
      .catch((error: unknown) =>
        report(`${what} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
      )
      .finally(release);
  };
  const startOne = (facts: ClusterFacts, previous: Promise<void>) => {
    const latest = after(previous, `Starting the cluster ${facts.name}`, () => host.start(facts));
    running.set(facts.id.toLowerCase(), { facts, latest });
  };
  const wanted = () => {
    const resources = [...azure.store.resources.values()];
    const finished = finishedNodeGroups(resources);
    return new Map(
      resources
        .filter(({ type, body }) => type === CLUSTER_TYPE && finished.has(nodeGroupOf(body)))
        .map((cluster) => [cluster.id.toLowerCase(), factsOf(cluster)]),
    );
  };
  const whenStarted = async <T>(id: string, read: (host: ClusterHost, id: string) => T): Promise<T | undefined> => {
    const entry = running.get(id.toLowerCase());
    if (entry === undefined) return undefined;
    await entry.latest;
    return read(host, entry.facts.id);
  };

  return {
    reconcile: () => {
      const clusters = wanted();
      for (const [key, { facts, latest }] of running) {
        if (clusters.get(key)?.uid === facts.uid) continue;
        running.delete(key);
        const removed = after(latest, `Removing the cluster ${facts.name}`, () => host.remove(facts.id));
        const successor = clusters.get(key);
        if (successor !== undefined) startOne(successor, removed);
      }
      for (const [key, facts] of clusters) if (!running.has(key)) startOne(facts, Promise.resolve());
    },
    kubeconfig: (clusterId, user) => whenStarted(clusterId, (from, id) => from.kubeconfig(id, user)),
    services: (clusterId) => whenStarted(clusterId, (from, id) => from.services(id)),
    setFaults: (clusterId, faults) => whenStarted(clusterId, (from, id) => from.setFaults(id, faults)),
    settled: async () => void (await Promise.all([...running.values()].map(({ latest }) => latest))),
    close: async () => {
      await Promise.all([...running.values()].map(({ latest }) => latest));
      await host.close();
    },
  };
}

/** The nodes' security group comes with the end of a cluster's creation, and stays as long as the nodes. */
function finishedNodeGroups(resources: readonly Resource[]): ReadonlySet<string> {
  const groups = resources.filter(({ type }) => type === 'Microsoft.Network/networkSecurityGroups');
  return new Set(groups.map(({ id }) => groupOf(id).toLowerCase()));
}

const nodeGroupOf = (cluster: JsonObject): string =>
  (stringAt(cluster, 'properties', 'nodeResourceGroup') ?? '').toLowerCase();

function factsOf({ id, body }: Resource): ClusterFacts {
  const properties = objectAt(body, 'properties');
  return {
    id,
    name: stringAt(body, 'name') ?? '',
    resourceGroup: groupOf(id),
    uid: stringAt(properties, 'resourceUID') ?? '',
    version: stringAt(properties, 'currentKubernetesVersion') ?? '',
    serviceCidr: stringAt(properties, 'networkProfile', 'serviceCidr') ?? '10.0.0.0/16',
    entra: properties['aadProfile'] !== undefined && properties['aadProfile'] !== null,
    isPrivate: at(properties, 'apiServerAccessProfile', 'enablePrivateCluster') === true,
  };
}
