import { addressDomain } from '../clouds.ts';
import { randomUUID } from 'node:crypto';
import { networkError } from '../errors.ts';
import { objectAt, stringAt, stringsAt, asText, type JsonObject } from '../json.ts';
import { overlaps, parseRange, toAddress } from '../ipv4.ts';
import { sameId } from '../resourceId.ts';
import { checkNetworkName, normalLocation } from './names.ts';
import * as bodies from './networkBodies.ts';
import { publicIpAddressShape } from './networkShapes.ts';
import type { ResourceType, World, Write } from './resourceType.ts';
import { addressesFrom, prefixRanges, rangeText, sizeOf } from './publicIpPrefixes.ts';
import { publicIpUser } from './subnetUsers.ts';
import { checkZones, spread, spreadZones } from './zones.ts';

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
    checkZones(write, TYPE);
    checkPrefix(write, sku.name);
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
    return {
      body: { ...body, ...spreadZones(write.sent), sku: { ...objectAt(write.sent, 'sku'), ...sku } },
      kind: 'publicIPAddresses.create',
    };
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

/** Where an address comes from is settled when it is made; a prefix has only so many, in its own zones. */
function checkPrefix(write: Write, sku: string): void {
  const prefixId = prefixOf(write.sent);
  const before = prefixOf(write.before);
  if (write.before !== undefined && !sameId(prefixId ?? '', before ?? '')) {
    throw networkError(
      400,
      'PublicIPAddressPrefixCannotBeChanged',
      `The public IP prefix of public IP address ${write.id} cannot be added, changed or removed once it is created.`,
    );
  }
  if (prefixId === undefined || write.before !== undefined) return;
  const prefix = bodies.requireReference(write, prefixId);
  if (sku !== stringAt(prefix, 'sku', 'name')) {
    throw networkError(
      400,
      'PublicIPAddressAndPrefixSkuMismatch',
      `Public IP address ${write.id} and its prefix ${prefixId} must have the same SKU.`,
    );
  }
  const zones = (body: JsonObject) => [...spread(stringsAt(body, 'zones'))].sort().join();
  if (zones(write.sent) !== zones(prefix)) {
    throw networkError(
      400,
      'PublicIPAddressAndPrefixZoneMismatch',
      `Public IP address ${write.id} and its prefix ${prefixId} must have the same availability zones.`,
    );
  }
  if (addressesFrom(write.world, prefixId).length < sizeOf(prefix)) return;
  throw networkError(
    400,
    'PublicIpPrefixOutOfIpAddresses',
    `All addresses of public IP prefix ${prefixId} are allocated: ${write.id} cannot be created from it.`,
  );
}

const prefixOf = (body: JsonObject | undefined) => stringAt(body, 'properties', 'publicIPPrefix', 'id');

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
  return { ...sent, fqdn: `${asText(label)}.${addressDomain(write.location)}` };
}

/** The first free address of its prefix; else one that depends on the seed and the id, and is nobody else's. */
export function freeAddress(body: JsonObject, world: World): string {
  const taken = new Set(world.ofType(TYPE).map((other) => stringAt(other.body, 'properties', 'ipAddress')));
  const prefix = parseRange(rangeText(world.find(prefixOf(body) ?? '')?.body ?? {}));
  if (prefix !== undefined) {
    for (let number = prefix.first; number <= prefix.last; number++)
      if (!taken.has(toAddress(number))) return toAddress(number);
  }
  const prefixes = prefixRanges(world);
  for (let attempt = 0; ; attempt++) {
    const id = asText(body['id']).toLowerCase();
    const host = Math.floor(world.fraction('address', id, attempt) * 2 ** 24);
    const address = toAddress(FIRST_ADDRESS + host);
    const range = parseRange(address);
    const isFree = range !== undefined && !taken.has(address) && !prefixes.some((other) => overlaps(range, other));
    if (isFree && host % 256 !== 0 && host % 256 !== 255) return address;
  }
}
