import { readResource } from '../azure/resource.ts';
import { apiVersions } from '../model/apiVersions.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { JsonObject } from '../model/json.ts';
import { resourceIds } from '../model/names.ts';

/** The environment's resources as Azure answers them now, raw; undefined where there is none. */
export type ObservedResources = Readonly<Record<ObservedName, JsonObject | undefined>>;
export type ObservedName = keyof typeof versionOf;

const versionOf = {
  resourceGroup: apiVersions.resources,
  virtualNetwork: apiVersions.network,
  publicIp: apiVersions.network,
  routeTable: apiVersions.network,
  firewall: apiVersions.network,
  cluster: apiVersions.containerService,
  nodeResourceGroup: apiVersions.resources,
} as const;

const names = Object.keys(versionOf) as ObservedName[];

/** Reads every resource that an environment of this spec has or would have, side by side. @throws ArmError */
export async function observeResources(spec: EnvironmentSpec): Promise<ObservedResources> {
  const ids = resourceIds(spec);
  const resources = await Promise.all(names.map((name) => readResource(ids[name], versionOf[name])));
  return Object.fromEntries(names.map((name, index) => [name, resources[index]])) as ObservedResources;
}
