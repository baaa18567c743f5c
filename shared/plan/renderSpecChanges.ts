import type { Json } from '../model/json.ts';
import type { SpecChange } from './specChanges.ts';

/** What a new spec changes, for people: field by field, what is refused with what to do instead. Ends in a newline. */
export function renderSpecChanges(changes: readonly SpecChange[]): string {
  if (changes.length === 0) return '\nSpec changes: none.\n';
  return `\nSpec changes:\n${changes.map(rendered).join('')}`;
}

function rendered(change: SpecChange): string {
  const { path, before, after } = change;
  const symbol = change.applied === 'refused' ? '!' : before === undefined ? '+' : after === undefined ? '-' : '~';
  const values = [before, after].filter((value) => value !== undefined).map((value: Json) => JSON.stringify(value));
  const notes = change.applied === 'refused' ? `${change.message}. ${change.remedy}` : change.note;
  const note = notes === undefined ? '' : `      ${change.applied === 'refused' ? 'Refused: ' : ''}${notes}\n`;
  return `  ${symbol} ${path}: ${values.join(' => ')}\n${note}`;
}
