import { clusterFacts } from '../actual/facts.ts';
import type { DeveloperGrant, EnvironmentSpec } from '../model/environmentSpec.ts';
import { canonicalRange, contains, rangeOf } from '../model/ipRange.ts';
import { jsonAt, type JsonObject } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';

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
  /** The whole list to write; absent when nothing is to be written. Never empty: that would open the API server. */
  readonly ranges?: readonly string[];
  /**
   * What Gatehouse answers for, canonical; to be recorded before the write. What is being removed stays in it until it is
   * really gone, so that a write that fails forgets nothing.
   */
  readonly ownedRanges: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** What can't be done, each with its remedy. */
  readonly problems: readonly Problem[];
}

/**
 * The API server's authorized ranges against what is wanted: frontends, the app's own addresses and unexpired grants. The
 * list is merged, never replaced: foreign entries stay as they are spelled, and only what Gatehouse itself has written is
 * ever taken out. A range that is covered already is no change, and not owned, so that its end takes nothing from others.
 *
 * | range | wanted | result |
 * | --- | --- | --- |
 * | in the list, or covered by what stays in it | yes | stays |
 * | not in the list | yes | added, owned from then on; a problem beyond 200 |
 * | owned, in the list | no longer | removed, unless nothing would be left |
 * | foreign, in the list | no | stays |
 * | any, and the cluster is private | | none of our business |
 */
export function planRanges(input: RangePlanInput): RangePlan {
  const actual = clusterFacts(input.cluster).authorizedRanges;
  const present = new Set(actual.map(canonicalRange));
  const wanted = wantedRanges(input);
  // The addresses of our own firewall are ours to take out, whoever has written them: a new frontend is let in with the
  // firewall. Those of an adopted one may have been let in by its owner, and may serve the nodes elsewhere once it has lost them.
  const firewalls = input.spec.adopt === undefined ? input.frontends : [];
  const answered = [...(input.ownedRanges ?? wanted), ...firewalls].map(canonicalRange);
  const owned = [...new Set(answered)].filter((range) => present.has(range));
  const unchanged = { ownedRanges: owned.toSorted(), added: [], removed: [] };
  const isOff = actual.length === 0;
  if (isPrivate(input.cluster) || (isOff && !mayRestrict(input.spec))) return { ...unchanged, problems: [] };
  if (wanted.length === 0) return { ...unchanged, problems: [nothingWanted] };

  const removed = owned.filter((range) => !wanted.includes(range));
  const kept = actual.filter((range) => !removed.includes(canonicalRange(range)));
  const { added, problems } = additions(kept, wanted);
  const ranges = [...kept, ...added];
  if (ranges.length === 0) return { ...unchanged, problems: [...problems, nothingWanted] };
  return {
    ...(added.length + removed.length > 0 && { ranges }),
    ownedRanges: [...new Set([...owned, ...added])].toSorted(),
    added,
    removed,
    problems,
  };
}

/** Whether an API server that is open to the Internet is to be restricted: one of our own is, an adopted one when asked for. */
const mayRestrict = ({ adopt }: EnvironmentSpec): boolean =>
  adopt === undefined || adopt.fix.includes('authorizedRanges');

/**
 * Whether a plan is to be carried out. With `drift.action: report` what somebody has taken out of the list or put into it is
 * told and left alone; a grant that was given or has ended is no drift, and is written whatever the action.
 *
 * @param ownedRanges what Gatehouse answered for before the plan
 */
export function isToBeWritten(
  { ranges, added, removed }: Pick<RangePlan, 'ranges' | 'added' | 'removed'>,
  { drift }: EnvironmentSpec,
  ownedRanges: readonly string[],
): boolean {
  if (ranges === undefined) return false;
  return drift.action === 'repair' || removed.length > 0 || added.some((range) => !ownedRanges.includes(range));
}

/** The unexpired grants among those given; one without an expiry never ends by itself. */
function unexpired(grants: readonly DeveloperGrant[], now: Date): readonly DeveloperGrant[] {
  return grants.filter(({ expires }) => expires === undefined || Date.parse(expires) > now.getTime());
}

/** Canonical, each once; what the cluster can't do without comes first. */
function wantedRanges({ spec, frontends, outboundRanges, grants, now }: RangePlanInput): readonly string[] {
  const granted = unexpired([...spec.access.developers, ...grants], now).map(({ cidr }) => canonicalRange(cidr));
  const own = [...frontends, ...outboundRanges].map(canonicalRange);
  return [...new Set([...own, ...granted.toSorted()])];
}

/** What of the wanted ranges the kept ones don't cover, as far as there is room. */
function additions(kept: readonly string[], wanted: readonly string[]) {
  const covering = kept.flatMap((text) => rangeOf(text) ?? []);
  const added: string[] = [];
  const problems: Problem[] = [];
  for (const text of wanted) {
    const range = rangeOf(text);
    if (range === undefined || covering.some((outer) => contains(outer, range))) continue;
    if (kept.length + added.length >= MAX_AUTHORIZED_RANGES) {
      problems.push(tooMany(text));
      continue;
    }
    added.push(range.cidr);
    covering.push(range);
  }
  return { added, problems };
}

/** The API server of a private cluster has no public address that could be restricted. */
function isPrivate(cluster: JsonObject): boolean {
  return jsonAt(cluster, 'properties', 'apiServerAccessProfile', 'enablePrivateCluster') === true;
}

const nothingWanted: Problem = {
  path: 'access',
  message:
    'the list of authorized ranges would be empty, which opens the API server to the Internet; it stays as it is',
  remedy: 'Give the firewall a public address, and set GATEHOUSE_OUTBOUND_RANGES to the addresses of the app.',
};

function tooMany(cidr: string): Problem {
  return {
    path: 'access.developers',
    message: `${cidr} is not authorized: the API server has ${MAX_AUTHORIZED_RANGES} ranges already, and Azure takes no more`,
    remedy: 'Revoke grants that are no longer needed, or merge them into wider ranges (up to /16).',
  };
}
