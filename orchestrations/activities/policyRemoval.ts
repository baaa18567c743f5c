import { provisioningState } from '../../shared/actual/facts.ts';
import { owner } from '../../shared/actual/owner.ts';
import { ownGroup, type RulePolicy } from '../../shared/actual/rulePolicy.ts';
import { putResource } from '../../shared/azure/resource.ts';
import { apiVersions } from '../../shared/model/apiVersions.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { objectsAt, stringAt, type JsonObject } from '../../shared/model/json.ts';
import { resourceIds, ruleCollectionGroupId } from '../../shared/model/names.ts';
import { readRulePolicy } from '../../shared/observe/rulePolicy.ts';
import { foreignCollections, withoutOwnRules } from '../../shared/plan/groupRemoval.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { done, isSettled, waitFor } from './outcomes.ts';
import { startRemoval } from './removeResource.ts';

/** Deletes our group of our policy, but for what others have put into it. @throws ArmError */
export async function removeRuleCollectionGroup(spec: EnvironmentSpec, force: boolean): Promise<StepOutcome> {
  const policy = await readRulePolicy(resourceIds(spec).firewallPolicy, true);
  const reason = reasonToKeep(policy, spec);
  const group = ownGroup(policy, spec.name);
  if (reason !== undefined || group === undefined) return done(false, reason);
  const id = ruleCollectionGroupId(policy.id, spec.name);
  const kept = foreignCollections(group, spec.name);
  return kept.length === 0
    ? startRemoval({ id, apiVersion: apiVersions.network, resource: group }, force)
    : keepForeignRules(id, group, spec, kept);
}

/** Deletes our policy, unless others use it or have put rules into it. @throws ArmError */
export async function removeFirewallPolicy(spec: EnvironmentSpec, force: boolean): Promise<StepOutcome> {
  const policy = await readRulePolicy(resourceIds(spec).firewallPolicy, true);
  const reason = reasonToKeep(policy, spec);
  if (reason !== undefined || policy.policy === undefined) return done(false, reason);
  if (policy.groups.length > 0) {
    const names = policy.groups.map((group) => stringAt(group, 'name') ?? '').join(', ');
    return done(false, `kept: it holds rule collection groups that Gatehouse does not delete: ${names}`);
  }
  return startRemoval({ id: policy.id, apiVersion: apiVersions.network, resource: policy.policy }, force);
}

/** What another firewall, or a policy that inherits from it, goes by stays as it is, with our rules in it. */
function reasonToKeep({ id, policy }: RulePolicy, spec: EnvironmentSpec): string | undefined {
  if (policy === undefined) return undefined;
  if (owner(policy) !== spec.name) return `kept: ${id} is not this environment's`;
  const users = ['firewalls', 'childPolicies'].flatMap((list) => objectsAt(policy, 'properties', list));
  if (users.length === 0) return undefined;
  return `kept: ${id} is still used by ${users.map((user) => stringAt(user, 'id') ?? '').join(', ')}`;
}

async function keepForeignRules(
  id: string,
  group: JsonObject,
  spec: EnvironmentSpec,
  kept: readonly string[],
): Promise<StepOutcome> {
  const state = provisioningState(group);
  if (!isSettled(state)) return waitFor(`${id} is ${state}`);
  const detail = `kept: it holds rules that Gatehouse does not own: ${kept.join(', ')}`;
  const body = withoutOwnRules(group, spec.name);
  if (body === undefined) return done(false, detail);
  const accepted = await putResource(id, apiVersions.network, body);
  return accepted.operation === undefined ? done(true, detail) : { outcome: 'started', operation: accepted.operation };
}
