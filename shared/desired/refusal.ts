import type { SkipCode } from '../model/publication.ts';

/** Why a service or a port of it is not published. */
export interface Refusal {
  readonly code: SkipCode;
  /** A sentence with its remedy, for people. */
  readonly reason: string;
}

export function refused(code: SkipCode, reason: string): Refusal {
  return { code, reason };
}
