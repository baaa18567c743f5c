import { clusterFacts } from '../actual/facts.ts';
import type { DeveloperGrant, EnvironmentSpec } from '../model/environmentSpec.ts';
import { NoRangesError, TooManyRangesError } from '../model/errors.ts';
import { canonicalRange, mergeRanges } from '../model/ipRange.ts';
import type { JsonObject } from '../model/json.ts';

/** AKS takes no more (2000 only with API server VNet integration, which is not used). */
export const MAX_AUTHORIZED_RANGES = 200;

export interface RangePlanInput {
  readonly spec: EnvironmentSpec;
  /** The cluster as ARM answers it. */
  readonly cluster: JsonObject;
  /** Public addresses of the firewall: the nodes reach the API server through them. */
  readonly frontends: readonly string[];
  /** The app's own addresses. */
  readonly outboundRanges: readonly string[];
  /** Grants made at run time, beside those of the spec. */
  readonly grants: readonly DeveloperGrant[];
  /** What Gatehouse has written before; absent when the lane looks for the first time, after the creation. */
  readonly ownedRanges?: readonly string[];
  readonly now: Date;
}

export interface RangePlan {
  /** The whole list to write, canonical; absent when nothing is to be written. */
  readonly ranges?: readonly string[];
  /** What Gatehouse answers for once that is written; to be recorded before. */
  readonly ownedRanges: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/**
 * The API server's authorized ranges against what is wanted: frontends, the app's own addresses and unexpired grants. The
 * list is merged, never replaced: foreign entries stay, and only what Gatehouse itself has written is ever taken out. A
 * range that is covered already is no change, and not owned, so that its end takes nothing away from others.
 *
 * | range | wanted | result |
 * | --- | --- | --- |
 * | in the list, covered by it | yes | stays |
 * | not in the list | yes | added, owned from then on |
 * | owned, in the list | no longer | removed |
 * | foreign, in the list | no | stays |
 *
 * @throws NoRangesError, TooManyRangesError before anything could be written
 */
export function planRanges(input: RangePlanInput): RangePlan {
  const actual = clusterFacts(input.cluster).authorizedRanges.map(canonicalRange);
  const wanted = wantedRanges(input);
  if (wanted.length === 0) throw new NoRangesError();
  const owned = (input.ownedRanges ?? wanted).map(canonicalRange).filter((range) => actual.includes(range));
  const removed = owned.filter((range) => !wanted.includes(range));
  const kept = actual.filter((range) => !removed.includes(range));
  const ranges = mergeRanges(kept, wanted);
  const added = ranges.filter((range) => !kept.includes(range));
  if (added.length > 0 && ranges.length > MAX_AUTHORIZED_RANGES) {
    throw new TooManyRangesError(ranges.length, MAX_AUTHORIZED_RANGES);
  }
  return {
    ...(added.length + removed.length > 0 && { ranges }),
    ownedRanges: [...owned.filter((range) => wanted.includes(range)), ...added].toSorted(),
    added,
    removed,
  };
}

function wantedRanges({ spec, frontends, outboundRanges, grants, now }: RangePlanInput): readonly string[] {
  const unexpired = [...spec.access.developers, ...grants].filter(
    ({ expires }) => expires === undefined || Date.parse(expires) > now.getTime(),
  );
  const all = [...frontends, ...outboundRanges, ...unexpired.map(({ cidr }) => cidr)];
  return [...new Set(all.map(canonicalRange))];
}
