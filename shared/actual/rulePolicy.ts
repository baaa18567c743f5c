import { isJsonObject, isList, jsonAt, objectsAt, stringAt, type Json, type JsonObject } from '../model/json.ts';

/** A firewall policy with its rule collection groups, as ARM answers them. */
export interface RulePolicy {
  /** Full ARM id; the policy may lie in another resource group or subscription than the firewall. */
  readonly id: string;
  /** Whether the environment has made it. Of any other policy nothing but the environment's own group is ever written. */
  readonly isOwn: boolean;
  /** Raw; absent where there is none. */
  readonly policy?: JsonObject;
  /** Every group of it, raw; none where there is no policy. */
  readonly groups: readonly JsonObject[];
  /** What it inherits network and application rules from; absent where it has no base policy, or nobody asked. */
  readonly base?: BasePolicy;
}

/** The policy that another one inherits rules from; there is one level of them. */
export interface BasePolicy {
  /** Full ARM id; often of another team, in another subscription. */
  readonly id: string;
  /** Its groups, raw; absent where the app may not read them. */
  readonly groups?: readonly JsonObject[];
}

/** The base policy that a policy, as ARM answers it, names. */
export const basePolicyId = (policy: JsonObject | undefined): string | undefined =>
  stringAt(policy, 'properties', 'basePolicy', 'id');

/** The environment's own group, which bears its name: Azure compares names case-insensitively. */
export function ownGroup({ groups }: Pick<RulePolicy, 'groups'>, environment: string): JsonObject | undefined {
  return groups.find((group) => isNamed(group, environment));
}

/** The collections of a group as they are listed. */
export function collectionsOf(group: JsonObject | undefined): readonly Json[] {
  const listed = jsonAt(group, 'properties', 'ruleCollections');
  return isList(listed) ? listed : [];
}

const NAT_COLLECTION = 'FirewallPolicyNatRuleCollection';

/**
 * The DNAT rules of a policy in the form in which a classic firewall answers its own, so that one plan judges both. The
 * environment's collection is the one of its name in its own group; every other has its group's name in front, and so is
 * foreign: a rule of another group that takes a port is a conflict as on a classic firewall.
 *
 * What a policy inherits from its base policy is left out: Azure hands down no DNAT rules, "because they're specific to a
 * given firewall" (learn.microsoft.com/azure/firewall-manager/policy-overview).
 */
export function classicView(policy: Pick<RulePolicy, 'groups'>, environment: string): JsonObject {
  const own = ownGroup(policy, environment);
  const natRuleCollections = policy.groups.flatMap((group) => {
    const title = stringAt(group, 'name') ?? '';
    return objectsAt(group, 'properties', 'ruleCollections').flatMap((collection): readonly JsonObject[] => {
      const isOurs = group === own && isNamed(collection, environment);
      // One of our name that holds other rules is shown as well: nothing can be written into it, which is told.
      if (!isOurs && stringAt(collection, 'ruleCollectionType')?.toLowerCase() !== NAT_COLLECTION.toLowerCase())
        return [];
      const name = stringAt(collection, 'name') ?? '';
      return [classicCollection(collection, isOurs ? name : `${title}/${name}`)];
    });
  });
  return { properties: { natRuleCollections } };
}

/**
 * The group with the environment's DNAT rules as a plan by {@link classicView} wants them. Everything else in it, and what
 * is unknown in its rules, is handed on as it was read.
 *
 * @param natRuleCollections of the classic form; only the environment's own is looked at, and its absence removes it
 */
export function withNatRules(group: JsonObject, natRuleCollections: readonly Json[], environment: string): JsonObject {
  const present = collectionsOf(group);
  const old = present.find((one) => isJsonObject(one) && isNamed(one, environment));
  const planned = natRuleCollections.filter(isJsonObject).find((one) => isNamed(one, environment));
  const properties = jsonAt(group, 'properties');
  const withCollections = (ruleCollections: readonly Json[]): JsonObject => ({
    ...group,
    properties: { ...(isJsonObject(properties) ? properties : {}), ruleCollections },
  });
  if (planned === undefined) return withCollections(present.filter((one) => one !== old));
  const written = policyCollection(planned);
  if (old !== undefined) return withCollections(present.map((one) => (one === old ? written : one)));
  const added = { ...written, priority: freePriority(present), action: { type: 'DNAT' } };
  return withCollections([...present, { ruleCollectionType: NAT_COLLECTION, ...added }]);
}

function classicCollection(collection: JsonObject, name: string): JsonObject {
  const { name: _, rules, ...properties } = collection;
  return { name, properties: { ...properties, ...(rules !== undefined && { rules: eachRule(rules, exchanged) }) } };
}

function policyCollection({ name, properties }: JsonObject): JsonObject {
  const { rules, ...rest } = isJsonObject(properties) ? properties : {};
  const asNatRule = (rule: JsonObject) => ({ ruleType: 'NatRule', ...exchanged(rule) });
  return { ...rest, name, ...(rules !== undefined && { rules: eachRule(rules, asNatRule) }) };
}

function eachRule(rules: Json, change: (rule: JsonObject) => JsonObject): Json {
  return isList(rules) ? rules.map((rule) => (isJsonObject(rule) ? change(rule) : rule)) : rules;
}

/** A policy says `ipProtocols` for a classic rule's `protocols`. Exchanging the two loses nothing, whatever a rule has. */
function exchanged({ protocols, ipProtocols, ...rest }: JsonObject): JsonObject {
  return {
    ...rest,
    ...(ipProtocols !== undefined && { protocols: ipProtocols }),
    ...(protocols !== undefined && { ipProtocols: protocols }),
  };
}

const FIRST_NAT_PRIORITY = 1000;

/** Priorities are unique among all collections of a group. */
function freePriority(collections: readonly Json[]): number {
  const used = new Set(collections.map((one) => jsonAt(one, 'priority')));
  let priority = FIRST_NAT_PRIORITY;
  while (used.has(priority)) priority++;
  return priority;
}

function isNamed(value: JsonObject, name: string): boolean {
  return stringAt(value, 'name')?.toLowerCase() === name.toLowerCase();
}
