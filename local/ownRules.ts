import type { EnvironmentSpec } from '../shared/model/environmentSpec.ts';
import { resourceIds, ruleCollectionGroupId } from '../shared/model/names.ts';

/** The id of the collection that holds an environment's DNAT rules: what somebody deletes behind Gatehouse's back. */
export function ownRulesId(spec: EnvironmentSpec): string {
  const { firewall, firewallPolicy } = resourceIds(spec);
  return spec.firewall.rules === 'policy'
    ? `${ruleCollectionGroupId(firewallPolicy, spec.name)}/ruleCollections/${spec.name}`
    : `${firewall}/natRuleCollections/${spec.name}`;
}
