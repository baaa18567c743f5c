import type { JsonObject } from '../json.ts';
import { stringAt } from '../json.ts';
import { coresInUse } from './coresInUse.ts';
import { normalLocation } from './names.ts';
import type { World } from './resourceType.ts';
import { vmSizes } from './vmSizes.ts';

/** Usages and limits of Microsoft.Network in a location. */
export function networkUsages(world: World, location: string): JsonObject {
  const usage = (name: string, localized: string, type: string) => {
    const used = world
      .ofType(type)
      .filter(
        ({ id, body }) =>
          id.split('/')[2] === world.subscription && normalLocation(stringAt(body, 'location') ?? '') === location,
      );
    return usageBody(world, 'Microsoft.Network', location, name, localized, used.length);
  };
  return {
    value: [
      usage('VirtualNetworks', 'Virtual Networks', 'Microsoft.Network/virtualNetworks'),
      usage('PublicIPAddresses', 'Public IP Addresses', 'Microsoft.Network/publicIPAddresses'),
      usage('PublicIpPrefixes', 'Public Ip Prefixes', 'Microsoft.Network/publicIPPrefixes'),
      usage('RouteTables', 'Route Tables', 'Microsoft.Network/routeTables'),
    ],
  };
}

/** Usages and limits of Microsoft.Compute in a location: cores in all and by family. */
export function computeUsages(world: World, location: string): JsonObject {
  const families = [...new Set(vmSizes.map(({ family }) => family))];
  return {
    value: ['cores', ...families].map((name) =>
      usageBody(
        world,
        'Microsoft.Compute',
        location,
        name,
        name === 'cores' ? 'Total Regional vCPUs' : `${name} vCPUs`,
        coresInUse(world, location, name),
      ),
    ),
  };
}

function usageBody(
  world: World,
  namespace: string,
  location: string,
  name: string,
  localizedValue: string,
  currentValue: number,
): JsonObject {
  return {
    currentValue,
    id: `/subscriptions/${world.subscription}/providers/${namespace}/locations/${location}/usages/${name}`,
    limit: world.limit(location, name),
    name: { localizedValue, value: name },
    unit: 'Count',
  };
}
