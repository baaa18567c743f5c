import { MAX_AUTHORIZED_RANGES } from './azureLimits.ts';
import { problemCodes, type ProblemCode } from './problemCodes.ts';

/**
 * Base of every error that Gatehouse raises on purpose. `code` is stable and for machines; `remedy` tells the reader what
 * to do next.
 */
export class GatehouseError extends Error {
  override name = 'GatehouseError';
  readonly code: ProblemCode;
  readonly remedy: string;

  constructor(code: ProblemCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.remedy = problemCodes[code].remedy;
  }
}

/** The API server would need more authorized ranges than Azure takes. */
export class TooManyRangesError extends GatehouseError {
  override name = 'TooManyRangesError';

  constructor(count: number) {
    super(
      'too-many-authorized-ranges',
      `The API server would need ${count} authorized ranges; Azure takes at most ${MAX_AUTHORIZED_RANGES}.`,
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
    );
  }
}
