import { stringAt, isJsonObject, objectsAt, type Json, type JsonObject } from '../model/json.ts';
import type { DesiredResource } from '../model/resource.ts';
import { compareVersions } from './kubernetesVersion.ts';
import { planResource } from './mergeResource.ts';
import type { Difference } from './resourcePlan.ts';

/** What AKS changes on a standing cluster; everything else of a pool is as it was made. */
const changeableOfPools = ['name', 'mode', 'count', 'orchestratorVersion'];
/** The same of a cluster's properties. */
const changeable = ['kubernetesVersion', 'disableLocalAccounts'];

/**
 * What of a desired cluster can be written to the one that stands: AKS refuses to change the network, the identity or the
 * machines of a pool in place (`PropertyChangeNotAllowed`), and to go back to an older Kubernetes. What differs there is
 * told (`fixedDifferences`) and not fought.
 *
 * @param actual absent: the cluster is to be created, and nothing is left out
 */
export function clusterUpdate(desired: DesiredResource, actual: JsonObject | undefined): DesiredResource {
  if (actual === undefined) return desired;
  const properties = objectOf(desired.body['properties']);
  const present = objectsAt(actual, 'properties', 'agentPoolProfiles');
  const pools = objectsAt(properties, 'agentPoolProfiles').map((pool) => {
    const standing = present.find((other) => sameName(other, pool));
    if (standing === undefined) return pool;
    return withoutOlder(only(pool, changeableOfPools), standing, 'orchestratorVersion');
  });
  const access = objectOf(properties['apiServerAccessProfile']);
  const { tags, location } = desired.body;
  const { aadProfile } = properties;
  const kept = withoutOlder(only(properties, changeable), objectOf(actual['properties']), 'kubernetesVersion');
  return {
    ...desired,
    body: {
      ...(tags !== undefined && { tags }),
      ...(location !== undefined && { location }),
      properties: {
        ...kept,
        agentPoolProfiles: pools,
        ...(aadProfile !== undefined && { aadProfile }),
        ...(access['authorizedIPRanges'] !== undefined && {
          apiServerAccessProfile: { authorizedIPRanges: access['authorizedIPRanges'] },
        }),
      },
    },
  };
}

/** A difference that stands, as a sentence's part. */
export const fixedDifferenceText = ({ path, before, after }: Difference): string =>
  `${path.replace(/^properties\./, '')} is ${JSON.stringify(before ?? null)} and not ${JSON.stringify(after ?? null)}`;

/** What of a standing cluster differs and can't be changed in place. */
export function fixedDifferences(
  desired: DesiredResource,
  actual: JsonObject | undefined,
  environment: string,
): readonly Difference[] {
  const all = planResource(desired, actual, environment).differences;
  const written = planResource(clusterUpdate(desired, actual), actual, environment).differences;
  const paths = new Set(written.map(({ path }) => path));
  return all.filter(({ path }) => !paths.has(path));
}

/** What is wanted, without a version that is older than the one that stands. */
function withoutOlder(wanted: JsonObject, standing: JsonObject, key: string): JsonObject {
  const [version, actual] = [stringAt(wanted, key), stringAt(standing, key)];
  const isOlder = version !== undefined && actual !== undefined && compareVersions(version, actual) < 0;
  return isOlder ? Object.fromEntries(Object.entries(wanted).filter(([name]) => name !== key)) : wanted;
}

const sameName = (a: JsonObject, b: JsonObject): boolean =>
  stringAt(a, 'name')?.toLowerCase() === stringAt(b, 'name')?.toLowerCase();

const objectOf = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});

const only = (object: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => names.includes(name)));
