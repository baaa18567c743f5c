import { provisioningState } from '../actual/facts.ts';
import { ownGroup } from '../actual/rulePolicy.ts';
import { desiredFirewall } from '../desired/firewall.ts';
import { desiredFirewallPolicy } from '../desired/firewallPolicy.ts';
import { desiredRuleCollectionGroup } from '../desired/ruleCollectionGroup.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { JsonObject } from '../model/json.ts';
import type { DesiredResource } from '../model/resource.ts';
import { isDnsProxy, isEgress, isPolicyReference } from './drift/paths.ts';
import { planResource } from './mergeResource.ts';
import type { RuleHolder } from './ruleHolder.ts';

/** Whether the firewall lets out what the spec calls for: until then nothing may be routed to it that was not before. */
export function egressIsInPlace(spec: EnvironmentSpec, { firewall, policy }: RuleHolder): boolean {
  const decides = (path: string) => isEgress(path) || isDnsProxy(path) || isPolicyReference(path);
  const stands = (desired: DesiredResource, actual: JsonObject | undefined, isMeant = decides) => {
    if (actual === undefined) return false;
    const plan = planResource(desired, actual, spec.name);
    return (
      plan.action !== 'foreign' &&
      provisioningState(actual) === 'Succeeded' &&
      !plan.differences.some(({ path }) => isMeant(path))
    );
  };
  if (!stands(desiredFirewall(spec), firewall)) return false;
  if (policy === undefined) return true;
  return (
    (!policy.isOwn || stands(desiredFirewallPolicy(spec, policy.policy), policy.policy)) &&
    stands(desiredRuleCollectionGroup(spec, policy), ownGroup(policy, spec.name), () => true)
  );
}
