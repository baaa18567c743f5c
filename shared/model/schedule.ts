const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const DAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');

interface Field {
  readonly least: number;
  readonly most: number;
  /** Names of its values, from the least on; their first three letters will do. */
  readonly names?: readonly string[];
}

const fields: readonly Field[] = [
  { least: 0, most: 59 },
  { least: 0, most: 59 },
  { least: 0, most: 23 },
  { least: 1, most: 31 },
  { least: 1, most: 12, names: MONTHS },
  { least: 0, most: 6, names: DAYS },
];

/**
 * Whether the Functions host takes it for a timer's schedule: NCRONTAB, five or six fields (the first of six are seconds). A
 * function whose schedule the host can't read is not run at all, and only the host's log says so. Its other kind, a TimeSpan, is
 * read on dedicated plans alone.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
 */
export function isSchedule(text: string): boolean {
  const given = text.trim().split(/\s+/);
  if (given.length !== 5 && given.length !== 6) return false;
  return given.every((value, index) => isField(value, fields[index + fields.length - given.length]));
}

function isField(text: string, field: Field | undefined): boolean {
  return field !== undefined && text.split(',').every((part) => isPart(part, field));
}

/** `*`, `5`, `1-5`, `mon-fri`, each with a step or without. */
function isPart(text: string, field: Field): boolean {
  const [, range = '', step] = /^([^/]+)(?:\/(\d{1,2}))?$/.exec(text) ?? [];
  if (step !== undefined && (Number(step) < 1 || Number(step) > field.most)) return false;
  if (range === '*') return true;
  const values = range.split('-').flatMap((value) => valueOf(value, field) ?? []);
  const [first = 0, last = first] = values;
  return values.length === range.split('-').length && values.length <= 2 && first <= last;
}

function valueOf(text: string, { least, most, names = [] }: Field): number | undefined {
  const name = text.toLowerCase();
  const named = names.findIndex((one) => name === one || name === one.slice(0, 3));
  if (named >= 0) return least + named;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : undefined;
}
