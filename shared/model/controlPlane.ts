import { isFirstCluster, resourceIds } from './names.ts';
import { SYSTEM_ASSIGNED, USER_ASSIGNED, type ServicePrincipalSpec } from './spec/clusterTypes.ts';
import type { EnvironmentSpec } from './spec/types.ts';

/** Who a cluster's control plane acts as in Azure. */
export type ControlPlane =
  /** AKS makes it with the cluster: its principal is known once the cluster is accepted. */
  | { readonly kind: 'system-assigned' }
  /** `isOurs`: made, and deleted, by Gatehouse. */
  | { readonly kind: 'user-assigned'; readonly id: string; readonly isOurs: boolean }
  | ({ readonly kind: 'service-principal' } & ServicePrincipalSpec);

/** Who the control plane of a spec's cluster acts as. */
export function controlPlaneOf(spec: EnvironmentSpec): ControlPlane {
  const { identity = SYSTEM_ASSIGNED, servicePrincipal } = spec.cluster;
  if (servicePrincipal !== undefined) return { kind: 'service-principal', ...servicePrincipal };
  if (identity === SYSTEM_ASSIGNED) return { kind: 'system-assigned' };
  if (identity !== USER_ASSIGNED) return { kind: 'user-assigned', id: identity, isOurs: false };
  const { resourceGroup } = resourceIds(spec);
  const name = isFirstCluster(spec) ? `${spec.name}-identity` : `${spec.name}-${spec.cluster.name}-identity`;
  const id = `${resourceGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
  return { kind: 'user-assigned', id, isOurs: true };
}
