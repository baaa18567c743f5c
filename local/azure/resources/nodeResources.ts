import { randomUUID } from 'node:crypto';
import { objectAt, objectsAt, stringAt, asText, type JsonObject } from '../json.ts';
import { groupId, isBelow } from '../resourceId.ts';
import type { Change } from '../store.ts';
import { outboundAddresses } from './outboundAddresses.ts';
import { podRoutes } from './podRoutes.ts';
import type { World } from './resourceType.ts';

/**
 * What AKS has put into the node resource group once a cluster is finished: the kubelet's identity, the network security
 * group, a scale set per agent pool and, unless routes lead out, public IPs for the way out. Load balancers come with the first service of type LoadBalancer, not here.
 */
export function nodeResources(
  cluster: JsonObject,
  world: World,
): { identityProfile: JsonObject; networkProfile: JsonObject; also: readonly Change[] } {
  const subscription = asText(cluster['id']).split('/')[2] ?? '';
  const group = groupId(subscription, stringAt(cluster, 'properties', 'nodeResourceGroup') ?? '');
  const location = asText(cluster['location']);
  const mark = Math.floor(world.fraction('nodes', asText(cluster['id']).toLowerCase()) * 1e8)
    .toString()
    .padStart(8, '0');
  const add = (type: string, name: string, rest: JsonObject): Change[] => {
    const id = `${group}/providers/${type}/${name}`;
    if (world.find(id) !== undefined) return [];
    return [['resources', id.toLowerCase(), { id, type, body: { id, name, type, location, ...rest } }]];
  };

  const identityName = `${asText(cluster['name'])}-agentpool`;
  const identityId = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${identityName}`;
  const known = objectAt(cluster, 'properties', 'identityProfile', 'kubeletidentity');
  // An identity of the user's own is somewhere else.
  const given = stringAt(known, 'resourceId');
  const isOwn = given !== undefined && !isBelow(given, group);
  const clientId = stringAt(known, 'clientId') ?? randomUUID();
  const objectId = stringAt(known, 'objectId') ?? randomUUID();
  const identity = { properties: { tenantId: world.tenantId, principalId: objectId, clientId } };

  const outbound = outboundAddresses(cluster, group, world);
  const scaleSets = objectsAt(cluster, 'properties', 'agentPoolProfiles').flatMap((pool) =>
    add('Microsoft.Compute/virtualMachineScaleSets', `aks-${asText(pool['name'])}-${mark}-vmss`, {
      sku: { name: pool['vmSize'], tier: 'Standard', capacity: pool['count'] },
      properties: { provisioningState: 'Succeeded' },
    }),
  );
  return {
    identityProfile: {
      kubeletidentity: {
        resourceId: (isOwn ? given : identityId).replace('/resourceGroups/', '/resourcegroups/'),
        clientId,
        objectId,
      },
    },
    networkProfile: outbound.networkProfile,
    also: [
      ...(isOwn
        ? []
        : [
            ['principals', objectId, world.now] as const,
            ...add('Microsoft.ManagedIdentity/userAssignedIdentities', identityName, identity),
          ]),
      ...add('Microsoft.Network/networkSecurityGroups', `aks-agentpool-${mark}-nsg`, {
        properties: { provisioningState: 'Succeeded', securityRules: [] },
      }),
      ...scaleSets,
      ...podRoutes(cluster, mark, world),
      ...outbound.also,
    ],
  };
}
