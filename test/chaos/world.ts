import { comparable } from '../support/endState.ts';
import { at, isObject, objectsAt, stringAt, type Json, type JsonObject } from '../../local/azure/json.ts';

const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-0000000000aa';
const GROUP = `${SUBSCRIPTION}/resourceGroups/shop-rg`;
const NETWORK = `${GROUP}/providers/Microsoft.Network`;
export const ids = {
  firewall: `${NETWORK}/azureFirewalls/shop-fw`,
  network: `${NETWORK}/virtualNetworks/shop-vnet`,
  table: `${NETWORK}/routeTables/shop-fwrt`,
  publicIp: `${NETWORK}/publicIPAddresses/shop-fwpublicip`,
  cluster: `${GROUP}/providers/Microsoft.ContainerService/managedClusters/shop`,
} as const;
export const OUTBOUND_RANGE = '203.0.113.10/32';
export const CLUSTER_SUBNET = 'aks-subnet';

/** Something that people have put beside what Gatehouse keeps. */
export interface ForeignObject {
  readonly resource: string;
  /** Where in the resource it lies: the name of a list in `properties`. */
  readonly list: string;
  readonly name: string;
  /** `properties` as they were put. */
  readonly properties: Json;
}

/** Whether a foreign object stands in a resource as it was put there. */
export function stands(resource: JsonObject | undefined, { list, name, properties }: ForeignObject): boolean {
  const found = objectsAt(resource, 'properties', list).find((one) => stringAt(one, 'name') === name);
  return found !== undefined && contains(at(found, 'properties'), properties);
}

/** Whether everything that was put is there; what Azure adds to it is no matter. */
function contains(actual: Json | undefined, wanted: Json): boolean {
  if (isObject(wanted)) {
    return isObject(actual) && Object.entries(wanted).every(([name, value]) => contains(actual[name], value ?? null));
  }
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(actual) &&
      actual.length === wanted.length &&
      wanted.every((element: Json, index) => contains(actual[index] as Json | undefined, element))
    );
  }
  return actual === wanted;
}

/** The public addresses that a firewall has, by what the addresses of public IPs are. */
export function frontendsOf(firewall: JsonObject | undefined, addressOf: (id: string) => string | undefined): string[] {
  return objectsAt(firewall, 'properties', 'ipConfigurations').flatMap(
    (one) => addressOf(stringAt(one, 'properties', 'publicIPAddress', 'id') ?? '') ?? [],
  );
}

export const privateIpOf = (firewall: JsonObject | undefined): string | undefined =>
  objectsAt(firewall, 'properties', 'ipConfigurations')
    .map((one) => stringAt(one, 'properties', 'privateIPAddress'))
    .find((address) => address !== undefined);

/** What an egress rule lets out; what Azure adds to it (empty lists, descriptions) is no part of that. */
const meaningful = [
  'name',
  'protocols',
  'sourceAddresses',
  'destinationAddresses',
  'destinationPorts',
  'destinationFqdns',
  'targetFqdns',
  'fqdnTags',
];

/** The egress rules of a firewall by `list/collection`, comparable. */
export function egressOf(firewall: JsonObject | undefined): ReadonlyMap<string, string> {
  return new Map(
    ['networkRuleCollections', 'applicationRuleCollections'].flatMap((list) =>
      objectsAt(firewall, 'properties', list).map((one): [string, string] => [
        `${list}/${stringAt(one, 'name') ?? ''}`,
        JSON.stringify(comparable(objectsAt(one, 'properties', 'rules').map(meaningOf))),
      ]),
    ),
  );
}

function meaningOf(rule: JsonObject): JsonObject {
  const said = meaningful.map((name) => [name, rule[name] ?? []] as const);
  return Object.fromEntries(said.filter(([, value]) => !Array.isArray(value) || value.length > 0));
}

export function clusterSubnetOf(network: JsonObject | undefined): JsonObject | undefined {
  return objectsAt(network, 'properties', 'subnets').find((one) => stringAt(one, 'name') === CLUSTER_SUBNET);
}

/** Whether a route table leads everything to the firewall. */
export const leadsTo = (table: JsonObject | undefined, privateIp: string | undefined): boolean =>
  objectsAt(table, 'properties', 'routes').some(
    (route) =>
      stringAt(route, 'properties', 'addressPrefix') === '0.0.0.0/0' &&
      stringAt(route, 'properties', 'nextHopIpAddress') === privateIp,
  );

export const rangesOf = (cluster: JsonObject | undefined): readonly string[] => {
  const ranges = at(cluster, 'properties', 'apiServerAccessProfile', 'authorizedIPRanges');
  return Array.isArray(ranges) ? ranges.map(String) : [];
};
