import type { RateLimits } from '../../shared/settings.ts';

const MINUTE_MS = 60_000;
/** Callers that are remembered; who is forgotten begins with a full bucket. */
const MAX_CALLERS = 1_000;

interface Bucket {
  readonly tokens: number;
  /** Epoch ms. */
  readonly at: number;
}

/** Counts requests, of one instance of the app: each has its own. */
export interface RateLimiter {
  /**
   * Takes a token of the caller's bucket and one of that of all callers, or none.
   *
   * @param caller who is counted apart from others
   * @param now epoch ms
   * @returns seconds until the next request will do; undefined when this one does
   */
  take(caller: string, limits: RateLimits, now: number): number | undefined;
}

/** Token buckets: each holds the requests of a minute, and is filled up steadily. */
export function rateLimiter(): RateLimiter {
  const callers = new Map<string, Bucket>();
  let all: Bucket | undefined;
  return {
    take(caller, { perCaller, inAll }, now) {
      const own = filled(callers.get(caller), perCaller, now);
      const total = filled(all, inAll, now);
      const waits = [secondsUntilOne(own, perCaller), secondsUntilOne(total, inAll)];
      const wait = Math.max(...waits);
      if (wait > 0) return wait;
      all = { ...total, tokens: total.tokens - 1 };
      // Put last: the first of the map is the one that has not been heard of for the longest time.
      callers.delete(caller);
      callers.set(caller, { ...own, tokens: own.tokens - 1 });
      const [oldest] = callers.keys();
      if (callers.size > MAX_CALLERS && oldest !== undefined) callers.delete(oldest);
      return undefined;
    },
  };
}

const filled = (bucket: Bucket | undefined, perMinute: number, now: number): Bucket => ({
  tokens:
    bucket === undefined
      ? perMinute
      : Math.min(perMinute, bucket.tokens + (Math.max(0, now - bucket.at) * perMinute) / MINUTE_MS),
  at: now,
});

const secondsUntilOne = ({ tokens }: Bucket, perMinute: number): number =>
  tokens >= 1 ? 0 : Math.ceil(((1 - tokens) * 60) / perMinute);
