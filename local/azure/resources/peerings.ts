import { networkError } from '../errors.ts';
import { overlaps } from '../ipv4.ts';
import { at, objectAt, objectsAt, stringAt, stringsAt, type JsonObject } from '../json.ts';
import { sameId } from '../resourceId.ts';
import * as bodies from './networkBodies.ts';
import type { World, Write } from './resourceType.ts';

export const PEERING_TYPE = 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings';

/** The peerings of a network as they are stored: what only the other half decides is added when they are read. */
export function fillPeerings(write: Write, sent: JsonObject): readonly JsonObject[] {
  return bodies
    .requireNamedChildren(sent['virtualNetworkPeerings'], write.id, 'virtualNetworkPeerings')
    .map((peering) => {
      const remote = stringAt(peering, 'properties', 'remoteVirtualNetwork', 'id');
      const other = remote === undefined ? undefined : write.world.find(remote)?.body;
      if (remote === undefined || other === undefined || sameId(remote, write.id)) {
        throw networkError(
          400,
          'InvalidResourceReference',
          `Resource ${remote ?? 'without id'} referenced by resource ${write.id} was not found.`,
        );
      }
      refuseOverlap(write, sent, other);
      const { peeringState: _state, peeringSyncLevel: _level, ...properties } = bodies.rest(peering);
      return bodies.childBody(peering, write.id, 'virtualNetworkPeerings', PEERING_TYPE, {
        allowVirtualNetworkAccess: true,
        allowForwardedTraffic: false,
        allowGatewayTransit: false,
        useRemoteGateways: false,
        ...properties,
      });
    });
}

function refuseOverlap(write: Write, sent: JsonObject, other: JsonObject): void {
  const own = stringsAt(sent, 'addressSpace', 'addressPrefixes').map((one) => bodies.requireCidr(one, write.id));
  const theirs = stringsAt(other, 'properties', 'addressSpace', 'addressPrefixes').map((one) =>
    bodies.requireCidr(one, write.id),
  );
  if (!own.some((range) => theirs.some((one) => overlaps(range, one)))) return;
  throw networkError(
    400,
    'VnetAddressSpacesOverlap',
    `Cannot create or update peering of ${write.id}: the address spaces of the two virtual networks overlap.`,
  );
}

/** A peering is connected once each network has its half. */
export function presentPeerings(network: JsonObject, world: World): readonly JsonObject[] {
  return objectsAt(network, 'properties', 'virtualNetworkPeerings').map((peering) => {
    const other = world.find(stringAt(peering, 'properties', 'remoteVirtualNetwork', 'id') ?? '')?.body;
    const peeringState = isPeered(other, stringAt(network, 'id') ?? '')
      ? 'Connected'
      : other === undefined
        ? 'Disconnected'
        : 'Initiated';
    const remoteAddressSpace = at(other, 'properties', 'addressSpace');
    return {
      ...peering,
      properties: {
        ...objectAt(peering, 'properties'),
        peeringState,
        peeringSyncLevel: peeringState === 'Connected' ? 'FullyInSync' : 'RemoteNotInSync',
        ...(remoteAddressSpace === undefined ? {} : { remoteAddressSpace }),
      },
    };
  });
}

/** Whether a network has its half of a peering with another. */
export const isPeered = (network: JsonObject | undefined, other: string): boolean =>
  objectsAt(network, 'properties', 'virtualNetworkPeerings').some((peering) =>
    sameId(stringAt(peering, 'properties', 'remoteVirtualNetwork', 'id') ?? '', other),
  );
