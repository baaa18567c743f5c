import type { Clock } from '../../clock.ts';
import { stringAt, type Json, type JsonObject } from '../json.ts';
import { lastSegment } from '../resourceId.ts';

/** Where the functions run that `AzureFunction` destinations name: the local host and its Event Grid key. */
export interface FunctionsHost {
  readonly origin: string;
  readonly key: string;
}

/** Event Grid waits this long for an answer, on the wall's clock: what it waits for is another process. */
const ANSWER_TIMEOUT_MS = 30_000;

/** The URL a destination is delivered to; undefined for a function while nobody has told where functions run. */
export function deliveryUrl(destination: JsonObject, functions: FunctionsHost | undefined): string | undefined {
  if (destination['endpointType'] !== 'AzureFunction') return stringAt(destination, 'properties', 'endpointUrl');
  if (functions === undefined) return undefined;
  const url = new URL('/runtime/webhooks/EventGrid', functions.origin);
  url.searchParams.set('functionName', lastSegment(stringAt(destination, 'properties', 'resourceId') ?? ''));
  url.searchParams.set('code', functions.key);
  return url.href;
}

export type WebhookAnswer =
  | { readonly status: number; readonly headers: Headers; readonly text: string }
  /** No answer came. */
  | { readonly status: undefined; readonly reason: string };

/** Sends one request to a subscriber. Virtual time stands still meanwhile. */
export async function callWebhook(
  clock: Clock,
  url: string,
  method: 'POST' | 'OPTIONS',
  headers: Readonly<Record<string, string>>,
  body?: Json,
): Promise<WebhookAnswer> {
  const release = clock.busy();
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers },
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    return { status: undefined, reason: reasonOf(error) };
  } finally {
    release();
  }
}

/** fetch says what went wrong in the cause of what it throws. */
function reasonOf(error: unknown): string {
  const { cause = error } = error as { readonly cause?: unknown };
  return String(cause);
}
