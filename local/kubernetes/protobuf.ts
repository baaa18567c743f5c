import type { Json, JsonObject } from './json.ts';
import { badRequest } from './statuses.ts';

/**
 * How a field is written on the wire. Go writes empty strings, zeros and false of plain fields too: they count as
 * absent, except where a pointer makes false a value of its own.
 */
type Wire =
  'string' | 'integer' | 'boolean' | 'booleanPointer' | 'integerOrString' | 'map' | { readonly message: Message };
interface Field {
  readonly name: string;
  readonly wire: Wire;
  readonly repeated?: boolean;
}
type Message = Readonly<Record<number, Field>>;

const MAGIC = Buffer.from('k8s\0', 'latin1');

const field = (name: string, wire: Wire = 'string'): Field => ({ name, wire });
const repeated = (name: string, wire: Wire = 'string'): Field => ({ name, wire, repeated: true });

const metadata: Message = {
  1: field('name'),
  2: field('generateName'),
  3: field('namespace'),
  5: field('uid'),
  6: field('resourceVersion'),
  11: field('labels', 'map'),
  12: field('annotations', 'map'),
  14: repeated('finalizers'),
};

const servicePort: Message = {
  1: field('name'),
  2: field('protocol'),
  3: field('port', 'integer'),
  4: field('targetPort', 'integerOrString'),
  5: field('nodePort', 'integer'),
  6: field('appProtocol'),
};

const serviceSpec: Message = {
  1: repeated('ports', { message: servicePort }),
  2: field('selector', 'map'),
  3: field('clusterIP'),
  4: field('type'),
  5: repeated('externalIPs'),
  7: field('sessionAffinity'),
  8: field('loadBalancerIP'),
  9: repeated('loadBalancerSourceRanges'),
  10: field('externalName'),
  11: field('externalTrafficPolicy'),
  12: field('healthCheckNodePort', 'integer'),
  13: field('publishNotReadyAddresses', 'boolean'),
  17: field('ipFamilyPolicy'),
  18: repeated('clusterIPs'),
  19: repeated('ipFamilies'),
  20: field('allocateLoadBalancerNodePorts', 'booleanPointer'),
  21: field('loadBalancerClass'),
  22: field('internalTrafficPolicy'),
  23: field('trafficDistribution'),
};

/** Field numbers of k8s.io/api/core/v1, of what `kubectl create` sends in this form. */
const kinds: Readonly<Record<string, Message>> = {
  Service: { 1: field('metadata', { message: metadata }), 2: field('spec', { message: serviceSpec }) },
  Namespace: { 1: field('metadata', { message: metadata }) },
};

const envelope: Message = {
  1: field('type', { message: { 1: field('apiVersion'), 2: field('kind') } }),
};

/** An object in Kubernetes' protobuf envelope as JSON; `kubectl create` knows no other form for its typed commands. */
export function decodeProtobuf(bytes: Buffer): JsonObject {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw badRequest('the body is no Kubernetes protobuf');
  const body = bytes.subarray(MAGIC.length);
  const { type } = decodeMessage(envelope, body) as { type?: { apiVersion?: string; kind?: string } };
  const message = kinds[type?.kind ?? ''];
  const raw = [...parts(body)].find(({ number }) => number === 2)?.bytes;
  if (message === undefined || raw === undefined) {
    throw badRequest(`no protobuf of kind ${JSON.stringify(type?.kind ?? '')} is known here; send JSON`);
  }
  return { apiVersion: type?.apiVersion ?? 'v1', kind: type?.kind ?? '', ...decodeMessage(message, raw) };
}

interface Part {
  readonly number: number;
  readonly integer: number;
  readonly bytes: Buffer | undefined;
}

/** The fields on the wire; a length-delimited one has bytes, any other a number. */
function* parts(bytes: Buffer): Generator<Part> {
  let offset = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[offset++];
      if (byte === undefined) throw badRequest('the protobuf body ends in the middle of a number');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
    }
  };
  while (offset < bytes.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    if (tag % 8 === 0) yield { number, integer: varint(), bytes: undefined };
    else if (tag % 8 === 2) {
      const length = varint();
      if (offset + length > bytes.length) throw badRequest('the protobuf body ends in the middle of a field');
      yield { number, integer: 0, bytes: bytes.subarray(offset, (offset += length)) };
    } else throw badRequest(`the protobuf body has a field of wire type ${tag % 8}, which no known field has`);
  }
}

function decodeMessage(message: Message, bytes: Buffer): JsonObject {
  const object: Record<string, Json> = {};
  for (const part of parts(bytes)) {
    const known = message[part.number];
    if (known === undefined) continue;
    const { name, wire, repeated: many = false } = known;
    const value = decodePart(wire, part);
    if (value === undefined) continue;
    if (many) object[name] = [...((object[name] as readonly Json[] | undefined) ?? []), value];
    else if (wire === 'map') object[name] = { ...(object[name] as JsonObject | undefined), ...(value as JsonObject) };
    else object[name] = value;
  }
  return object;
}

function decodePart(wire: Wire, { integer, bytes = Buffer.alloc(0) }: Part): Json | undefined {
  if (typeof wire === 'object') return decodeMessage(wire.message, bytes);
  switch (wire) {
    case 'string':
      return bytes.length === 0 ? undefined : bytes.toString('utf8');
    case 'integer':
      return integer === 0 ? undefined : integer;
    case 'boolean':
      return integer === 0 ? undefined : true;
    case 'booleanPointer':
      return integer !== 0;
    case 'integerOrString': {
      const { type, intVal, strVal } = decodeMessage(
        { 1: field('type', 'integer'), 2: field('intVal', 'integer'), 3: field('strVal') },
        bytes,
      );
      return type === 1 ? strVal : intVal;
    }
    case 'map': {
      const { key = '', value = '' } = decodeMessage({ 1: field('key'), 2: field('value') }, bytes);
      return { [key as string]: value };
    }
  }
}
