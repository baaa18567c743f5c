import { v5 as uuidV5 } from 'uuid';
import type { OwnedRule } from '../actual/natRules.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { HeldDeletions, KeptRule } from '../model/publication.ts';
import type { DeletionCandidate, Kept } from './ruleFates.ts';

const NAME_SPACE = '3c8f6f0e-52d7-5a0b-8e0c-0d6b3a1b7e42';

export interface GuardedDeletions {
  readonly deleted: readonly DeletionCandidate[];
  readonly kept: readonly Kept[];
  readonly held?: HeldDeletions;
}

/**
 * Which deletions may happen now. More than the spec takes for everyday (`ingress.maxDeletes`: a share of the rules or a
 * number, whichever is more) wait for approval, and so does what an empty list calls for: controllers of this kind have
 * wiped gateways after one bad answer.
 *
 * @param approved the hash of the held deletions that somebody has approved; another one releases nothing
 */
export function guardDeletions(
  candidates: readonly DeletionCandidate[],
  ownedCount: number,
  { ingress: { maxDeletes, policy } }: EnvironmentSpec,
  approved: string | undefined,
): GuardedDeletions {
  if (policy === 'upsert-only') {
    const reason = 'ingress.policy is upsert-only, which never deletes a rule.';
    return { deleted: [], kept: candidates.map(({ owned }) => keptFor(owned, 'policy', reason)) };
  }
  const limit = Math.max(maxDeletes.count, Math.floor((ownedCount * maxDeletes.percent) / 100));
  const tooMany = candidates.length > limit;
  const held = candidates.filter(({ suspicious }) => tooMany || suspicious);
  if (held.length === 0) return { deleted: candidates, kept: [] };
  const rules = held.map(({ owned }) => owned.name).toSorted();
  const hash = uuidV5(JSON.stringify(rules), NAME_SPACE);
  if (hash === approved) return { deleted: candidates, kept: [] };
  const reason = tooMany
    ? `${candidates.length} of ${ownedCount} rules would be deleted, more than the ${limit} of ingress.maxDeletes.`
    : 'The list of services is empty while rules of the cluster are there.';
  return {
    deleted: candidates.filter((one) => !held.includes(one)),
    kept: held.map(({ owned }) => keptFor(owned, 'held', `${reason} It waits for an approval.`)),
    held: { hash, rules, reason },
  };
}

function keptFor(owned: OwnedRule, code: KeptRule['code'], reason: string): Kept {
  return { owned, kept: { name: owned.name, code, reason } };
}
