import type { StepName } from './step.ts';

/** Stands in a preview for what only Azure can tell, once that step is done. Never part of a write. */
export function knownAfter(step: StepName): string {
  return `(known after ${step})`;
}
