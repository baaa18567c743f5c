import { MAX_AUTHORIZED_RANGES } from '../model/azureLimits.ts';
import { NoRangesError, TooManyRangesError } from '../model/errors.ts';
import { mergeRanges } from '../model/ipRange.ts';

export interface RangeSources {
  /** The firewall's public addresses: nodes and pods reach the API server through them. */
  readonly frontends: readonly string[];
  /** The app's own addresses. */
  readonly outboundRanges: readonly string[];
  readonly grants: readonly { readonly cidr: string }[];
  /** What the cluster has already; entries of others stay as they are. */
  readonly existing?: readonly string[];
}

/**
 * The API server's authorized ranges: everything that is there already, and what of frontends, own addresses and grants
 * it doesn't cover. AKS replaces the list as a whole, so leaving something out would cut it off.
 *
 * @throws NoRangesError when nothing is left, since an empty list switches the protection off
 * @throws TooManyRangesError when it would grow beyond what Azure takes
 */
export function authorizedRanges({
  frontends,
  outboundRanges,
  grants,
  existing = [],
}: RangeSources): readonly string[] {
  const wanted = [...frontends, ...outboundRanges, ...grants.map((grant) => grant.cidr)];
  const ranges = mergeRanges(existing, wanted);
  if (ranges.length === 0) throw new NoRangesError();
  const grown = ranges.length > existing.length;
  if (grown && ranges.length > MAX_AUTHORIZED_RANGES) throw new TooManyRangesError(ranges.length);
  return ranges;
}
