import type { JsonObject } from './json.ts';

/** A finished cluster, as far as it matters to what runs in it. */
export interface ClusterFacts {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  /** Different for a cluster of the same id that was created anew. */
  readonly uid: string;
  readonly version: string;
  readonly serviceCidr: string;
  /** Whether its users are those of the directory. */
  readonly entra: boolean;
  /** Whether its API server has an address in its network alone. */
  readonly isPrivate: boolean;
}

/** Runs the clusters' API servers; local Azure itself has only the resources. */
export interface ClusterHost {
  /** A cluster's creation has ended, or it was there when local Azure started. */
  start(cluster: ClusterFacts): Promise<void>;
  /** The cluster is gone, with everything in it. */
  remove(clusterId: string): Promise<void>;
  /** YAML; undefined when no such cluster runs. */
  kubeconfig(clusterId: string, user: 'user' | 'admin'): string | undefined;
  /** All services, as a command run in the cluster would list them; undefined when no such cluster runs. */
  services(clusterId: string): readonly JsonObject[] | undefined;
  /** What the API server does worse from now on; false when no such cluster runs. @throws Error that names what is wrong */
  setFaults(clusterId: string, faults: JsonObject): boolean;
  /** Stops everything and keeps its state. */
  close(): Promise<void>;
}

/** What can be read out of the clusters that run; waits for one that is just starting. */
export interface ClusterContents {
  /** YAML; undefined when nothing runs in the cluster. */
  kubeconfig(clusterId: string, user: 'user' | 'admin'): Promise<string | undefined>;
  services(clusterId: string): Promise<readonly JsonObject[] | undefined>;
  setFaults(clusterId: string, faults: JsonObject): Promise<boolean | undefined>;
}

/** A service of type LoadBalancer, as the cloud controller tells the cloud. */
export interface BalancedService {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly internal: boolean;
  readonly ports: readonly {
    readonly protocol: string;
    readonly port: number;
    readonly nodePort: number | undefined;
  }[];
  readonly requestedIp: string | undefined;
  readonly sourceRanges: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** A principal of the directory, and what role assignments let it do in a cluster. */
interface ClusterPrincipal {
  readonly objectId: string;
  readonly may: 'everything' | 'read' | 'nothing';
}

/** What a cluster host asks of local Azure. */
export interface ClusterCloud {
  readonly tenantId: string;
  /** Whether the API server takes a caller from this source address, by the authorized ranges in effect. */
  allows(clusterId: string, source: string): boolean;
  /** Whether the cluster's own accounts work, beside or instead of the directory's. */
  localAccounts(clusterId: string): boolean;
  /** Who a bearer token for a cluster stands for; undefined when it isn't valid. */
  identify(clusterId: string, token: string): ClusterPrincipal | undefined;
  /** Creates or updates the service's part of a load balancer. @throws Error that says why it can't be */
  ensureLoadBalancer(clusterId: string, service: BalancedService): { readonly ip: string };
  deleteLoadBalancer(clusterId: string, service: BalancedService): void;
  /** Seconds of Azure time until the `use`-th change of a service (namespace/name) has become a load balancer's. */
  loadBalancerSeconds(clusterId: string, service: string, use: number): number;
}

/** Makes the host that local Azure is to run its clusters with. */
export type StartClusterHost = (cloud: ClusterCloud) => ClusterHost;
