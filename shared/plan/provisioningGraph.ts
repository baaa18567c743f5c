import { hasSeveralPublicIps } from '../desired/publicIps.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import {
  clusterCreation,
  clusterDeletion,
  clusterIdentities,
  clusterStepsOf,
  restrictedClusterSteps,
} from './clusterSteps.ts';
import { policySteps, policySyncSteps, policyTeardownSteps } from './policyGraph.ts';
import { done, type Step } from './step.ts';

/**
 * The steps that build an environment. The firewall is written once, with everything in it; DNS and routes stand before
 * any node boots; roles are assigned while the cluster is created, since its identity exists once its PUT is accepted.
 */
export function provisioningGraph(spec: EnvironmentSpec): readonly Step[] {
  return spec.adopt === undefined ? creationGraph(spec) : adoptionGraph();
}

/** Nothing is created: what keeps the environment true begins at once. */
function adoptionGraph(): readonly Step[] {
  return [
    { name: 'permissions', title: 'Check permissions on what is adopted', after: [], expectedSeconds: 1 },
    { name: 'events', title: 'Event subscription', after: done('permissions'), expectedSeconds: 25 },
    {
      name: 'accessLanes',
      title: "Lanes of the clusters' authorized ranges",
      after: done('permissions'),
      expectedSeconds: 1,
    },
  ];
}

function creationGraph(spec: EnvironmentSpec): readonly Step[] {
  const several = spec.firewall.publicIpCount > 1;
  const policy = spec.firewall.rules === 'policy' ? policyStepsOf(spec) : [];
  return [
    { name: 'preflight', title: 'Check providers, quota and ownership', after: [], expectedSeconds: 1 },
    {
      name: 'resourceGroup',
      title: 'Resource group',
      after: done('preflight'),
      kind: 'resourceGroup',
      expectedSeconds: 2,
    },
    {
      name: 'permissions',
      title: 'Check permissions on the resource group',
      after: done('resourceGroup'),
      expectedSeconds: 1,
    },
    {
      name: 'virtualNetwork',
      title: extraSubnets(spec) ? 'Virtual network with its subnets' : 'Virtual network with both subnets',
      after: done('permissions'),
      kind: 'virtualNetwork',
      expectedSeconds: 4,
    },
    ...(several ? [publicIpPrefixesStep] : []),
    {
      name: 'publicIp',
      title: hasSeveralPublicIps(spec) ? 'Public IPs of the firewall' : 'Public IP of the firewall',
      after: done(several ? 'publicIpPrefixes' : 'permissions'),
      kind: 'publicIp',
      expectedSeconds: 3,
    },
    {
      name: 'routeTable',
      title: 'Route table, still empty',
      after: done('permissions'),
      kind: 'routeTable',
      expectedSeconds: 10,
    },
    ...(several ? [frontendRangesStep] : []),
    ...policy,
    ...clusterIdentities(spec),
    {
      name: 'firewall',
      title: policy.length === 0 ? 'Firewall with its rules' : 'Firewall',
      after: done('virtualNetwork', several ? 'frontendRanges' : 'publicIp', ...policy.map(({ name }) => name)),
      kind: 'firewall',
      expectedSeconds: 322,
    },
    {
      name: 'routes',
      title: 'Routes to the firewall and to the Internet',
      after: done('firewall', 'routeTable'),
      kind: 'routeTable',
      expectedSeconds: 10,
    },
    {
      name: 'networkRouting',
      title: 'DNS servers and route table of the network',
      after: done('routes'),
      kind: 'virtualNetwork',
      expectedSeconds: 4,
    },
    ...clusterCreation(spec),
    { name: 'events', title: 'Event subscription', after: done('permissions'), expectedSeconds: 25 },
    ...accessLanesSteps(spec, done(...restrictedClusterSteps(spec))),
    ...(spec.jumpbox === undefined ? [] : jumpboxSteps),
  ];
}

/** The rule to a jumpbox names the first frontend. */
const policyStepsOf = (spec: EnvironmentSpec): readonly Step[] =>
  spec.jumpbox === undefined
    ? policySteps
    : policySteps.map((step) =>
        step.name === 'ruleCollectionGroup' ? { ...step, after: [...step.after, ...done('publicIp')] } : step,
      );

/** Side by side with the cluster: the machine's first boot needs the way out that its nodes need. */
const jumpboxSteps: readonly Step[] = [
  {
    name: 'jumpboxInterface',
    title: 'Network interface of the jumpbox',
    after: done('virtualNetwork'),
    kind: 'networkInterface',
    expectedSeconds: 2,
  },
  {
    name: 'jumpbox',
    title: 'Jumpbox',
    after: done('jumpboxInterface', 'networkRouting'),
    kind: 'virtualMachine',
    expectedSeconds: 45,
  },
];

/** An interface goes once no machine has it. */
const jumpboxTeardownSteps: readonly Step[] = [
  { name: 'jumpbox', title: 'Jumpbox', after: [], kind: 'virtualMachine', expectedSeconds: 45 },
  {
    name: 'jumpboxInterface',
    title: 'Network interface of the jumpbox',
    after: done('jumpbox'),
    kind: 'networkInterface',
    expectedSeconds: 10,
  },
];

