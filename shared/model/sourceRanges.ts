import { contains, parseRange, trustedRange, type IpRange } from './ipRange.ts';

/** A list of client ranges as the owner of a service gave it. */
export type SourceRanges =
  | { readonly state: 'none' }
  | {
      readonly state: 'valid';
      /** The field or annotation that it comes from. */
      readonly from: string;
      /** As {@link canonicalSources} gives them; may be empty. 0.0.0.0/0 stands for everybody. */
      readonly ranges: readonly IpRange[];
      /** The same as a rule writes them. */
      readonly texts: readonly string[];
      /**
       * The first and the last /24 that they reach into, by number: two numbers tell most lists apart from a few ranges,
       * where thousands of lists are compared.
       */
      readonly firstBlock: number;
      readonly lastBlock: number;
    }
  | { readonly state: 'invalid'; readonly from: string; readonly reason: string };

/** Nobody has said anything about sources. */
export const noSources: SourceRanges = { state: 'none' };

/**
 * A list of ranges that somebody wrote by hand. One that can't be read spoils the whole list: leaving it out could open or
 * close what was not meant. IPv6 ranges are sound but of no use to an IPv4 firewall, and are left out.
 *
 * @param from what the list is called in messages
 */
export function parseSources(texts: readonly string[], from: string): SourceRanges {
  const ranges: IpRange[] = [];
  for (const text of texts) {
    if (text.trim() === '*') {
      ranges.push(everybody);
      continue;
    }
    const result = parseRange(text);
    if (result.ok) {
      ranges.push(result.range);
      continue;
    }
    switch (result.reason) {
      case 'ipv6':
        break;
      case 'misaligned':
        return invalidSources(
          from,
          `holds ${shown(text)}, which doesn't start at its network address ${result.aligned}`,
        );
      case 'not-a-range':
        return invalidSources(from, text.trim() === '' ? 'is empty' : `holds "${shown(text)}", which is no range`);
    }
  }
  const canonical = canonicalSources(ranges);
  return {
    state: 'valid',
    from,
    ranges: canonical,
    texts: canonical.map(sourceText),
    firstBlock: Math.min(NO_BLOCK, ...canonical.map(({ first }) => blockOf(first))),
    lastBlock: Math.max(-1, ...canonical.map(({ last }) => blockOf(last))),
  };
}

export function invalidSources(from: string, what: string): SourceRanges {
  return { state: 'invalid', from, reason: `${from} ${what}` };
}

/** Larger than the number of any /24. */
const NO_BLOCK = 2 ** 24;

/** The number of the /24 that an address lies in; small enough to be kept without a box of its own. */
export function blockOf(address: number): number {
  return address >>> 8;
}

/** In the order of addresses, without what another one covers: the same set of clients is always the same list. */
export function canonicalSources(ranges: readonly IpRange[]): readonly IpRange[] {
  if (ranges.length < 2) return ranges;
  const kept: IpRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.first - b.first || a.prefixLength - b.prefixLength)) {
    const last = kept.at(-1);
    if (last === undefined || !contains(last, range)) kept.push(range);
  }
  return kept;
}

/** A range as a rule's source: everybody is `*`. */
export function sourceText({ cidr, prefixLength }: IpRange): string {
  return prefixLength === 0 ? '*' : cidr;
}

const everybody = trustedRange('0.0.0.0/0');

/** Annotations can be long; a screenful is no help in a message. */
export function shown(text: string): string {
  return text.length <= 60 ? text.trim() : `${text.slice(0, 59)}…`;
}
