import { firewallFacts, routeTableFacts } from '../actual/facts.ts';
import { tableOf, type ActualAdoption } from '../actual/adopted.ts';
import type { RulePolicy } from '../actual/rulePolicy.ts';
import { canonicalRange, contains, rangeOf } from '../model/ipRange.ts';
import type { AdoptedCluster, AdoptedSubnet, AdoptFix, EnvironmentSpec } from '../model/environmentSpec.ts';
import { lastSegment, parentId } from '../model/armId.ts';
import { jsonAt, objectsAt, stringAt, stringsAt, type JsonObject } from '../model/json.ts';

/** Something that an adopted environment lacks for what the article builds, with what to do about it. */
export interface AdoptionGap {
  readonly check: AdoptionCheck;
  /** Full ARM id. */
  readonly resource: string;
  /** The cluster that suffers from it; absent: all of them. */
  readonly cluster?: string;
  readonly message: string;
  readonly remedy: string;
  /** What of `adopt.fix` mends it; absent: nothing does. */
  readonly fix?: AdoptFix;
}

type AdoptionCheck =
  | 'dnsProxy'
  | 'egressRules'
  | 'routeTableAssociation'
  | 'defaultRoute'
  | 'routesToInternet'
  | 'dnsServers'
  | 'authorizedRanges';

/** What the checks look at. */
interface Adopted {
  readonly spec: EnvironmentSpec;
  readonly actual: ActualAdoption;
  readonly firewall: JsonObject;
  /** Absent while the firewall is not finished. */
  readonly privateIp: string | undefined;
  readonly clusters: readonly AdoptedCluster[];
}

type Check = (adopted: Adopted) => readonly Omit<AdoptionGap, 'check'>[];

/** Every check, by the name that reports use. */
const checks: Readonly<Record<AdoptionCheck, Check>> = {
  dnsProxy,
  egressRules,
  routeTableAssociation: perSubnet(associationGap),
  defaultRoute: perSubnet(defaultRouteGap),
  routesToInternet: perSubnet(internetGap),
  dnsServers,
  authorizedRanges,
};

/**
 * What is missing around an adopted firewall and its clusters. Nothing of it keeps Gatehouse from publishing what can be
 * published; each gap says what does not work without it.
 */
export function adoptionGaps(spec: EnvironmentSpec, actual: ActualAdoption): readonly AdoptionGap[] {
  const { firewall } = actual;
  const clusters = spec.adopt?.found?.clusters;
  if (firewall === undefined || clusters === undefined) return [];
  const adopted = { spec, actual, firewall, privateIp: firewallFacts(firewall).privateIp, clusters };
  return (Object.entries(checks) as [AdoptionCheck, Check][]).flatMap(([check, find]) =>
    find(adopted).map((gap) => ({ check, ...gap })),
  );
}

/** Names in network rules are resolved by the proxy, and nobody else. */
function dnsProxy({ firewall, actual }: Adopted): readonly Omit<AdoptionGap, 'check'>[] {
  const isBasic = stringAt(firewall, 'properties', 'sku', 'tier')?.toLowerCase() === 'basic';
  if (isBasic || answersNames(actual)) return [];
  const message = "The firewall's DNS proxy is off: names in network rules are not resolved.";
  // Nothing of an adopted policy is written but the environment's own group.
  if (actual.policy !== undefined) {
    const remedy = `Have it turned on: az network firewall policy update --ids ${actual.policy.id} --enable-dns-proxy true.`;
    return [{ resource: actual.policy.id, message, remedy }];
  }
  const remedy = 'Add dnsProxy to adopt.fix, or: az network firewall update --enable-dns-proxy true.';
  return [{ resource: stringAt(firewall, 'id') ?? '', message, remedy, fix: 'dnsProxy' }];
}

/** Whether the firewall answers names now, for networks that would be told to ask it. */
export const answersNames = ({ firewall, policy }: ActualAdoption): boolean =>
  policy === undefined
    ? firewall !== undefined && hasDnsProxy(firewall)
    : jsonAt(policy.policy, 'properties', 'dnsSettings', 'enableProxy') === true;

