import { firewallFacts, publicIpFacts, publicIpPrefixFacts } from '../actual/facts.ts';
import { sameId } from '../actual/compare.ts';
import { controlPlanePrincipal, identityFacts } from '../actual/principals.ts';
import { ownGroup } from '../actual/rulePolicy.ts';
import { withApiServerRule } from '../desired/apiServerEgress.ts';
import { desiredCluster } from '../desired/cluster.ts';
import {
  desiredIdentity,
  desiredReaderRole,
  desiredRoleAssignments,
  type Principal,
} from '../desired/clusterIdentity.ts';
import { desiredFirewall } from '../desired/firewall.ts';
import { desiredFirewallPolicy } from '../desired/firewallPolicy.ts';
import { frontendRanges } from '../desired/frontendRanges.ts';
import { desiredJumpbox, desiredJumpboxInterface, hasJumpbox, standingJumpbox } from '../desired/jumpbox.ts';
import { desiredNetworkRouting, desiredRouteTable, desiredRoutes, desiredVirtualNetwork } from '../desired/network.ts';
import { firewallFrontends } from '../desired/publicIps.ts';
import { desiredResourceGroup } from '../desired/resourceGroup.ts';
import { desiredRuleCollectionGroup } from '../desired/ruleCollectionGroup.ts';
import { clusterViews } from '../model/clusters.ts';
import { controlPlaneOf } from '../model/controlPlane.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { stringAt, type JsonObject } from '../model/json.ts';
import { ownershipTag } from '../model/names.ts';
import type { Problem } from '../model/problem.ts';
import type { DesiredResource, ResourceKind } from '../model/resource.ts';
import type { ClusterStepName, SingleStepName, StepName } from '../model/step.ts';
import { knownAfter } from '../model/unknownValue.ts';
import { clusterStep, clusterStepsOf } from './clusterSteps.ts';
import { clusterUpdate, fixedDifferences, fixedDifferenceText } from './clusterUpdate.ts';
import { planResource } from './mergeResource.ts';
import { seenBy, type ActualResources, type Plan } from './plan.ts';
import { planHints, planWarnings } from './planWarnings.ts';
import { provisioningGraph } from './provisioningGraph.ts';
import { criticalPath } from './stepOrder.ts';
import type { Step } from './step.ts';
import { publicIpPlan } from './publicIpPlan.ts';
import type { Difference, ResourcePlan } from './resourcePlan.ts';
import { another, anotherPool } from './specChanges/verdicts.ts';

export type * from './plan.ts';

/** Typical times of updates that differ from those of a creation, in seconds. */
const updateSeconds: Readonly<Partial<Record<ResourceKind, number>>> = {
  firewall: 240,
  ruleCollectionGroup: 90,
  cluster: 118,
};

interface PlanSettings {
  readonly outboundRanges: readonly string[];
  readonly app?: Principal;
}

/**
 * The preview of a provisioning, from the same desired resources and the same merge that the steps themselves use.
 *
 * @param settings `outboundRanges`: the app's own addresses, which go into the API server's authorized ranges; `app`: who it
 *   is in the directory, where it needs a role in the cluster
 * @throws TooManyRangesError as the cluster's step would
 */
export function provisioningPlan(given: EnvironmentSpec, actual: ActualResources, settings: PlanSettings): Plan {
  const spec = withApiServerRule(
    given,
    clusterViews(given).map((view) => seenBy(view, actual).cluster),
  );
  const plans = stepPlans(spec, actual, settings);
  const ofClusters = (name: ClusterStepName) => clusterStepsOf(spec, name).flatMap((step) => plans[step] ?? []);
  const shown = [
    plans.resourceGroup,
    // The second write of each holds what the first one does.
    plans.networkRouting,
    plans.publicIpPrefixes,
    plans.publicIp,
    ofClusters('identity'),
    plans.routes,
    plans.firewallPolicy,
    plans.ruleCollectionGroup,
    plans.firewall,
    ofClusters('cluster'),
    ofClusters('clusterRoles'),
    ofClusters('readerRole'),
    plans.jumpboxInterface,
    plans.jumpbox,
  ].flat();
  const resources = shown.map(({ kind, id, action, differences }) => ({ kind, id, action, differences }));
  const count = (action: ResourcePlan['action']) => resources.filter((one) => one.action === action).length;
  const { seconds } = criticalPath(provisioningGraph(spec), (step) => secondsOf(step, plans[step.name] ?? []));
  return {
    environment: spec.name,
    subscription: spec.subscription,
    location: spec.location,
    counts: { create: count('create'), modify: count('modify'), none: count('none'), foreign: count('foreign') },
    resources,
    firewallWrites: plans.firewall.filter(writes).length,
    expectedMinutes: Math.round(seconds / 6) / 10,
    warnings: [
      ...planWarnings(spec, actual, resources),
      ...clusterViews(spec).flatMap((view) => fixedWarnings(view, seenBy(view, actual), settings)),
    ],
    hints: planHints(spec),
    conflicts: shown.flatMap(conflictOf),
  };
}

