import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { planPublications } from '../plan/publicationPlan.ts';
import { natRuleView, ruleHolder } from '../plan/ruleHolder.ts';
import { observeIngress } from './ingress.ts';

/** The light pass runs every two minutes: it must be over by then, and runs no commands in clusters. */
const PASS_DEADLINE = { deadlineSeconds: 20 };

/**
 * Whether a sync would change the published rules: what ARM never tells (a changed annotation) is found by looking.
 *
 * @throws ArmError, GatehouseError when the environment can't be looked at
 */
export async function servicesHaveChanged(spec: EnvironmentSpec): Promise<boolean> {
  const observed = await observeIngress(spec, PASS_DEADLINE);
  const { services, facts } = observed;
  const holder = ruleHolder(observed);
  if (holder === undefined) return false;
  const firewall = natRuleView(spec, holder);
  return planPublications({ spec, lists: services, firewall, facts }).natRuleCollections !== undefined;
}
