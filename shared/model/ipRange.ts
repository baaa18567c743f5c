import ipaddr from 'ipaddr.js';

/** An aligned IPv4 range. Numbers are the addresses as unsigned 32-bit integers, so comparing is cheap. */
export interface IpRange {
  /** Canonical CIDR; a single address is a /32. */
  readonly cidr: string;
  readonly first: number;
  readonly last: number;
  readonly prefixLength: number;
}

export type RangeResult =
  | { readonly ok: true; readonly range: IpRange }
  | { readonly ok: false; readonly reason: 'not-a-range' }
  | { readonly ok: false; readonly reason: 'ipv6' }
  | { readonly ok: false; readonly reason: 'misaligned'; /** What was probably meant. */ readonly aligned: string };

const octet = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const lengths = (widest: number, narrowest: number): string =>
  `(?:${Array.from({ length: narrowest - widest + 1 }, (_, index) => widest + index).join('|')})`;

/** An IPv4 address as a part of a regular expression. */
export const addressForm = `${octet}(?:\\.${octet}){3}`;

/** The same of a range within those prefix lengths. */
export const rangeForm = (widest: number, narrowest: number): string => `${addressForm}/${lengths(widest, narrowest)}`;

/** The same of an address or a range. */
export const addressOrRangeForm = (widest = 0): string => `${addressForm}(?:/${lengths(widest, 32)})?`;

const wholeAddress = new RegExp(`^${addressForm}$`);
const wholeLength = new RegExp(`^${lengths(0, 32)}$`);

/**
 * Reads a CIDR or a bare address. A CIDR that doesn't start at its network address is refused, since Azure refuses it
 * too; IPv6 is told apart because neither the firewall (unless dual-stack) nor authorized ranges take it.
 *
 * @example parseRange('1.2.3.4') // { ok: true, range: { cidr: '1.2.3.4/32', … } }
 */
export function parseRange(text: string): RangeResult {
  const [address = '', prefix, ...rest] = text.trim().split('/');
  if (rest.length > 0) return { ok: false, reason: 'not-a-range' };
  if (ipaddr.IPv6.isValid(address)) return { ok: false, reason: 'ipv6' };
  if (!wholeAddress.test(address)) return { ok: false, reason: 'not-a-range' };
  if (prefix !== undefined && !wholeLength.test(prefix)) return { ok: false, reason: 'not-a-range' };
  const prefixLength = prefix === undefined ? 32 : Number(prefix);
  const given = toNumber(address);
  const range = rangeAt(given, prefixLength);
  if (range.first !== given) return { ok: false, reason: 'misaligned', aligned: range.cidr };
  return { ok: true, range };
}

/** The range that the text stands for, or undefined when it is none. */
export function rangeOf(text: string): IpRange | undefined {
  const result = parseRange(text);
  return result.ok ? result.range : undefined;
}

/** `1.2.3.4` and `1.2.3.4/32` become `1.2.3.4/32`; what is no range stays as it is. */
export function canonicalRange(text: string): string {
  return rangeOf(text)?.cidr ?? text;
}

/** `1.2.3.4/32` becomes `1.2.3.4`; wider ranges and other text stay as they are. */
export function bareAddress(text: string): string {
  return text.endsWith('/32') ? text.slice(0, -'/32'.length) : text;
}

export function contains(outer: IpRange, inner: IpRange): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

export function overlaps(a: IpRange, b: IpRange): boolean {
  return a.first <= b.last && b.first <= a.last;
}

export function addressCount(range: IpRange): number {
  return range.last - range.first + 1;
}

/** The n-th address of the range, counted from 0. */
export function addressAt(range: IpRange, n: number): string {
  return toAddress(range.first + n);
}

/** The longest prefix length whose ranges hold that many addresses. */
export function prefixLengthFor(addresses: number): number {
  return 32 - Math.ceil(Math.log2(addresses));
}

const notOnTheInternet = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
].map(trustedRange);

/** Whether a part of the range never is a source on the Internet: private, shared, loopback, link-local, multicast, reserved. */
export function isPrivate(range: IpRange): boolean {
  return notOnTheInternet.some((other) => overlaps(other, range));
}

/**
 * `existing` with what of `wanted` it doesn't cover yet, in canonical form. Entries of `existing` keep their place and
 * spelling; they are never removed, so this only ever grows.
 */
export function mergeRanges(existing: readonly string[], wanted: readonly string[]): readonly string[] {
  const merged = [...existing];
  const covering = existing.map(rangeOf).filter((range) => range !== undefined);
  for (const text of wanted) {
    const range = rangeOf(text);
    const covered = range === undefined ? merged.includes(text) : covering.some((outer) => contains(outer, range));
    if (covered) continue;
    merged.push(range?.cidr ?? text);
    if (range !== undefined) covering.push(range);
  }
  return merged;
}

/** A range that is known to be well-formed: a constant, or one that has been parsed before. */
export function trustedRange(cidr: string): IpRange {
  const range = rangeOf(cidr);
  if (range === undefined) throw new RangeError(`${cidr} is no aligned IPv4 range.`);
  return range;
}

function rangeAt(address: number, prefixLength: number): IpRange {
  const size = 2 ** (32 - prefixLength);
  const first = address - (address % size);
  return { cidr: `${toAddress(first)}/${prefixLength}`, first, last: first + size - 1, prefixLength };
}

function toNumber(address: string): number {
  return ipaddr.IPv4.parse(address).octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

function toAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}