/** What stands otherwise than the spec says, and stays so. */
function fixedWarnings(
  spec: EnvironmentSpec,
  actual: ActualResources,
  { outboundRanges }: PlanSettings,
): readonly string[] {
  const frontends = frontendRangesOf(spec, actual);
  const desired = desiredCluster(spec, { frontends, outboundRanges, ...kubeletOf(actual) });
  const which = spec.clusters === undefined ? 'The cluster' : `The cluster ${spec.cluster.name}`;
  return fixedDifferences(desired, actual.cluster, spec.name).map(
    (difference) =>
      `${which} can't be changed in place: ${fixedDifferenceText(difference)}. ${isOfPool(difference) ? anotherPool : another}`,
  );
}

const isOfPool = ({ path }: Difference): boolean => path.startsWith('properties.agentPoolProfiles[');

/** Steps that write nothing, or what a preview can't know: it depends on services that don't exist yet. */
type StepWithoutPlan =
  | 'preflight'
  | 'permissions'
  | 'accessLanes'
  | 'events'
  | 'observe'
  | 'firewallRules'
  | 'authorizedRanges'
  | 'frontendRanges';

type StepPlans = Readonly<Record<Exclude<SingleStepName, StepWithoutPlan | ClusterStepName>, readonly ResourcePlan[]>> &
  Partial<Readonly<Record<StepName, readonly ResourcePlan[]>>>;

function stepPlans(spec: EnvironmentSpec, actual: ActualResources, settings: PlanSettings): StepPlans {
  const plan = (desired: DesiredResource, present: JsonObject | undefined) => [
    planResource(desired, present, spec.name),
  ];
  const { prefixes, publicIps } = publicIpPlan(spec, actual);
  const frontends = frontendRangesOf(spec, actual);
  const firewallPrivateIp = privateIpOf(actual.firewall);
  return {
    resourceGroup: plan(desiredResourceGroup(spec), actual.resourceGroup),
    virtualNetwork: plan(desiredVirtualNetwork(spec), actual.virtualNetwork),
    publicIpPrefixes: prefixes,
    publicIp: publicIps,
    routeTable: plan(desiredRouteTable(spec), actual.routeTable),
    firewall: plan(desiredFirewall(spec), actual.firewall),
    ...policyPlans(spec, actual),
    routes: plan(desiredRoutes(spec, { firewallPrivateIp, frontends }), actual.routeTable),
    networkRouting: plan(desiredNetworkRouting(spec, { firewallPrivateIp }), actual.virtualNetwork),
    ...jumpboxPlans(spec, actual),
    ...Object.fromEntries(
      clusterViews(spec).flatMap((view) =>
        Object.entries(clusterPlans(view, seenBy(view, actual), settings)).map(([name, plans]) => [
          clusterStep(name as ClusterStepName, view),
          plans,
        ]),
      ),
    ),
  };
}

/** What is planned for one cluster. */
function clusterPlans(
  view: EnvironmentSpec,
  actual: ActualResources,
  { outboundRanges, app }: PlanSettings,
): Readonly<Record<ClusterStepName, readonly ResourcePlan[]>> {
  const frontends = frontendRangesOf(view, actual);
  const cluster = desiredCluster(view, { frontends, outboundRanges, ...kubeletOf(actual) });
  const identity = desiredIdentity(view);
  return {
    identity: identity === undefined ? [] : [planResource(identity, actual.identity, view.name)],
    cluster: [planResource(clusterUpdate(cluster, actual.cluster), actual.cluster, view.name)],
    clusterRoles: rolePlans(view, actual),
    readerRole: readerRolePlans(view, actual, app),
  };
}

