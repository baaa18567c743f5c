import { ArmError } from './errors.ts';

type BucketKind = 'reads' | 'writes' | 'deletes';

/** ARM's token buckets, per region, subscription and principal. Local Azure is one region. */
const buckets: Readonly<Record<BucketKind, { size: number; perSecond: number; global?: number }>> = {
  reads: { size: 250, perSecond: 25, global: 3750 },
  writes: { size: 200, perSecond: 10, global: 3000 },
  // The header of the global limit was never seen on deletions.
  deletes: { size: 200, perSecond: 10 },
};

export interface Throttle {
  /**
   * Takes a token for a request and returns the headers that say what is left. Throws ARM's 429 with Retry-After when
   * the bucket is empty.
   */
  take(method: string, subscription: string, principal: string, now: number): Readonly<Record<string, string>>;
}

/** Buckets fill up in Azure time. */
export function throttle(): Throttle {
  const levels = new Map<string, { tokens: number; at: number }>();
  return {
    take(method, subscription, principal, now) {
      const kind = method === 'GET' || method === 'HEAD' ? 'reads' : method === 'DELETE' ? 'deletes' : 'writes';
      const { size, perSecond, global } = buckets[kind];
      const key = `${kind}|${subscription}|${principal}`;
      const level = levels.get(key) ?? { tokens: size, at: now };
      const tokens = Math.min(size, level.tokens + (Math.max(0, now - level.at) / 1000) * perSecond);
      if (tokens < 1) {
        levels.set(key, { tokens, at: now });
        throw throttled(kind, subscription, principal, Math.max(1, Math.ceil((1 - tokens) / perSecond)));
      }
      levels.set(key, { tokens: tokens - 1, at: now });
      const left = Math.floor(tokens - 1);
      return {
        [`x-ms-ratelimit-remaining-subscription-${kind}`]: String(left),
        ...(global === undefined
          ? {}
          : { [`x-ms-ratelimit-remaining-subscription-global-${kind}`]: String(global - (size - left)) }),
      };
    },
  };
}

function throttled(kind: BucketKind, subscription: string, principal: string, seconds: number): ArmError {
  return new ArmError(
    429,
    'SubscriptionRequestsThrottled',
    `Number of '${kind}' requests for subscription '${subscription}' actor '${principal}' exceeded. Please try again after ` +
      `'${seconds}' seconds after additional tokens are available. Refer to https://aka.ms/arm-throttling for additional information.`,
    { headers: { 'Retry-After': String(seconds) } },
  );
}
