import { at, objectAt, objectsAt, stringAt, type JsonObject } from '../json.ts';
import { contains, parseRange, toAddress } from '../ipv4.ts';
import { lastSegment, parentId, sameId } from '../resourceId.ts';
import { childNamed } from '../resources/networkBodies.ts';
import type { World } from '../resources/resourceType.ts';
import { subnetRanges } from '../resources/virtualNetworks.ts';
import { LOAD_BALANCER_TYPE } from './loadBalancerBody.ts';

/** Azure keeps the first four addresses of each subnet, and the last one, for itself. */
const RESERVED_AT_THE_START = 4;

/**
 * An address for a load balancer's frontend: the wanted one, or else the next free one after those of the nodes and, with
 * Azure CNI, of their pods, which are reserved when a node starts.
 *
 * @throws Error in the cloud's words when there is none
 */
export function frontendAddressIn(world: World, cluster: JsonObject, subnetId: string, wanted?: string): string {
  const subnet = childNamed(world.find(parentId(subnetId))?.body, 'subnets', lastSegment(subnetId));
  if (subnet === undefined)
    throw new Error(`ensure(kubernetes-internal): failed to get subnet: ${subnetId} was not found.`);
  const [range] = subnetRanges(subnet, subnetId);
  const taken = takenAddresses(world, subnetId);
  if (range === undefined) throw new Error(`The subnet ${subnetId} has no address range.`);
  if (wanted !== undefined) {
    const address = parseRange(wanted);
    if (address === undefined || !contains(range, address)) {
      throw new Error(
        `PrivateIPAddressNotInSubnet: Private static IP address ${wanted} does not belong to the range of subnet prefix ${range.text}.`,
      );
    }
    if (taken.has(wanted) || address.first < range.first + RESERVED_AT_THE_START) {
      throw new Error(`PrivateIPAddressIsAllocated: IP address ${wanted} is already allocated in subnet ${subnetId}.`);
    }
    return wanted;
  }
  const first = range.first + RESERVED_AT_THE_START + nodeAddresses(cluster, subnetId);
  for (let number = first; number < range.last; number++) {
    const address = toAddress(number);
    if (!taken.has(address)) return address;
  }
  throw new Error(`SubnetIsFull: Subnet ${subnetId} does not have enough capacity for 1 IP addresses.`);
}

function takenAddresses(world: World, subnetId: string): ReadonlySet<string> {
  return new Set(
    world
      .ofType(LOAD_BALANCER_TYPE)
      .flatMap(({ body }) => objectsAt(body, 'properties', 'frontendIPConfigurations'))
      .filter((frontend) => sameId(stringAt(frontend, 'properties', 'subnet', 'id') ?? '', subnetId))
      .map((frontend) => stringAt(frontend, 'properties', 'privateIPAddress') ?? ''),
  );
}

function nodeAddresses(cluster: JsonObject, subnetId: string): number {
  const network = objectAt(cluster, 'properties', 'networkProfile');
  const podsInSubnet = network['networkPlugin'] === 'azure' && network['networkPluginMode'] !== 'overlay';
  return objectsAt(cluster, 'properties', 'agentPoolProfiles')
    .filter((pool) => sameId(stringAt(pool, 'vnetSubnetID') ?? '', subnetId))
    .map((pool) => {
      const perNode = podsInSubnet && pool['podSubnetID'] === undefined ? 1 + numberAt(pool, 'maxPods') : 1;
      return numberAt(pool, 'count') * perNode;
    })
    .reduce((sum, count) => sum + count, 0);
}

function numberAt(value: JsonObject, name: string): number {
  const found = at(value, name);
  return typeof found === 'number' ? found : 0;
}
