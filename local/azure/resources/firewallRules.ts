import { asText, at, isObject, objectAt, objectsAt, stringAt, stringsAt, type JsonObject } from '../json.ts';
import {
  checkRule,
  refused,
  ruleCollectionKinds,
  type Allocation,
  type RuleCollectionKind,
} from './firewallRuleChecks.ts';
import { requireNamedChildren } from './networkBodies.ts';

const COLLECTION_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/;
const MAX_COLLECTIONS = 2000;
const MAX_FRONTENDS_AND_DNAT_DESTINATIONS = 250;
const actions: Readonly<Record<RuleCollectionKind, readonly string[]>> = {
  networkRuleCollections: ['Allow', 'Deny'],
  applicationRuleCollections: ['Allow', 'Deny'],
  natRuleCollections: ['Dnat', 'Snat'],
};
/** Throws the refusal that Azure has for the first fault in a firewall's classic rules. */
export function checkRules(firewallId: string, properties: JsonObject, allocation: Allocation | undefined): void {
  for (const kind of ruleCollectionKinds) {
    const collections = requireNamedChildren(properties[kind], firewallId, kind);
    if (collections.length > MAX_COLLECTIONS) {
      throw refused(
        'AzureFirewallRuleCollectionsLimitExceeded',
        `${firewallId} has more than ${MAX_COLLECTIONS} ${kind}.`,
      );
    }
    const priorities = new Map<number, string>();
    for (const collection of collections) {
      checkCollection(kind, collection, priorities);
      for (const rule of objectsAt(collection, 'properties', 'rules')) {
        checkRule(kind, rule, stringAt(collection, 'name') ?? '', allocation);
      }
    }
  }
  if (allocation !== undefined) checkCapacity(firewallId, properties, allocation);
}

function checkCollection(kind: RuleCollectionKind, collection: JsonObject, priorities: Map<number, string>): void {
  const name = stringAt(collection, 'name') ?? '';
  if (name.length > 80 || !COLLECTION_NAME.test(name)) {
    throw refused(
      'InvalidResourceName',
      `Resource name ${name} is invalid. The name can be up to 80 characters long. It must begin with a letter or digit, end with a letter, digit or underscore, and may contain '_', '.' and '-'.`,
    );
  }
  const priority = at(collection, 'properties', 'priority');
  if (typeof priority !== 'number' || !Number.isInteger(priority) || priority < 100 || priority > 65_000) {
    throw refused(
      'AzureFirewallRuleCollectionInvalidPriority',
      `Rule collection ${name}: priority ${asText(priority)} is invalid. It must be between 100 and 65000.`,
    );
  }
  const other = priorities.get(priority);
  if (other !== undefined) {
    throw refused(
      'AzureFirewallRuleCollectionDuplicatePriority',
      `Rule collections ${other} and ${name} have the same priority ${priority}. Priorities must be unique among ${kind}.`,
    );
  }
  priorities.set(priority, name);
  const action = stringAt(collection, 'properties', 'action', 'type') ?? '';
  if (!actions[kind].includes(action)) {
    throw refused(
      'AzureFirewallRuleCollectionInvalidAction',
      `Rule collection ${name}: action '${action}' is not one of ${actions[kind].join(', ')}.`,
    );
  }
  const rules = at(collection, 'properties', 'rules');
  if (!Array.isArray(rules) || rules.length === 0 || !rules.every(isObject)) {
    throw refused('AzureFirewallRuleCollectionMustHaveRules', `Rule collection ${name} must have at least one rule.`);
  }
  const names = new Set(
    objectsAt(collection, 'properties', 'rules').map((rule) => stringAt(rule, 'name')?.toLowerCase()),
  );
  if (names.has(undefined) || names.size !== rules.length) {
    throw refused('AzureFirewallRuleNameNotUnique', `Rule collection ${name}: each rule must have a name of its own.`);
  }
}

function checkCapacity(firewallId: string, properties: JsonObject, allocation: Allocation): void {
  const destinations = new Set(
    objectsAt(properties, 'natRuleCollections')
      .flatMap((collection) => objectsAt(collection, 'properties', 'rules'))
      .map((rule) =>
        [
          stringsAt(rule, 'destinationAddresses')[0],
          stringsAt(rule, 'destinationPorts').join(','),
          [...stringsAt(rule, 'protocols')].sort().join(','),
        ].join(' '),
      ),
  );
  const used = allocation.frontends.length + destinations.size;
  if (used <= MAX_FRONTENDS_AND_DNAT_DESTINATIONS) return;
  throw refused(
    'AzureFirewallDnatRulesLimitExceeded',
    `${firewallId}: the number of public IP addresses and unique DNAT destinations is ${used}, which exceeds the limit of ${MAX_FRONTENDS_AND_DNAT_DESTINATIONS}.`,
  );
}

/** A rule in the form in which Azure answers it: lists that were left out are empty. */
export function fillRule(kind: RuleCollectionKind, rule: JsonObject): JsonObject {
  const lists = {
    networkRuleCollections: [
      'protocols',
      'sourceAddresses',
      'destinationAddresses',
      'sourceIpGroups',
      'destinationIpGroups',
      'destinationFqdns',
      'destinationPorts',
    ],
    applicationRuleCollections: ['protocols', 'fqdnTags', 'targetFqdns', 'sourceAddresses', 'sourceIpGroups'],
    natRuleCollections: ['protocols', 'sourceAddresses', 'sourceIpGroups', 'destinationAddresses', 'destinationPorts'],
  }[kind];
  return { ...rule, ...Object.fromEntries(lists.map((list) => [list, rule[list] ?? []])) };
}

/** Whether `additionalProperties` turn the DNS proxy on. */
export function hasDnsProxy(properties: JsonObject): boolean {
  const additional = objectAt(properties, 'additionalProperties');
  const is = (name: string, value: string) => asText(additional[name] ?? '').toLowerCase() === value;
  return is('Network.DNS.EnableProxy', 'true') || is('Network.DNS.RequireProxyForNetworkRules', 'false');
}
