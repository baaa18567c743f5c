import type { OwnedRule } from '../actual/natRules.ts';
import type { DeletedRule, KeptRule, SkippedPort, WantedPublication } from '../model/publication.ts';
import type { DeletionCandidate } from './deletionGuard.ts';
import type { ListState } from './serviceLists.ts';

/** The first rule of each name; Azure takes no second one. */
export function ownedByName(owned: readonly OwnedRule[]): ReadonlyMap<string, OwnedRule> {
  const byRule = new Map<string, OwnedRule>();
  for (const rule of owned) if (!byRule.has(rule.name)) byRule.set(rule.name, rule);
  return byRule;
}

export interface Fates {
  readonly kept: readonly { readonly owned: OwnedRule; readonly kept: KeptRule }[];
  readonly candidates: readonly DeletionCandidate[];
}

/** What becomes of the owned rules that no wanted publication takes over. */
export function fatesOf(
  byName: ReadonlyMap<string, OwnedRule>,
  owned: readonly OwnedRule[],
  wanted: readonly WantedPublication[],
  skipped: readonly SkippedPort[],
  states: ReadonlyMap<string, ListState>,
): Fates {
  const claimed = new Set<OwnedRule>();
  for (const { ruleName } of wanted) {
    const rule = byName.get(ruleName);
    if (rule !== undefined) claimed.add(rule);
  }
  const skips = new Map<string, SkippedPort>();
  for (const skip of skipped) if (byName.has(skip.ruleName)) skips.set(skip.ruleName, skip);
  const kept: { owned: OwnedRule; kept: KeptRule }[] = [];
  const candidates: DeletionCandidate[] = [];
  for (const rule of owned) {
    if (claimed.has(rule)) continue;
    const { name } = rule;
    const state = states.get(rule.cluster);
    const skip = byName.get(name) === rule ? skips.get(name) : undefined;
    if (state === undefined || state === 'failed') {
      const code = state === undefined ? 'cluster-not-listed' : 'list-failed';
      const reason = `The services of ${rule.cluster} are not known, so nothing of it is deleted.`;
      kept.push({ owned: rule, kept: { name, code, reason } });
    } else if (skip?.keepsRule === true) {
      kept.push({ owned: rule, kept: { name, code: skip.code, reason: skip.reason } });
    } else {
      candidates.push({ owned: rule, deletion: deletionOf(name, skip), suspicious: state === 'empty' });
    }
  }
  return { kept, candidates };
}

function deletionOf(name: string, skip: SkippedPort | undefined): DeletedRule {
  if (skip !== undefined) return { name, code: skip.code, reason: skip.reason };
  return { name, code: 'service-gone', reason: 'the service port is gone, or no LoadBalancer any more.' };
}
