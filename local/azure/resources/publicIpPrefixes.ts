import { randomUUID } from 'node:crypto';
import { networkError } from '../errors.ts';
import { at, asText, objectAt, stringAt, type Json, type JsonObject } from '../json.ts';
import { overlaps, parseRange, toAddress, type Ipv4Range } from '../ipv4.ts';
import { sameId } from '../resourceId.ts';
import { checkNetworkName, normalLocation } from './names.ts';
import * as bodies from './networkBodies.ts';
import { publicIpPrefixShape } from './networkShapes.ts';
import type { ResourceType, World, Write } from './resourceType.ts';
import { checkZones, spreadZones } from './zones.ts';

const PREFIX_TYPE = 'Microsoft.Network/publicIPPrefixes';
const ADDRESS_TYPE = 'Microsoft.Network/publicIPAddresses';
/** 20.0.0.0/8 is Azure's. */
const FIRST_ADDRESS = 20 * 2 ** 24;
/** Others only for customers who have asked. */
const WIDEST = 28;
const NARROWEST = 31;

export const publicIpPrefixes: ResourceType = {
  type: PREFIX_TYPE,
  shape: publicIpPrefixShape,
  children: [],
  busy: 'RetryableError',
  checkName: checkNetworkName,
  plan(write) {
    const sent = objectAt(write.sent, 'properties');
    const sku = { name: stringAt(write.sent, 'sku', 'name') ?? 'Standard', tier: 'Regional' };
    const prefixLength = sent['prefixLength'] ?? bodies.propertyOfBefore(write, 'prefixLength');
    checkSku(write, sku.name);
    checkLength(write, prefixLength);
    checkZones(write, PREFIX_TYPE);
    if (write.before === undefined) checkQuota(write);
    const body = bodies.networkBody(write, PREFIX_TYPE, {
      resourceGuid: bodies.propertyOfBefore(write, 'resourceGuid') ?? randomUUID(),
      ipPrefix: bodies.propertyOfBefore(write, 'ipPrefix'),
      ...bodies.rest(write.sent, 'resourceGuid', 'ipPrefix', 'publicIPAddresses', 'prefixLength'),
      prefixLength,
      publicIPAddressVersion: sent['publicIPAddressVersion'] ?? 'IPv4',
      ipTags: sent['ipTags'] ?? [],
    });
    return {
      body: { ...body, ...spreadZones(write.sent), sku: { ...objectAt(write.sent, 'sku'), ...sku } },
      kind: 'publicIPAddresses.create',
    };
  },
  complete(body, world) {
    const properties = objectAt(body, 'properties');
    if (properties['ipPrefix'] !== undefined) return { body };
    return { body: { ...body, properties: { ...properties, ipPrefix: freeRange(body, world) } } };
  },
  present(body, world) {
    const users = addressesFrom(world, stringAt(body, 'id') ?? '');
    if (users.length === 0) return body;
    return { ...body, properties: { ...objectAt(body, 'properties'), publicIPAddresses: users.map((id) => ({ id })) } };
  },
  checkDelete(resource, world) {
    const [user] = addressesFrom(world, resource.id);
    if (user === undefined) return;
    throw networkError(
      400,
      'InUsePublicIpPrefixCannotBeDeleted',
      `Public IP prefix ${resource.id} is in use and cannot be deleted. Public IP address ${user} is allocated from it.`,
    );
  },
  deleteKind: () => 'publicIPAddresses.delete',
};

/** Ids of the public IPs that come from a prefix. */
export function addressesFrom(world: World, prefixId: string): readonly string[] {
  return world
    .ofType(ADDRESS_TYPE)
    .filter(({ body }) => sameId(stringAt(body, 'properties', 'publicIPPrefix', 'id') ?? '', prefixId))
    .map(({ id }) => id);
}

/** The ranges of all prefixes: what lies in one is given to nobody else. */
export function prefixRanges(world: World): readonly Ipv4Range[] {
  return world.ofType(PREFIX_TYPE).flatMap(({ body }) => parseRange(rangeText(body)) ?? []);
}

export const rangeText = (prefix: JsonObject): string => stringAt(prefix, 'properties', 'ipPrefix') ?? '';

/** How many addresses a prefix has. */
export const sizeOf = (prefix: JsonObject): number => 2 ** (32 - Number(at(prefix, 'properties', 'prefixLength')));

function checkSku(write: Write, sku: string): void {
  if (sku === 'Standard' || sku === 'StandardV2') return;
  throw networkError(400, 'InvalidRequestFormat', `Public IP prefix ${write.id}: no such SKU '${sku}'.`);
}

function checkLength(write: Write, length: Json | undefined): void {
  if (typeof length !== 'number' || !Number.isInteger(length) || length < WIDEST || length > NARROWEST) {
    throw networkError(
      400,
      'PublicIpPrefixInvalidPrefixLength',
      `Public IP prefix ${write.id}: prefix length ${asText(length ?? '')} is not between /${WIDEST} and /${NARROWEST}.`,
    );
  }
  const before = bodies.propertyOfBefore(write, 'prefixLength');
  if (before === undefined || before === length) return;
  throw networkError(
    400,
    'PublicIpPrefixLengthCannotBeChanged',
    `The prefix length of public IP prefix ${write.id} cannot be changed once it is created.`,
  );
}

function checkQuota(write: Write): void {
  const limit = write.world.limit(write.location, 'PublicIpPrefixes');
  const used = write.world
    .ofType(PREFIX_TYPE)
    .filter(
      ({ id, body }) =>
        id.split('/')[2] === write.world.subscription &&
        normalLocation(stringAt(body, 'location') ?? '') === write.location,
    );
  if (used.length < limit) return;
  throw networkError(
    400,
    'PublicIPPrefixCountLimitReached',
    `Cannot create more than ${limit} public IP prefixes for this subscription in this region.`,
  );
}

/** Depends on the seed and the id, and overlaps nobody else's. */
function freeRange(prefix: JsonObject, world: World): string {
  const size = sizeOf(prefix);
  const length = 32 - Math.log2(size);
  const taken = [
    ...prefixRanges(world),
    ...world
      .ofType(ADDRESS_TYPE)
      .flatMap(({ body }) => parseRange(stringAt(body, 'properties', 'ipAddress') ?? '') ?? []),
  ];
  for (let attempt = 0; ; attempt++) {
    const id = asText(prefix['id'] ?? '').toLowerCase();
    const first = FIRST_ADDRESS + Math.floor((world.fraction('prefix', id, attempt) * 2 ** 24) / size) * size;
    const range = parseRange(`${toAddress(first)}/${length}`);
    if (range !== undefined && !taken.some((other) => overlaps(range, other))) return range.text;
  }
}
