import { natRules } from '../../actual/natRules.ts';
import type { JsonObject } from '../../model/json.ts';
import { JUMPBOX_RULE, resourceIds, ruleCollectionGroupId } from '../../model/names.ts';
import type { Publication } from '../../model/publication.ts';
import type { JumpboxRulePlan } from '../jumpboxRulePlan.ts';
import { natRuleView } from '../ruleHolder.ts';
import type { Compared } from './comparison.ts';
import type { DriftFinding } from './finding.ts';

/** Rules that services call for, and rules that none does. */
export function dnatRules({ input: { spec, firewall, policy, publications } }: Compared): readonly DriftFinding[] {
  if (publications === undefined || firewall === undefined) return [];
  const rules = natRules(natRuleView(spec, { firewall, ...(policy !== undefined && { policy }) }), spec.name);
  const actual = new Map(rules.owned.map(({ name, raw }) => [name, raw]));
  const resource = policy === undefined ? resourceIds(spec).firewall : ruleCollectionGroupId(policy.id, spec.name);
  const shared = { check: 'dnatRules', resource, severity: 'warning' } as const;
  const found = (what: string) => {
    const raw = actual.get(what);
    return raw === undefined ? {} : { actual: raw };
  };
  return [
    ...publications.created.map((one) => ({ ...shared, what: one.ruleName, expected: expectedRule(one) })),
    ...publications.updated.map((one) => ({
      ...shared,
      what: one.ruleName,
      expected: expectedRule(one),
      ...found(one.ruleName),
    })),
    ...publications.deleted.map(({ name }) => ({ ...shared, what: name, ...found(name) })),
    ...jumpboxRuleFindings(publications.jumpbox, rules.jumpbox?.raw).map((one) => ({ ...shared, ...one })),
  ];
}

/** The rule to the jumpbox is the spec's own. */
function jumpboxRuleFindings(plan: JumpboxRulePlan | undefined, actual: JsonObject | undefined) {
  if (plan === undefined || plan.action === 'none') return [];
  const { rule } = plan;
  return [{ what: JUMPBOX_RULE, ...(rule && { expected: { ...rule } }), ...(actual && { actual }) }];
}

function expectedRule({ rule }: Publication): JsonObject {
  return { ...rule };
}
