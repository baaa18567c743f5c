import { owner } from '../actual/owner.ts';
import type { JsonObject } from '../model/json.ts';
import type { DesiredResource, ResourceKind } from '../model/resource.ts';
import { mergeObject, type Found } from './merge.ts';
import { leavesOf } from './leaves.ts';
import type { Difference, ResourcePlan } from './resourcePlan.ts';

/** What is adopted carries no tag; one that says another environment's is that one's. */
const isOpenPart = ({ isPart }: DesiredResource, owned: string | undefined): boolean =>
  isPart === true && owned === undefined;

/**
 * These carry no tags: a subnet belongs to its network, a rule collection group to its policy and by its name to us, and a role
 * assignment has a name that only we would make.
 */
const untagged: readonly ResourceKind[] = ['subnet', 'ruleCollectionGroup', 'roleAssignment'];

/**
 * What has to happen to one resource, and the whole body of the PUT that does it.
 *
 * The body is the JSON as it was read, with only the differing values replaced. A PUT replaces the resource, so whatever
 * was left out (a peering, a collection somebody added, a property newer than this code) would be deleted. What goes is
 * what we once made and nobody wants any more: rule collections of ours, and whatever is in them. Read-only echo
 * (`etag`, `provisioningState`, `id`) is kept as well: ARM ignores it in a PUT, as `az resource update` shows, which sends
 * back everything it has read; telling it apart would need a list that ages.
 *
 * | actual | its tag | action |
 * | --- | --- | --- |
 * | absent | | create |
 * | present | ours | none or modify |
 * | present | missing, or another environment's | foreign: never written |
 *
 * @param actual the resource as ARM answers it, undefined when it answers 404
 * @param environment the name of the environment that wants to write
 * @throws TooManyRangesError when a cluster would get more authorized ranges than Azure takes
 */
export function planResource(
  desired: DesiredResource,
  actual: JsonObject | undefined,
  environment: string,
): ResourcePlan {
  const { kind, id } = desired;
  if (actual === undefined) {
    const differences = leavesOf(desired.body).map(({ path, value }): Difference => ({ path, after: value }));
    return { kind, id, action: 'create', differences, body: desired.body };
  }
  const owned = owner(actual);
  if (owned !== environment && !untagged.includes(kind) && !isOpenPart(desired, owned)) {
    return { kind, id, action: 'foreign', differences: [], ...(owned !== undefined && { owner: owned }) };
  }
  const found: Found = [];
  const body = mergeObject(desired.body, actual, '', found, desired.ownCollections);
  return { kind, id, action: found.length === 0 ? 'none' : 'modify', differences: found, body };
}
