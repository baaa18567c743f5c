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
import { done, failedBy, waitFor } from './outcomes.ts';
import { ensureRoleAssignments } from './roleAssignments.ts';

type StartStep = (spec: EnvironmentSpec, lanes: AccessLanes) => Promise<StepOutcome>;

/** What each step of the provisioning graph does; what comes after what is said there. */
export const provisioningSteps: Readonly<Partial<Record<StepName, StartStep>>> = {
  preflight: async (spec) => {
    const { foreign, blocked } = await preflight(spec);
    if (foreign.length > 0) return failedBy('ForeignResource', foreign);
    return blocked.length > 0 ? failedBy('PreflightFailed', blocked) : done(false);
  },

  resourceGroup: (spec) => ensureResource(desiredResourceGroup(spec), spec.name),

  permissions: async (spec) => {
    const missing = await permissionProblems(spec);
    return missing.length > 0 ? failedBy('PermissionsMissing', missing) : done(false);
  },

  virtualNetwork: (spec) => ensureResource(desiredVirtualNetwork(spec), spec.name),

  publicIp: (spec) => ensureResource(desiredPublicIp(spec), spec.name),

  routeTable: (spec) => ensureResource(desiredRouteTable(spec), spec.name),

  firewall: (spec) => ensureResource(desiredFirewall(spec), spec.name),

  routes: startRoutes,

  networkRouting: startNetworkRouting,

  cluster: async (spec) => {
    const frontends = await frontendsOf(spec);
    if (frontends === undefined) return waitFor('the public IP has no address yet');
    const { outboundRanges } = settings();
    return ensureResource(desiredCluster(spec, { frontends, outboundRanges }), spec.name);
  },

  clusterRoles: async (spec) => {
    const cluster = await readResource(resourceIds(spec).cluster, apiVersions.containerService);
    const principal = cluster === undefined ? undefined : clusterFacts(cluster).principalId;
    if (principal === undefined) return waitFor("the cluster's identity has not appeared yet");
    return ensureRoleAssignments(desiredRoleAssignments(spec, principal));
  },

  accessLanes: (spec, lanes) => lanes.start(spec),

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

export async function startRoutes(spec: EnvironmentSpec): Promise<StepOutcome> {
  const [firewallPrivateIp, frontends] = await Promise.all([firewallPrivateIpOf(spec), frontendsOf(spec)]);
  if (firewallPrivateIp === undefined) return waitFor('the firewall has no private address yet');
  if (frontends === undefined) return waitFor('the public IP has no address yet');
  return ensureResource(desiredRoutes(spec, { firewallPrivateIp, frontends }), spec.name);
}

export async function startNetworkRouting(spec: EnvironmentSpec): Promise<StepOutcome> {
  const firewallPrivateIp = await firewallPrivateIpOf(spec);
  if (firewallPrivateIp === undefined) return waitFor('the firewall has no private address yet');
  const network = desiredNetworkRouting(spec, { firewallPrivateIp });
  const actual = await readResource(network.id, network.apiVersion);
  const { differences } = planResource(network, actual, spec.name);
  // Where only the association is missing, the subnet alone is written: a network PUT sends every subnet again.
  const onlySubnet = differences.length > 0 && differences.every(({ path }) => path.includes('routeTable'));
  return ensureResource(onlySubnet ? desiredSubnetRouting(spec) : network, spec.name);
}

async function firewallPrivateIpOf(spec: EnvironmentSpec): Promise<string | undefined> {
  const firewall = await readResource(resourceIds(spec).firewall, apiVersions.network);
  return firewall === undefined ? undefined : firewallFacts(firewall).privateIp;
}

async function frontendsOf(spec: EnvironmentSpec): Promise<string[] | undefined> {
  const publicIp = await readResource(resourceIds(spec).publicIp, apiVersions.network);
  const address = publicIp === undefined ? undefined : publicIpFacts(publicIp).address;
  return address === undefined ? undefined : [address];
}
