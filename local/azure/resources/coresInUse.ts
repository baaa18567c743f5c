import { objectsAt, stringAt } from '../json.ts';
import { normalLocation } from './names.ts';
import type { World } from './resourceType.ts';
import { vmSize } from './vmSizes.ts';

/** Cores that clusters and machines other than `except` have in a location, of one family or (`cores`) in all. */
export function coresInUse(world: World, location: string, usage: string, except = ''): number {
  const within = (type: string) =>
    world
      .ofType(type)
      .filter(
        ({ id, body }) =>
          id.toLowerCase() !== except.toLowerCase() && normalLocation(stringAt(body, 'location') ?? '') === location,
      );
  const coresOf = (name: string | undefined) => {
    const size = vmSize(name ?? '');
    return size !== undefined && (usage === 'cores' || usage === size.family) ? size.cores : 0;
  };
  const ofNodes = within('Microsoft.ContainerService/managedClusters')
    .flatMap(({ body }) => objectsAt(body, 'properties', 'agentPoolProfiles'))
    .reduce((sum, pool) => sum + coresOf(stringAt(pool, 'vmSize')) * Number(pool['count']), 0);
  return within('Microsoft.Compute/virtualMachines').reduce(
    (sum, { body }) => sum + coresOf(stringAt(body, 'properties', 'hardwareProfile', 'vmSize')),
    ofNodes,
  );
}
