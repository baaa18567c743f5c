import { parseRange, trustedRange, type IpRange } from './ipRange.ts';

/** A list of client ranges as the owner of a service gave it. */
export type SourceRanges =
  | { readonly state: 'none' }
  | {
      readonly state: 'valid';
      /** The field or annotation that it comes from. */
      readonly from: string;
      /** IPv4 only, since the firewall is not dual-stack; may be empty. 0.0.0.0/0 stands for everybody. */
      readonly ranges: readonly IpRange[];
    }
  | { readonly state: 'invalid'; readonly from: string; readonly reason: string };

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
  return { state: 'valid', from, ranges };
}

export function invalidSources(from: string, what: string): SourceRanges {
  return { state: 'invalid', from, reason: `${from} ${what}` };
}

const everybody = trustedRange('0.0.0.0/0');

/** Annotations can be long; a screenful is no help in a message. */
export function shown(text: string): string {
  return text.length <= 60 ? text.trim() : `${text.slice(0, 59)}…`;
}
