import { invalidResourceReference, networkError } from '../errors.ts';
import { compact, isObject, omit, objectAt, objectsAt, stringAt, type Json, type JsonObject } from '../json.ts';
import { isCanonical, canonicalText, parseRange, type Ipv4Range } from '../ipv4.ts';
import { sameId } from '../resourceId.ts';
import { normalLocation } from './names.ts';
import type { Write } from './resourceType.ts';

/** A network resource's body in the order in which Azure answers it. */
export function networkBody(write: Write, type: string, properties: JsonObject): JsonObject {
  return {
    ...compact({ name: write.name, id: write.id, etag: write.before?.['etag'], type, location: write.location }),
    ...compact(omit(write.sent, 'name', 'id', 'etag', 'type', 'location', 'properties')),
    properties: compact(properties),
  };
}

/** Everything under `properties` that was sent and isn't in `names`: kept as it is, known to us or not. */
export function rest(sent: JsonObject, ...names: string[]): JsonObject {
  const known = new Set(['provisioningState', ...names]);
  return Object.fromEntries(Object.entries(objectAt(sent, 'properties')).filter(([name]) => !known.has(name)));
}

/** A child as stored: id and type given, whatever was sent kept. */
export function childBody(
  child: JsonObject,
  parentId: string,
  collection: string,
  type: string,
  properties: JsonObject,
): JsonObject {
  const name = stringAt(child, 'name') ?? '';
  return { ...child, name, id: `${parentId}/${collection}/${name}`, type, properties: compact(properties) };
}

export function propertyOfBefore(write: Write, name: string): Json | undefined {
  return objectAt(write.before, 'properties')[name];
}

/** The child of the same name in a body's collection, if it was there. */
export function childNamed(body: JsonObject | undefined, collection: string, name: string): JsonObject | undefined {
  return objectsAt(body, 'properties', collection).find((child) => sameId(stringAt(child, 'name') ?? '', name));
}

/** Reads a CIDR that must start at its network address. */
export function requireCidr(text: unknown, owner: string): Ipv4Range {
  const range = typeof text === 'string' ? parseRange(text) : undefined;
  if (range === undefined) {
    throw networkError(
      400,
      'InvalidAddressPrefixFormat',
      `Address prefix ${String(text)} of resource ${owner} is not formatted correctly.`,
    );
  }
  if (!isCanonical(range)) {
    throw networkError(
      400,
      'InvalidCIDRNotation',
      `The address prefix ${range.text} in resource ${owner} has an invalid CIDR notation. For the given prefix length, ` +
        `the address prefix should be ${canonicalText(range)}.`,
    );
  }
  return range;
}

/** The body of a resource that another refers to; it must exist, and in the same region. */
export function requireReference(write: Write, reference: string): JsonObject {
  const body = write.world.find(reference)?.body;
  const location = stringAt(body, 'location');
  if (body === undefined || (location !== undefined && normalLocation(location) !== write.location)) {
    throw invalidResourceReference(reference, write.id);
  }
  return body;
}

/** Throws unless every child is an object with a name of its own. */
export function requireNamedChildren(
  children: Json | undefined,
  owner: string,
  collection: string,
): readonly JsonObject[] {
  if (children === undefined || children === null) return [];
  if (!Array.isArray(children) || !children.every(isObject)) {
    throw networkError(
      400,
      'InvalidRequestFormat',
      `The member ${collection} of resource ${owner} must be a list of objects.`,
    );
  }
  const names = new Set<string>();
  for (const child of children) {
    const name = stringAt(child, 'name');
    if (name === undefined || name === '') {
      throw networkError(400, 'InvalidRequestFormat', `An element of ${collection} of resource ${owner} has no name.`);
    }
    if (names.has(name.toLowerCase())) {
      throw networkError(
        400,
        'DuplicateResourceName',
        `Resource ${owner} has two child resources with the same name (${name}).`,
      );
    }
    names.add(name.toLowerCase());
  }
  return children;
}
