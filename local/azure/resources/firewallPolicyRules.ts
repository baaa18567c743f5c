import { networkError } from '../errors.ts';
import {
  asText,
  compact,
  isObject,
  objectAt,
  objectsAt,
  stringAt,
  stringsAt,
  type Json,
  type JsonObject,
} from '../json.ts';
import { checkAddress, isPort, isPortOrRange, MAX_NAT_PORT } from './firewallRuleChecks.ts';
import { requireNamedChildren } from './networkBodies.ts';

/** Which actions and rules a collection takes, and the lists that answers hold even where they were left out. */
const collectionTypes: Readonly<
  Record<string, { readonly actions: readonly string[]; readonly rules: readonly string[] }>
> = {
  FirewallPolicyNatRuleCollection: { actions: ['Dnat'], rules: ['NatRule'] },
  FirewallPolicyFilterRuleCollection: { actions: ['Allow', 'Deny'], rules: ['NetworkRule', 'ApplicationRule'] },
};
const filled: Readonly<Record<string, JsonObject>> = {
  NatRule: lists('ipProtocols', 'sourceAddresses', 'sourceIpGroups', 'destinationAddresses', 'destinationPorts'),
  NetworkRule: {
    ipv6Rule: false,
    ...lists('ipProtocols', 'sourceAddresses', 'sourceIpGroups', 'destinationAddresses', 'destinationIpGroups'),
    ...lists('destinationFqdns', 'destinationPorts'),
  },
  ApplicationRule: {
    terminateTLS: false,
    ...lists('protocols', 'fqdnTags', 'webCategories', 'targetFqdns', 'targetUrls', 'sourceAddresses'),
    ...lists('destinationAddresses', 'sourceIpGroups', 'httpHeadersToInsert'),
  },
};

export function isPriority(value: Json | undefined): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 100 && value <= 65_000;
}

/** The rule collections of a group; throws the refusal for the first fault in them. */
export function checkRuleCollections(
  groupId: string,
  sent: Json | undefined,
  dnsProxy: boolean,
): readonly JsonObject[] {
  const collections = requireNamedChildren(sent, groupId, 'ruleCollections');
  const priorities = new Set<Json | undefined>();
  for (const collection of collections) {
    const name = stringAt(collection, 'name') ?? '';
    const { priority } = collection;
    if (!isPriority(priority) || priorities.has(priority))
      throw refused(
        'FirewallPolicyRuleCollectionInvalidPriority',
        `Rule collection ${name}: priority ${asText(priority)} must be between 100 and 65000 and unique in ${groupId}.`,
      );
    priorities.add(priority);
    checkCollection(name, collection, dnsProxy);
  }
  return collections;
}

function checkCollection(name: string, collection: JsonObject, dnsProxy: boolean): void {
  const type = collectionTypes[stringAt(collection, 'ruleCollectionType') ?? ''];
  if (type === undefined) throw refused('InvalidRequestFormat', `Rule collection ${name}: no such ruleCollectionType.`);
  const action = stringAt(collection, 'action', 'type') ?? '';
  if (!type.actions.some((known) => known.toLowerCase() === action.toLowerCase()))
    throw refused(
      'FirewallPolicyRuleCollectionInvalidAction',
      `Rule collection ${name}: action '${action}' is not one of ${type.actions.join(', ')}.`,
    );
  const rules = requireNamedChildren(collection['rules'], name, 'rules');
  const kinds = new Set(rules.map((rule) => stringAt(rule, 'ruleType') ?? ''));
  if (kinds.size > 1 || [...kinds].some((kind) => !type.rules.includes(kind)))
    throw refused(
      'FirewallPolicyRuleCollectionInvalidRuleType',
      `Rule collection ${name}: all rules must be of one of the types ${type.rules.join(', ')}.`,
    );
  for (const rule of rules) checkRule(rule, dnsProxy);
}

function checkRule(rule: JsonObject, dnsProxy: boolean): void {
  const name = stringAt(rule, 'name') ?? '';
  for (const list of ['sourceAddresses', 'destinationAddresses'])
    for (const address of stringsAt(rule, list)) checkAddress(name, address);
  if (stringsAt(rule, 'sourceAddresses').length + stringsAt(rule, 'sourceIpGroups').length === 0)
    throw refused('FirewallPolicyRuleMissingSource', `Rule ${name} has neither sourceAddresses nor sourceIpGroups.`);
  if (rule['ruleType'] === 'NatRule') return checkNatRule(name, rule);
  if (rule['ruleType'] === 'NetworkRule') return checkNetworkRule(name, rule, dnsProxy);
  const targets = ['fqdnTags', 'targetFqdns', 'targetUrls', 'webCategories'];
  if (targets.every((list) => stringsAt(rule, list).length === 0))
    throw refused('FirewallPolicyApplicationRuleMissingTarget', `Rule ${name} has none of ${targets.join(', ')}.`);
}

