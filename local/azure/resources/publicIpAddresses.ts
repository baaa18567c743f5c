import { randomUUID } from 'node:crypto';
import { networkError } from '../errors.ts';
import { objectAt, stringAt, asText, type JsonObject } from '../json.ts';
import { toAddress } from '../ipv4.ts';
import { checkNetworkName, normalLocation } from './names.ts';
import * as bodies from './networkBodies.ts';
import { publicIpAddressShape } from './networkShapes.ts';
import type { ResourceType, World, Write } from './resourceType.ts';
import { publicIpUser } from './subnetUsers.ts';

const TYPE = 'Microsoft.Network/publicIPAddresses';
/** 20.0.0.0/8 is Azure's. */
const FIRST_ADDRESS = 20 * 2 ** 24;

export const publicIpAddresses: ResourceType = {
  type: TYPE,
  shape: publicIpAddressShape,
  children: [],
  busy: 'RetryableError',
  checkName: checkNetworkName,
  plan(write) {
    const sent = objectAt(write.sent, 'properties');
    const sku = {
      name: stringAt(write.sent, 'sku', 'name') ?? 'Basic',
      tier: stringAt(write.sent, 'sku', 'tier') ?? 'Regional',
    };
    const method = stringAt(sent, 'publicIPAllocationMethod') ?? 'Dynamic';
    checkSku(write, sku.name, method);
    if (write.before === undefined) checkQuota(write);
    const body = bodies.networkBody(write, TYPE, {
      resourceGuid: bodies.propertyOfBefore(write, 'resourceGuid') ?? randomUUID(),
      ipAddress: method === 'Static' ? bodies.propertyOfBefore(write, 'ipAddress') : undefined,
      ...bodies.rest(write.sent, 'resourceGuid', 'ipAddress', 'ipConfiguration', 'dnsSettings'),
      publicIPAddressVersion: sent['publicIPAddressVersion'] ?? 'IPv4',
      publicIPAllocationMethod: method,
      idleTimeoutInMinutes: sent['idleTimeoutInMinutes'] ?? 4,
      dnsSettings: dnsSettings(write, objectAt(sent, 'dnsSettings')),
      ipTags: sent['ipTags'] ?? [],
    });
    return { body: { ...body, sku: { ...objectAt(write.sent, 'sku'), ...sku } }, kind: 'publicIPAddresses.create' };
  },
  complete(body, world) {
    const properties = objectAt(body, 'properties');
    if (properties['publicIPAllocationMethod'] !== 'Static' || properties['ipAddress'] !== undefined) return { body };
    return { body: { ...body, properties: { ...properties, ipAddress: freeAddress(body, world) } } };
  },
  present(body, world) {
    const user = publicIpUser(world, stringAt(body, 'id') ?? '');
    if (user === undefined) return body;
    return { ...body, properties: { ...objectAt(body, 'properties'), ipConfiguration: { id: user } } };
  },
  checkDelete(resource, world) {
    const user = publicIpUser(world, resource.id);
    if (user === undefined) return;
    throw networkError(
      400,
      'PublicIPAddressCannotBeDeleted',
      `Public IP address ${resource.id} can not be deleted since it is still allocated to resource ${user}. In order to ` +
        'delete the public IP, disassociate/detach the Public IP address from the resource. To learn how to do this, see ' +
        'aka.ms/deletepublicip.',
    );
  },
  deleteKind: () => 'publicIPAddresses.delete',
};

function checkSku(write: Write, sku: string, method: string): void {
  if (!['Basic', 'Standard', 'StandardV2'].includes(sku) || !['Static', 'Dynamic'].includes(method)) {
    throw networkError(
      400,
      'InvalidRequestFormat',
      `Public IP ${write.id}: no such SKU '${sku}' or allocation method '${method}'.`,
    );
  }
  if (sku !== 'Basic' && method !== 'Static') {
    throw networkError(
      400,
      'StandardSkuPublicIPAddressesMustBeStatic',
      `Standard sku publicIp ${write.id} must have AllocationMethod set to Static.`,
    );
  }
  const before = stringAt(write.before, 'sku', 'name');
  if (before !== undefined && before !== sku && publicIpUser(write.world, write.id) !== undefined) {
    throw networkError(
      400,
      'PublicIPAddressSkuCannotBeChanged',
      `The SKU of public IP ${write.id} cannot be changed while it is in use.`,
    );
  }
}

function checkQuota(write: Write): void {
  const limit = write.world.limit(write.location, 'PublicIPAddresses');
  const used = write.world
    .ofType(TYPE)
    .filter(
      ({ id, body }) =>
        id.split('/')[2] === write.world.subscription &&
        normalLocation(stringAt(body, 'location') ?? '') === write.location,
    );
  if (used.length < limit) return;
  throw networkError(
    400,
    'PublicIPCountLimitReached',
    `Cannot create more than ${limit} public IP addresses for this subscription in this region.`,
  );
}

function dnsSettings(write: Write, sent: JsonObject): JsonObject | undefined {
  const label = sent['domainNameLabel'];
  if (label === undefined) return Object.keys(sent).length === 0 ? undefined : sent;
  return { ...sent, fqdn: `${asText(label)}.${write.location}.cloudapp.azure.com` };
}

/** The address depends on the seed and the id, and is nobody else's. */
export function freeAddress(body: JsonObject, world: World): string {
  const taken = new Set(world.ofType(TYPE).map((other) => stringAt(other.body, 'properties', 'ipAddress')));
  for (let attempt = 0; ; attempt++) {
    const id = asText(body['id']).toLowerCase();
    const host = Math.floor(world.fraction('address', id, attempt) * 2 ** 24);
    const address = toAddress(FIRST_ADDRESS + host);
    if (!taken.has(address) && host % 256 !== 0 && host % 256 !== 255) return address;
  }
}
