import type { OwnedRule } from '../actual/natRules.ts';
import type { DeletedRule, KeptRule, SkippedPort, WantedPublication } from '../model/publication.ts';
import type { ListState } from './serviceLists.ts';

/** A publication and the rule that it has already. */
export interface Matched {
  readonly wanted: WantedPublication;
  readonly owned: OwnedRule;
}

interface Matches {
  readonly matched: readonly Matched[];
  /** Publications without a rule. */
  readonly newcomers: readonly WantedPublication[];
  /** Rules that no publication wants as they are called. */
  readonly unclaimed: readonly OwnedRule[];
}

/** Brings publications and rules together by name. Of several rules of one name, which Azure doesn't take, the first counts. */
export function matchRules(wanted: readonly WantedPublication[], owned: readonly OwnedRule[]): Matches {
  if (owned.length === 0) return { matched: [], newcomers: wanted, unclaimed: [] };
  const byName = new Map<string, number>();
  owned.forEach(({ name }, index) => {
    if (!byName.has(name)) byName.set(name, index);
  });
  const matched: Matched[] = [];
  const newcomers: WantedPublication[] = [];
  const claimed: boolean[] = [];
  for (const one of wanted) {
    const index = byName.get(one.ruleName);
    const rule = index === undefined ? undefined : owned[index];
    if (index === undefined || rule === undefined) {
      newcomers.push(one);
    } else {
      matched.push({ wanted: one, owned: rule });
      claimed[index] = true;
    }
  }
  return { matched, newcomers, unclaimed: owned.filter((_, index) => claimed[index] !== true) };
}

/** A rule that stays byte for byte. */
export interface Kept {
  readonly owned: OwnedRule;
  readonly kept: KeptRule;
}

/** An owned rule that nothing calls for any more. */
export interface DeletionCandidate {
  readonly owned: OwnedRule;
  readonly deletion: DeletedRule;
  /** The list that it follows from is suspicious: it is held however few there are. */
  readonly suspicious: boolean;
}

interface Fates {
  readonly kept: readonly Kept[];
  readonly candidates: readonly DeletionCandidate[];
}

/** What becomes of the rules that no publication wants: they stay where nobody knows better, else they are to go. */
export function fatesOf(
  unclaimed: readonly OwnedRule[],
  skipped: readonly SkippedPort[],
  states: ReadonlyMap<string, ListState>,
): Fates {
  if (unclaimed.length === 0) return { kept: [], candidates: [] };
  const names = new Set(unclaimed.map(({ name }) => name));
  const skips = new Map<string, SkippedPort>();
  for (const skip of skipped) if (names.has(skip.ruleName)) skips.set(skip.ruleName, skip);
  const kept: Kept[] = [];
  const candidates: DeletionCandidate[] = [];
  for (const owned of unclaimed) {
    const { name, cluster } = owned;
    const state = states.get(cluster);
    const skip = skips.get(name);
    if (state === undefined || state === 'failed') {
      const code = state === undefined ? 'cluster-not-listed' : 'list-failed';
      const reason = `the services of ${cluster} are not known, so nothing of it is deleted.`;
      kept.push({ owned, kept: { name, code, reason } });
    } else if (skip?.keepsRule === true) {
      kept.push({ owned, kept: { name, code: skip.code, reason: skip.reason } });
    } else {
      candidates.push({ owned, deletion: deletionOf(name, skip), suspicious: state === 'empty' });
    }
  }
  return { kept, candidates };
}

function deletionOf(name: string, skip: SkippedPort | undefined): DeletedRule {
  if (skip !== undefined) return { name, code: skip.code, reason: skip.reason };
  return { name, code: 'service-gone', reason: 'the service port is gone, or no LoadBalancer any more.' };
}
