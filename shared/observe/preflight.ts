import { owner } from '../actual/owner.ts';
import { missingActions, providerState } from '../azure/access.ts';
import { rolesWith } from '../azure/missingRole.ts';
import { computeUsages, kubernetesVersions, networkUsages, vmSizeCores, type Usage } from '../azure/quotas.ts';
import { desiredIdentity } from '../desired/clusterIdentity.ts';
import { hasJumpbox } from '../desired/jumpbox.ts';
import { nodePoolsOf } from '../desired/nodePools.ts';
import { groupId } from '../model/armId.ts';
import { clusterViews, fieldOf } from '../model/clusters.ts';
import type { AdoptSpec, EnvironmentSpec } from '../model/environmentSpec.ts';
import { stringAt, type JsonObject } from '../model/json.ts';
import { ownershipTag, resourceIds } from '../model/names.ts';
import type { Problem } from '../model/problem.ts';
import { identitiesExist, identityActions, secretProblems } from './clusterPreflight.ts';
import { locationIsOffered } from './location.ts';
import { seenBy, type ActualResources } from '../plan/plan.ts';
import type { ResourcePlan } from '../plan/resourcePlan.ts';
import { observedNames, observeResources, type ObservedName } from './resources.ts';
import { publicIpPlan } from '../plan/publicIpPlan.ts';
import { settings } from '../settings.ts';

/** What stands in the way of creating an environment, found before anything is written. */
export interface PreflightResult {
  /** Resources of a wanted name that this environment does not own. */
  readonly foreign: readonly Problem[];
  /** Everything else: unregistered providers, location, quotas, versions. */
  readonly blocked: readonly Problem[];
}

type Check = (spec: EnvironmentSpec, observed: ActualResources) => Promise<Problem[]>;

/** A check of one cluster, made of each. */
function ofEachCluster(check: Check): Check {
  return async (spec, observed) =>
    (await Promise.all(clusterViews(spec).map((view) => check(view, seenBy(view, observed))))).flat();
}

/** Each check is one named function; the lists of them are the specification. */
const subscriptionChecks: readonly Check[] = [
  providersAreRegistered,
  locationIsOffered,
  ofEachCluster(identitiesExist),
  ofEachCluster((view) => Promise.resolve(secretProblems(view))),
];

/** What is asked of a location, once it is known to be one: Azure refuses such questions about any other. */
const locationChecks: readonly Check[] = [
  networkQuotaSuffices,
  computeQuotaSuffices,
  ofEachCluster(kubernetesVersionIsOffered),
];

/**
 * Looks at the subscription without writing: who owns the wanted names, providers, location, quotas, versions.
 *
 * @throws ArmError when Azure can't be asked
 */
export async function preflight(spec: EnvironmentSpec): Promise<PreflightResult> {
  return judge(spec, await observeResources(spec));
}

/** The same about what has been observed already. @throws ArmError */
export async function judge(spec: EnvironmentSpec, observed: ActualResources): Promise<PreflightResult> {
  const run = async (checks: readonly Check[]) =>
    (await Promise.all(checks.map((check) => check(spec, observed)))).flat();
  const general = await run(subscriptionChecks);
  const regional = general.some(({ path }) => path === 'location') ? [] : await run(locationChecks);
  return { foreign: foreignResources(spec, observed), blocked: [...general, ...regional] };
}

/** Actions that creation needs on its resource group: its own, and the linked ones that ARM checks with them. */
const neededActions = [
  'Microsoft.Network/virtualNetworks/write',
  'Microsoft.Network/virtualNetworks/subnets/write',
  'Microsoft.Network/virtualNetworks/subnets/join/action',
  'Microsoft.Network/publicIPAddresses/write',
  'Microsoft.Network/publicIPAddresses/join/action',
  'Microsoft.Network/routeTables/write',
  'Microsoft.Network/routeTables/join/action',
  'Microsoft.Network/azureFirewalls/write',
  'Microsoft.Network/virtualHubs/read',
  'Microsoft.ContainerService/managedClusters/write',
  'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action',
  'Microsoft.ContainerService/managedClusters/runCommand/action',
  'Microsoft.Authorization/roleAssignments/write',
] as const;

/** The same where its public IPs come from prefixes. */
const prefixActions = [
  'Microsoft.Network/publicIPPrefixes/write',
  'Microsoft.Network/publicIPPrefixes/join/action',
] as const;

/** The same where the firewall goes by a policy. */
const policyActions = [
  'Microsoft.Network/firewallPolicies/write',
  'Microsoft.Network/firewallPolicies/join/action',
  'Microsoft.Network/firewallPolicies/ruleCollectionGroups/write',
] as const;
/** The same where there is a jumpbox. */
const jumpboxActions = [
  'Microsoft.Network/networkInterfaces/write',
  'Microsoft.Network/networkInterfaces/join/action',
  'Microsoft.Compute/virtualMachines/write',
] as const;