/** Where the firewall's public addresses lie, as far as that is known beforehand. */
function frontendRangesOf(spec: EnvironmentSpec, { publicIps = [], publicIpPrefixes = [] }: ActualResources) {
  const addresses = firewallFrontends(spec).map(({ publicIpId }) => {
    const raw = publicIps.find((one) => sameId(stringAt(one, 'id') ?? '', publicIpId));
    return (raw && publicIpFacts(raw).address) ?? knownAfter('publicIp');
  });
  return frontendRanges(
    addresses,
    publicIpPrefixes.flatMap((raw) => publicIpPrefixFacts(raw).range ?? []),
  );
}

function policyPlans(spec: EnvironmentSpec, { policy }: ActualResources) {
  if (spec.firewall.rules === 'classic') return { firewallPolicy: [], ruleCollectionGroup: [] };
  const settings = desiredFirewallPolicy(spec, policy?.policy);
  const group = desiredRuleCollectionGroup(spec, policy ?? { id: settings.id, groups: [] });
  const present = policy === undefined ? undefined : ownGroup(policy, spec.name);
  return {
    firewallPolicy: [planResource(settings, policy?.policy, spec.name)],
    ruleCollectionGroup: [planResource(group, present, spec.name)],
  };
}

function jumpboxPlans(spec: EnvironmentSpec, { jumpbox = {} }: ActualResources) {
  if (!hasJumpbox(spec)) return { jumpboxInterface: [], jumpbox: [] };
  const { machine, networkInterface } = jumpbox;
  const desired = machine === undefined ? desiredJumpbox(spec) : standingJumpbox(spec);
  return {
    jumpboxInterface: [planResource(desiredJumpboxInterface(spec), networkInterface, spec.name)],
    jumpbox: [planResource(desired, machine, spec.name)],
  };
}

function privateIpOf(firewall: JsonObject | undefined): string {
  return (firewall && firewallFacts(firewall).privateIp) ?? knownAfter('firewall');
}

function kubeletOf({ kubeletIdentity }: ActualResources) {
  const kubelet = identityFacts(kubeletIdentity);
  return kubelet === undefined ? {} : { kubelet };
}

function rolePlans(spec: EnvironmentSpec, actual: ActualResources): readonly ResourcePlan[] {
  const principalId = controlPlanePrincipal(spec, actual);
  if (principalId !== undefined && actual.roleAssignments === undefined) return [];
  const unknown = knownAfter(controlPlaneOf(spec).kind === 'system-assigned' ? 'cluster' : 'identity');
  const desired = desiredRoleAssignments(spec, principalId ?? unknown);
  return desired.map((role) => {
    // The name is made from the principal, so it isn't known before it either.
    const id = principalId === undefined ? role.id.replace(/[^/]*$/, unknown) : role.id;
    const present = actual.roleAssignments?.find((one) => typeof one.id === 'string' && sameId(one.id, id));
    return planResource({ ...role, id }, present, spec.name);
  });
}

function readerRolePlans(
  spec: EnvironmentSpec,
  { roleAssignments }: ActualResources,
  app: Principal | undefined,
): readonly ResourcePlan[] {
  const role = app && desiredReaderRole(spec, app);
  if (role === undefined) return [];
  const present = roleAssignments?.find((one) => typeof one.id === 'string' && sameId(one.id, role.id));
  return [planResource(role, present, spec.name)];
}

function secondsOf(step: Step, plans: readonly ResourcePlan[]): number {
  if (step.kind === undefined) return step.expectedSeconds;
  const written = plans.filter(writes);
  if (written.length === 0) return 0;
  const updated = written.every(({ action }) => action === 'modify');
  return updated ? (updateSeconds[step.kind] ?? step.expectedSeconds) : step.expectedSeconds;
}

function writes({ action }: ResourcePlan): boolean {
  return action === 'create' || action === 'modify';
}

function conflictOf(plan: ResourcePlan): readonly Problem[] {
  if (plan.action !== 'foreign') return [];
  const whose =
    plan.owner === undefined ? `carries no tag ${ownershipTag}` : `belongs to the environment "${plan.owner}"`;
  return [
    {
      path: plan.id,
      message: `${plan.id} exists and ${whose}`,
      remedy: 'Choose another name for the environment, or adopt what exists (adopt in the spec).',
    },
  ];
}
