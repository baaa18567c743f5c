import { bareAddress, contains, rangeOf, type IpRange } from '../model/ipRange.ts';
import { textsIn, type JsonObject } from '../model/json.ts';
import type { DnatProtocol } from '../model/natRule.ts';

/** Who has which (frontend, port, protocol). */
export interface FirewallPlaces {
  /** Notes everything that a rule of any form takes: several addresses, ranges of ports, `*`, `Any`. */
  readonly addRule: (rule: JsonObject, holder: string) => void;
  readonly add: (frontend: string, port: number, protocol: DnatProtocol, holder: string) => void;
  /** Who has the place; undefined when it is free. */
  readonly holderOf: (frontend: string, port: number, protocol: DnatProtocol) => string | undefined;
  /**
   * How much of Azure's limit the noted rules take: every address, port and protocol that is translated counts once,
   * whichever rules say so.
   */
  readonly destinations: () => number;
  /** Whether a rule is for exactly this destination. */
  readonly hasDestination: (frontend: string, port: number, protocol: DnatProtocol) => boolean;
}

const LAST_PORT = 65_535;
/** `Any` overlaps both others but counts as a destination of its own. */
const kinds: Readonly<Record<string, number>> = { TCP: 0, UDP: 1, ANY: 2 };
const ANY = 2;

/**
 * An index of places, so that asking costs the same whatever number of rules there is. Single ports are looked up by one
 * number; spans of ports are merged into disjoint ones and searched by halves.
 */
export function firewallPlaces(frontends: readonly string[]): FirewallPlaces {
  const positions = new Map(frontends.map((address, index) => [address, index]));
  const ranges = frontends.map((address) => rangeOf(address));
  const single = new Map<number, string>();
  const spans = new Map<number, PortSpan[]>();
  const disjoint = new Map<number, readonly PortSpan[]>();
  /** Destinations that are no single port of one frontend. */
  const uncommon = new Set<string>();

  const note = (slot: number, text: string, holder: string): boolean => {
    const port = Number(text);
    if (!Number.isNaN(port)) {
      const key = singleKey(slot, port);
      const other = single.get(key);
      // The same answer whatever the order in which rules are noted.
      if (other === undefined || holder < other) single.set(key, holder);
      return true;
    }
    const [first = NaN, last = NaN] = text === '*' ? [0, LAST_PORT] : text.split('-').map(Number);
    if (first <= last) {
      const list = spans.get(slot);
      if (list === undefined) spans.set(slot, [{ first, last, holder }]);
      else list.push({ first, last, holder });
      disjoint.delete(slot);
    }
    return false;
  };
  const holderIn = (slot: number, port: number): string | undefined => {
    const holder = single.get(singleKey(slot, port));
    if (holder !== undefined || spans.size === 0) return holder;
    const list = spans.get(slot);
    if (list === undefined) return undefined;
    const merged = disjoint.get(slot) ?? disjointSpans(list);
    disjoint.set(slot, merged);
    return spanAt(merged, port)?.holder;
  };
  return {
    addRule: (rule, holder) => {
      const ports = textsIn(rule.destinationPorts);
      const protocols = textsIn(rule.protocols);
      for (const address of textsIn(rule.destinationAddresses)) {
        const exact = positions.get(address);
        const meant = exact === undefined ? positionsOf(address, positions, ranges) : undefined;
        for (const protocol of protocols) {
          const kind = kindOf(protocol);
          for (const port of ports) {
            let common = exact !== undefined && note(slotOf(exact, kind), port, holder);
            if (meant !== undefined) {
              for (const position of meant) common = note(slotOf(position, kind), port, holder);
            }
            if (!common) uncommon.add(`${bareAddress(address)}|${port}|${kind}`);
          }
        }
      }
    },
    add: (frontend, port, protocol, holder) => {
      const position = positions.get(frontend);
      if (position === undefined) return;
      single.set(singleKey(slotOf(position, kindOf(protocol)), port), holder);
    },
    holderOf: (frontend, port, protocol) => {
      const position = positions.get(frontend);
      if (position === undefined) return undefined;
      return holderIn(slotOf(position, kindOf(protocol)), port) ?? holderIn(slotOf(position, ANY), port);
    },
    destinations: () => single.size + uncommon.size,
    hasDestination: (frontend, port, protocol) => {
      const position = positions.get(frontend);
      return position !== undefined && single.has(singleKey(slotOf(position, kindOf(protocol)), port));
    },
  };
}

interface PortSpan {
  readonly first: number;
  readonly last: number;
  readonly holder: string;
}

function kindOf(protocol: string): number {
  return kinds[protocol] ?? kinds[protocol.toUpperCase()] ?? ANY;
}

function singleKey(slot: number, port: number): number {
  return slot * (LAST_PORT + 1) + port;
}

function slotOf(position: number, kind: number): number {
  return position * 3 + kind;
}

/** The frontends that a destination means: an address, a CIDR, a range `a-b`, or `*`. */
function positionsOf(
  text: string,
  positions: ReadonlyMap<string, number>,
  frontends: readonly (IpRange | undefined)[],
): readonly number[] {
  const exact = positions.get(bareAddress(text));
  if (exact !== undefined) return [exact];
  const [from = '', to] = text.split('-');
  if (to === undefined && text !== '*' && !text.includes('/')) return [];
  const first = rangeOf(text === '*' ? '0.0.0.0/0' : from);
  const last = to === undefined ? first : rangeOf(to);
  if (first === undefined || last === undefined) return [];
  const outer = { ...first, last: last.last };
  return frontends.flatMap((range, position) => (range !== undefined && contains(outer, range) ? [position] : []));
}

/** The same ports in spans that don't overlap, in order; where several holders share one, the first in order has it. */
function disjointSpans(spans: readonly PortSpan[]): readonly PortSpan[] {
  const sorted = spans.toSorted((a, b) => a.first - b.first || b.last - a.last || (a.holder < b.holder ? -1 : 1));
  const merged: PortSpan[] = [];
  for (const span of sorted) {
    const end = merged.at(-1)?.last ?? -1;
    if (span.last > end) merged.push({ ...span, first: Math.max(span.first, end + 1) });
  }
  return merged;
}

function spanAt(spans: readonly PortSpan[], port: number): PortSpan | undefined {
  let low = 0;
  let high = spans.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const span = spans[middle];
    if (span === undefined || span.first > port) high = middle - 1;
    else if (span.last < port) low = middle + 1;
    else return span;
  }
  return undefined;
}
