import type { HttpCall } from './actions.ts';
import { fromJson } from './history.ts';
import { ASYNC_HTTP_SLEEP_MS } from './timerLimits.ts';

/** The name of the activity that the extension itself runs for `callHttp`. */
export const HTTP_ACTIVITY = 'BuiltIn::HttpActivity';

/**
 * @param result the answer of the HTTP activity, as JSON.
 * @returns how to go on after a 202; undefined when the call has ended, or when its caller does not want polling.
 */
export function nextPoll(
  request: HttpCall,
  result: string | null,
): { readonly afterMs: number; readonly request: HttpCall } | undefined {
  const response = fromJson(result);
  const location = header(response, 'location');
  if (request.asynchronousPatternEnabled === false || location === undefined) return undefined;
  if (!isObject(response) || response['statusCode'] !== 202) return undefined;
  const seconds = Number(header(response, 'retry-after') ?? Number.NaN);
  return {
    afterMs: Number.isFinite(seconds) ? seconds * 1000 : ASYNC_HTTP_SLEEP_MS,
    request: pollRequest(request, location),
  };
}

/** Keys and credentials stay with the origin they were meant for (DurableOrchestrationContext.CreateLocationPollRequest). */
function pollRequest(request: HttpCall, location: string): HttpCall {
  const target = new URL(location, request.uri);
  const sameOrigin = target.origin === new URL(request.uri).origin;
  const withheld = ['x-functions-key', ...(sameOrigin ? [] : ['authorization', 'cookie'])];
  const headers = Object.entries(request.headers ?? {}).filter(([name]) => !withheld.includes(name.toLowerCase()));
  return { method: 'GET', uri: target.href, headers: Object.fromEntries(headers) };
}

function header(response: unknown, name: string): string | undefined {
  if (!isObject(response) || !isObject(response['headers'])) return undefined;
  const value = response['headers'][name];
  return typeof value === 'string' ? value : undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
