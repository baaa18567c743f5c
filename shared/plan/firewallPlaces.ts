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
}

interface PortSpan {
  readonly first: number;
  readonly last: number;
  readonly holder: string;
}

const LAST_PORT = 65_535;

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

  const note = (slot: number, text: string, holder: string) => {
    const port = Number(text);
    if (!Number.isNaN(port)) {
      const key = placeKey(slot, port);
      const other = single.get(key);
      // The same answer whatever the order in which rules are noted.
      if (other === undefined || holder < other) single.set(key, holder);
      return;
    }
    const [first = NaN, last = NaN] = text === '*' ? [0, LAST_PORT] : text.split('-').map(Number);
    if (first <= last) {
      const list = spans.get(slot);
      if (list === undefined) spans.set(slot, [{ first, last, holder }]);
      else list.push({ first, last, holder });
      disjoint.delete(slot);
    }
  };
  const spanHolder = (slot: number, port: number): string | undefined => {
    const list = spans.get(slot);
    if (list === undefined) return undefined;
    let merged = disjoint.get(slot);
    if (merged === undefined) {
      merged = disjointSpans(list);
      disjoint.set(slot, merged);
    }
    return spanAt(merged, port)?.holder;
  };
  return {
    addRule: (rule, holder) => {
      const ports = textsIn(rule.destinationPorts);
      const slots = textsIn(rule.protocols).map(protocolSlots);
      for (const address of textsIn(rule.destinationAddresses)) {
        for (const position of positionsOf(address, positions, ranges)) {
          for (const both of slots) {
            for (const slot of both) for (const port of ports) note(position * 2 + slot, port, holder);
          }
        }
      }
    },
    add: (frontend, port, protocol, holder) => {
      const position = positions.get(frontend);
      if (position !== undefined) single.set(placeKey(slotOf(position, protocol), port), holder);
    },
    holderOf: (frontend, port, protocol) => {
      const position = positions.get(frontend);
      if (position === undefined) return undefined;
      const slot = slotOf(position, protocol);
      return single.get(placeKey(slot, port)) ?? (spans.size === 0 ? undefined : spanHolder(slot, port));
    },
  };
}

function slotOf(position: number, protocol: DnatProtocol): number {
  return position * 2 + (protocol === 'TCP' ? 0 : 1);
}

function placeKey(slot: number, port: number): number {
  return slot * (LAST_PORT + 1) + port;
}

const tcp = [0];
const udp = [1];
const any = [0, 1];

function protocolSlots(protocol: string): readonly number[] {
  switch (protocol.toUpperCase()) {
    case 'TCP':
      return tcp;
    case 'UDP':
      return udp;
    default:
      return any;
  }
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
