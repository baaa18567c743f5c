import type { Json } from '../model/json.ts';
import { sentences } from '../model/sentences.ts';
import { unpainted, type Paint, type Role } from './paint.ts';
import type { SpecChange } from './specChanges/specChange.ts';

/** What a new spec changes, for people: field by field, what is refused with what to do instead. Ends in a newline. */
export function renderSpecChanges(changes: readonly SpecChange[], paint: Paint = unpainted): string {
  if (changes.length === 0) return '\nSpec changes: none.\n';
  return `\n${paint('title', 'Spec changes')}:\n${changes.map((change) => rendered(change, paint)).join('')}`;
}

const roles: Readonly<Record<string, Role>> = { '!': 'problem', '+': 'create', '-': 'delete', '~': 'modify' };

function rendered(change: SpecChange, paint: Paint): string {
  const { path, before, after } = change;
  const symbol = change.applied === 'refused' ? '!' : before === undefined ? '+' : after === undefined ? '-' : '~';
  const values = [before, after].filter((value) => value !== undefined).map((value: Json) => JSON.stringify(value));
  const notes = change.applied === 'refused' ? sentences(change.message, change.remedy) : change.note;
  const note = notes === undefined ? '' : `      ${change.applied === 'refused' ? 'Refused: ' : ''}${notes}\n`;
  return `  ${paint(roles[symbol] ?? 'unchanged', `${symbol} ${path}`)}: ${values.join(' => ')}\n${note}`;
}