function checkNatRule(name: string, rule: JsonObject): void {
  const ports = stringsAt(rule, 'destinationPorts');
  // Unlike a classic rule's, the destination port of a policy's DNAT rule is single.
  if (ports.length > 1 || ports.some((port) => port.includes('-')))
    throw refused(
      'FirewallPolicyNatRuleInvalidDnatMultipleDestinationPortsExists',
      `Nat Rule ${name}: only one destination port is supported, not '${ports.join(',')}'.`,
    );
  const translated = stringAt(rule, 'translatedPort') ?? '';
  if (ports.length === 0 || ![...ports, translated].every((port) => isPort(port, MAX_NAT_PORT)))
    throw refused(
      'FirewallPolicyNatRuleInvalidPort',
      `Nat Rule ${name}: destination and translated port must be single ports from 1 to ${MAX_NAT_PORT}.`,
    );
  checkProtocols(name, rule, ['TCP', 'UDP']);
  const address = stringAt(rule, 'translatedAddress');
  if ((address === undefined) === (stringAt(rule, 'translatedFqdn') === undefined))
    throw refused(
      'FirewallPolicyNatRuleInvalidTranslation',
      `Nat Rule ${name}: must have either translatedAddress or translatedFqdn.`,
    );
  if (address !== undefined) checkAddress(name, address);
  if (stringsAt(rule, 'destinationAddresses').length !== 1)
    throw refused(
      'FirewallPolicyNatRuleInvalidDestinationAddress',
      `Nat Rule ${name}: must have exactly one destination address.`,
    );
}

function checkNetworkRule(name: string, rule: JsonObject, dnsProxy: boolean): void {
  checkProtocols(name, rule, ['TCP', 'UDP', 'ICMP', 'Any']);
  const ports = stringsAt(rule, 'destinationPorts');
  if (ports.length === 0 || !ports.every((port) => port === '*' || isPortOrRange(port, 65_535)))
    throw refused('FirewallPolicyNetworkRuleInvalidPort', `Network Rule ${name}: invalid ports '${ports.join(',')}'.`);
  const destinations = ['destinationAddresses', 'destinationIpGroups', 'destinationFqdns'];
  if (destinations.every((list) => stringsAt(rule, list).length === 0))
    throw refused(
      'FirewallPolicyNetworkRuleMissingDestination',
      `Network Rule ${name} has none of ${destinations.join(', ')}.`,
    );
  if (stringsAt(rule, 'destinationFqdns').length > 0 && !dnsProxy)
    throw refused(
      'FirewallPolicyNetworkRuleFqdnRequiresDnsProxy',
      `Network Rule ${name}: destinationFqdns need the DNS proxy of the policy.`,
    );
}

function checkProtocols(name: string, rule: JsonObject, known: readonly string[]): void {
  const used = stringsAt(rule, 'ipProtocols');
  if (used.length > 0 && used.every((protocol) => known.includes(protocol))) return;
  throw refused('FirewallPolicyRuleInvalidProtocol', `Rule ${name}: invalid protocols '${used.join(',')}'.`);
}

/** A collection as Azure answers it: actions in its own spelling, lists that were left out empty. */
export function fillRuleCollection(collection: JsonObject): JsonObject {
  const action = stringAt(collection, 'action', 'type') ?? '';
  const known = collectionTypes[stringAt(collection, 'ruleCollectionType') ?? '']?.actions ?? [];
  const type = known.find((one) => one.toLowerCase() === action.toLowerCase()) ?? action;
  return {
    ...collection,
    action: { ...objectAt(collection, 'action'), type },
    rules: objectsAt(collection, 'rules')
      .filter(isObject)
      .map((rule) => ({ ...filled[stringAt(rule, 'ruleType') ?? ''], ...compact(rule) })),
  };
}

function lists(...names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, []]));
}

function refused(code: string, message: string) {
  return networkError(400, code, message);
}
