import type { Clock } from '../clock.ts';
import type { KubernetesUser } from './access.ts';
import type { Certificates } from './certificates.ts';
import type { CloudProvider } from './cloudProvider.ts';
import type { FaultSwitches } from './faults.ts';
import type { KubernetesObject } from './objects.ts';

export { createCertificates, keptCertificates, type Certificates } from './certificates.ts';
export type { CloudProvider, LoadBalancedPort, LoadBalancedService } from './cloudProvider.ts';
export type { Faults, FaultSwitches } from './faults.ts';
export type { KubernetesUser } from './access.ts';
export type { KubernetesObject } from './objects.ts';

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
  /** Where objects are kept over restarts and kills; without it, in memory alone. */
  readonly stateDirectory?: string;
  readonly cloud: CloudProvider;
  /** Seconds of Azure time from a service's change to its call of the cloud; 30 unless given (15 to 120 are real). */
  readonly loadBalancerSeconds?: (service: { readonly uid: string; readonly use: number }) => number;
  /** Told when a request or the cloud controller fails inside. */
  readonly log?: (message: string) => void;
}

export interface Kubernetes {
  /** https://127.0.0.1:port */
  readonly origin: string;
  /** YAML, as `listClusterUserCredential` and `listClusterAdminCredential` carry it in base64. */
  kubeconfig(user: 'user' | 'admin'): string;
  /** What is stored now, by namespace and name: what a command run inside the cluster would list. */
  list(resource: 'services' | 'namespaces' | 'events'): readonly KubernetesObject[];
  readonly faults: FaultSwitches;
  /** Forgets old revisions, as the real one does every five minutes: continue tokens and watches answer 410. */
  compact(): void;
  close(): Promise<void>;
}

/** Starts a cluster's API server with its cloud controller. */
export function startKubernetes(options: KubernetesOptions): Promise<Kubernetes> {
  return Promise.reject(new Error(`The API server for ${options.name ?? 'the cluster'} is still being built.`));
}
