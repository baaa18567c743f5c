import { MAX_AUTHORIZED_RANGES } from './azureLimits.ts';
import type { ProblemCode } from './problemCodes.ts';

/**
 * Base of every error that Gatehouse raises on purpose. `code` is stable and for machines; `remedy` tells the reader what
 * to do next.
 */
export class GatehouseError extends Error {
  override name = 'GatehouseError';
  readonly code: ProblemCode;
  readonly remedy: string;

  constructor(code: ProblemCode, message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.remedy = remedy;
  }
}

/** The API server would need more authorized ranges than Azure takes. */
export class TooManyRangesError extends GatehouseError {
  override name = 'TooManyRangesError';

  constructor(count: number) {
    super(
      'too-many-authorized-ranges',
      `The API server would need ${count} authorized ranges; Azure takes at most ${MAX_AUTHORIZED_RANGES}.`,
      'Remove developer grants or merge them into wider ranges (up to /16).',
    );
  }
}

/** An empty list would switch the protection of the API server off. */
export class NoRangesError extends GatehouseError {
  override name = 'NoRangesError';

  constructor() {
    super(
      'no-authorized-ranges',
      'The list of authorized ranges would be empty, which opens the API server to the Internet.',
      'Give at least the public address of the firewall and the ranges in GATEHOUSE_OUTBOUND_RANGES.',
    );
  }
}