const publicIpPrefixesStep: Step = {
  name: 'publicIpPrefixes',
  title: 'Public IP prefix of the firewall',
  after: done('permissions'),
  kind: 'publicIpPrefix',
  expectedSeconds: 3,
};

/** Nothing while there is no cluster; one that stands has to know new frontends before the firewall sends from them. */
const frontendRangesStep: Step = {
  name: 'frontendRanges',
  title: 'Frontends in the authorized ranges of standing clusters',
  after: done('publicIp'),
  kind: 'cluster',
  expectedSeconds: 0,
};

const extraSubnets = ({ network, clusters = [] }: EnvironmentSpec): boolean =>
  clusters.length > 1 || network.managementSubnet !== undefined || network.ingressSubnet !== undefined;

/** The one step of an access lane. */
export function accessGraph(): readonly Step[] {
  return [
    {
      name: 'authorizedRanges',
      title: 'Authorized ranges of the cluster',
      after: [],
      kind: 'cluster',
      expectedSeconds: 90,
    },
  ];
}

/**
 * The steps of a sync: what keeps a standing environment true to its spec and its services. One look decides what is to be
 * written; a step that has nothing to write reads nothing.
 */
export function syncGraph(spec: EnvironmentSpec): readonly Step[] {
  return [
    { name: 'observe', title: 'Look at services, firewall and network', after: [], expectedSeconds: 1 },
    ...(spec.firewall.rules === 'policy' ? policySyncSteps : classicSyncSteps),
    { name: 'routes', title: 'Routes', after: done('observe'), kind: 'routeTable', expectedSeconds: 10 },
    {
      name: 'networkRouting',
      title: 'DNS servers and route table of the network',
      after: done('routes'),
      kind: 'virtualNetwork',
      expectedSeconds: 4,
    },
  ];
}

const classicSyncSteps: readonly Step[] = [
  {
    name: 'firewallRules',
    title: 'Rules of the firewall',
    after: done('observe'),
    kind: 'firewall',
    expectedSeconds: 240,
  },
];

/**
 * The steps that tear an environment down. What is slow goes first and side by side; a subnet, an address or a table can
 * go once nothing uses it, and the group once it is empty.
 */
export function teardownGraph(spec: EnvironmentSpec): readonly Step[] {
  return spec.adopt === undefined ? deletionGraph(spec) : withdrawalGraph();
}

/** What was adopted stays; what was published and granted is taken back. */
function withdrawalGraph(): readonly Step[] {
  return [
    { name: 'accessLanes', title: "Lanes of the clusters' authorized ranges", after: [], expectedSeconds: 90 },
    {
      name: 'firewallRules',
      title: 'Published rules of the firewall',
      after: [],
      kind: 'firewall',
      expectedSeconds: 240,
    },
  ];
}

function deletionGraph(spec: EnvironmentSpec): readonly Step[] {
  const policy = spec.firewall.rules === 'policy' ? policyTeardownSteps : [];
  const jumpbox = spec.jumpbox === undefined ? [] : jumpboxTeardownSteps;
  const clusters = clusterDeletion(spec);
  const clusterSteps = clusters.map(({ name }) => name);
  const roles = clusterStepsOf(spec, 'clusterRoles');
  return [
    ...accessLanesSteps(spec, []),
    ...clusters,
    ...jumpbox,
    { name: 'firewall', title: 'Firewall', after: [], kind: 'firewall', expectedSeconds: 300 },
    ...policy,
    {
      name: 'publicIp',
      title: 'Public IP of the firewall',
      after: done('firewall'),
      kind: 'publicIp',
      expectedSeconds: 20,
    },
    {
      name: 'virtualNetwork',
      title: 'Virtual network',
      after: done(...roles, ...clusterStepsOf(spec, 'cluster'), 'firewall', ...jumpbox.map(({ name }) => name)),
      kind: 'virtualNetwork',
      expectedSeconds: 10,
    },
    {
      name: 'routeTable',
      title: 'Route table',
      after: done(...roles, 'virtualNetwork'),
      kind: 'routeTable',
      expectedSeconds: 10,
    },
    {
      name: 'resourceGroup',
      title: 'Resource group, unless something foreign is in it',
      after: done(
        ...clusterSteps,
        ...(['publicIp', 'virtualNetwork', 'routeTable'] as const),
        ...policy.map(({ name }) => name),
      ),
      kind: 'resourceGroup',
      expectedSeconds: 10,
    },
  ];
}

/** A private API server has no ranges to keep. */
function accessLanesSteps(spec: EnvironmentSpec, after: Step['after']): readonly Step[] {
  const count = restrictedClusterSteps(spec).length;
  if (count === 0) return [];
  const title = count === 1 ? "Lane of the cluster's authorized ranges" : "Lanes of the clusters' authorized ranges";
  return [{ name: 'accessLanes', title, after, expectedSeconds: 1 }];
}

/** The one step after which an environment is left to itself: nobody writes to its clusters any more. */
export function releaseGraph(_spec: EnvironmentSpec): readonly Step[] {
  return [{ name: 'accessLanes', title: "Lanes of the clusters' authorized ranges", after: [], expectedSeconds: 1 }];
}
