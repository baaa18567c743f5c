import { apiVersions } from '../model/apiVersions.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { JsonObject } from '../model/json.ts';
import { ownershipTag, resourceIds } from '../model/names.ts';
import type { DesiredResource } from '../model/resource.ts';

/** What every resource of an environment says of itself. */
export function tagged(spec: EnvironmentSpec): { readonly location: string; readonly tags: JsonObject } {
  return { location: spec.location, tags: { [ownershipTag]: spec.name } };
}

export function desiredResourceGroup(spec: EnvironmentSpec): DesiredResource {
  return {
    kind: 'resourceGroup',
    id: resourceIds(spec).resourceGroup,
    apiVersion: apiVersions.resources,
    body: { ...tagged(spec) },
  };
}
