import ipaddr from 'ipaddr.js';

/** An IPv4 range as whole numbers, both ends included. */
export interface Ipv4Range {
  readonly text: string;
  readonly prefixLength: number;
  readonly first: number;
  readonly last: number;
}

/** Reads `10.0.0.0/8` or a plain address (a /32); undefined when it is neither. */
export function parseRange(text: string): Ipv4Range | undefined {
  const [address = '', length = '32', ...rest] = text.split('/');
  if (rest.length > 0 || !ipaddr.IPv4.isValidFourPartDecimal(address) || !/^\d{1,2}$/.test(length)) return undefined;
  const prefixLength = Number(length);
  if (prefixLength > 32) return undefined;
  const size = 2 ** (32 - prefixLength);
  const number = toNumber(address);
  const first = number - (number % size);
  return { text, prefixLength, first, last: first + size - 1 };
}

/** Whether the written address is the range's network address, as Azure asks of most CIDRs. */
export function isCanonical(range: Ipv4Range): boolean {
  return toNumber(range.text.split('/')[0] ?? '') === range.first;
}

export function canonicalText(range: Ipv4Range): string {
  return `${toAddress(range.first)}/${range.prefixLength}`;
}

export function overlaps(left: Ipv4Range, right: Ipv4Range): boolean {
  return left.first <= right.last && right.first <= left.last;
}

export function contains(outer: Ipv4Range, inner: Ipv4Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

export function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text);
}

export function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

function toNumber(address: string): number {
  return address.split('.').reduce((number, octet) => number * 256 + Number(octet), 0);
}
