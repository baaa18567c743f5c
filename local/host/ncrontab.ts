import { Cron } from 'croner';
import { parseTimeSpan } from './timeSpan.ts';

/** When a timer trigger runs. Times are epoch ms. */
export interface Schedule {
  /** @returns the first time after `afterMs`; undefined when there is none any more. */
  next(afterMs: number): number | undefined;
}

export class ScheduleError extends Error {
  constructor(schedule: string, options?: ErrorOptions) {
    super(
      `The schedule "${schedule}" is neither an NCRONTAB expression ({second} {minute} {hour} {day} {month} {day of week}) ` +
        `nor a TimeSpan (hh:mm:ss).`,
      options,
    );
    this.name = 'ScheduleError';
  }
}

const FIELD = /^[\da-z*,/-]+$/i;
/** NCRONTAB takes January as well as Jan. */
const LONG_NAMES = new RegExp(
  '\\b(january|february|march|april|june|july|august|september|october|november|december|' +
    'sunday|monday|tuesday|wednesday|thursday|friday|saturday)\\b',
  'gi',
);
const NAMES = /\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)\b/gi;

/**
 * Reads a schedule as the Functions host does: five or six fields in UTC, where day *and* day of week must hold (other
 * crons take either), without the `L`, `W`, `#` and `@daily` that other dialects know; or a TimeSpan between runs.
 *
 * @throws ScheduleError
 */
export function parseSchedule(schedule: string): Schedule {
  const intervalMs = parseTimeSpan(schedule);
  if (intervalMs !== undefined && intervalMs > 0) return { next: (afterMs) => afterMs + intervalMs };

  const fields = schedule.trim().split(/\s+/);
  const plain = fields.join(' ').replace(LONG_NAMES, (name) => name.slice(0, 3));
  const readable = (fields.length === 5 || fields.length === 6) && fields.every((field) => FIELD.test(field));
  if (!readable || /[a-z]/i.test(plain.replace(NAMES, ''))) throw new ScheduleError(schedule);
  const cron = parseCron(schedule, plain);
  return { next: (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() };
}

function parseCron(schedule: string, plain: string): Cron {
  try {
    return new Cron(plain, {
      mode: '5-or-6-parts',
      domAndDow: true,
      sloppyRanges: true,
      timezone: 'UTC',
      paused: true,
    });
  } catch (error) {
    throw new ScheduleError(schedule, { cause: error });
  }
}
