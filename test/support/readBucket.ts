/** Reads that Azure Resource Manager gives an identity in a subscription and region: a bucket, and what it gains. */
const BUCKET = 250;
const PER_SECOND = 25;

/** The largest part of the bucket that reads at these times (epoch ms) have taken out of it, from 0 to 1. */
export function readShare(times: readonly number[]): number {
  let tokens = BUCKET;
  let least = BUCKET;
  let last = times[0] ?? 0;
  for (const time of times.toSorted((a, b) => a - b)) {
    tokens = Math.min(BUCKET, tokens + ((time - last) / 1000) * PER_SECOND) - 1;
    last = time;
    least = Math.min(least, tokens);
  }
  return (BUCKET - least) / BUCKET;
}
