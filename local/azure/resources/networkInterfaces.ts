import { randomUUID } from 'node:crypto';
import { networkError } from '../errors.ts';
import { objectAt, objectsAt, stringAt, type JsonObject } from '../json.ts';
import { isAddress, parseRange, toAddress, type Ipv4Range } from '../ipv4.ts';
import { lastSegment, parentId, sameId } from '../resourceId.ts';
import { checkNetworkName } from './names.ts';
import * as bodies from './networkBodies.ts';
import type { ResourceType, World, Write } from './resourceType.ts';
import { virtualMachineOf } from './subnetUsers.ts';
import { networkInterfaceShape } from './virtualMachineShapes.ts';
import { subnetRanges } from './virtualNetworks.ts';

const TYPE = 'Microsoft.Network/networkInterfaces';
const CONFIGURATION_TYPE = `${TYPE}/ipConfigurations`;
/** The first four addresses of each subnet, and the last one, are Azure's. */
const RESERVED_AT_THE_START = 4;

/** Network interfaces with one address of a subnet each, given or dynamic; not those of scale sets, which have none of their own. */
export const networkInterfaces: ResourceType = {
  type: TYPE,
  shape: networkInterfaceShape,
  children: [{ name: 'ipConfigurations', type: CONFIGURATION_TYPE }],
  busy: 'RetryableError',
  checkName: checkNetworkName,
  plan(write) {
    const sent = objectAt(write.sent, 'properties');
    const configurations = bodies.requireNamedChildren(sent['ipConfigurations'], write.id, 'ipConfigurations');
    if (configurations.length === 0) {
      throw networkError(
        400,
        'NetworkInterfaceMustHaveOneIpConfiguration',
        `Network interface ${write.id} must have one or more IP configurations.`,
      );
    }
    const filled = configurations.map((one, index) => fillConfiguration(write, one, index === 0));
    const body = bodies.networkBody(write, TYPE, {
      resourceGuid: bodies.propertyOfBefore(write, 'resourceGuid') ?? randomUUID(),
      ...bodies.rest(write.sent, 'resourceGuid', 'ipConfigurations', 'virtualMachine', 'dnsSettings'),
      ipConfigurations: filled,
      dnsSettings: { dnsServers: [], appliedDnsServers: [], ...objectAt(sent, 'dnsSettings') },
      enableAcceleratedNetworking: sent['enableAcceleratedNetworking'] ?? false,
      enableIPForwarding: sent['enableIPForwarding'] ?? false,
      nicType: 'Standard',
    });
    return {
      body,
      kind: 'networkInterfaces.put',
      dependencies: filled.map((one) => parentId(stringAt(one, 'properties', 'subnet', 'id') ?? '')),
    };
  },
  complete: (body) => ({ body }),
  present(body, world) {
    const machine = virtualMachineOf(world, stringAt(body, 'id') ?? '');
    if (machine === undefined) return body;
    return { ...body, properties: { ...objectAt(body, 'properties'), virtualMachine: { id: machine }, primary: true } };
  },
  checkDelete(resource, world) {
    const machine = virtualMachineOf(world, resource.id);
    if (machine === undefined) return;
    throw networkError(
      400,
      'NicInUse',
      `Network Interface ${resource.id} is used by existing resource ${machine}. In order to delete the network ` +
        'interface, it must be dissociated from the resource. To learn more, see aka.ms/deletenic.',
    );
  },
  deleteKind: () => 'networkInterfaces.delete',
};

function fillConfiguration(write: Write, configuration: JsonObject, primary: boolean): JsonObject {
  const properties = objectAt(configuration, 'properties');
  const subnetId = stringAt(properties, 'subnet', 'id');
  const id = `${write.id}/ipConfigurations/${stringAt(configuration, 'name') ?? ''}`;
  if (subnetId === undefined) {
    throw networkError(400, 'SubnetIsRequired', `IP configuration ${id} must have a subnet.`);
  }
  const network = bodies.requireReference(write, parentId(subnetId));
  const subnet = bodies.childNamed(network, 'subnets', lastSegment(subnetId));
  if (subnet === undefined) {
    throw networkError(400, 'InvalidResourceReference', `Resource ${subnetId} referenced by ${id} was not found.`);
  }
  const publicIp = stringAt(properties, 'publicIPAddress', 'id');
  if (publicIp !== undefined) bodies.requireReference(write, publicIp);
  const method = stringAt(properties, 'privateIPAllocationMethod') ?? 'Dynamic';
  const [range] = subnetRanges(subnet, subnetId);
  const wanted = stringAt(properties, 'privateIPAddress');
  const address = range === undefined ? undefined : addressIn(write, { id, subnetId, range }, method, wanted);
  return bodies.childBody(configuration, write.id, 'ipConfigurations', CONFIGURATION_TYPE, {
    ...bodies.rest(configuration),
    privateIPAddress: address,
    privateIPAllocationMethod: method,
    privateIPAddressVersion: properties['privateIPAddressVersion'] ?? 'IPv4',
    primary: properties['primary'] ?? primary,
  });
}

interface Place {
  readonly id: string;
  readonly subnetId: string;
  readonly range: Ipv4Range;
}

function addressIn(write: Write, { id, subnetId, range }: Place, method: string, wanted: string | undefined): string {
  const taken = addressesIn(write.world, subnetId, write.id);
  const isFree = (number: number) => !taken.has(toAddress(number));
  if (method !== 'Static') {
    for (let number = range.first + RESERVED_AT_THE_START; number < range.last; number++)
      if (isFree(number)) return toAddress(number);
    throw networkError(
      400,
      'SubnetIsFull',
      `Subnet ${lastSegment(subnetId)} with address prefix ${range.text} does not have enough capacity for 1 IP addresses.`,
    );
  }
  if (wanted === undefined || !isAddress(wanted)) {
    throw networkError(
      400,
      'StaticPrivateIPAddressRequired',
      `IP configuration ${id} with static allocation must have a private IP address.`,
    );
  }
  const number = parseRange(wanted)?.first ?? 0;
  if (number < range.first || number > range.last) {
    throw networkError(
      400,
      'PrivateIPAddressNotInSubnet',
      `Private static IP address ${wanted} does not belong to the range of subnet prefix ${range.text}.`,
    );
  }
  if (number < range.first + RESERVED_AT_THE_START || number === range.last) {
    throw networkError(
      400,
      'PrivateIPAddressInReservedRange',
      `Private static IP address ${wanted} falls within reserved IP range of subnet prefix ${range.text}.`,
    );
  }
  if (isFree(number)) return wanted;
  throw networkError(
    400,
    'PrivateIPAddressInUse',
    `IP configuration ${id} is using the private IP address ${wanted} which is already allocated in subnet ${subnetId}.`,
  );
}

/** Of other interfaces and of load balancers; nodes have subnets of their own as long as nobody puts an interface among them. */
function addressesIn(world: World, subnetId: string, except: string): ReadonlySet<string> {
  const holders = [
    ...world
      .ofType(TYPE)
      .filter(({ id }) => !sameId(id, except))
      .flatMap(({ body }) => objectsAt(body, 'properties', 'ipConfigurations')),
    ...world
      .ofType('Microsoft.Network/loadBalancers')
      .flatMap(({ body }) => objectsAt(body, 'properties', 'frontendIPConfigurations')),
  ];
  return new Set(
    holders
      .filter((one) => sameId(stringAt(one, 'properties', 'subnet', 'id') ?? '', subnetId))
      .map((one) => stringAt(one, 'properties', 'privateIPAddress') ?? ''),
  );
}
