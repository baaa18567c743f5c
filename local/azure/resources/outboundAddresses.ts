import { randomUUID } from 'node:crypto';
import { at, objectAt, objectsAt, type JsonObject } from '../json.ts';
import type { Change } from '../store.ts';
import { freeAddress } from './publicIpAddresses.ts';
import type { World } from './resourceType.ts';

const TYPE = 'Microsoft.Network/publicIPAddresses';

/**
 * The network profile of a finished cluster, and the public IPs that AKS makes in the node resource group `groupId` for
 * the way out: as many as `managedOutboundIPs` asks for, named by GUIDs in `effectiveOutboundIPs`.
 */
export function outboundAddresses(
  cluster: JsonObject,
  groupId: string,
  world: World,
): { readonly networkProfile: JsonObject; readonly also: readonly Change[] } {
  const sent = objectAt(cluster, 'properties', 'networkProfile');
  // Whatever was sent, a finished cluster spells it so.
  const networkProfile = sent['loadBalancerSku'] === 'standard' ? { ...sent, loadBalancerSku: 'Standard' } : sent;
  const profile = objectAt(networkProfile, 'loadBalancerProfile');
  const count = at(profile, 'managedOutboundIPs', 'count');
  if (objectsAt(profile, 'effectiveOutboundIPs').length > 0 || typeof count !== 'number')
    return { networkProfile, also: [] };
  const bodies = Array.from({ length: count }, () =>
    publicIp(`${groupId}/providers/${TYPE}/${randomUUID()}`, cluster, world),
  );
  const effectiveOutboundIPs = bodies.map(({ id }) => ({ id }));
  return {
    networkProfile: { ...networkProfile, loadBalancerProfile: { ...profile, effectiveOutboundIPs } },
    also: bodies.map((body) => ['resources', body.id.toLowerCase(), { id: body.id, type: TYPE, body }]),
  };
}

function publicIp(id: string, cluster: JsonObject, world: World): JsonObject & { readonly id: string } {
  return {
    ...{ id, name: id.slice(id.lastIndexOf('/') + 1), type: TYPE, location: cluster['location'] },
    sku: { name: 'Standard', tier: 'Regional' },
    properties: {
      provisioningState: 'Succeeded',
      ipAddress: freeAddress({ id }, world),
      publicIPAddressVersion: 'IPv4',
      publicIPAllocationMethod: 'Static',
    },
  };
}
