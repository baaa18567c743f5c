import type { ClusterSpec, NodePoolSpec } from '../model/environmentSpec.ts';
import type { JsonObject } from '../model/json.ts';
import { FIRST_POOL } from '../model/spec/clusterTypes.ts';

/** Every node pool of a cluster, the first one first. */
export function nodePoolsOf(cluster: ClusterSpec): readonly NodePoolSpec[] {
  const { nodeCount, nodeSize, osSku, maxPods, zones } = cluster;
  const first: NodePoolSpec = {
    name: FIRST_POOL,
    mode: 'System',
    osType: 'Linux',
    nodeCount,
    nodeSize,
    ...(osSku !== undefined && { osSku }),
    ...(maxPods !== undefined && { maxPods }),
    ...(zones !== undefined && { zones }),
  };
  return [first, ...(cluster.nodePools ?? [])];
}

/**
 * A node pool as AKS takes it, in the cluster's subnet.
 *
 * @param version of Kubernetes. Without it an upgrade stops at the control plane, since a PUT sends back the one that the pool has
 */
export function desiredNodePool(pool: NodePoolSpec, subnetId: string, version?: string): JsonObject {
  return {
    name: pool.name,
    mode: pool.mode,
    type: 'VirtualMachineScaleSets',
    osType: pool.osType,
    ...(pool.osSku !== undefined && { osSKU: pool.osSku }),
    count: pool.nodeCount,
    vmSize: pool.nodeSize,
    ...(pool.maxPods !== undefined && { maxPods: pool.maxPods }),
    ...(pool.zones !== undefined && { availabilityZones: pool.zones }),
    vnetSubnetID: subnetId,
    ...(version !== undefined && { orchestratorVersion: version }),
  };
}
