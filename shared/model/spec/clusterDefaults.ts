import { SYSTEM_ASSIGNED, type ClusterSpec, type NetworkPlugin } from './clusterTypes.ts';
import type { SpecDraft } from './schema.ts';

/** What AKS itself takes. */
const DEFAULT_POD_CIDR = '10.244.0.0/16';

/** The range that pods have addresses of, where it is not the subnet's. */
export function podRange({ cni, podCidr }: { readonly cni: NetworkPlugin; readonly podCidr?: string }) {
  return podCidr ?? (cni === 'azure' ? undefined : DEFAULT_POD_CIDR);
}

/** The cluster that a draft without problems stands for, in an environment of that name. */
export function clusterOf(environment: string, cluster: SpecDraft['cluster']): ClusterSpec {
  const { name = environment, identity, ...rest } = cluster;
  const podCidr = podRange(cluster);
  return {
    name,
    ...rest,
    ...(cluster.servicePrincipal === undefined && { identity: identity ?? SYSTEM_ASSIGNED }),
    ...(podCidr !== undefined && { podCidr }),
  };
}
