import { owner } from '../actual/owner.ts';
import { classicView, type RulePolicy } from '../actual/rulePolicy.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { isList, jsonAt, type Json, type JsonObject } from '../model/json.ts';

/** What the rules of a firewall stand in. */
export interface RuleHolder {
  readonly firewall: JsonObject;
  /** What the firewall goes by; absent: by its own classic rules. */
  readonly policy?: RulePolicy;
}

/** @returns undefined where there is nothing that could hold a rule */
export function ruleHolder({ firewall, policy }: Partial<RuleHolder>): RuleHolder | undefined {
  if (firewall === undefined || (policy !== undefined && policy.policy === undefined)) return undefined;
  return { firewall, ...(policy !== undefined && { policy }) };
}

/** The DNAT rules of whatever holds them, in the form that plans read. */
export function natRuleView(spec: EnvironmentSpec, { firewall, policy }: RuleHolder): JsonObject {
  return policy === undefined ? firewall : classicView(policy, spec.name);
}

/** Every DNAT rule of whatever holds them, in collections of the classic form. */
export function natRulesOf(spec: EnvironmentSpec, holder: RuleHolder): readonly Json[] {
  const listed = jsonAt(natRuleView(spec, holder), 'properties', 'natRuleCollections');
  return isList(listed) ? listed : [];
}

/** Whether there is a policy to write a group into: our own with our tag, or another that we were told to use. */
export function mayHoldRules({ policy, isOwn }: RulePolicy, environment: string): boolean {
  return policy !== undefined && (!isOwn || owner(policy) === environment);
}
