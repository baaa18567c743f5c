import { ArmError } from '../errors.ts';
import type { JsonObject } from '../json.ts';

/** What Event Grid does worse than usual; its contract allows all of it. */
export interface EventGridFaults {
  /** Every delivery comes this much later, in Azure time. */
  readonly delaySeconds: number;
  /** How many more times every event is delivered. */
  readonly duplicates: number;
  /** Whether events overtake each other. */
  readonly reorder: boolean;
  /** The next so many events never arrive. */
  readonly lose: number;
}

export const noFaults: EventGridFaults = { delaySeconds: 0, duplicates: 0, reorder: false, lose: 0 };

/** Reads faults from a control request; what it leaves out is back to normal. */
export function parseFaults(body: JsonObject): EventGridFaults {
  const strange = Object.keys(body).find((name) => !(name in noFaults));
  if (strange !== undefined) throw refused(`'${strange}' is not one of ${Object.keys(noFaults).join(', ')}`);
  const { reorder = false } = body;
  if (typeof reorder !== 'boolean') throw refused('reorder must be true or false');
  return {
    delaySeconds: count(body, 'delaySeconds'),
    duplicates: count(body, 'duplicates'),
    reorder,
    lose: count(body, 'lose'),
  };
}

/** Of three deliveries in a row the first comes last. */
export function reorderSeconds(index: number): number {
  return [40, 20, 0][index % 3] ?? 0;
}

function count(body: JsonObject, name: string): number {
  const value = body[name] ?? 0;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw refused(`${name} must be a whole number, 0 or more`);
}

function refused(reason: string): ArmError {
  return new ArmError(400, 'InvalidRequestContent', `Event Grid's faults: ${reason}.`);
}
