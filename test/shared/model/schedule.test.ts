import fc from 'fast-check';
import { parseSchedule } from '../../../local/host/ncrontab.ts';
import { isSchedule } from '../../../shared/model/schedule.ts';

test.each([
  '0 */15 * * * *',
  '*/2 * * * *',
  '0 30 9-17 * * 1-5',
  '0 0 6,18 1-7 Jan-march MON,Friday',
  '  0  0 0 1 1 *',
])('%j is a schedule', (text) => expect(isSchedule(text)).toBe(true));

test.each([
  '',
  'hourly',
  '@daily',
  '* * * *',
  '0 0 0 0 0 * *',
  '60 * * * * *',
  '0 0 24 * * *',
  '0 0 0 0 * *',
  '0 0 0 L * *',
  '0 0 0 * 13 *',
  '0 0 0 * * 7',
  '0 0 0 * mon *',
  '0 30-10 * * * *',
  '0 0-90 * * * *',
  '0 */0 * * * *',
  '0 1-2-3 * * * *',
  '0 1, * * * *',
  '00:05:00',
])('%j is none', (text) => expect(isSchedule(text)).toBe(false));

test('the host reads every schedule that is taken', () => {
  const field = fc.stringMatching(/^(\*|\d{1,2}(-\d{1,2})?|jan|tue-thu)(\/\d{1,2})?$/);
  const schedule = fc
    .tuple(field, fc.integer({ min: 0, max: 5 }), fc.integer({ min: 5, max: 6 }))
    .map(([given, place, length]) => Array.from({ length }, (_, index) => (index === place ? given : '*')).join(' '));
  fc.assert(
    fc.property(schedule, (text) => {
      fc.pre(isSchedule(text));
      expect(() => parseSchedule(text).next(0)).not.toThrow();
    }),
  );
});