/** What keeping an adopted resource true needs; joins are linked actions that ARM checks with a firewall's write. */
const adoptedActions = {
  firewall: [
    'Microsoft.Network/azureFirewalls/write',
    'Microsoft.Network/virtualNetworks/subnets/join/action',
    'Microsoft.Network/publicIPAddresses/join/action',
    'Microsoft.Network/virtualHubs/read',
  ],
  policy: ['Microsoft.Network/firewallPolicies/ruleCollectionGroups/write'],
  cluster: [
    'Microsoft.ContainerService/managedClusters/write',
    'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action',
  ],
} as const;

/** What the app's identity may not do in the groups of what it adopts. @throws ArmError */
async function adoptedPermissionProblems({ firewall, clusters, found }: AdoptSpec): Promise<Problem[]> {
  const needed = new Map<string, readonly string[]>();
  const need = (id: string, actions: readonly string[]) =>
    needed.set(groupId(id), [...new Set([...(needed.get(groupId(id)) ?? []), ...actions])]);
  need(firewall, adoptedActions.firewall);
  if (found?.policy !== undefined) need(found.policy, adoptedActions.policy);
  for (const id of clusters) need(id, adoptedActions.cluster);
  const problems = await Promise.all(
    [...needed].map(async ([group, actions]) =>
      (await missingActions(group, actions)).map((action) => ({
        path: 'adopt',
        message: `The app's identity lacks ${action} on ${group}.`,
        remedy: `Assign it ${eitherRole(action)} there, then retry.`,
      })),
    ),
  );
  return problems.flat();
}

/** What the app's identity may not do in the environment's resource group, which must exist. @throws ArmError */
export async function permissionProblems(spec: EnvironmentSpec): Promise<Problem[]> {
  if (spec.adopt !== undefined) return adoptedPermissionProblems(spec.adopt);
  const { resourceGroup } = resourceIds(spec);
  const missing = await missingActions(resourceGroup, [
    ...neededActions,
    ...(spec.firewall.rules === 'policy' ? policyActions : []),
    ...(spec.firewall.publicIpCount > 1 ? prefixActions : []),
    ...(hasJumpbox(spec) ? jumpboxActions : []),
    ...new Set(clusterViews(spec).flatMap(identityActions)),
  ]);
  return missing.map((action) => ({
    path: 'permissions',
    message: `The app's identity lacks ${action} on ${resourceGroup}.`,
    remedy: `Assign it ${eitherRole(action)} on the resource group or above, then retry.`,
  }));
}

function eitherRole(action: string): string {
  const { own, builtIn } = rolesWith(action);
  return own === undefined ? builtIn : `${own} (docs/permissions.md; where it is not deployed, ${builtIn})`;
}

/** Resources of the wanted names that do not carry this environment's tag. */
function foreignResources(spec: EnvironmentSpec, observed: ActualResources): Problem[] {
  const ids = resourceIds(spec);
  const foreign = observedNames.filter((name) => {
    const resource = observed[name];
    return resource !== undefined && owner(resource) !== spec.name;
  });
  const policy = observed.policy?.policy;
  const foreignPolicy = policy !== undefined && owner(policy) !== spec.name ? [ids.firewallPolicy] : [];
  const { prefixes, publicIps } = publicIpPlan(spec, observed);
  const foreignPublicIps = [...prefixes, ...publicIps].filter(({ action }) => action === 'foreign').map(({ id }) => id);
  const ofClusters = clusterViews(spec).flatMap((view) => foreignOfCluster(view, seenBy(view, observed)));
  const { machine, networkInterface } = observed.jumpbox ?? {};
  const foreignJumpbox = [
    { id: ids.jumpbox, resource: machine },
    { id: ids.jumpboxInterface, resource: networkInterface },
  ].flatMap(({ id, resource }) => (resource !== undefined && owner(resource) !== spec.name ? [id] : []));
  const ofLists = [...foreignPublicIps, ...foreignPolicy, ...foreignJumpbox];
  return [...foreign.map((name) => ids[name]), ...ofClusters, ...ofLists].map((id) => ({
    path: 'name',
    message: `${id} exists and is not tagged ${ownershipTag}=${spec.name}; Gatehouse leaves it alone.`,
    remedy:
      'Choose another environment name, or remove the resource if nobody needs it. ' +
      'To manage a firewall and clusters that exist, name them under adopt in the spec.',
  }));
}

/** Ids of what has the wanted name of something that a cluster has for itself, and is not ours. */
function foreignOfCluster(
  view: EnvironmentSpec,
  { cluster, nodeResourceGroup, identity }: ActualResources,
): readonly string[] {
  const ids = resourceIds(view);
  const isForeign = (resource: JsonObject | undefined) => resource !== undefined && owner(resource) !== view.name;
  const made = desiredIdentity(view);
  return [
    ...(isForeign(cluster) ? [ids.cluster] : []),
    // AKS makes the node resource group itself and names it after the cluster: it is ours as far as the cluster is.
    ...(nodeResourceGroup !== undefined && cluster === undefined ? [ids.nodeResourceGroup] : []),
    ...(made !== undefined && isForeign(identity) ? [made.id] : []),
  ];
}