/** Of a classic firewall. */
const hasDnsProxy = (firewall: JsonObject): boolean =>
  stringAt(firewall, 'properties', 'additionalProperties', 'Network.DNS.EnableProxy')?.toLowerCase() === 'true';

/** Whether a rule lets the nodes out to what AKS can't do without. */
function egressRules({ firewall, clusters, actual }: Adopted): readonly Omit<AdoptionGap, 'check'>[] {
  const base = actual.policy?.base;
  const unread = base !== undefined && base.groups === undefined ? ` What ${base.id} hands down may not be read.` : '';
  const rules = (actual.policy === undefined ? classicRules(firewall) : policyRules(actual.policy)).filter(letsAksOut);
  return clusters
    .filter(({ subnets }) => !subnets.every((subnet) => rules.some((rule) => isFrom(rule, subnet))))
    .map(({ name }) => ({
      resource: stringAt(firewall, 'id') ?? '',
      cluster: name,
      message: `No application rule lets the nodes of ${name} out to what AKS needs.${unread}`,
      remedy: 'Add egress to adopt.fix, or allow the FQDN tag AzureKubernetesService to the subnet.',
      fix: 'egress' as const,
    }));
}

const classicRules = (firewall: JsonObject): readonly JsonObject[] =>
  objectsAt(firewall, 'properties', 'applicationRuleCollections')
    .filter((one) => stringAt(one, 'properties', 'action', 'type')?.toLowerCase() !== 'deny')
    .flatMap((one) => objectsAt(one, 'properties', 'rules'));

/** A base policy hands its rules down, and they come first. */
const policyRules = ({ groups, base }: RulePolicy): readonly JsonObject[] =>
  [...(base?.groups ?? []), ...groups]
    .flatMap((group) => objectsAt(group, 'properties', 'ruleCollections'))
    .filter((one) => stringAt(one, 'action', 'type')?.toLowerCase() === 'allow')
    .flatMap((one) => objectsAt(one, 'rules'));

const letsAksOut = (rule: JsonObject): boolean =>
  stringsAt(rule, 'fqdnTags').some((tag) => tag.toLowerCase() === 'azurekubernetesservice') ||
  stringsAt(rule, 'targetFqdns').some((fqdn) => fqdn === '*' || fqdn.toLowerCase().includes('.hcp.'));

function isFrom(rule: JsonObject, { prefixes }: AdoptedSubnet): boolean {
  const sources = stringsAt(rule, 'sourceAddresses');
  // What IP groups hold is not read; the rule is believed.
  if (sources.includes('*') || stringsAt(rule, 'sourceIpGroups').length > 0) return true;
  const ranges = sources.flatMap((text) => rangeOf(text) ?? []);
  return prefixes.every((prefix) => {
    const inner = rangeOf(prefix);
    return inner !== undefined && ranges.some((outer) => contains(outer, inner));
  });
}

type SubnetGap = (
  adopted: Adopted,
  subnet: AdoptedSubnet,
  cluster: string,
) => Omit<AdoptionGap, 'check' | 'cluster'> | undefined;

function perSubnet(gapOf: SubnetGap): Check {
  return (adopted) =>
    adopted.clusters.flatMap(({ name, subnets }) =>
      subnets.flatMap((subnet) => {
        const gap = gapOf(adopted, subnet, name);
        return gap === undefined ? [] : [{ ...gap, cluster: name }];
      }),
    );
}

function associationGap({ actual }: Adopted, subnet: AdoptedSubnet, cluster: string) {
  if (tableOf(actual, subnet) !== undefined) return undefined;
  return {
    resource: subnet.id,
    message: `The subnet of ${cluster} has no route table: nothing leads to the firewall.`,
    remedy:
      'Give adopt.routeTable and add association to adopt.fix, or: az network vnet subnet update --route-table ID.',
    fix: 'association' as const,
  };
}

