import { readResource } from '../azure/resource.ts';
import { apiVersions } from '../model/apiVersions.ts';
import { controlPlaneOf } from '../model/controlPlane.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { JsonObject } from '../model/json.ts';

/** The user-assigned identities of a cluster, raw; absent where the spec has none, or where there is none. */
export interface ObservedIdentities {
  /** Of the control plane. */
  readonly identity?: JsonObject;
  readonly kubeletIdentity?: JsonObject;
}

/** @throws ArmError */
export async function observeIdentities(spec: EnvironmentSpec): Promise<ObservedIdentities> {
  const [identity, kubeletIdentity] = await Promise.all([
    observeIdentity(spec),
    readIdentity(spec.cluster.kubeletIdentity),
  ]);
  return { ...(identity && { identity }), ...(kubeletIdentity && { kubeletIdentity }) };
}

/** The control plane's alone. @throws ArmError */
export async function observeIdentity(spec: EnvironmentSpec): Promise<JsonObject | undefined> {
  const controlPlane = controlPlaneOf(spec);
  return readIdentity(controlPlane.kind === 'user-assigned' ? controlPlane.id : undefined);
}

const readIdentity = async (id: string | undefined): Promise<JsonObject | undefined> =>
  id === undefined ? undefined : readResource(id, apiVersions.managedIdentity);
