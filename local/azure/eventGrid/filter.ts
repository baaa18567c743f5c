import { at, isObject, objectsAt, stringAt, stringsAt, type JsonObject } from '../json.ts';
import type { ResourceEvent } from './delivery.ts';

/** The advanced filters local Azure knows, all of them on text and blind to case. */
const operators: Readonly<Record<string, (text: string, values: readonly string[]) => boolean>> = {
  StringIn: (text, values) => values.includes(text),
  StringNotIn: (text, values) => !values.includes(text),
  StringContains: (text, values) => values.some((value) => text.includes(value)),
  StringBeginsWith: (text, values) => values.some((value) => text.startsWith(value)),
  StringEndsWith: (text, values) => values.some((value) => text.endsWith(value)),
};

export const operatorTypes = Object.keys(operators);

/** Whether an event passes an event subscription's filter; all its parts must hold. */
export function passes(filter: JsonObject, event: ResourceEvent): boolean {
  const included = stringsAt(filter, 'includedEventTypes');
  if (included.length > 0 && !included.some((type) => type.toLowerCase() === event.type.toLowerCase())) return false;
  const fold = (text: string) => (filter['isSubjectCaseSensitive'] === true ? text : text.toLowerCase());
  const subject = fold(event.subject);
  if (!subject.startsWith(fold(stringAt(filter, 'subjectBeginsWith') ?? ''))) return false;
  if (!subject.endsWith(fold(stringAt(filter, 'subjectEndsWith') ?? ''))) return false;
  return objectsAt(filter, 'advancedFilters').every((advanced) => passesAdvanced(advanced, event));
}

function passesAdvanced(advanced: JsonObject, event: ResourceEvent): boolean {
  const { id, source, subject, type, data } = event;
  const whole = { id, source, topic: source, subject, type, eventType: type, data };
  const key = stringAt(advanced, 'key') ?? '';
  const operatorType = stringAt(advanced, 'operatorType') ?? '';
  const value = at(whole, ...key.split('.'));
  // A key that isn't there passes only what excludes values.
  if (typeof value !== 'string') return !isObject(value) && operatorType === 'StringNotIn';
  const values = stringsAt(advanced, 'values').map((one) => one.toLowerCase());
  return operators[operatorType]?.(value.toLowerCase(), values) ?? false;
}
