import { resourceIds, type NamedSpec } from './names.ts';
import type { EnvironmentSpec } from './spec/types.ts';

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

interface PrivateOrNot {
  readonly name: string;
  readonly private?: boolean;
}

type PlacedSpec = Omit<NamedSpec, 'cluster' | 'clusters'> & {
  readonly cluster: PrivateOrNot;
  readonly clusters?: readonly PrivateOrNot[];
};

/** The clusters whose API servers have an address on the Internet, and ranges that may reach it. */
export const restrictedClustersOf = (spec: PlacedSpec): readonly ClusterPlace[] =>
  clustersOf(spec).filter(({ isPrivate }) => !isPrivate);

/** The clusters of an environment, in the order of the spec. */
export function clustersOf(spec: PlacedSpec): readonly ClusterPlace[] {
  const adopted = spec.adopt?.found?.clusters;
  if (adopted !== undefined) return adopted;
  const { clusters = [spec.cluster] } = spec;
  return clusters.map((cluster) => {
    const { cluster: id, nodeResourceGroup } = resourceIds({ ...spec, cluster });
    // Specs of versions that knew no private clusters don't say.
    return { name: cluster.name, id, nodeResourceGroup, isPrivate: cluster.private === true };
  });
}

/**
 * The environment as each of its clusters sees it, in the order of the spec: `cluster` and `network.clusterSubnet` are that
 * one's. What is about one cluster takes such a view.
 */
export function clusterViews(spec: EnvironmentSpec): readonly EnvironmentSpec[] {
  const { clusters } = spec;
  if (clusters === undefined) return [spec];
  return clusters.map(({ subnet, ...cluster }) => ({
    ...spec,
    cluster,
    network: { ...spec.network, clusterSubnet: subnet },
  }));
}

/** The environment as the cluster of that name sees it. @throws Error where the spec has no such cluster */
export function clusterView(spec: EnvironmentSpec, name: string): EnvironmentSpec {
  const view = clusterViews(spec).find(({ cluster }) => cluster.name === name);
  if (view === undefined) throw new Error(`Environment ${spec.name} has no cluster ${name}.`);
  return view;
}

/** The path of a field of the view's cluster in the spec: `cluster.version`, or `clusters.1.version`. */
export function fieldOf({ cluster, clusters }: EnvironmentSpec, field: string): string {
  const index = clusters?.findIndex(({ name }) => name === cluster.name);
  return index === undefined ? `cluster.${field}` : `clusters.${index}.${field}`;
}
