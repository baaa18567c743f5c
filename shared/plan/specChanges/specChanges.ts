import { clusterViews } from '../../model/clusters.ts';
import type { EnvironmentSpec } from '../../model/environmentSpec.ts';
import { asSection, changesBelow } from './changesBelow.ts';
import { clusterChanges } from './clusterChanges.ts';
import { rules } from './rules.ts';
import type { SpecChange } from './specChange.ts';

/**
 * Every field that differs, in the order of the spec. What is refused is what Azure can't change on what stands, or only by
 * cutting the environment off.
 *
 * @param before with every field that this version knows (`completedSpec`)
 */
export function specChanges(before: EnvironmentSpec, after: EnvironmentSpec): readonly SpecChange[] {
  const changes = changesBelow(rules, asSection(before), asSection(after), []);
  const isListed = before.clusters !== undefined || after.clusters !== undefined;
  if (!isListed) return changes;
  const ofFirst = ({ path }: SpecChange) => path.startsWith('cluster.') || path.startsWith('network.clusterSubnet.');
  return [
    ...changes.filter((change) => !ofFirst(change)),
    ...clusterChanges(clusterViews(before), clusterViews(after)),
  ];
}
