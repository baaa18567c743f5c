import { stringify } from 'yaml';
import type { Io } from './io.ts';

export const formats = ['table', 'json', 'yaml'] as const;
export type Format = (typeof formats)[number];

/** Writes what a command has found: as data for programs, else as it is drawn for people. */
export function show(io: Io, format: Format, data: unknown, draw: () => string): void {
  if (format === 'json') io.write(`${JSON.stringify(data, undefined, 2)}\n`);
  else if (format === 'yaml') io.write(stringify(data, { aliasDuplicateObjects: false }));
  else io.write(draw());
}

/** A cell: plain, or how it looks beside how it is measured. */
type Cell = string | { readonly text: string; readonly styled: string };

const plain = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.text);
const styled = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.styled);

/** Columns under headings, as kubectl has them; the last is as wide as it likes. Ends in a newline. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => plain(row[column] ?? '').length)),
  );
  const line = (cells: readonly Cell[]) =>
    cells
      .map((cell, column) => {
        const isLast = column === headings.length - 1;
        return isLast ? styled(cell) : styled(cell) + ' '.repeat((widths[column] ?? 0) - plain(cell).length);
      })
      .join('   ')
      .trimEnd();
  return `${[headings, ...rows].map(line).join('\n')}\n`;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span as kubectl tells it: `42s`, `5m10s`, `3h`, `12d`. @param seconds below zero count as none */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 2 * MINUTE) return `${whole}s`;
  if (whole < 10 * MINUTE) return `${Math.floor(whole / MINUTE)}m${whole % MINUTE === 0 ? '' : `${whole % MINUTE}s`}`;
  if (whole < 3 * HOUR) return `${Math.floor(whole / MINUTE)}m`;
  if (whole < 2 * DAY) return `${Math.floor(whole / HOUR)}h`;
  return `${Math.floor(whole / DAY)}d`;
}

/** How long ago a time is. @param time ISO 8601 */
export const age = (time: string | undefined, now: number): string =>
  time === undefined ? '' : span((now - Date.parse(time)) / 1000);
