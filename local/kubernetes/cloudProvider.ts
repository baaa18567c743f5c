import { isObject, numberAt, objectAt, objectsAt, stringAt, stringsAt } from './json.ts';
import type { KubernetesObject } from './objects.ts';

/** A LoadBalancer service as the cloud sees it. */
export interface LoadBalancedService {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Whether the load balancer's frontend lies in the cluster's subnet instead of being a public IP. */
  readonly internal: boolean;
  /** The ports that get a load balancing rule: those without a `port_{n}_no_lb_rule` annotation. */
  readonly ports: readonly LoadBalancedPort[];
  /** The IPv4 that the service asks for, by annotation or `loadBalancerIP`. */
  readonly requestedIp: string | undefined;
  /** `loadBalancerSourceRanges`, trimmed; empty means everybody. */
  readonly sourceRanges: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
}

interface LoadBalancedPort {
  readonly name: string | undefined;
  readonly protocol: string;
  /** The service's port, which is also the frontend's (azure, floating IP or not). */
  readonly port: number;
  readonly nodePort: number | undefined;
}

/**
 * What the cloud controller asks of the cloud. Calls come one at a time per cluster, as from the real controller with
 * its one worker, and are repeated: after a restart, and with growing pauses after a rejection, whose message becomes
 * the event on the service.
 */
export interface CloudProvider {
  /** Creates or updates what the service needs in the node resource group; answers its IPv4, public or internal. */
  ensureLoadBalancer(service: LoadBalancedService): Promise<{ readonly ip: string }>;
  /** Takes away what the service had; one that had nothing is fine. */
  deleteLoadBalancer(service: LoadBalancedService): Promise<void>;
}

const AZURE = 'service.beta.kubernetes.io';

/** The cloud's view of a service object. The internal annotation counts only as "true", in any case. */
export function loadBalancedService(service: KubernetesObject): LoadBalancedService {
  const { namespace = '', name, uid } = service.metadata;
  const annotations = stringMap(objectAt(service, 'metadata', 'annotations'));
  const is = (annotation: string) => annotations[`${AZURE}/${annotation}`]?.toLowerCase() === 'true';
  return {
    namespace,
    name,
    uid,
    internal: is('azure-load-balancer-internal'),
    ports: objectsAt(service, 'spec', 'ports')
      .map((port) => ({
        name: stringAt(port, 'name'),
        protocol: stringAt(port, 'protocol') ?? 'TCP',
        port: numberAt(port, 'port') ?? 0,
        nodePort: numberAt(port, 'nodePort'),
      }))
      .filter(({ port }) => !is(`port_${port}_no_lb_rule`)),
    requestedIp: annotations[`${AZURE}/azure-load-balancer-ipv4`] ?? stringAt(service, 'spec', 'loadBalancerIP'),
    sourceRanges: stringsAt(service, 'spec', 'loadBalancerSourceRanges').map((range) => range.trim()),
    annotations,
  };
}

function stringMap(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
