import type { ProblemAnswer } from '../../shared/answers.ts';
import { forgetKey, storedKey } from './key.ts';
import { setServerTime } from './serverClock.ts';

/** Why a request came to nothing. */
export type Failure =
  | { readonly kind: 'unreachable' }
  /** `key`: the app wants a function key. `sign-in`: it wants somebody who is signed in. */
  | { readonly kind: 'unauthorized'; readonly wants: 'key' | 'sign-in'; readonly wasRefused: boolean }
  | { readonly kind: 'problem'; readonly problem: ProblemAnswer };

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

/** What an answer was read with, and can be asked for again by. */
export interface Tagged<T> {
  readonly etag: string | undefined;
  readonly value: T;
}

/** Longer than any answer takes: live reads have 20 s. */
const TIMEOUT_MS = 45_000;

/** `/api`, or whatever the app is served under. */
const root = location.pathname.replace(/\/ui\/?$/, '');

/** One GET; what is known already is kept when nothing has changed. */
export async function get<T>(path: string, known?: Tagged<T>, signal?: AbortSignal): Promise<Result<Tagged<T>>> {
  const headers = known?.etag === undefined ? {} : { 'if-none-match': known.etag };
  const answer = await send('GET', path, headers, undefined, signal);
  if (!answer.ok) return answer;
  const response = answer.value;
  if (response.status === 304 && known !== undefined) return { ok: true, value: known };
  try {
    const value = (await response.json()) as T;
    return { ok: true, value: { etag: response.headers.get('etag') ?? undefined, value } };
  } catch {
    return { ok: false, failure: { kind: 'unreachable' } };
  }
}

/** One request that changes something. */
export async function act(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Result<undefined>> {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await send(method, path, headers, body === undefined ? undefined : JSON.stringify(body));
  return answer.ok ? { ok: true, value: undefined } : answer;
}

async function send(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string,
  signal?: AbortSignal,
): Promise<Result<Response>> {
  const key = storedKey();
  let response: Response;
  try {
    response = await fetch(`${root}${path}`, {
      method,
      headers: { accept: 'application/json', ...headers, ...(key === undefined ? {} : { 'x-functions-key': key }) },
      // What is known is asked about by its tag; the browser's own store would hide the 304 and its time.
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(signal === undefined ? [] : [signal])]),
      ...(body === undefined ? {} : { body }),
    });
  } catch {
    return { ok: false, failure: { kind: 'unreachable' } };
  }
  setServerTime(response.headers.get('date'));
  if (response.ok || response.status === 304) return { ok: true, value: response };
  return { ok: false, failure: await failureOf(response, key !== undefined) };
}

async function failureOf(response: Response, hadKey: boolean): Promise<Failure> {
  const { status } = response;
  const isProblem = (response.headers.get('content-type') ?? '').includes('problem+json');
  if (status === 401) {
    // The Functions host refuses a key without a word; App Service and the app itself say how one signs in.
    const isSignIn = response.headers.has('www-authenticate');
    if (!isSignIn && hadKey) forgetKey();
    return { kind: 'unauthorized', wants: isSignIn ? 'sign-in' : 'key', wasRefused: hadKey };
  }
  if (isProblem) {
    try {
      return { kind: 'problem', problem: (await response.json()) as ProblemAnswer };
    } catch {
      // Cut off on the way.
    }
  }
  // What stands before the app answers so while the app starts or is gone.
  if (status >= 502) return { kind: 'unreachable' };
  return {
    kind: 'problem',
    problem: {
      type: 'about:blank',
      title: 'The app did not answer as expected',
      status,
      detail: `It answered ${status} without saying why.`,
      remedy: 'Try again; if it comes again, look at the app’s log.',
    },
  };
}
