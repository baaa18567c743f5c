import { passTrace, spanPlace, withCause } from '../../../shared/model/traceContext.ts';

const traceparent = (digit: string) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;

test.each(['', 'nonsense', `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01`, `00-${'1'.repeat(32)}-${'0'.repeat(16)}-01`])(
  '%j is no place in a trace',
  (text) => {
    expect(spanPlace(text)).toBeUndefined();
    expect(passTrace([text], 'pass')).toBeUndefined();
  },
);

test('a pass is a part of its first cause, links to the others, and is the same in each replay', () => {
  const causes = ['nonsense', traceparent('a'), traceparent('b')];
  const trace = passTrace(causes, 'shop sync 1');
  expect(trace).toMatchObject({ parent: traceparent('a'), links: [traceparent('b')] });
  expect(spanPlace(trace?.traceparent)).toMatchObject({ traceId: 'a'.repeat(32), sampled: true });
  expect(passTrace(causes, 'shop sync 1')).toEqual(trace);
  expect(passTrace(causes, 'shop sync 2')?.traceparent).not.toBe(trace?.traceparent);
});

test('causes are remembered once each, and ten at the most', () => {
  const many = Array.from({ length: 30 }, (_, index) => traceparent((index % 15).toString(16)));
  const causes = many.reduce<readonly string[]>(withCause, []);
  expect(causes).toHaveLength(10);
  expect(new Set(causes).size).toBe(10);
});
