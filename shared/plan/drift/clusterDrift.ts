import { desiredCluster } from '../../desired/cluster.ts';
import type { EnvironmentSpec } from '../../model/environmentSpec.ts';
import type { JsonObject } from '../../model/json.ts';
import { fixedDifferences } from '../clusterUpdate.ts';
import type { DriftFinding } from './finding.ts';
import { planResource } from '../mergeResource.ts';

/**
 * How a standing cluster differs from the spec. A sync writes no cluster: what AKS changes in place comes with the next
 * provisioning, and what it doesn't stays, so these are shown beside drift. The authorized ranges are their lane's, and said
 * there; a cluster of somebody else is none of our business.
 *
 * @param cluster raw
 * @param frontends ranges that the nodes come from; without any, nobody can say what a cluster should be like
 */
export function clusterFindings(
  spec: EnvironmentSpec,
  cluster: JsonObject,
  frontends: readonly string[],
): readonly DriftFinding[] {
  // What a cluster that was adopted should be like, the spec does not say.
  if (frontends.length === 0 || spec.adopt !== undefined) return [];
  const desired = desiredCluster(spec, { frontends, outboundRanges: [] });
  const fixed = new Set(fixedDifferences(desired, cluster, spec.name).map(({ path }) => path));
  return planResource(desired, cluster, spec.name)
    .differences.filter(({ path }) => !path.startsWith('properties.apiServerAccessProfile.authorizedIPRanges'))
    .map(({ path, before, after }) => ({
      check: fixed.has(path) ? 'clusterAsBuilt' : 'clusterConfiguration',
      resource: desired.id,
      what: path,
      ...(after !== undefined && { expected: after }),
      ...(before !== undefined && { actual: before }),
      severity: 'warning',
    }));
}
