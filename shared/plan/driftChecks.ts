import { firewallFacts, isBroken, provisioningState } from '../actual/facts.ts';
import { natRules } from '../actual/natRules.ts';
import { desiredFirewall } from '../desired/firewall.ts';
import { desiredNetworkRouting, desiredRoutes } from '../desired/network.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { Finding } from '../model/environmentStatus.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { ownershipTag, resourceIds } from '../model/names.ts';
import type { Publication } from '../model/publication.ts';
import type { DesiredResource } from '../model/resource.ts';
import { planResource } from './mergeResource.ts';
import type { PublicationPlan } from './publicationPlan.ts';
import type { RangePlan } from './rangePlan.ts';
import type { Difference, ResourcePlan } from './resourcePlan.ts';

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
  readonly routeTable?: JsonObject;
  readonly virtualNetwork?: JsonObject;
  /** Public addresses of the firewall. */
  readonly frontends: readonly string[];
  /** Absent: not looked at. */
  readonly publications?: Pick<PublicationPlan, 'created' | 'updated' | 'deleted'>;
  readonly ranges?: readonly ClusterRanges[];
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
  threatIntelligence,
  dnsProxy,
  firewallConfiguration,
  routes,
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
  | 'threatIntelligence'
  | 'dnsProxy'
  | 'firewallConfiguration'
  | 'routes'
  | 'dnsServers'
  | 'routeTableAssociation'
  | 'subnets'
  | 'authorizedRanges';

/**
 * Everything that a sync would have to write, and what keeps it from writing. Values that Azure merely spells differently
 * (case, `/32`, order, added defaults) are no differences: the comparison is the one that writes are made from.
 */
export function driftFindings(input: DriftInput): readonly DriftFinding[] {
  const compared = compareAll(input);
  return Object.values(driftChecks).flatMap((check) => check(compared));
}

function compareAll(input: DriftInput): Compared {
  const { spec, firewall, routeTable, virtualNetwork, frontends } = input;
  const firewallPrivateIp = firewall === undefined ? undefined : firewallFacts(firewall).privateIp;
  const plan = (desired: DesiredResource, actual: JsonObject | undefined) =>
    actual === undefined ? undefined : planResource(desired, actual, spec.name);
  return {
    input,
    firewall: plan(desiredFirewall(spec), firewall),
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
  const { spec, firewall, routeTable, virtualNetwork } = input;
  const ids = resourceIds(spec);
  const resources = [
    { id: ids.firewall, actual: firewall },
    { id: ids.routeTable, actual: routeTable },
    { id: ids.virtualNetwork, actual: virtualNetwork },
  ];
  return resources
    .filter(({ actual }) => actual === undefined)
    .map(({ id }) => ({ check: 'presence', resource: id, what: 'the resource', expected: id, severity: 'error' }));
}

/** Somebody has taken our tag off: the resource counts as foreign and is not written any more. */
function ownership({ input, firewall, routes: table, network }: Compared): readonly DriftFinding[] {
  return [firewall, table, network].flatMap((plan): readonly DriftFinding[] => {
    if (plan?.action !== 'foreign') return [];
    const actual = plan.owner === undefined ? {} : { actual: plan.owner };
    const what = `tags.${ownershipTag}`;
    return [{ check: 'ownership', resource: plan.id, what, expected: input.spec.name, ...actual, severity: 'error' }];
  });
}

/** A resource whose last write has failed may say what is wanted and not work so. */
function lastWrite({ input, firewall, routes: table, network }: Compared): readonly DriftFinding[] {
  const { firewall: raw, routeTable, virtualNetwork } = input;
  const owned = [
    { plan: firewall, actual: raw },
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
function dnatRules({ input: { spec, firewall, publications } }: Compared): readonly DriftFinding[] {
  if (publications === undefined || firewall === undefined) return [];
  const actual = new Map(natRules(firewall, spec.name).owned.map(({ name, raw }) => [name, raw]));
  const shared = { check: 'dnatRules', resource: resourceIds(spec).firewall, severity: 'warning' } as const;
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
  ];
}

function expectedRule({ rule }: Publication): JsonObject {
  return { ...rule };
}

function egressRules({ firewall }: Compared): readonly DriftFinding[] {
  return findings('egressRules', firewall, isEgress, 'warning');
}

function threatIntelligence({ firewall }: Compared): readonly DriftFinding[] {
  return findings('threatIntelligence', firewall, isThreatIntelligence, 'warning');
}

/** Without it names in network rules are not resolved. */
function dnsProxy({ firewall }: Compared): readonly DriftFinding[] {
  return findings('dnsProxy', firewall, isDnsProxy, 'error');
}

function firewallConfiguration({ firewall }: Compared): readonly DriftFinding[] {
  const isOther = (path: string) => !isEgress(path) && !isThreatIntelligence(path) && !isDnsProxy(path);
  return findings('firewallConfiguration', firewall, isOther, 'warning');
}

function routes({ routes: table }: Compared): readonly DriftFinding[] {
  return findings('routes', table, () => true, 'error');
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

/** Whether the firewall lets out what the spec calls for: until then nothing may be routed to it that was not before. */
export function egressIsInPlace(spec: EnvironmentSpec, firewall: JsonObject): boolean {
  const plan = planResource(desiredFirewall(spec), firewall, spec.name);
  return (
    plan.action !== 'foreign' &&
    provisioningState(firewall) === 'Succeeded' &&
    !plan.differences.some(({ path }) => isEgress(path) || isDnsProxy(path))
  );
}

/** Whether a difference of a network is that of its cluster's subnet and the route table. */
export const isRouteTableAssociation = (path: string): boolean => /\.routeTable\b/.test(path);

const isEgress = (path: string) => /^properties\.(network|application)RuleCollections\b/.test(path);
const isThreatIntelligence = (path: string) => path === 'properties.threatIntelMode';
const isDnsProxy = (path: string) => path.startsWith('properties.additionalProperties');
const isDnsServers = (path: string) => path.startsWith('properties.dhcpOptions');

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