async function providersAreRegistered(spec: EnvironmentSpec): Promise<Problem[]> {
  const { subscription } = spec;
  const namespaces = [
    'Microsoft.Network',
    'Microsoft.ContainerService',
    'Microsoft.Compute',
    ...(clusterViews(spec).some((view) => desiredIdentity(view) !== undefined) ? ['Microsoft.ManagedIdentity'] : []),
    // Events are optional: without them the light pass finds every change.
    ...(settings().events === undefined ? [] : ['Microsoft.EventGrid']),
  ];
  const states = await Promise.all(namespaces.map((namespace) => providerState(subscription, namespace)));
  return namespaces.flatMap((namespace, index) =>
    states[index] === 'Registered'
      ? []
      : [
          {
            path: 'subscription',
            message: `Resource provider ${namespace} is ${states[index]} in subscription ${subscription}.`,
            remedy: `Run: az provider register --namespace ${namespace} --subscription ${subscription} --wait`,
          },
        ],
  );
}

/** What is missing of each network resource must fit; what exists already is counted by Azure. */
async function networkQuotaSuffices(spec: EnvironmentSpec, observed: ActualResources): Promise<Problem[]> {
  const { prefixes, publicIps } = publicIpPlan(spec, observed);
  const created = (plans: readonly ResourcePlan[]) => plans.filter(({ action }) => action === 'create').length;
  const missing = (name: ObservedName) => (observed[name] === undefined ? 1 : 0);
  const wanted: readonly (readonly [string, number])[] = [
    ['VirtualNetworks', missing('virtualNetwork')],
    ['PublicIpPrefixes', created(prefixes)],
    ['PublicIPAddresses', created(publicIps)],
    ['StandardSkuPublicIpAddresses', created(publicIps)],
    ['RouteTables', missing('routeTable')],
    ['AzureFirewalls', missing('firewall')],
  ];
  const needed = wanted.filter(([, count]) => count > 0);
  if (needed.length === 0) return [];
  const usages = await networkUsages(spec.subscription, spec.location);
  return needed.flatMap(([quota, count]) => quotaProblem(spec, usages, quota, count));
}

async function computeQuotaSuffices(spec: EnvironmentSpec, observed: ActualResources): Promise<Problem[]> {
  const nodePools = clusterViews(spec)
    .filter((view) => seenBy(view, observed).cluster === undefined)
    .flatMap((view) =>
      nodePoolsOf(view.cluster).map((pool, index) => ({
        ...pool,
        path: fieldOf(view, index === 0 ? 'nodeSize' : `nodePools.${index - 1}.nodeSize`),
      })),
    );
  const jumpbox = hasJumpbox(spec) && observed.jumpbox?.machine === undefined ? spec.jumpbox : undefined;
  if (nodePools.length === 0 && jumpbox === undefined) return [];
  const [sizes, usages] = await Promise.all([
    vmSizeCores(spec.subscription, spec.location),
    computeUsages(spec.subscription, spec.location),
  ]);
  const machines = [
    ...nodePools.map(({ path, nodeSize, nodeCount }) => ({ path, size: nodeSize, count: nodeCount })),
    ...(jumpbox === undefined ? [] : [{ path: 'jumpbox.size', size: jumpbox.size, count: 1 }]),
  ];
  const coresOf = (size: string) => sizes.get(size.toLowerCase());
  const unknown = machines.flatMap(({ path, size }): Problem[] =>
    coresOf(size) !== undefined
      ? []
      : [
          {
            path,
            message: `VM size ${size} is not offered in ${spec.location}.`,
            remedy: `Choose one of: az vm list-sizes --location ${spec.location} --output table`,
          },
        ],
  );
  if (unknown.length > 0) return unknown;
  const cores = machines.reduce((sum, { count, size }) => sum + count * (coresOf(size) ?? 0), 0);
  return quotaProblem(spec, usages, 'cores', cores);
}

function quotaProblem(spec: EnvironmentSpec, usages: readonly Usage[], name: string, needed: number): Problem[] {
  const usage = usages.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  // A limit that Azure does not list is one that it does not enforce by count.
  if (usage === undefined || usage.current + needed <= usage.limit) return [];
  return [
    {
      path: name === 'cores' ? fieldOf(spec, 'nodeCount') : 'location',
      message: `Quota ${usage.name} in ${spec.location} is ${usage.limit}, of which ${usage.current} are used; ${needed} more are needed.`,
      remedy: 'Request an increase in the portal under Quotas, free some, or choose another location.',
    },
  ];
}

async function kubernetesVersionIsOffered(spec: EnvironmentSpec, { cluster }: ActualResources): Promise<Problem[]> {
  const { version } = spec.cluster;
  // A cluster keeps its version after Azure has stopped offering it to new ones.
  if (version === undefined || stringAt(cluster, 'properties', 'kubernetesVersion') === version) return [];
  const offered = await kubernetesVersions(spec.subscription, spec.location);
  return offered.includes(version)
    ? []
    : [
        {
          path: fieldOf(spec, 'version'),
          message: `Kubernetes ${version} is not offered in ${spec.location}.`,
          remedy: `Choose one of ${offered.join(', ')}, or leave it out for the default.`,
        },
      ];
}
