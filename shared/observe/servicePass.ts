import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { planPublications } from '../plan/publicationPlan.ts';
import { observeIngress } from './ingress.ts';

/** The light pass runs every two minutes: it must be over by then, and runs no commands in clusters. */
const PASS_DEADLINE = { deadlineSeconds: 20 };

/**
 * Whether a sync would change the published rules: what ARM never tells (a changed annotation) is found by looking.
 *
 * @throws ArmError, GatehouseError when the environment can't be looked at
 */
export async function servicesHaveChanged(spec: EnvironmentSpec): Promise<boolean> {
  const { firewall, services, facts } = await observeIngress(spec, PASS_DEADLINE);
  if (firewall === undefined) return false;
  return planPublications({ spec, lists: services, firewall, facts }).natRuleCollections !== undefined;
}
