import { ownGroup, type RulePolicy } from '../actual/rulePolicy.ts';
import type { JsonObject } from '../model/json.ts';
import { ownProblem, type OwnProblem } from '../model/step.ts';

/** learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-firewall-limits */
const MAX_GROUPS = 90;
const MAX_GROUP_BYTES = 2 * 2 ** 20;

/** What keeps Azure from taking a group: too many of them in the policy, or too much in it. Undefined: nothing. */
export function groupProblem(
  { id, body }: { readonly id: string; readonly body: JsonObject },
  policy: Pick<RulePolicy, 'id' | 'groups'>,
): OwnProblem | undefined {
  const name = id.slice(id.lastIndexOf('/') + 1);
  if (ownGroup(policy, name) === undefined && policy.groups.length >= MAX_GROUPS) {
    return ownProblem(
      'TooManyRuleCollectionGroups',
      `${policy.id} has ${policy.groups.length} rule collection groups, and Azure takes at most ${MAX_GROUPS}.`,
    );
  }
  const bytes = new TextEncoder().encode(JSON.stringify(body['properties'] ?? {})).length;
  if (bytes <= MAX_GROUP_BYTES) return undefined;
  return ownProblem(
    'RuleCollectionGroupTooLarge',
    `${id} would have ${bytes} bytes, and Azure takes at most ${MAX_GROUP_BYTES}.`,
  );
}
