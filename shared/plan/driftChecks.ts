import { sameValue } from '../actual/compare.ts';
import { firewallFacts, isBroken, provisioningState } from '../actual/facts.ts';
import { natRules } from '../actual/natRules.ts';
import { ownGroup, type RulePolicy } from '../actual/rulePolicy.ts';
import type { ActualAdoption } from '../actual/adopted.ts';
import { desiredAdoptedFirewall, isAdopting, type AdoptingSpec } from '../desired/adopted.ts';
import { catalogueVersion } from '../desired/egressCatalogue.ts';
import { desiredFirewall } from '../desired/firewall.ts';
import { desiredFirewallPolicy } from '../desired/firewallPolicy.ts';
import { desiredNetworkRouting, desiredRoutes } from '../desired/network.ts';
import { desiredRuleCollectionGroup } from '../desired/ruleCollectionGroup.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { Finding } from '../model/environmentStatus.ts';
import { isList, type Json, type JsonObject } from '../model/json.ts';
import { JUMPBOX_RULE, ownershipTag, resourceIds, ruleCollectionGroupId } from '../model/names.ts';
import type { Publication } from '../model/publication.ts';
import type { DesiredResource } from '../model/resource.ts';
import { current, networkFixes, routeFixes, type AdoptionFix, type CurrentAdoption } from './adoptionFixes.ts';
import {
  isDnsProxy,
  isDnsServers,
  isEgress,
  isOfAllowList,
  isRouteTableAssociation,
  isThreatIntelligence,
} from './driftPaths.ts';
import { egressCoverage } from './egressCoverage.ts';
import type { JumpboxRulePlan } from './jumpboxRulePlan.ts';
import { planResource } from './mergeResource.ts';
import type { PublicationPlan } from './publicationPlan.ts';
import type { RangePlan } from './rangePlan.ts';
import type { Difference, ResourcePlan } from './resourcePlan.ts';
import { natRuleView } from './ruleHolder.ts';

/** One difference between what is wanted and what is there, by a named check. */
export interface DriftFinding {
  readonly check: DriftCheckName;
  /** Full ARM id of the resource that differs. */
  readonly resource: string;
  /** What differs: the path of a property, or the name of a rule. */
  readonly what: string;
  /** Absent: it should not be there. */
  readonly expected?: Json;
  /** Absent: it is not there. */
  readonly actual?: Json;
  readonly severity: Finding['severity'];
}

export interface DriftInput {
  readonly spec: EnvironmentSpec;
  /** Raw, as ARM answers them; absent where there is none. */
  readonly firewall?: JsonObject;
  /** What the firewall goes by; absent: it is classic. */
  readonly policy?: RulePolicy;
  readonly routeTable?: JsonObject;
  readonly virtualNetwork?: JsonObject;
  /** Public addresses of the firewall. */
  readonly frontends: readonly string[];
  /** Names of IP configurations that the firewall need not have any more. */
  readonly retired?: readonly string[];
  /** Ids of public IPs that nothing needs any more. */
  readonly retiredPublicIps?: readonly string[];
  /** Absent: not looked at. */
  readonly publications?: Pick<PublicationPlan, 'created' | 'updated' | 'deleted' | 'jumpbox'>;
  /** Of an environment with a jumpbox; absent: not looked at. */
  readonly jumpbox?: ActualJumpbox;
  readonly ranges?: readonly ClusterRanges[];
  /** The version of the egress catalogue that the rules were last written with; absent: this one. */
  readonly catalogue?: string;
  /** Of an environment that has adopted: its networks and route tables, in place of those above. */
  readonly adoption?: CurrentAdoption;
}

/** What a jumpbox consists of, raw; absent where it is gone. */
export interface ActualJumpbox {
  readonly machine?: JsonObject;
  readonly networkInterface?: JsonObject;
}

/** What a cluster's authorized ranges lack, and what should not be in them. */
export interface ClusterRanges extends Pick<RangePlan, 'added' | 'removed'> {
  /** Full ARM id of the cluster. */
  readonly id: string;
}

/** What the checks share: each resource is compared once. */
interface Compared {
  readonly input: DriftInput;
  readonly firewall: ResourcePlan | undefined;
  /** Of the environment's own policy. */
  readonly policy: ResourcePlan | undefined;
  readonly group: ResourcePlan | undefined;
  readonly routes: ResourcePlan | undefined;
  readonly network: ResourcePlan | undefined;
}

type DriftCheck = (compared: Compared) => readonly DriftFinding[];

