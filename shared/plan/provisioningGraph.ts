import { needsReaderRole } from '../desired/clusterIdentity.ts';
import { controlPlaneOf } from '../model/controlPlane.ts';
import { hasSeveralPublicIps } from '../desired/publicIps.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { policySteps, policySyncSteps, policyTeardownSteps } from './policyGraph.ts';
import { accepted, done, type Step } from './step.ts';

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
  const controlPlane = controlPlaneOf(spec);
  // An identity that AKS makes has its principal once the cluster is accepted; any other one needs its roles before.
  const rolesFirst = controlPlane.kind !== 'system-assigned';
  const makesIdentity = controlPlane.kind === 'user-assigned' && controlPlane.isOurs;
  const clusterRoles: Step = {
    name: 'clusterRoles',
    title: "Roles of the cluster's identity",
    after: rolesFirst
      ? done('virtualNetwork', 'routeTable', ...(makesIdentity ? (['identity'] as const) : []))
      : accepted('cluster'),
    kind: 'roleAssignment',
    expectedSeconds: 2,
  };
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
    ...(makesIdentity ? [identityStep] : []),
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
    ...(rolesFirst ? [clusterRoles] : []),
    {
      name: 'cluster',
      title: 'Cluster',
      after: done('networkRouting', ...(rolesFirst ? (['clusterRoles'] as const) : [])),
      kind: 'cluster',
      expectedSeconds: 308,
    },
    ...(rolesFirst ? [] : [clusterRoles]),
    ...(needsReaderRole(spec) ? [{ ...readerRoleStep, after: accepted('cluster') }] : []),
    { name: 'events', title: 'Event subscription', after: done('permissions'), expectedSeconds: 25 },
    // A private API server has no ranges to keep.
    ...(spec.cluster.private ? [] : [{ ...accessLanesStep, after: done('cluster') }]),
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

const identityStep: Step = {
  name: 'identity',
  title: "Identity of the cluster's control plane",
  after: done('permissions'),
  kind: 'identity',
  expectedSeconds: 2,
};

/** Nothing while there is no cluster; one that stands has to know new frontends before the firewall sends from them. */
const frontendRangesStep: Step = {
  name: 'frontendRanges',
  title: 'Frontends in the authorized ranges of standing clusters',
  after: done('publicIp'),
  kind: 'cluster',
  expectedSeconds: 0,
};

const extraSubnets = ({ network }: EnvironmentSpec): boolean =>
  network.managementSubnet !== undefined || network.ingressSubnet !== undefined;

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
  const controlPlane = controlPlaneOf(spec);
  // The principal of an identity that AKS has made goes with the cluster; any other one AKS needs to the end.
  const rolesLast = controlPlane.kind !== 'system-assigned';
  const removesIdentity = controlPlane.kind === 'user-assigned' && controlPlane.isOurs;
  const clusterRoles: Step = {
    name: 'clusterRoles',
    title: "Roles of the cluster's identity",
    after: rolesLast ? done('cluster') : [],
    kind: 'roleAssignment',
    expectedSeconds: 2,
  };
  return [
    ...(spec.cluster.private ? [] : [accessLanesStep]),
    ...(rolesLast ? [] : [clusterRoles]),
    ...(needsReaderRole(spec) ? [readerRoleStep] : []),
    {
      name: 'cluster',
      title: 'Cluster',
      after: spec.cluster.private ? [] : done('accessLanes'),
      kind: 'cluster',
      expectedSeconds: 240,
    },
    ...(rolesLast ? [clusterRoles] : []),
    ...(removesIdentity ? [{ ...identityStep, after: done('clusterRoles') }] : []),
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
      after: done('clusterRoles', 'cluster', 'firewall', ...jumpbox.map(({ name }) => name)),
      kind: 'virtualNetwork',
      expectedSeconds: 10,
    },
    {
      name: 'routeTable',
      title: 'Route table',
      after: done('clusterRoles', 'virtualNetwork'),
      kind: 'routeTable',
      expectedSeconds: 10,
    },
    {
      name: 'resourceGroup',
      title: 'Resource group, unless something foreign is in it',
      after: done(
        ...(['clusterRoles', 'cluster', 'publicIp', 'virtualNetwork', 'routeTable'] as const),
        ...policy.map(({ name }) => name),
        ...(removesIdentity ? (['identity'] as const) : []),
        ...(needsReaderRole(spec) ? (['readerRole'] as const) : []),
      ),
      kind: 'resourceGroup',
      expectedSeconds: 10,
    },
  ];
}

const readerRoleStep: Step = {
  name: 'readerRole',
  title: 'Role of the app in the cluster',
  after: [],
  kind: 'roleAssignment',
  expectedSeconds: 2,
};

const accessLanesStep: Step = {
  name: 'accessLanes',
  title: "Lane of the cluster's authorized ranges",
  after: [],
  expectedSeconds: 1,
};

/** The one step after which an environment is left to itself: nobody writes to its clusters any more. */
export function releaseGraph(_spec: EnvironmentSpec): readonly Step[] {
  return [{ name: 'accessLanes', title: "Lanes of the clusters' authorized ranges", after: [], expectedSeconds: 1 }];
}
