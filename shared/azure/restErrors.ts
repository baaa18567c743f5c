import type { PipelineResponse, RestError } from '@azure/core-rest-pipeline';
import { ArmError, armError } from './errors.ts';

/**
 * What a typed SDK client threw, as the rest of the app knows it: an ArmError where Azure answered, the error itself
 * where the connection broke or the app did. The typed clients throw RestErrors, whose wait (`Retry-After`) lies in the
 * answer behind them.
 */
export function asArmError(error: unknown): Error {
  if (error instanceof TypeError) return unreadable(error);
  if (error instanceof ArmError) return error;
  if (!isAnswered(error)) return error instanceof Error ? error : new Error(String(error));
  const { code, message, response } = error;
  return refusal(response, { error: { code, message } });
}

/** An answer of 400 and more in the words of Azure; the typed clients' own errors of pages have lost them. */
export function refusal(response: PipelineResponse, otherwise: unknown = undefined): ArmError {
  return armError({
    status: String(response.status),
    headers: response.headers.toJSON(),
    body: jsonOf(response.bodyAsText) ?? otherwise,
    request: response.request,
  });
}

/** What is no JSON is the page of something between the app and Azure: text. */
function jsonOf(text: string | null | undefined): unknown {
  if (text === null || text === undefined || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The typed clients take every answer for what its documentation says, and stumble over a part that isn't there. */
const unreadable = (cause: TypeError): ArmError =>
  new ArmError('transient', 'UnreadableAnswer', 200, `Azure gave an answer that its SDK can't read: ${cause.message}`);

/** An answer that the pipeline could not read counts as a broken connection. */
function isAnswered(error: unknown): error is RestError & { readonly response: NonNullable<RestError['response']> } {
  return (
    error instanceof Error &&
    error.name === 'RestError' &&
    'response' in error &&
    error.response !== undefined &&
    !('code' in error && error.code === 'PARSE_ERROR')
  );
}
