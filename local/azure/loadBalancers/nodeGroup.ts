import { worldOf, type Azure } from '../azure.ts';
import { objectAt, objectsAt, stringAt, type JsonObject } from '../json.ts';
import { groupId, isBelow, parsePath } from '../resourceId.ts';
import type { World } from '../resources/resourceType.ts';
import type { Resource } from '../store.ts';

/** A cluster and the group that its nodes and load balancers are in. */
export interface NodeGroup {
  readonly cluster: JsonObject;
  readonly subscription: string;
  readonly name: string;
  /** The node resource group's id. */
  readonly id: string;
  readonly location: string;
  /** Who writes there: the cluster's identity. */
  readonly principal: string;
  readonly world: World;
}

/** @throws Error when the cluster is gone */
export function nodeGroupOf(azure: Azure, clusterId: string): NodeGroup {
  const cluster = azure.store.resources.get(clusterId.toLowerCase())?.body;
  if (cluster === undefined) throw new Error(`The cluster ${clusterId} does not exist any more.`);
  const subscription = parsePath(clusterId)?.subscription ?? '';
  const name = stringAt(cluster, 'properties', 'nodeResourceGroup') ?? '';
  return {
    cluster,
    subscription,
    name,
    id: groupId(subscription, name),
    location: stringAt(cluster, 'location') ?? '',
    principal: principalOf(cluster),
    world: worldOf(azure, subscription),
  };
}

/** The network security group of the nodes. */
export function securityGroupOf({ id, world }: NodeGroup): Resource | undefined {
  return world.ofType('Microsoft.Network/networkSecurityGroups').find((group) => isBelow(group.id, id));
}

/** The subnet of the nodes; undefined when AKS made a network of its own. */
export function nodeSubnetId({ cluster }: NodeGroup): string | undefined {
  return stringAt(objectsAt(cluster, 'properties', 'agentPoolProfiles')[0], 'vnetSubnetID');
}

function principalOf(cluster: JsonObject): string {
  const identity = objectAt(cluster, 'identity');
  const [first] = Object.values(objectAt(identity, 'userAssignedIdentities'));
  return (
    stringAt(identity, 'principalId') ??
    stringAt(first, 'principalId') ??
    stringAt(cluster, 'properties', 'servicePrincipalProfile', 'clientId') ??
    'msi'
  );
}
