import { controlPlanePrincipal } from '../actual/principals.ts';
import { listPublicIpPrefixes } from '../azure/publicIps.ts';
import { appPrincipal } from '../azure/appPrincipal.ts';
import { readResource } from '../azure/resource.ts';
import { desiredReaderRole, desiredRoleAssignments, needsReaderRole } from '../desired/clusterIdentity.ts';
import { apiVersions } from '../model/apiVersions.ts';
import { clusterViews } from '../model/clusters.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { JsonObject } from '../model/json.ts';
import { resourceIds } from '../model/names.ts';
import type { ActualCluster, ActualResources } from '../plan/plan.ts';
import { publicIpsOf } from './firewall.ts';
import { observeRulePolicy } from './rulePolicy.ts';
import { observeJumpbox } from './jumpbox.ts';
import { observeIdentities } from './identities.ts';

const apiVersionOf = {
  resourceGroup: apiVersions.resources,
  virtualNetwork: apiVersions.network,
  routeTable: apiVersions.network,
  firewall: apiVersions.network,
} as const;

/** The observed resources of which an environment has one. */
export type ObservedName = keyof typeof apiVersionOf;
export const observedNames = Object.keys(apiVersionOf) as readonly ObservedName[];

/** Reads every resource that an environment of this spec has or would have, side by side. @throws ArmError */
export async function observeResources(spec: EnvironmentSpec): Promise<ActualResources> {
  const ids = resourceIds(spec);
  const [found, publicIps, policy, jumpbox, clusters] = await Promise.all([
    Promise.all(observedNames.map(async (name) => [name, await readResource(ids[name], apiVersionOf[name])] as const)),
    observePublicIps(spec),
    observeRulePolicy(spec),
    observeJumpbox(spec),
    Promise.all(clusterViews(spec).map(async (view) => [view.cluster.name, await observeCluster(view)] as const)),
  ]);
  const [[, first] = ['', {}], ...further] = clusters;
  return {
    ...Object.fromEntries(found.filter(([, resource]) => resource !== undefined)),
    ...publicIps,
    ...first,
    policy,
    jumpbox,
    ...(further.length > 0 && { furtherClusters: Object.fromEntries(further) }),
  };
}

/** What a cluster has for itself; role assignments are named after its identity. */
async function observeCluster(view: EnvironmentSpec): Promise<ActualCluster> {
  const ids = resourceIds(view);
  const [cluster, nodeResourceGroup, identities] = await Promise.all([
    readResource(ids.cluster, apiVersions.containerService),
    readResource(ids.nodeResourceGroup, apiVersions.resources),
    observeIdentities(view),
  ]);
  const found = { ...(cluster && { cluster }), ...(nodeResourceGroup && { nodeResourceGroup }), ...identities };
  return { ...found, roleAssignments: await observeRoleAssignments(view, found) };
}

/** The public IPs that the firewall may have, and the prefixes where there can be some. @throws ArmError */
export async function observePublicIps(
  spec: EnvironmentSpec,
): Promise<{ readonly publicIps: readonly JsonObject[]; readonly publicIpPrefixes: readonly JsonObject[] }> {
  const [publicIps, publicIpPrefixes] = await Promise.all([
    publicIpsOf(spec),
    spec.firewall.publicIpCount > 1 ? listPublicIpPrefixes(resourceIds(spec).resourceGroup) : [],
  ]);
  return { publicIps, publicIpPrefixes };
}

async function observeRoleAssignments(spec: EnvironmentSpec, resources: ActualCluster): Promise<readonly JsonObject[]> {
  const principal = controlPlanePrincipal(spec, resources);
  const reader = needsReaderRole(spec) ? desiredReaderRole(spec, await appPrincipal()) : undefined;
  const wanted = [
    ...(principal === undefined ? [] : desiredRoleAssignments(spec, principal)),
    ...(reader === undefined ? [] : [reader]),
  ];
  const found = await Promise.all(wanted.map(({ id, apiVersion }) => readResource(id, apiVersion)));
  return found.filter((assignment) => assignment !== undefined);
}
