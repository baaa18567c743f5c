import { ScheduleError, parseSchedule } from '../../../local/host/ncrontab.ts';

const after = Date.parse('2026-11-22T10:00:30Z');
const next = (schedule: string, afterMs = after) => {
  const ms = parseSchedule(schedule).next(afterMs);
  return ms === undefined ? undefined : new Date(ms).toISOString();
};

describe('a timer schedule', () => {
  it.each([
    ['0 */5 * * * *', '2026-11-22T10:05:00.000Z'],
    ['*/15 * * * * *', '2026-11-22T10:00:45.000Z'],
    ['0 */5 * * *', '2026-11-22T15:00:00.000Z'],
    ['0 0/15 * * * *', '2026-11-22T10:15:00.000Z'],
    ['0 0 12 * * Sunday', '2026-11-22T12:00:00.000Z'],
    ['0 30 9 * * Mon-Fri', '2026-11-23T09:30:00.000Z'],
    ['0 0 0 * January *', '2027-01-01T00:00:00.000Z'],
    ['0 0 8,20 * * *', '2026-11-22T20:00:00.000Z'],
  ])('%s comes next at %s', (schedule, expected) => {
    expect(next(schedule)).toBe(expected);
  });

  it('wants the day and the day of week together: Friday the 13th', () => {
    expect(next('0 0 0 13 * 5')).toBe('2027-08-13T00:00:00.000Z');
  });

  it('may be a TimeSpan between runs', () => {
    expect(next('00:10:00')).toBe('2026-11-22T10:10:30.000Z');
    expect(next('1.00:00:00')).toBe('2026-11-23T10:00:30.000Z');
  });

  it('says nothing of a day that never comes', () => {
    expect(next('0 0 0 31 2 *')).toBeUndefined();
  });

  it.each([
    '@daily',
    '0 0 0 L * *',
    '0 0 0 * * 1#2',
    '0 0 0 15W * *',
    '* * *',
    '61 * * * * *',
    '0 0 25 * * *',
    '',
    '0 0 0 * Foo *',
  ])('%p is refused, since Azure would refuse it', (schedule) => {
    expect(() => parseSchedule(schedule)).toThrow(ScheduleError);
  });
});
