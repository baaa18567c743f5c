import { basePolicyId, type BasePolicy, type RulePolicy } from '../actual/rulePolicy.ts';
import { ArmError } from '../azure/errors.ts';
import { listResources, readResource } from '../azure/resource.ts';
import { apiVersions } from '../model/apiVersions.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { resourceIds } from '../model/names.ts';

/**
 * What the environment's firewall goes by, with every rule in it.
 *
 * @returns undefined where the firewall has classic rules
 * @throws ArmError
 */
export async function observeRulePolicy(spec: EnvironmentSpec): Promise<RulePolicy | undefined> {
  if (spec.firewall.rules !== 'policy') return undefined;
  return readRulePolicy(resourceIds(spec).firewallPolicy, spec.adopt === undefined);
}

/**
 * Any firewall policy with its groups.
 *
 * @param id full ARM id, in whichever subscription
 * @param isOwn whether the environment has made it; of any other only its own group is ever written
 * @throws ArmError
 */
export async function readRulePolicy(id: string, isOwn: boolean): Promise<RulePolicy> {
  const [policy, groups] = await Promise.all([
    readResource(id, apiVersions.network),
    listResources(`${id}/ruleCollectionGroups`, apiVersions.network),
  ]);
  return { id, isOwn, ...(policy !== undefined && { policy }), groups: groups ?? [] };
}

/**
 * The same with what the policy inherits: one more read where it has a base policy.
 *
 * @throws ArmError; not where only the base policy may not be read, which often is another team's
 */
export async function readInheritingPolicy(id: string): Promise<RulePolicy> {
  const policy = await readRulePolicy(id, false);
  const base = basePolicyId(policy.policy);
  return base === undefined ? policy : { ...policy, base: await readBasePolicy(base) };
}

async function readBasePolicy(id: string): Promise<BasePolicy> {
  try {
    return { id, groups: (await listResources(`${id}/ruleCollectionGroups`, apiVersions.network)) ?? [] };
  } catch (error) {
    if (!(error instanceof ArmError) || error.status !== 403) throw error;
    return { id };
  }
}

/**
 * What somebody should know about a draft of the policy before it is written: deploying a draft "replaces the entire applied
 * policy", and changes made after it was begun "aren't preserved" (learn.microsoft.com/azure/firewall/draft-deploy). That
 * keeps nobody from writing: what a deployment has taken back, the next drift check writes again.
 *
 * @returns a sentence, or nothing where there is no draft
 */
export async function draftProblems({ id }: Pick<RulePolicy, 'id'>): Promise<readonly string[]> {
  try {
    // There is one draft at a time, and it is called so.
    const draft = await readResource(`${id}/firewallPolicyDrafts/default`, apiVersions.network);
    if (draft === undefined) return [];
    return [
      `${id} has a draft pending: once it is deployed, the rules written now are taken back until the next drift check. Deploy or discard the draft, or bring it up to date first.`,
    ];
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
    return [`Whether ${id} has a draft pending can't be read: ${error.message}`];
  }
}
