const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span of time in its two largest units: `48 s`, `2 min 5 s`, `3 h 12 min`, `4 d 2 h`. Nothing is below zero. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return units(whole, MINUTE, 'min', 1, 's');
  if (whole < DAY) return units(whole, HOUR, 'h', MINUTE, 'min');
  return units(whole, DAY, 'd', HOUR, 'h');
}

function units(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)} ${largeName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}

/** How long something has been so, roughly. @param time ISO 8601 @param now epoch ms */
export function lasting(time: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(time)) / 1000);
  return `for ${duration(seconds < MINUTE ? Math.floor(seconds) : Math.floor(seconds / MINUTE) * MINUTE)}`;
}

/** How long ago something was, roughly. @param time ISO 8601 @param now epoch ms */
export function ago(time: string, now: number): string {
  const seconds = (now - Date.parse(time)) / 1000;
  if (seconds < 10) return 'just now';
  if (seconds < MINUTE) return `${Math.floor(seconds)} s ago`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ago`;
  return `${duration(Math.floor(seconds / MINUTE) * MINUTE)} ago`;
}

/** Seconds until a time. @param time ISO 8601 @param now epoch ms */
export const secondsUntil = (time: string, now: number): number => (Date.parse(time) - now) / 1000;

/** `1 service`, `2 services`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** The last segment of an ARM id. */
export const lastSegment = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

/** A value as lines of text, for people: of an object a line for each of its properties. */
export function valueLines(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [inLine(value)];
  return Object.entries(value).map(([key, one]) => `${key}: ${inLine(one)}`);
}

function inLine(value: unknown): string {
  if (typeof value === 'string') return value;
  const isFlat = Array.isArray(value) && value.every((one) => typeof one !== 'object');
  return isFlat ? value.map(String).join(', ') : (JSON.stringify(value) ?? '');
}
