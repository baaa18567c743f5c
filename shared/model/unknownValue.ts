import type { StepName } from './step.ts';

const PREFIX = '(known after ';

/** Stands in a preview for what only Azure can tell, once that step is done. Never part of a write. */
export function knownAfter(step: StepName): string {
  return `${PREFIX}${step})`;
}

export function isUnknown(value: string): boolean {
  return value.startsWith(PREFIX);
}
