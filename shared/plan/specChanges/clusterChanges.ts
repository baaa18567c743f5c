import type { EnvironmentSpec } from '../../model/environmentSpec.ts';
import { asSection, changesBelow } from './changesBelow.ts';
import { clusterRules, subnetRules } from './rules.ts';
import type { SpecChange } from './specChange.ts';

/** What a list of clusters says otherwise, each by the rules of a single one. */
export function clusterChanges(
  before: readonly EnvironmentSpec[],
  after: readonly EnvironmentSpec[],
): readonly SpecChange[] {
  const find = (views: readonly EnvironmentSpec[], { cluster: { name } }: EnvironmentSpec) =>
    views.find(({ cluster }) => cluster.name.toLowerCase() === name.toLowerCase());
  const gone = before.filter((old) => find(after, old) === undefined);
  const [first] = before;
  return [
    ...gone.map(goneCluster),
    ...after.flatMap((view, index): readonly SpecChange[] => {
      const path = ['clusters', String(index)];
      const old = find(before, view);
      if (index === 0 && old !== first && !gone.includes(first!)) return [movedCluster(view, path)];
      if (old === undefined) return [addedCluster(view, path)];
      const [subnet, wantedSubnet] = [old.network.clusterSubnet, view.network.clusterSubnet];
      return [
        ...changesBelow(clusterRules, asSection(old.cluster), asSection(view.cluster), path),
        ...changesBelow(subnetRules, asSection(subnet), asSection(wantedSubnet), [...path, 'subnet']),
      ];
    }),
  ];
}

/** Whether a change is that a cluster is left out. */
export const isClusterGone = ({ path }: SpecChange): boolean => path === GONE;

const GONE = 'clusters';

function goneCluster({ cluster: { name } }: EnvironmentSpec): SpecChange {
  return {
    path: GONE,
    before: name,
    applied: 'refused',
    message: `the cluster "${name}" can't be left out: it would be deleted, with everything that runs in it`,
    remedy:
      'Keep it in the list. To be rid of it, start another environment with the other clusters, move over, and delete this one.',
  };
}

/** Azure makes it beside those that stand. */
function addedCluster({ cluster: { name } }: EnvironmentSpec, path: readonly string[]): SpecChange {
  return {
    path: path.join('.'),
    after: name,
    applied: 'in place',
    note: 'The cluster is created, in a subnet of its own.',
  };
}

/** The first one has names that the others don't have. */
function movedCluster({ cluster: { name } }: EnvironmentSpec, path: readonly string[]): SpecChange {
  return {
    path: path.join('.'),
    after: name,
    applied: 'refused',
    message: `the cluster "${name}" was not the first one, and the first one can't change`,
    remedy: 'Leave the first cluster of the list where it is, and add others after it.',
  };
}
