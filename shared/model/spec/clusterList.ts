import type { Problem } from '../problem.ts';
import type { Checked } from './checked.ts';
import { clusterOf } from './clusterDefaults.ts';
import type { PlacedClusterSpec } from './clusterTypes.ts';
import { hasField, listAt } from './input.ts';
import type { SpecDraft } from './schema.ts';

/** Where the default ranges of the clusters after the first one begin: clear of the other default subnets, one /24 each. */
const FIRST_FURTHER_SUBNET = 11;

/**
 * The clusters that a draft stands for, each with its subnet. The first one's is `network.clusterSubnet`, as it is where there
 * is only one; the n-th of a list (from 2 on) has `10.42.(9 + n).0/24` by default.
 */
export function placedClusters(
  draft: Pick<SpecDraft, 'name' | 'network' | 'cluster' | 'clusters'>,
): readonly PlacedClusterSpec[] {
  const { name: environment, network, cluster, clusters } = draft;
  if (clusters === undefined) return [{ ...clusterOf(environment, cluster), subnet: network.clusterSubnet }];
  return clusters.map(({ subnet, ...fields }, index) => {
    const placed = clusterOf(environment, fields);
    const usual =
      index === 0
        ? network.clusterSubnet
        : { name: `aks-subnet-${placed.name}`, prefix: `10.42.${FIRST_FURTHER_SUBNET + index - 1}.0/24` };
    return { ...placed, subnet: { ...usual, ...subnet } };
  });
}

/** What the checks of one cluster look at: `cluster` and `network.clusterSubnet` of the draft are that one's. */
export interface CheckedCluster extends Checked {
  /** Path of the field that is called so where there is one cluster. */
  readonly at: (path: string) => string;
  /** `the subnet`, and whose it is where there are several; `alone` where there is one. */
  readonly ofIt: (what: string, alone?: string) => string;
}

/** Every cluster of the spec by itself; none where an entry of the list could not be used. */
export function checkedClusters(checked: Checked): readonly CheckedCluster[] {
  const { draft, sound, input } = checked;
  const { clusters } = draft;
  if (clusters === undefined) return [{ ...checked, at: (path) => path, ofIt: (what, alone = what) => alone }];
  if (!sound('clusters') || listAt(input, ['clusters']).length !== clusters.length) return [];
  return placedClusters(draft).map(({ subnet }, index) => {
    const { subnet: _given, ...cluster } = clusters[index]!;
    const at = (path: string) => inList(path, index);
    return {
      ...checked,
      draft: { ...draft, cluster, network: { ...draft.network, clusterSubnet: subnet } },
      sound: (path) => sound(at(path)),
      at,
      ofIt: (what) => `${what} of the cluster "${cluster.name ?? draft.name}"`,
    };
  });
}

/** Problems of one cluster, with the paths that its fields have in the spec. */
export const toldOf = ({ at }: CheckedCluster, problems: readonly Problem[]): readonly Problem[] =>
  problems.map((problem) => ({ ...problem, path: at(problem.path), remedy: at(problem.remedy) }));

const inList = (text: string, index: number): string =>
  text
    .replace(/\bnetwork\.clusterSubnet\b/g, `clusters.${index}.subnet`)
    .replace(/\bcluster\.(?=[a-z])/gi, `clusters.${index}.`);

/** How a list of clusters fits together, and into the rest of the spec. */
export function clusterListProblems(checked: Checked): readonly Problem[] {
  const { draft } = checked;
  if (draft.clusters === undefined) return [];
  const placed = placedClusters(draft);
  const views = checkedClusters(checked);
  return [
    ...besideProblems(checked, placed),
    ...(views.length < 2
      ? []
      : [...nameProblems(draft.clusters), ...subnetNameProblems(placed), ...kubenetProblems(views)]),
  ];
}

/** What the app itself has parsed says both, and the same twice. */
function besideProblems({ draft, input }: Checked, [first]: readonly PlacedClusterSpec[]): readonly Problem[] {
  if (first === undefined) return [];
  const { subnet, ...cluster } = first;
  const isSame = (a: object, b: object) => JSON.stringify(a) === JSON.stringify(b);
  const problems: Problem[] = [];
  if (hasField(input, 'cluster') && !isSame(clusterOf(draft.name, draft.cluster), cluster)) {
    problems.push({
      path: 'cluster',
      message: 'clusters are described either one by one in clusters, or as the only one in cluster',
      remedy: 'Leave one of the two out: what cluster says goes into the first entry of clusters.',
    });
  }
  if (hasField(input, 'network', 'clusterSubnet') && !isSame(draft.network.clusterSubnet, subnet)) {
    problems.push({
      path: 'network.clusterSubnet',
      message: 'it is the subnet of the first cluster, and clusters.0.subnet says otherwise',
      remedy: 'Leave one of the two out.',
    });
  }
  return problems;
}

/** Rules, lanes and node resource groups are told apart by the clusters' names; Azure compares names case-insensitively. */
function nameProblems(clusters: NonNullable<SpecDraft['clusters']>): readonly Problem[] {
  const names = clusters.map(({ name }) => name?.toLowerCase());
  return names.flatMap((name, index): Problem[] => {
    const path = `clusters.${index}.name`;
    if (name === undefined) {
      return [{ path, message: 'each of several clusters needs a name', remedy: 'Give it one, such as blue.' }];
    }
    if (names.indexOf(name) === index) return [];
    return [{ path, message: `the name "${name}" is used twice`, remedy: 'Give each cluster its own name.' }];
  });
}

function subnetNameProblems(placed: readonly PlacedClusterSpec[]): readonly Problem[] {
  const names = placed.map(({ subnet }) => subnet.name.toLowerCase());
  return names.flatMap((name, index): Problem[] => {
    if (names.indexOf(name) === index) return [];
    return [
      {
        path: `clusters.${index}.subnet.name`,
        message: `the subnet "${name}" is that of another cluster already`,
        remedy: 'Give each cluster a subnet of its own.',
      },
    ];
  });
}

/**
 * AKS writes the routes of a kubenet cluster's pods into its route table, which no other cluster may use
 * (https://learn.microsoft.com/azure/aks/configure-kubenet); behind one firewall there is one table.
 */
function kubenetProblems(clusters: readonly CheckedCluster[]): readonly Problem[] {
  return clusters
    .filter(({ draft, sound }) => sound('cluster.cni') && draft.cluster.cni === 'kubenet')
    .map(({ at }) => ({
      path: at('cluster.cni'),
      message: 'kubenet needs a route table that no other cluster uses, and all clusters of an environment share one',
      remedy: 'Use azure-overlay, or give this cluster an environment of its own.',
    }));
}
