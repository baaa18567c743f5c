import { timerFor } from '../../orchestrations/timers.ts';

test.each([
  [5000, 5000],
  [1000, 1000],
  // What is left of a timer that fired early, and would be cut off to nothing.
  [999, 1999],
  [1, 1001],
  [0, 0],
  [-1000, -1000],
])('for what is due in %d ms a timer is set for %d ms', (rest, expected) => {
  const now = new Date('2026-03-01T12:00:00.000Z');
  expect(timerFor(new Date(now.getTime() + rest), now).getTime() - now.getTime()).toBe(expected);
});
