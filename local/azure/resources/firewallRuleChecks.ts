import { networkError, type ArmError } from '../errors.ts';
import { asText, objectsAt, stringAt, stringsAt, type JsonObject } from '../json.ts';
import { parseRange } from '../ipv4.ts';

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

export const MAX_NAT_PORT = 63_999;
const protocols: Readonly<Record<'networkRuleCollections' | 'natRuleCollections', readonly string[]>> = {
  networkRuleCollections: ['TCP', 'UDP', 'ICMP', 'Any'],
  natRuleCollections: ['TCP', 'UDP', 'Any'],
};

/** Throws the refusal that Azure has for the first fault in one rule. */
export function checkRule(
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

/** An address, a CIDR, a range `a-b`, `*` or a service tag. IPv6 fails a firewall that is not dual-stack. */
export function checkAddress(rule: string, address: string): void {
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

export function isPortOrRange(text: string, max: number): boolean {
  const [first = '', last = first, ...more] = text.split('-');
  return more.length === 0 && isPort(first, max) && isPort(last, max) && Number(first) <= Number(last);
}

export function isPort(text: string, max: number): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= max;
}

function hostOf(address: string): string {
  return address.replace(/\/32$/, '');
}

export function refused(code: string, message: string): ArmError {
  return networkError(400, code, message);
}
