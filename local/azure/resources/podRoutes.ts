import { contains, parseRange, toAddress } from '../ipv4.ts';
import { asText, objectAt, objectsAt, stringAt, type Json, type JsonObject } from '../json.ts';
import type { Change } from '../store.ts';
import { subnetOf } from './managedClusterNetworkChecks.ts';
import type { World } from './resourceType.ts';

/** Azure keeps the first four addresses of each subnet. */
const RESERVED_AT_THE_START = 4;
const ADDRESSES_PER_NODE = 256;

/**
 * What AKS adds to the subnet's own route table with kubenet: a route for the pods of each node. They stay when the table is
 * somebody else's, and whoever writes the table has to keep them.
 *
 * @param mark as in the names of the nodes' scale sets
 */
export function podRoutes(cluster: JsonObject, mark: string, world: World): readonly Change[] {
  const network = objectAt(cluster, 'properties', 'networkProfile');
  if (network['networkPlugin'] !== 'kubenet') return [];
  const pools = objectsAt(cluster, 'properties', 'agentPoolProfiles');
  const subnet = subnetOf(world, stringAt(pools[0], 'vnetSubnetID') ?? '');
  const table = world.find(stringAt(subnet, 'properties', 'routeTable', 'id') ?? '');
  const pods = parseRange(stringAt(network, 'podCidr') ?? '');
  const nodes = parseRange(stringAt(subnet, 'properties', 'addressPrefix') ?? '');
  if (table === undefined || pods === undefined || nodes === undefined) return [];
  const names = pools.flatMap((pool) =>
    Array.from(
      { length: Number(pool['count']) },
      (_, index) => `aks-${asText(pool['name'])}-${mark}-vmss${index.toString(36).padStart(6, '0')}`,
    ),
  );
  const present: readonly Json[] = objectsAt(table.body, 'properties', 'routes');
  const routes = names.flatMap((node, index): JsonObject[] => {
    const first = pods.first + index * ADDRESSES_PER_NODE;
    const addressPrefix = `${toAddress(first)}/24`;
    const hop = toAddress(nodes.first + RESERVED_AT_THE_START + index);
    const range = parseRange(addressPrefix);
    if (range === undefined || !contains(pods, range)) return [];
    const name = `${node}____${addressPrefix.replaceAll(/[./]/g, '')}`;
    if (present.some((route) => stringAt(route, 'name') === name)) return [];
    return [
      {
        name,
        id: `${table.id}/routes/${name}`,
        etag: table.body['etag'],
        type: 'Microsoft.Network/routeTables/routes',
        properties: {
          provisioningState: 'Succeeded',
          addressPrefix,
          nextHopType: 'VirtualAppliance',
          nextHopIpAddress: hop,
          hasBgpOverride: false,
        },
      },
    ];
  });
  if (routes.length === 0) return [];
  const properties = { ...objectAt(table.body, 'properties'), routes: [...present, ...routes] };
  return [['resources', table.id.toLowerCase(), { ...table, body: { ...table.body, properties } }]];
}
