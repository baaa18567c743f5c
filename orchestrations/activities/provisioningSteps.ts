import { firewallFacts, isBroken } from '../../shared/actual/facts.ts';
import { ensureEventSubscription } from '../../shared/azure/eventSubscriptions.ts';
import { readResource } from '../../shared/azure/resource.ts';
import { desiredFirewall } from '../../shared/desired/firewall.ts';
import {
  desiredNetworkResolvers,
  desiredNetworkRouting,
  desiredRoutes,
  desiredRouteTable,
  desiredSubnetRouting,
  desiredVirtualNetwork,
} from '../../shared/desired/network.ts';
import { desiredResourceGroup } from '../../shared/desired/resourceGroup.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { isJsonObject, jsonAt, type Json, type JsonObject } from '../../shared/model/json.ts';
import { resourceIds } from '../../shared/model/names.ts';
import type { DesiredResource } from '../../shared/model/resource.ts';
import { sentences } from '../../shared/model/sentences.ts';
import { ownProblem, type OwnProblem, type SingleStepName } from '../../shared/model/step.ts';
import { withApiServerNames } from '../../shared/observe/apiServerNames.ts';
import { observeFirewall, type ObservedFirewall } from '../../shared/observe/firewall.ts';
import { permissionProblems, preflight } from '../../shared/observe/preflight.ts';
import { observePublicIps } from '../../shared/observe/resources.ts';
import { observeRulePolicy } from '../../shared/observe/rulePolicy.ts';
import { isRouteTableAssociation, onlyUnrouted } from '../../shared/plan/drift/paths.ts';
import { egressIsInPlace } from '../../shared/plan/egressInPlace.ts';
import { planResource } from '../../shared/plan/mergeResource.ts';
import { wantedPublicIps } from '../../shared/plan/publicIpPlan.ts';
import type { StepOutcome } from '../stepRecord.ts';
import type { AccessLanes } from './accessLanes.ts';
import { startCluster, startClusterRoles, startIdentity, startReaderRole } from './clusterSteps.ts';
import { ensureListed, ensureResource } from './ensureResource.ts';
import { startFrontendRanges } from './frontendSteps.ts';
import { firstNatRules, startJumpbox, startJumpboxInterface } from './jumpboxSteps.ts';
import { done, failed, failedBy, missing, waitFor } from './outcomes.ts';
import { startFirewallPolicy, startRuleCollectionGroup } from './policySteps.ts';

/** `mayWrite` false: the step has been written often enough, and a difference fails it. */
type StartStep = (spec: EnvironmentSpec, mayWrite: boolean, lanes: AccessLanes) => Promise<StepOutcome>;

/** What each step of the provisioning graph does; what comes after what is said there. */
export const provisioningSteps: Readonly<Partial<Record<SingleStepName, StartStep>>> = {
  preflight: async (spec) => {
    const { foreign, blocked } = await preflight(spec);
    if (foreign.length > 0) return failedBy('ForeignResource', foreign);
    return blocked.length > 0 ? failedBy('PreflightFailed', blocked) : done(false);
  },

  resourceGroup: (spec, mayWrite) => ensureResource(desiredResourceGroup(spec), spec.name, mayWrite),

  permissions: async (spec) => {
    const missing = await permissionProblems(spec);
    return missing.length > 0 ? failedBy('PermissionsMissing', missing) : done(false);
  },

  virtualNetwork: (spec, mayWrite) => ensureResource(desiredVirtualNetwork(spec), spec.name, mayWrite),

  publicIpPrefixes: async (spec, mayWrite) => {
    const { prefixes } = wantedPublicIps(spec, await observePublicIps(spec));
    return ensureListed(prefixes, spec.name, mayWrite);
  },

  publicIp: async (spec, mayWrite) => {
    const { publicIps } = wantedPublicIps(spec, await observePublicIps(spec));
    return ensureListed(publicIps, spec.name, mayWrite);
  },

  frontendRanges: startFrontendRanges,

  routeTable: (spec, mayWrite) => ensureResource(desiredRouteTable(spec), spec.name, mayWrite),

  firewallPolicy: startFirewallPolicy,

  ruleCollectionGroup: startRuleCollectionGroup,

  firewall: async (spec, mayWrite) => {
    const natRuleCollections = spec.firewall.rules === 'classic' ? await firstNatRules(spec) : [];
    const desired = desiredFirewall(await withApiServerNames(spec));
    return ensureResource(desired, spec.name, mayWrite, (firewall, actual) =>
      actual === undefined ? withFirstRules(firewall, natRuleCollections) : firewall,
    );
  },

  identity: startIdentity,

  routes: startRoutes,

  networkRouting: async (spec, mayWrite) => {
    const outcome = await startNetworkRouting(spec, mayWrite);
    return outcome.outcome === 'done' && outcome.again === true ? failed(egressMissing(spec)) : outcome;
  },

  cluster: async (spec, mayWrite) => {
    const looked = await lookAtFirewall(spec);
    if ('outcome' in looked) return looked.outcome;
    return startCluster(spec, mayWrite, looked.nodeRanges);
  },

  clusterRoles: startClusterRoles,

  readerRole: startReaderRole,

  accessLanes: (spec, _mayWrite, lanes) => lanes.start(spec),

  jumpboxInterface: startJumpboxInterface,

  jumpbox: startJumpbox,

  events: async (spec) => {
    const events = await ensureEventSubscription(spec.subscription);
    switch (events.state) {
      case 'ready':
        return done(false, events.detail);
      case 'off':
        return done(false, events.reason);
      case 'started':
        return { outcome: 'started', operation: events.operation };
      case 'waiting':
        return waitFor(events.reason);
      case 'conflict':
        // The environment works without: the light pass finds what events would have told.
        return done(false, sentences(events.reason, events.remedy));
    }
  },
};