/** Every check, by the name that reports use. The list is what drift means. */
export const driftChecks = {
  presence,
  ownership,
  lastWrite,
  dnatRules,
  egressRules,
  egressCatalogue,
  threatIntelligence,
  dnsProxy,
  firewallConfiguration,
  policyConfiguration,
  routes,
  publicIps,
  dnsServers,
  routeTableAssociation,
  subnets,
  authorizedRanges,
} as const satisfies Readonly<Record<string, DriftCheck>>;

type DriftCheckName =
  | 'presence'
  | 'ownership'
  | 'lastWrite'
  | 'dnatRules'
  | 'egressRules'
  | 'egressCatalogue'
  | 'egressCoverage'
  | 'threatIntelligence'
  | 'dnsProxy'
  | 'firewallConfiguration'
  | 'policyConfiguration'
  | 'routes'
  | 'publicIps'
  | 'dnsServers'
  | 'routeTableAssociation'
  | 'subnets'
  | 'authorizedRanges'
  | 'clusterConfiguration'
  | 'clusterAsBuilt';

/**
 * Everything that a sync would have to write, and what keeps it from writing. Values that Azure merely spells differently
 * (case, `/32`, order, added defaults) are no differences: the comparison is the one that writes are made from.
 */
export function driftFindings(input: DriftInput): readonly DriftFinding[] {
  const { spec, adoption } = input;
  if (isAdopting(spec)) return adoptedFindings(input, current(spec, adoption), adoption?.actual);
  const compared = compareAll(input);
  return Object.values(driftChecks).flatMap((check) => check(compared));
}

/** Of what is adopted only that is wanted which `adopt.fix` asks for, on each resource by itself. */
function adoptedFindings(
  input: DriftInput,
  spec: AdoptingSpec,
  actual: ActualAdoption | undefined,
): readonly DriftFinding[] {
  const none = {
    input,
    firewall: undefined,
    policy: undefined,
    group: undefined,
    routes: undefined,
    network: undefined,
  };
  const planOf = ({ desired, actual: present }: AdoptionFix) => planResource(desired, present, spec.name);
  const firewall =
    input.firewall && planResource(desiredAdoptedFirewall(spec, input.firewall), input.firewall, spec.name);
  const group = input.policy && ownGroup(input.policy, spec.name);
  const ofFirewall: Compared = {
    ...none,
    firewall,
    group: input.policy && group && planResource(desiredRuleCollectionGroup(spec, input.policy), group, spec.name),
  };
  const tables = actual === undefined ? [] : routeFixes(spec, actual).map((fix) => ({ ...none, routes: planOf(fix) }));
  const networks =
    actual === undefined ? [] : networkFixes(spec, actual).map((fix) => ({ ...none, network: planOf(fix) }));
  return [
    ...(input.firewall === undefined ? [goneFinding(resourceIds(spec).firewall)] : []),
    ...[ownership, dnatRules, egressRules, egressCatalogue, dnsProxy].flatMap((check) => check(ofFirewall)),
    ...tables.flatMap(routes),
    ...networks.flatMap((network) => [...dnsServers(network), ...routeTableAssociation(network)]),
    ...authorizedRanges(ofFirewall),
  ];
}

function compareAll(input: DriftInput): Compared {
  const { spec, firewall, policy, routeTable, virtualNetwork, frontends, retired } = input;
  const firewallPrivateIp = firewall === undefined ? undefined : firewallFacts(firewall).privateIp;
  const plan = (desired: DesiredResource, actual: JsonObject | undefined) =>
    actual === undefined ? undefined : planResource(desired, actual, spec.name);
  return {
    input,
    firewall: plan(desiredFirewall(spec, retired), firewall),
    policy: policy?.isOwn === true ? plan(desiredFirewallPolicy(spec, policy.policy), policy.policy) : undefined,
    group:
      policy === undefined ? undefined : plan(desiredRuleCollectionGroup(spec, policy), ownGroup(policy, spec.name)),
    // Without the firewall's address nobody knows where routes should lead; its absence is found on its own.
    ...(firewallPrivateIp === undefined
      ? { routes: undefined, network: undefined }
      : {
          routes: plan(desiredRoutes(spec, { firewallPrivateIp, frontends }), routeTable),
          network: plan(desiredNetworkRouting(spec, { firewallPrivateIp }), virtualNetwork),
        }),
  };
}

/** A resource that was created and is gone. */
function presence({ input }: Compared): readonly DriftFinding[] {
  const { spec, firewall, policy, routeTable, virtualNetwork, jumpbox } = input;
  const ids = resourceIds(spec);
  const resources = [
    { id: ids.firewall, actual: firewall, what: 'the resource' },
    ...(policy === undefined ? [] : [holderOf(spec.name, policy)]),
    { id: ids.routeTable, actual: routeTable, what: 'the resource' },
    { id: ids.virtualNetwork, actual: virtualNetwork, what: 'the resource' },
    ...(jumpbox === undefined
      ? []
      : [
          { id: ids.jumpboxInterface, actual: jumpbox.networkInterface, what: "the jumpbox's network interface" },
          { id: ids.jumpbox, actual: jumpbox.machine, what: "the jumpbox's machine" },
        ]),
  ];
  return resources.filter(({ actual }) => actual === undefined).map(({ id, what }) => goneFinding(id, what));
}

