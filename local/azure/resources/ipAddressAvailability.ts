import { networkError } from '../errors.ts';
import { contains, parseRange, toAddress } from '../ipv4.ts';
import { objectAt, objectsAt, stringAt, type JsonObject } from '../json.ts';
import type { World } from './resourceType.ts';
import { subnetRanges } from './virtualNetworks.ts';

/** Azure keeps the first four addresses of each subnet, and the last one, for itself. */
const RESERVED_AT_THE_START = 4;
const SUGGESTIONS = 5;

/** Whether an address of a network is free; if not, the next ones that are: what `CheckIPAddressAvailability` answers. */
export function ipAddressAvailability(world: World, network: JsonObject, text: string): JsonObject {
  const address = parseRange(text);
  const range = objectsAt(network, 'properties', 'subnets')
    .flatMap((subnet) => subnetRanges(subnet, stringAt(subnet, 'id') ?? ''))
    .find((one) => address !== undefined && contains(one, address));
  if (address === undefined || range === undefined)
    throw networkError(
      400,
      'PrivateIPAddressNotInAnySubnet',
      `Private static IP address ${text} does not belong to the range of any subnet of the virtual network.`,
    );
  const taken = takenAddresses(world);
  const isReserved = (number: number) => number < range.first + RESERVED_AT_THE_START || number === range.last;
  const isPlatformReserved = isReserved(address.first);
  if (!isPlatformReserved && !taken.has(text)) return { available: true, isPlatformReserved };
  const availableIPAddresses: string[] = [];
  for (let number = range.first; number < range.last && availableIPAddresses.length < SUGGESTIONS; number++)
    if (!isReserved(number) && !taken.has(toAddress(number))) availableIPAddresses.push(toAddress(number));
  return { available: false, availableIPAddresses, isPlatformReserved };
}

/** The private addresses of firewalls and of load balancers. */
function takenAddresses(world: World): ReadonlySet<string> {
  const inUse = (type: string, property: string) =>
    world
      .ofType(type)
      .flatMap(({ body }) => objectsAt(body, 'properties', property))
      .map((one) => stringAt(objectAt(one, 'properties'), 'privateIPAddress') ?? '');
  return new Set([
    ...inUse('Microsoft.Network/azureFirewalls', 'ipConfigurations'),
    ...inUse('Microsoft.Network/loadBalancers', 'frontendIPConfigurations'),
  ]);
}
