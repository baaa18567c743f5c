import { objectAt, stringAt, type Json, type JsonObject } from '../json.ts';
import { isBelow, sameId } from '../resourceId.ts';
import type { Resource } from '../store.ts';
import type { World } from './resourceType.ts';

export const POLICY_TYPE = 'Microsoft.Network/firewallPolicies';
export const RULE_COLLECTION_GROUP_TYPE = 'Microsoft.Network/firewallPolicies/ruleCollectionGroups';

export const groupsOf = (world: World, policyId: string): readonly Resource[] =>
  world.ofType(RULE_COLLECTION_GROUP_TYPE).filter(({ id }) => isBelow(id, policyId));

/** The policies that inherit from a policy. */
export const childPoliciesOf = (world: World, policyId: string): readonly Resource[] =>
  world.ofType(POLICY_TYPE).filter(({ body }) => refersTo(body, 'basePolicy', policyId));

/** The firewalls that name a policy as theirs. */
export const firewallsOf = (world: World, policyId: string): readonly Resource[] =>
  world.ofType('Microsoft.Network/azureFirewalls').filter(({ body }) => refersTo(body, 'firewallPolicy', policyId));

/** The firewalls whose rules a policy makes: its own and those of the policies that inherit from it. */
export function ruledFirewalls(world: World, policyId: string): readonly Resource[] {
  const inherited = childPoliciesOf(world, policyId).flatMap(({ id }) => firewallsOf(world, id));
  return [...firewallsOf(world, policyId), ...inherited];
}

/** What a body weighs, as policies and their groups say it: `0.001414299 MB`. */
export function sizeOf(properties: JsonObject): string {
  return `${Number((bytesOf(properties) / 2 ** 20).toPrecision(7))} MB`;
}

export function bytesOf(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** Whether writing a policy reaches a firewall that has instances, which is what takes its time. */
export function reachesAllocated(world: World, policyId: string): boolean {
  return ruledFirewalls(world, policyId).some(({ body }) => {
    const configurations = objectAt(body, 'properties')['ipConfigurations'];
    return Array.isArray(configurations) && configurations.length > 0;
  });
}

function refersTo(body: JsonObject, property: string, policyId: string): boolean {
  const reference = stringAt(body, 'properties', property, 'id');
  return reference !== undefined && sameId(reference, policyId);
}
