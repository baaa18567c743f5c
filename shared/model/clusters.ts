import { resourceIds, type NamedSpec } from './names.ts';

/** A cluster behind an environment's firewall. */
export interface ClusterPlace {
  readonly name: string;
  /** Full ARM id. */
  readonly id: string;
  /** Full ARM id of the group that AKS keeps for its nodes. */
  readonly nodeResourceGroup: string;
}

/** The clusters whose API servers have an address on the Internet, and ranges that may reach it. */
export const restrictedClustersOf = (
  spec: NamedSpec & { readonly cluster: { readonly private: boolean } },
): readonly ClusterPlace[] => (spec.cluster.private ? [] : clustersOf(spec));

/** The clusters of an environment, in the order of the spec. */
export function clustersOf(spec: NamedSpec): readonly ClusterPlace[] {
  const { cluster: id, nodeResourceGroup } = resourceIds(spec);
  return [{ name: spec.cluster.name, id, nodeResourceGroup }];
}