/** A group goes with its policy: only the absence of the one that stands first is told. */
function holderOf(environment: string, policy: RulePolicy) {
  return policy.policy === undefined
    ? { id: policy.id, actual: undefined, what: 'the firewall policy' }
    : {
        id: ruleCollectionGroupId(policy.id, environment),
        actual: ownGroup(policy, environment),
        what: 'the rule collection group',
      };
}

const goneFinding = (id: string, what = 'the resource'): DriftFinding => ({
  check: 'presence',
  resource: id,
  what,
  expected: id,
  severity: 'error',
});

/** Somebody has taken our tag off: the resource counts as foreign and is not written any more. */
function ownership({ input, firewall, policy, routes: table, network }: Compared): readonly DriftFinding[] {
  return [firewall, policy, table, network].flatMap((plan): readonly DriftFinding[] => {
    if (plan?.action !== 'foreign') return [];
    const actual = plan.owner === undefined ? {} : { actual: plan.owner };
    const what = `tags.${ownershipTag}`;
    return [{ check: 'ownership', resource: plan.id, what, expected: input.spec.name, ...actual, severity: 'error' }];
  });
}

/** A resource whose last write has failed may say what is wanted and not work so. */
function lastWrite({ input, firewall, policy, group, routes: table, network }: Compared): readonly DriftFinding[] {
  const { spec, firewall: raw, policy: holder, routeTable, virtualNetwork } = input;
  const owned = [
    { plan: firewall, actual: raw },
    { plan: policy, actual: holder?.policy },
    { plan: group, actual: holder === undefined ? undefined : ownGroup(holder, spec.name) },
    { plan: table, actual: routeTable },
    { plan: network, actual: virtualNetwork },
  ];
  return owned.flatMap(({ plan, actual }): readonly DriftFinding[] => {
    if (plan === undefined || plan.action === 'foreign' || actual === undefined || !isBroken(actual)) return [];
    const what = `${plan.kind} provisioningState`;
    const state = provisioningState(actual);
    return [{ check: 'lastWrite', resource: plan.id, what, expected: 'Succeeded', actual: state, severity: 'error' }];
  });
}

/** Rules that services call for, and rules that none does. */
function dnatRules({ input: { spec, firewall, policy, publications } }: Compared): readonly DriftFinding[] {
  if (publications === undefined || firewall === undefined) return [];
  const rules = natRules(natRuleView(spec, { firewall, ...(policy !== undefined && { policy }) }), spec.name);
  const actual = new Map(rules.owned.map(({ name, raw }) => [name, raw]));
  const resource = policy === undefined ? resourceIds(spec).firewall : ruleCollectionGroupId(policy.id, spec.name);
  const shared = { check: 'dnatRules', resource, severity: 'warning' } as const;
  const found = (what: string) => {
    const raw = actual.get(what);
    return raw === undefined ? {} : { actual: raw };
  };
  return [
    ...publications.created.map((one) => ({ ...shared, what: one.ruleName, expected: expectedRule(one) })),
    ...publications.updated.map((one) => ({
      ...shared,
      what: one.ruleName,
      expected: expectedRule(one),
      ...found(one.ruleName),
    })),
    ...publications.deleted.map(({ name }) => ({ ...shared, what: name, ...found(name) })),
    ...jumpboxRuleFindings(publications.jumpbox, rules.jumpbox?.raw).map((one) => ({ ...shared, ...one })),
  ];
}

/** The rule to the jumpbox is the spec's own. */
function jumpboxRuleFindings(plan: JumpboxRulePlan | undefined, actual: JsonObject | undefined) {
  if (plan === undefined || plan.action === 'none') return [];
  const { rule } = plan;
  return [{ what: JUMPBOX_RULE, ...(rule && { expected: { ...rule } }), ...(actual && { actual }) }];
}

function expectedRule({ rule }: Publication): JsonObject {
  return { ...rule };
}

/** Edits of what presets and the spec let out. */
function egressRules(compared: Compared): readonly DriftFinding[] {
  return egressFindings(compared, 'egressRules', (path) => !isOfNewerCatalogue(compared, path));
}

