import type { PathUncheckedResponse } from '@azure-rest/core-client';

/**
 * What a refusal means for the caller: `throttled`, `busy`, `transient` and `unauthenticated` (a token that has expired or
 * been taken back: the next one is a new one) pass by themselves; `conflict` needs another look at the resource; `refused`,
 * `forbidden` and `notFound` need somebody to act. What goes wrong after a write was accepted is the operation's (see
 * operations.ts), not a refusal.
 */
export type ArmErrorKind =
  'throttled' | 'busy' | 'transient' | 'unauthenticated' | 'conflict' | 'refused' | 'forbidden' | 'notFound';

/** An answer of Azure Resource Manager that is not the one asked for. */
export class ArmError extends Error {
  readonly kind: ArmErrorKind;
  readonly code: string;
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: ArmErrorKind, code: string, status: number, message: string, retryAfterSeconds?: number) {
    super(message);
    this.name = 'ArmError';
    this.kind = kind;
    this.code = code;
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Whether waiting is all that is needed. */
  get passes(): boolean {
    return ['throttled', 'busy', 'transient', 'unauthenticated'].includes(this.kind);
  }
}

/** The connection broke after a write was sent: whether it was accepted, only another look can tell. */
export class AnswerLostError extends Error {
  override readonly name = 'AnswerLostError';
}

/** Codes with which ARM and its providers say "later": another operation runs on this or a dependent resource. */
const busyCodes = new Set([
  'AnotherOperationInProgress',
  'OperationNotAllowed',
  'RetryableError',
  'RetryableErrorDueToAnotherOperation',
  'ReferencedResourceNotProvisioned',
  'ResourceGroupBeingDeleted',
  'PutNodePoolOperationInProgress',
]);

/** 409s that no waiting and no second look will change. */
const refusedConflicts = new Set(['MissingSubscriptionRegistration', 'InvalidResourceLocation', 'QuotaExceeded']);

/**
 * Reads an ARM error out of an answer. ARM wraps it in `error`; AKS answers it flat (`{"code","message",…}`), and
 * proxies answer with no JSON at all.
 */
export function armError(response: PathUncheckedResponse): ArmError {
  const status = Number(response.status);
  const { code, message } = errorBody(response.body, status);
  const text = `${response.request.method} ${pathOf(response.request.url)} answered ${status} ${code}: ${message}`;
  return new ArmError(kindOf(status, code, message), code, status, text, retryAfter(response));
}

/** An answer that says 200 and is no JSON object: something between the app and Azure has answered in its place. */
export const noJson = ({ request }: PathUncheckedResponse): ArmError =>
  new ArmError(
    'transient',
    'NoJson',
    200,
    `${request.method} ${pathOf(request.url)} was answered with something else than JSON`,
  );

/** An address without host and query: the query of an operation's address is a signature. */
const pathOf = (url: string): string => url.replace(/\?.*$/, '').replace(/^https?:\/\/[^/]+/, '');

/** Seconds of a `Retry-After` header (delta form, the only one ARM sends), if there is one that a timer can wait for. */
export function retryAfter(response: PathUncheckedResponse): number | undefined {
  const text = response.headers['retry-after']?.trim() ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/**
 * Failures of the connection itself, time-outs included (they abort the request): no answer came, so a write may or may
 * not have been accepted.
 */
export function isConnectionFailure(error: unknown): error is Error {
  if (error instanceof Error && ['AbortError', 'TimeoutError'].includes(error.name)) return true;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return (
    typeof code === 'string' &&
    ['REQUEST_SEND_ERROR', 'PARSE_ERROR', 'ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'].includes(
      code,
    )
  );
}

function errorBody(body: unknown, status: number): { code: string; message: string } {
  const outer = asRecord(body);
  const inner = asRecord(outer?.['error']) ?? outer;
  const code = inner?.['code'];
  const message = inner?.['message'];
  return {
    code: typeof code === 'string' && code !== '' ? code : `Http${status}`,
    message: typeof message === 'string' ? message : typeof body === 'string' ? body.slice(0, 200) : 'no explanation',
  };
}

function kindOf(status: number, code: string, message: string): ArmErrorKind {
  if (status === 429) return busyCodes.has(code) ? 'busy' : 'throttled';
  // AKS says OperationNotAllowed both for a cluster that is busy and for vCPUs beyond the quota.
  if (status === 409 && (refusedConflicts.has(code) || /\bquota\b/i.test(message))) return 'refused';
  if (status === 409) return busyCodes.has(code) ? 'busy' : 'conflict';
  if (status === 412) return 'conflict';
  if (status === 404) return 'notFound';
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 408 || status >= 500) return 'transient';
  return 'refused';
}

const asRecord = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
