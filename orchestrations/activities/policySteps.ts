import { withNatRules } from '../../shared/actual/rulePolicy.ts';
import { readResource } from '../../shared/azure/resource.ts';
import { desiredFirewallPolicy } from '../../shared/desired/firewallPolicy.ts';
import { desiredRuleCollectionGroup } from '../../shared/desired/ruleCollectionGroup.ts';
import { apiVersions } from '../../shared/model/apiVersions.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { resourceIds } from '../../shared/model/names.ts';
import { withApiServerNames } from '../../shared/observe/apiServerNames.ts';
import { readRulePolicy } from '../../shared/observe/rulePolicy.ts';
import { groupProblem } from '../../shared/plan/groupLimits.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { ensureResource } from './ensureResource.ts';
import { firstNatRules } from './jumpboxSteps.ts';
import { failed, missing } from './outcomes.ts';

/** The environment's own policy with its settings. */
export async function startFirewallPolicy(spec: EnvironmentSpec, mayWrite: boolean): Promise<StepOutcome> {
  const policy = await readResource(resourceIds(spec).firewallPolicy, apiVersions.network);
  return ensureResource(desiredFirewallPolicy(spec, policy), spec.name, mayWrite);
}

/**
 * The rule collection group of the environment's own policy with its egress rules, while no firewall goes by the policy yet:
 * then a write of a group takes seconds, later minutes.
 */
export async function startRuleCollectionGroup(spec: EnvironmentSpec, mayWrite: boolean): Promise<StepOutcome> {
  const policy = await readRulePolicy(resourceIds(spec).firewallPolicy, true);
  if (policy.policy === undefined) return missing(policy.id);
  const group = desiredRuleCollectionGroup(await withApiServerNames(spec), policy);
  const problem = groupProblem(group, policy);
  if (problem !== undefined) return failed(problem);
  const natRuleCollections = await firstNatRules(spec);
  return ensureResource(group, spec.name, mayWrite, (creation, actual) =>
    actual === undefined && natRuleCollections.length > 0
      ? { ...creation, body: withNatRules(creation.body, natRuleCollections, spec.name) }
      : creation,
  );
}
