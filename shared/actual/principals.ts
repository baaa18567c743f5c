import { controlPlaneOf } from '../model/controlPlane.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { stringAt, type JsonObject } from '../model/json.ts';
import { clusterFacts } from './facts.ts';

/** A user-assigned identity as ARM answers it; undefined where it is none. */
export function identityFacts(
  json: JsonObject | undefined,
): { readonly clientId: string; readonly principalId: string } | undefined {
  const clientId = stringAt(json, 'properties', 'clientId');
  const principalId = stringAt(json, 'properties', 'principalId');
  return clientId === undefined || principalId === undefined ? undefined : { clientId, principalId };
}

/**
 * Whom the cluster's roles are given to.
 *
 * @param actual `cluster`: raw; `identity`: raw, the user-assigned one of the control plane
 * @returns undefined as long as Azure has made none
 */
export function controlPlanePrincipal(
  spec: EnvironmentSpec,
  actual: { readonly cluster?: JsonObject | undefined; readonly identity?: JsonObject | undefined },
): string | undefined {
  const controlPlane = controlPlaneOf(spec);
  switch (controlPlane.kind) {
    case 'system-assigned':
      return actual.cluster && clusterFacts(actual.cluster).principalId;
    case 'user-assigned':
      return identityFacts(actual.identity)?.principalId;
    case 'service-principal':
      return controlPlane.objectId;
  }
}
