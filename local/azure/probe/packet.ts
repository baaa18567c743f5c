import { ArmError } from '../errors.ts';
import { contains, isAddress, parseRange } from '../ipv4.ts';
import type { JsonObject } from '../json.ts';

/** The first packet of a connection. */
export interface Packet {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

/** Reads `{ from, to, port, protocol? }`; TCP unless said otherwise. */
export function parsePacket(body: JsonObject): Packet {
  const { from, to, port, protocol = 'TCP' } = body;
  if (typeof from !== 'string' || !isAddress(from))
    throw refused(`from must be an IPv4 address, not ${JSON.stringify(from)}`);
  if (typeof to !== 'string' || !isAddress(to)) throw refused(`to must be an IPv4 address, not ${JSON.stringify(to)}`);
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535)
    throw refused(`port must be a whole number from 1 to 65535, not ${JSON.stringify(port)}`);
  if (protocol !== 'TCP' && protocol !== 'UDP')
    throw refused(`protocol must be TCP or UDP, not ${JSON.stringify(protocol)}`);
  return { from, to, port, protocol };
}

/** Whether an address is meant by `*`, an address, a CIDR or a range `a-b`; of service tags, by Internet alone. */
export function isMeant(address: string, by: string): boolean {
  if (by === '*') return true;
  const own = parseRange(address);
  if (own === undefined) return false;
  if (by === 'Internet') return !isPrivate(address);
  const ends = by.split('-').map((end) => parseRange(end.trim()));
  const [first, last = first] = ends;
  if (first === undefined || last === undefined) return false;
  return own.first >= first.first && own.last <= last.last;
}

export function isPrivate(address: string): boolean {
  const own = parseRange(address);
  return ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].some((text) => {
    const range = parseRange(text);
    return own !== undefined && range !== undefined && contains(range, own);
  });
}

function refused(reason: string): ArmError {
  return new ArmError(400, 'InvalidRequestContent', `The packet can't be sent: ${reason}.`);
}