/** What a newer version of the app lets out otherwise: names that come, and names that go. */
function egressCatalogue(compared: Compared): readonly DriftFinding[] {
  return egressFindings(compared, 'egressCatalogue', (path) => isOfNewerCatalogue(compared, path)).map(
    ({ expected, actual, ...finding }) => {
      const [comes, goes] = [withoutSame(expected, actual), withoutSame(actual, expected)];
      return {
        ...finding,
        ...(comes !== undefined && { expected: comes }),
        ...(goes !== undefined && { actual: goes }),
      };
    },
  );
}

const isOfNewerCatalogue = ({ input: { catalogue = catalogueVersion } }: Compared, path: string): boolean =>
  catalogue !== catalogueVersion && !isOfAllowList(path);

function egressFindings(
  { firewall, group }: Compared,
  check: DriftCheckName,
  isMeant: (path: string) => boolean,
): readonly DriftFinding[] {
  return group === undefined
    ? findings(check, firewall, (path) => isEgress(path) && isMeant(path), 'warning')
    : findings(check, group, isMeant, 'warning');
}

/** Of two lists, what only the first one has. */
function withoutSame(list: Json | undefined, other: Json | undefined): Json | undefined {
  if (!isList(list) || !isList(other)) return list;
  return list.filter((item) => !other.some((known) => sameValue(known, item)));
}

/**
 * What AKS needs and the spec lets nothing reach. Nobody has edited anything, and no sync would write it: it is the spec's to say.
 */
export function coverageFindings(spec: EnvironmentSpec): readonly DriftFinding[] {
  return egressCoverage(spec).missing.map(({ fqdn, use }) => ({
    check: 'egressCoverage',
    resource: resourceIds(spec).firewall,
    what: `${fqdn} (${use})`,
    expected: 'https:443',
    severity: 'warning',
  }));
}

function threatIntelligence({ firewall, policy }: Compared): readonly DriftFinding[] {
  return findings('threatIntelligence', policy ?? firewall, isThreatIntelligence, 'warning');
}

/** Without it names in network rules are not resolved. */
function dnsProxy({ firewall, policy }: Compared): readonly DriftFinding[] {
  return findings('dnsProxy', policy ?? firewall, isDnsProxy, 'error');
}

/** Its addresses, and the policy that it goes by. */
function firewallConfiguration({ firewall }: Compared): readonly DriftFinding[] {
  const isOther = (path: string) => !isEgress(path) && !isThreatIntelligence(path) && !isDnsProxy(path);
  return findings('firewallConfiguration', firewall, isOther, 'warning');
}

function policyConfiguration({ policy }: Compared): readonly DriftFinding[] {
  const isOther = (path: string) => !isThreatIntelligence(path) && !isDnsProxy(path);
  return findings('policyConfiguration', policy, isOther, 'warning');
}

function routes({ routes: table }: Compared): readonly DriftFinding[] {
  return findings('routes', table, () => true, 'error');
}

/** What is left of a larger number of frontends. */
function publicIps({ input: { retiredPublicIps = [] } }: Compared): readonly DriftFinding[] {
  return retiredPublicIps.map((id) => {
    const what = id.slice(id.lastIndexOf('/') + 1);
    return { check: 'publicIps', resource: id, what, actual: id, severity: 'warning' };
  });
}

function dnsServers({ network }: Compared): readonly DriftFinding[] {
  return findings('dnsServers', network, isDnsServers, 'error');
}

function routeTableAssociation({ network }: Compared): readonly DriftFinding[] {
  return findings('routeTableAssociation', network, isRouteTableAssociation, 'error');
}

function subnets({ network }: Compared): readonly DriftFinding[] {
  return findings('subnets', network, (path) => !isDnsServers(path) && !isRouteTableAssociation(path), 'warning');
}

function authorizedRanges({ input: { ranges = [] } }: Compared): readonly DriftFinding[] {
  return ranges.flatMap(({ id, added, removed }) => {
    const shared = { check: 'authorizedRanges', resource: id } as const;
    return [
      ...added.map((range) => ({ ...shared, what: range, expected: range, severity: 'error' as const })),
      ...removed.map((range) => ({ ...shared, what: range, actual: range, severity: 'warning' as const })),
    ];
  });
}

function findings(
  check: DriftCheckName,
  plan: ResourcePlan | undefined,
  isMeant: (path: string) => boolean,
  severity: Finding['severity'],
): readonly DriftFinding[] {
  const differences: readonly Difference[] = plan?.differences ?? [];
  return differences
    .filter(({ path }) => isMeant(path))
    .map(({ path, before, after }) => ({
      check,
      resource: plan?.id ?? '',
      what: path,
      ...(after !== undefined && { expected: after }),
      ...(before !== undefined && { actual: before }),
      severity,
    }));
}
