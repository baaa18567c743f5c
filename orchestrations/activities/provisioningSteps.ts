import { clusterFacts, firewallFacts, publicIpFacts } from '../../shared/actual/facts.ts';
import { ensureEventSubscription } from '../../shared/azure/eventSubscriptions.ts';
import { readResource } from '../../shared/azure/resource.ts';
import { desiredCluster, desiredRoleAssignments } from '../../shared/desired/cluster.ts';
import { desiredFirewall } from '../../shared/desired/firewall.ts';
import {
  desiredNetworkRouting,
  desiredPublicIp,
  desiredRoutes,
  desiredRouteTable,
  desiredSubnetRouting,
  desiredVirtualNetwork,
} from '../../shared/desired/network.ts';
import { desiredResourceGroup } from '../../shared/desired/resourceGroup.ts';
import { apiVersions } from '../../shared/model/apiVersions.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { resourceIds } from '../../shared/model/names.ts';
import type { StepName } from '../../shared/model/step.ts';
import { permissionProblems, preflight } from '../../shared/observe/preflight.ts';
import { planResource } from '../../shared/plan/mergeResource.ts';
import { settings } from '../../shared/settings.ts';
import type { StepOutcome } from '../stepRecord.ts';
import type { AccessLanes } from './accessLanes.ts';
import { ensureResource } from './ensureResource.ts';
import { done, failedBy, missing, waitFor } from './outcomes.ts';
import { ensureRoleAssignments } from './roleAssignments.ts';

/** `mayWrite` false: the step has been written often enough, and a difference fails it. */
type StartStep = (spec: EnvironmentSpec, mayWrite: boolean, lanes: AccessLanes) => Promise<StepOutcome>;

/** What each step of the provisioning graph does; what comes after what is said there. */
export const provisioningSteps: Readonly<Partial<Record<StepName, StartStep>>> = {
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

  publicIp: (spec, mayWrite) => ensureResource(desiredPublicIp(spec), spec.name, mayWrite),

  routeTable: (spec, mayWrite) => ensureResource(desiredRouteTable(spec), spec.name, mayWrite),

  firewall: (spec, mayWrite) => ensureResource(desiredFirewall(spec), spec.name, mayWrite),

  routes: startRoutes,

  networkRouting: startNetworkRouting,

  cluster: async (spec, mayWrite) => {
    const frontends = await frontendsOf(spec);
    if ('outcome' in frontends) return frontends.outcome;
    const { outboundRanges } = settings();
    return ensureResource(desiredCluster(spec, { frontends: frontends.found, outboundRanges }), spec.name, mayWrite);
  },

  clusterRoles: async (spec) => {
    const cluster = await readResource(resourceIds(spec).cluster, apiVersions.containerService);
    const principal = cluster === undefined ? undefined : clusterFacts(cluster).principalId;
    if (principal === undefined) return waitFor("the cluster's identity has not appeared yet");
    return ensureRoleAssignments(desiredRoleAssignments(spec, principal));
  },

  accessLanes: (spec, _mayWrite, lanes) => lanes.start(spec),

  events: async (spec) => {
    const events = await ensureEventSubscription(spec.subscription);
    switch (events.state) {
      case 'ready':
        return done(false);
      case 'off':
        return done(false, events.reason);
      case 'started':
        return { outcome: 'started', operation: events.operation };
      case 'waiting':
        return waitFor(events.reason);
      case 'conflict':
        // The environment works without: the light pass finds what events would have told.
        return done(false, `${events.reason} ${events.remedy}`);
    }
  },
};

export async function startRoutes(spec: EnvironmentSpec, mayWrite: boolean): Promise<StepOutcome> {
  const [privateIp, frontends] = await Promise.all([firewallPrivateIpOf(spec), frontendsOf(spec)]);
  if ('outcome' in privateIp) return privateIp.outcome;
  if ('outcome' in frontends) return frontends.outcome;
  const facts = { firewallPrivateIp: privateIp.found, frontends: frontends.found };
  return ensureResource(desiredRoutes(spec, facts), spec.name, mayWrite);
}

export async function startNetworkRouting(spec: EnvironmentSpec, mayWrite: boolean): Promise<StepOutcome> {
  const privateIp = await firewallPrivateIpOf(spec);
  if ('outcome' in privateIp) return privateIp.outcome;
  const network = desiredNetworkRouting(spec, { firewallPrivateIp: privateIp.found });
  const actual = await readResource(network.id, network.apiVersion);
  const { differences } = planResource(network, actual, spec.name);
  // Where only the association is missing, the subnet alone is written: a network PUT sends every subnet again.
  const onlySubnet = differences.length > 0 && differences.every(({ path }) => path.includes('routeTable'));
  return ensureResource(onlySubnet ? desiredSubnetRouting(spec) : network, spec.name, mayWrite);
}

/** What must be there by now; a step fails when it is not, and waits while Azure has not told it yet. */
type Looked<T> = { readonly found: T } | { readonly outcome: StepOutcome };

async function firewallPrivateIpOf(spec: EnvironmentSpec): Promise<Looked<string>> {
  const { firewall: id } = resourceIds(spec);
  const firewall = await readResource(id, apiVersions.network);
  if (firewall === undefined) return { outcome: missing(id) };
  const { privateIp } = firewallFacts(firewall);
  return privateIp === undefined
    ? { outcome: waitFor('the firewall has no private address yet') }
    : { found: privateIp };
}

async function frontendsOf(spec: EnvironmentSpec): Promise<Looked<string[]>> {
  const { publicIp: id } = resourceIds(spec);
  const publicIp = await readResource(id, apiVersions.network);
  if (publicIp === undefined) return { outcome: missing(id) };
  const { address } = publicIpFacts(publicIp);
  return address === undefined ? { outcome: waitFor('the public IP has no address yet') } : { found: [address] };
}