function defaultRouteGap({ actual, privateIp }: Adopted, subnet: AdoptedSubnet, cluster: string) {
  const table = tableOf(actual, subnet);
  if (table === undefined || privateIp === undefined) return undefined;
  const route = defaultRouteOf(table);
  if (stringAt(route, 'properties', 'nextHopIpAddress') === privateIp) return undefined;
  const resource = stringAt(table, 'id') ?? '';
  if (route === undefined) {
    return {
      resource,
      message: `The route table of ${cluster} has no route 0.0.0.0/0 → ${privateIp}: its traffic does not pass the firewall.`,
      remedy: 'Add routes to adopt.fix, or add the route.',
      fix: 'routes' as const,
    };
  }
  const hop = stringAt(route, 'properties', 'nextHopIpAddress') ?? stringAt(route, 'properties', 'nextHopType') ?? '?';
  return {
    resource,
    message: `The route ${stringAt(route, 'name') ?? ''} of ${cluster} leads to ${hop}, not to the firewall at ${privateIp}.`,
    remedy: 'Change the route where that is not meant so; Gatehouse changes no route of others.',
  };
}

/** The route that everything goes by which no other is meant for. */
export const defaultRouteOf = (table: JsonObject): JsonObject | undefined =>
  objectsAt(table, 'properties', 'routes').find(
    (route) => stringAt(route, 'properties', 'addressPrefix') === '0.0.0.0/0',
  );

function internetGap({ actual }: Adopted, subnet: AdoptedSubnet, cluster: string) {
  const table = tableOf(actual, subnet);
  if (table === undefined) return undefined;
  const missing = frontendsWithoutRoute(table, actual.frontends);
  if (missing.length === 0) return undefined;
  return {
    resource: stringAt(table, 'id') ?? '',
    message:
      `The route table of ${cluster} has no route to the Internet for ${missing.join(', ')}: ` +
      'what public load balancers answer would come back through the firewall and be dropped.',
    remedy: `Add routes to adopt.fix, or add routes ${missing.map((one) => `${one}/32 → Internet`).join(', ')}.`,
    fix: 'routes' as const,
  };
}

/** Frontends that answers don't leave by straight to the Internet. */
export function frontendsWithoutRoute(table: JsonObject, frontends: readonly string[]): readonly string[] {
  const routes = routeTableFacts(table)
    .routes.filter(({ nextHopType }) => nextHopType.toLowerCase() === 'internet')
    .flatMap(({ prefix }) => rangeOf(canonicalRange(prefix)) ?? []);
  return frontends.filter((address) => {
    const range = rangeOf(address);
    return range !== undefined && !routes.some((route) => contains(route, range));
  });
}

/** Nodes that resolve elsewhere may connect to other addresses than the firewall has let through. */
function dnsServers({ actual, clusters, privateIp, spec }: Adopted): readonly Omit<AdoptionGap, 'check'>[] {
  const usesProxy = answersNames(actual) || spec.adopt?.fix.includes('dnsProxy') === true;
  if (privateIp === undefined || !usesProxy) return [];
  const networks = new Map(
    clusters.flatMap(({ name, subnets }) => subnets.map(({ id }) => [parentId(id).toLowerCase(), name] as const)),
  );
  return [...networks].flatMap(([id, cluster]): Omit<AdoptionGap, 'check'>[] => {
    const network = actual.networks[id];
    if (network === undefined || stringsAt(network, 'properties', 'dhcpOptions', 'dnsServers').includes(privateIp))
      return [];
    return [
      {
        resource: stringAt(network, 'id') ?? '',
        cluster,
        message: `The network ${lastSegment(id)} of ${cluster} does not resolve through the firewall's DNS proxy.`,
        remedy:
          'Add dnsServers to adopt.fix; nodes that run keep the resolvers that they have until they are started anew.',
        fix: 'dnsServers',
      },
    ];
  });
}

function authorizedRanges({ actual, clusters }: Adopted): readonly Omit<AdoptionGap, 'check'>[] {
  return clusters.flatMap(({ id, name }): Omit<AdoptionGap, 'check'>[] => {
    const profile = jsonAt(actual.clusters[id.toLowerCase()], 'properties', 'apiServerAccessProfile');
    if (jsonAt(profile, 'enablePrivateCluster') === true || stringsAt(profile, 'authorizedIPRanges').length > 0)
      return [];
    return [
      {
        resource: id,
        cluster: name,
        message: `The API server of ${name} is open to the Internet.`,
        remedy: 'Add authorizedRanges to adopt.fix: the firewall, the app and granted developers are let in.',
        fix: 'authorizedRanges',
      },
    ];
  });
}
