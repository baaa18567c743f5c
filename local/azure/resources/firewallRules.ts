import { networkError, type ArmError } from '../errors.ts';
import { at, isObject, objectAt, objectsAt, stringAt, stringsAt, asText, type JsonObject } from '../json.ts';
import { parseRange } from '../ipv4.ts';
import { requireNamedChildren } from './networkBodies.ts';

export const ruleCollectionKinds = [
  'networkRuleCollections',
  'applicationRuleCollections',
  'natRuleCollections',
] as const;
export type RuleCollectionKind = (typeof ruleCollectionKinds)[number];

/** What the rules of an allocated firewall are judged against; a firewall without IP configuration takes any of them. */
export interface Allocation {
  /** The addresses of the firewall's public IPs. */
  readonly frontends: readonly string[];
  readonly dnsProxy: boolean;
}

const COLLECTION_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/;
const MAX_COLLECTIONS = 2000;
const MAX_FRONTENDS_AND_DNAT_DESTINATIONS = 250;
const MAX_NAT_PORT = 63_999;
const actions: Readonly<Record<RuleCollectionKind, readonly string[]>> = {
  networkRuleCollections: ['Allow', 'Deny'],
  applicationRuleCollections: ['Allow', 'Deny'],
  natRuleCollections: ['Dnat', 'Snat'],
};
const protocols: Readonly<Record<'networkRuleCollections' | 'natRuleCollections', readonly string[]>> = {
  networkRuleCollections: ['TCP', 'UDP', 'ICMP', 'Any'],
  natRuleCollections: ['TCP', 'UDP', 'Any'],
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

function checkRule(
  kind: RuleCollectionKind,
  rule: JsonObject,
  collection: string,
  allocation: Allocation | undefined,
): void {
  const name = stringAt(rule, 'name') ?? '';
  const sources = [...stringsAt(rule, 'sourceAddresses'), ...stringsAt(rule, 'sourceIpGroups')];
  if (sources.length === 0) {
    throw refused(
      'AzureFirewallRuleMissingSource',
      `AzureFirewallRule ${name}: must have one of sourceAddresses or sourceIpGroups.`,
    );
  }
  for (const address of [...stringsAt(rule, 'sourceAddresses'), ...stringsAt(rule, 'destinationAddresses')])
    checkAddress(name, address);
  if (kind === 'applicationRuleCollections') return checkApplicationRule(name, rule);
  checkTransport(kind, name, rule);
  if (kind === 'natRuleCollections') return checkNatRule(name, rule, allocation);
  const destinations = ['destinationAddresses', 'destinationFqdns', 'destinationIpGroups'].flatMap((property) =>
    stringsAt(rule, property),
  );
  if (destinations.length === 0) {
    throw refused(
      'AzureFirewallRuleMissingDestination',
      `AzureFirewallRule ${name}: must have one of destinationAddresses, destinationIpGroups or destinationFqdns.`,
    );
  }
  if (stringsAt(rule, 'destinationFqdns').length > 0 && allocation?.dnsProxy === false) {
    throw refused(
      'AzureFirewallNetworkRuleFqdnRequiresDnsProxy',
      'In order to use DestinationFqdns in Network Rules, DNS Proxy must be enabled, or RequireProxyForNetworkRules must be ' +
        `set to 'false'. See rule ${name} in network rule collection ${collection}`,
    );
  }
}

function checkTransport(kind: 'networkRuleCollections' | 'natRuleCollections', name: string, rule: JsonObject): void {
  const used = stringsAt(rule, 'protocols');
  if (used.length === 0 || !used.every((protocol) => protocols[kind].includes(protocol))) {
    throw refused(
      'AzureFirewallRuleInvalidProtocol',
      `AzureFirewallRule ${name}: Invalid protocols '${used.join(',')}'.`,
    );
  }
  const ports = stringsAt(rule, 'destinationPorts');
  if (
    ports.length === 0 ||
    !ports.every((port) => isPortOrRange(port, 65_535) || (port === '*' && kind === 'networkRuleCollections'))
  ) {
    throw refused(
      'AzureFirewallRuleInvalidPortOrRangeFormat',
      `AzureFirewallRule ${name}: Invalid port or port range '${ports.join(',')}'.`,
    );
  }
}

function checkNatRule(name: string, rule: JsonObject, allocation: Allocation | undefined): void {
  const port = stringAt(rule, 'translatedPort') ?? '';
  const ports = [port, ...stringsAt(rule, 'destinationPorts')];
  if (!ports.every((candidate) => isPort(candidate, MAX_NAT_PORT))) {
    throw refused(
      'AzureFirewallRuleInvalidDnatPortOrRangeFormat',
      `AzureFirewallRule ${name}: Invalid DNAT port or range '${ports.join(',')}'. It must be a single port from 1 to ${MAX_NAT_PORT}.`,
    );
  }
  const address = stringAt(rule, 'translatedAddress');
  if (address === undefined && stringAt(rule, 'translatedFqdn') === undefined) {
    throw refused(
      'AzureFirewallRuleMissingTranslation',
      `AzureFirewallRule ${name}: must have one of translatedAddress or translatedFqdn.`,
    );
  }
  if (address !== undefined) checkAddress(name, address);
  const destinations = stringsAt(rule, 'destinationAddresses');
  if (destinations.length !== 1) {
    throw refused(
      'AzureFirewallNatRuleInvalidDestinationAddress',
      `AzureFirewallRule ${name}: must have exactly one destination address.`,
    );
  }
  if (allocation !== undefined && !allocation.frontends.includes(hostOf(destinations[0] ?? ''))) {
    throw refused(
      'AzureFirewallNatRuleInvalidDestinationAddress',
      `AzureFirewallRule ${name}: destination address ${destinations[0]} is not a public IP address of the firewall.`,
    );
  }
}

function checkApplicationRule(name: string, rule: JsonObject): void {
  const used = objectsAt(rule, 'protocols');
  const known = used.every(
    ({ protocolType, port }) =>
      ['Http', 'Https', 'Mssql'].includes(asText(protocolType)) && isPort(asText(port ?? 443), 64_000),
  );
  if (used.length === 0 || !known) {
    throw refused(
      'AzureFirewallRuleInvalidProtocol',
      `AzureFirewallRule ${name}: each rule needs protocols with protocolType Http, Https or Mssql and a port up to 64000.`,
    );
  }
  const targets = stringsAt(rule, 'targetFqdns').length;
  const tags = stringsAt(rule, 'fqdnTags').length;
  if ((targets === 0) === (tags === 0)) {
    throw refused(
      'AzureFirewallRuleInvalidTarget',
      `AzureFirewallRule ${name}: must have either targetFqdns or fqdnTags.`,
    );
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

/** An address, a CIDR, a range `a-b`, `*` or a service tag. IPv6 fails a firewall that is not dual-stack. */
function checkAddress(rule: string, address: string): void {
  const plain = address === '*' || parseRange(address) !== undefined;
  const range =
    address.split('-').length === 2 &&
    address.split('-').every((end) => !end.includes('/') && parseRange(end) !== undefined);
  const serviceTag = /^[A-Z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)?$/.test(address);
  if (plain || range || serviceTag) return;
  throw refused(
    'AzureFirewallRuleInvalidIpAddressOrRangeFormat',
    `AzureFirewallRule ${rule}: Invalid IP address value or range or Service Tag ${address}.`,
  );
}

function isPortOrRange(text: string, max: number): boolean {
  const [first = '', last = first, ...more] = text.split('-');
  return more.length === 0 && isPort(first, max) && isPort(last, max) && Number(first) <= Number(last);
}

function isPort(text: string, max: number): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= max;
}

function hostOf(address: string): string {
  return address.replace(/\/32$/, '');
}

function refused(code: string, message: string): ArmError {
  return networkError(400, code, message);
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
