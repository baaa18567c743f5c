import { contains, rangeOf, type IpRange } from '../model/ipRange.ts';

/**
 * The ranges in which public addresses lie: that of the prefix that one comes from, else the address alone. What comes from
 * one prefix takes one route and one authorized range, whatever the number of addresses.
 *
 * @param addresses bare, in the order in which the ranges are to come
 * @param prefixes CIDRs of the public IP prefixes of the environment
 * @returns canonical CIDRs, each once
 */
export function frontendRanges(addresses: readonly string[], prefixes: readonly string[]): readonly string[] {
  const ranges = prefixes.flatMap((text) => rangeOf(text) ?? []);
  const found = addresses.map((address) => {
    const own = rangeOf(address);
    return (own === undefined ? undefined : rangeAround(own, ranges)?.cidr) ?? own?.cidr ?? address;
  });
  return [...new Set(found)];
}

function rangeAround(address: IpRange, ranges: readonly IpRange[]): IpRange | undefined {
  return ranges.find((range) => contains(range, address));
}
