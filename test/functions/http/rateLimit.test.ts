import fc from 'fast-check';
import { rateLimiter } from '../../../functions/http/rateLimit.ts';

const limits = { perCaller: 60, inAll: 100 };
const take = (count: number, one: () => number | undefined) => Array.from({ length: count }, one);

test('a caller has a minute of requests at once, then one each second', () => {
  const limiter = rateLimiter();
  expect(new Set(take(60, () => limiter.take('alice', limits, 0)))).toEqual(new Set([undefined]));
  expect(limiter.take('alice', limits, 0)).toBe(1);
  expect(limiter.take('alice', limits, 999)).toBe(1);
  expect(limiter.take('alice', limits, 1000)).toBeUndefined();
  expect(limiter.take('alice', limits, 1000)).toBe(1);
});

test('one caller does not use up what others have of their own, and all share one bucket', () => {
  const limiter = rateLimiter();
  take(60, () => limiter.take('alice', limits, 0));
  expect(limiter.take('bob', limits, 0)).toBeUndefined();
  take(39, () => limiter.take('bob', limits, 0));
  expect(limiter.take('carol', limits, 0)).toBe(1);
});

test('who is refused takes nothing from anybody', () => {
  const limiter = rateLimiter();
  take(1000, () => limiter.take('alice', limits, 0));
  expect(new Set(take(40, () => limiter.take('bob', limits, 0)))).toEqual(new Set([undefined]));
});

test('a clock that goes back neither fills nor empties a bucket', () => {
  const limiter = rateLimiter();
  take(60, () => limiter.take('alice', limits, 60_000));
  expect(limiter.take('alice', limits, 0)).toBe(1);
});

test('whatever comes whenever, no minute answers more than twice its limit', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 300 }), (gaps) => {
      const limiter = rateLimiter();
      const answered: number[] = [];
      let now = 0;
      for (const gap of gaps) {
        now += gap;
        if (limiter.take('alice', { perCaller: 10, inAll: 1000 }, now) === undefined) answered.push(now);
      }
      for (const from of answered)
        expect(answered.filter((at) => at >= from && at < from + 60_000).length).toBeLessThanOrEqual(20);
    }),
  );
});

test('more callers than are remembered cost no more memory, and lock nobody out', () => {
  const limiter = rateLimiter();
  const wide = { perCaller: 1, inAll: 1_000_000 };
  for (let index = 0; index < 5_000; index++) expect(limiter.take(`caller ${index}`, wide, 0)).toBeUndefined();
  expect(limiter.take('caller 4999', wide, 0)).toBe(60);
});
