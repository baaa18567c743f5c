import { resourceIds, type NamedSpec } from './names.ts';

/** A cluster behind an environment's firewall. */
export interface ClusterPlace {
  readonly name: string;
  /** Full ARM id. */
  readonly id: string;
  /** Full ARM id of the group that AKS keeps for its nodes. */
  readonly nodeResourceGroup: string;
  /** Whether its API server has no address on the Internet. */
  readonly isPrivate: boolean;
}

type PlacedSpec = NamedSpec & { readonly cluster: { readonly private?: boolean } };

/** The clusters whose API servers have an address on the Internet, and ranges that may reach it. */
export const restrictedClustersOf = (spec: PlacedSpec): readonly ClusterPlace[] =>
  clustersOf(spec).filter(({ isPrivate }) => !isPrivate);

/** The clusters of an environment, in the order of the spec. */
export function clustersOf(spec: PlacedSpec): readonly ClusterPlace[] {
  const { cluster: id, nodeResourceGroup } = resourceIds(spec);
  const adopted = spec.adopt?.found?.clusters;
  if (adopted !== undefined) return adopted;
  // Specs of versions that knew no private clusters don't say.
  return [{ name: spec.cluster.name, id, nodeResourceGroup, isPrivate: spec.cluster.private === true }];
}
