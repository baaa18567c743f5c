import { placeOf, type NatRules, type PlacedRule } from '../actual/natRules.ts';
import { hasJumpbox, jumpboxRule } from '../desired/jumpbox.ts';
import { MAX_FRONTENDS_AND_DESTINATIONS } from '../model/azureLimits.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { DnatRule } from '../model/natRule.ts';
import type { ListProblem } from '../model/publication.ts';
import type { FirewallPlaces } from './firewallPlaces.ts';
import { mergedNatRule, natRuleBody } from './natRuleBody.ts';

/** What becomes of the environment's own rule to its jumpbox. */
export interface JumpboxRulePlan {
  readonly action: 'create' | 'update' | 'delete' | 'none';
  /** As it should be; absent where there should be none. */
  readonly rule?: DnatRule;
  /** As it is to be written; absent where there is to be none. */
  readonly body?: JsonObject;
  /** Why it can't be had. */
  readonly problem?: ListProblem;
}

/**
 * The rule to the jumpbox is the spec's, so it has its place before any service: a service that wants the same one is told. What
 * others have there it does not push away.
 *
 * | the spec | the rule | its place | result |
 * | --- | --- | --- | --- |
 * | has a jumpbox | as it should be | | none |
 * | has a jumpbox | otherwise, or none | free, or a service's | updated or created |
 * | has a jumpbox | otherwise, or none | a foreign rule's | stays as it is, and is told |
 * | has none | there | | deleted; stays on an adopted firewall |
 *
 * @param frontend the first one; undefined where none is known, and nothing is changed then
 */
export function planJumpboxRule(
  spec: EnvironmentSpec,
  { jumpbox: present, owned }: NatRules,
  foreign: FirewallPlaces,
  frontends: readonly string[],
): JumpboxRulePlan | undefined {
  const [frontend] = frontends;
  if (!hasJumpbox(spec)) {
    if (present === undefined) return undefined;
    // An adopted firewall may have been built with one, and released since: its people still come by the rule.
    return spec.adopt === undefined ? { action: 'delete' } : standing(present);
  }
  if (frontend === undefined) return standing(present);
  const rule = jumpboxRule(spec, frontend);
  const merged = present === undefined ? undefined : mergedNatRule(rule, present.raw);
  if (merged?.changed.length === 0) return { action: 'none', rule, body: merged.body };
  const holder = foreign.holderOf(frontend, rule.port, rule.protocol);
  if (holder !== undefined) return { ...standing(present), problem: taken(rule, holder) };
  if (merged !== undefined) return { action: 'update', rule, body: merged.body };
  const isServices = owned.some(({ raw }) => {
    const place = placeOf(raw);
    return place?.frontend === frontend && place.port === rule.port && place.protocol === rule.protocol;
  });
  const used = frontends.length + foreign.destinations() + owned.length;
  if (!isServices && used >= MAX_FRONTENDS_AND_DESTINATIONS) return { action: 'none', problem: full };
  return { action: 'create', rule, body: natRuleBody(rule, 'SSH to the jumpbox') };
}

const standing = (present: PlacedRule | undefined): JumpboxRulePlan => ({
  action: 'none',
  ...(present !== undefined && { body: present.raw }),
});

const taken = ({ frontend, port }: DnatRule, holder: string): ListProblem => ({
  code: 'jumpbox-port-taken',
  message: `The jumpbox is not reached by ${frontend}:${port}/TCP, which is taken by the foreign rule ${holder}. Remove that rule, or give jumpbox.port another one.`,
});

const full: ListProblem = {
  code: 'jumpbox-port-taken',
  message: `The jumpbox is not reached: Azure Firewall takes ${MAX_FRONTENDS_AND_DESTINATIONS} frontends and DNAT destinations together, and all are used. Unpublish a service.`,
};

/** The rules of the collection with the jumpbox's as planned; a new one comes first. */
export function withJumpboxRule(
  rules: readonly Json[],
  present: PlacedRule | undefined,
  plan: JumpboxRulePlan | undefined,
): readonly Json[] {
  const { body } = plan ?? {};
  if (present === undefined) return body === undefined ? rules : [body, ...rules];
  return rules.flatMap((rule) => (rule === present.raw ? (body ?? []) : rule));
}