export async function startRoutes(spec: EnvironmentSpec, mayWrite: boolean): Promise<StepOutcome> {
  const looked = await lookAtFirewall(spec);
  if ('outcome' in looked) return looked.outcome;
  const facts = { firewallPrivateIp: looked.privateIp, frontends: looked.internetRanges };
  return ensureResource(desiredRoutes(spec, facts), spec.name, mayWrite);
}

/**
 * DNS servers and the association of the route table with the nodes' subnets. The latter sends everything to the firewall,
 * and so is made only once the firewall lets out what the spec calls for; what else differs is written meanwhile.
 *
 * @returns done with `again` where the association is held back
 */
export async function startNetworkRouting(spec: EnvironmentSpec, mayWrite: boolean): Promise<StepOutcome> {
  const looked = await lookAtFirewall(spec);
  if ('outcome' in looked) return looked.outcome;
  const network = desiredNetworkRouting(spec, { firewallPrivateIp: looked.privateIp });
  const actual = await readResource(network.id, network.apiVersion);
  const { differences } = planResource(network, actual, spec.name);
  const attaches = differences.some(({ path }) => isRouteTableAssociation(path));
  // An association whose write has failed may be said and not work; writing the network again would make it work.
  const mayNotBeAttached = !attaches && actual !== undefined && isBroken(actual);
  if ((attaches || mayNotBeAttached) && !(await letsOutEgress(spec, looked.firewall))) {
    const heldBack = { again: true, detail: egressMissing(spec).message } as const;
    if (mayNotBeAttached) return { ...done(false), ...heldBack };
    const rest = desiredNetworkResolvers(spec, { firewallPrivateIp: looked.privateIp });
    const outcome = await ensureResource(rest, spec.name, mayWrite);
    return outcome.outcome === 'done' ? { ...outcome, ...heldBack } : outcome;
  }
  const view = onlyUnrouted(spec, differences);
  return ensureResource(view === undefined ? network : desiredSubnetRouting(view), spec.name, mayWrite);
}

async function letsOutEgress(spec: EnvironmentSpec, firewall: JsonObject): Promise<boolean> {
  const policy = await observeRulePolicy(spec);
  return egressIsInPlace(await withApiServerNames(spec), { firewall, ...(policy !== undefined && { policy }) });
}

const egressMissing = (spec: EnvironmentSpec): OwnProblem =>
  ownProblem(
    'EgressRulesMissing',
    `${resourceIds(spec).routeTable} is not attached to the nodes' subnet: the firewall does not let out what they need yet.`,
  );

/** The firewall as steps need it that come after it. */
interface FirewallAtWork extends Pick<ObservedFirewall, 'internetRanges' | 'nodeRanges'> {
  readonly firewall: JsonObject;
  readonly privateIp: string;
}

/** The rules that a new firewall begins with; those of one that stands are a sync's to write. */
function withFirstRules(creation: DesiredResource, natRuleCollections: readonly Json[]): DesiredResource {
  if (natRuleCollections.length === 0) return creation;
  const properties = jsonAt(creation.body, 'properties');
  return {
    ...creation,
    body: { ...creation.body, properties: { ...(isJsonObject(properties) ? properties : {}), natRuleCollections } },
  };
}

/** What must be there by now; a step fails when it is not, and waits while Azure has not told it yet. */
async function lookAtFirewall(spec: EnvironmentSpec): Promise<FirewallAtWork | { readonly outcome: StepOutcome }> {
  const ids = resourceIds(spec);
  const { firewall, wanted, internetRanges, nodeRanges } = await observeFirewall(spec);
  if (firewall === undefined) return { outcome: missing(ids.firewall) };
  const gone = wanted.find(({ exists }) => !exists);
  if (gone !== undefined) return { outcome: missing(gone.publicIpId) };
  const { privateIp } = firewallFacts(firewall);
  if (privateIp === undefined) return { outcome: waitFor('the firewall has no private address yet') };
  if (wanted.some(({ address }) => address === undefined))
    return { outcome: waitFor('the public IP has no address yet') };
  return { firewall, privateIp, internetRanges, nodeRanges };
}
