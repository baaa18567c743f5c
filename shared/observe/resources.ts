import { controlPlanePrincipal } from '../actual/principals.ts';
import { listPublicIpPrefixes } from '../azure/publicIps.ts';
import { appPrincipal } from '../azure/appPrincipal.ts';
import { readResource } from '../azure/resource.ts';
import { desiredReaderRole, desiredRoleAssignments, needsReaderRole } from '../desired/clusterIdentity.ts';
import { apiVersions } from '../model/apiVersions.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { JsonObject } from '../model/json.ts';
import { resourceIds } from '../model/names.ts';
import type { ActualResources } from '../plan/provisioningPlan.ts';
import { publicIpsOf } from './firewall.ts';
import { observeRulePolicy } from './rulePolicy.ts';
import { observeJumpbox } from './jumpbox.ts';
import { observeIdentities } from './identities.ts';

/** The environment's resources as Azure answers them now, raw; absent where there is none. */
export interface ObservedResources extends ActualResources {
  /** The group that AKS makes for the cluster's nodes. */
  readonly nodeResourceGroup?: JsonObject;
}

const apiVersionOf = {
  resourceGroup: apiVersions.resources,
  virtualNetwork: apiVersions.network,
  routeTable: apiVersions.network,
  firewall: apiVersions.network,
  cluster: apiVersions.containerService,
  nodeResourceGroup: apiVersions.resources,
} as const;

/** The observed resources of which there is one; role assignments are named after the cluster's identity. */
export type ObservedName = keyof typeof apiVersionOf;
export const observedNames = Object.keys(apiVersionOf) as readonly ObservedName[];

/** Reads every resource that an environment of this spec has or would have, side by side. @throws ArmError */
export async function observeResources(spec: EnvironmentSpec): Promise<ObservedResources> {
  const ids = resourceIds(spec);
  const [found, publicIps, policy, identities, jumpbox] = await Promise.all([
    Promise.all(observedNames.map(async (name) => [name, await readResource(ids[name], apiVersionOf[name])] as const)),
    observePublicIps(spec),
    observeRulePolicy(spec),
    observeIdentities(spec),
    observeJumpbox(spec),
  ]);
  const resources: ObservedResources = {
    ...Object.fromEntries(found.filter(([, resource]) => resource !== undefined)),
    ...publicIps,
    ...identities,
    policy,
    jumpbox,
  };
  return { ...resources, roleAssignments: await observeRoleAssignments(spec, resources) };
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

async function observeRoleAssignments(
  spec: EnvironmentSpec,
  resources: ObservedResources,
): Promise<readonly JsonObject[]> {
  const principal = controlPlanePrincipal(spec, resources);
  const reader = needsReaderRole(spec) ? desiredReaderRole(spec, await appPrincipal()) : undefined;
  const wanted = [
    ...(principal === undefined ? [] : desiredRoleAssignments(spec, principal)),
    ...(reader === undefined ? [] : [reader]),
  ];
  const found = await Promise.all(wanted.map(({ id, apiVersion }) => readResource(id, apiVersion)));
  return found.filter((assignment) => assignment !== undefined);
}
