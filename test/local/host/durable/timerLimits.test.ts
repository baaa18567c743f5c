import { shownAgain } from '../../../../local/host/durable/timerLimits.ts';

test.each([
  ['due in 3 s, as was seen on Azure Storage', 3000, 2300],
  ['due in 5 s', 5000, 4300],
  ['due in less than a second', 700, 300],
  ['due at once', 0, 0],
  ['due already', -1000, -1000],
])('a timer %s fires early, never late', (_what, due, expected) => {
  const now = 1_000_000;
  expect(shownAgain(now + due, now, 300)).toBe(now + expected);
});
