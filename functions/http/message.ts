import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { AcceptedAnswer } from '../../shared/answers.ts';
import type { EnvironmentState } from '../../shared/model/environmentStatus.ts';
import { httpProblem, invalidRequest, type HttpProblem } from './problem.ts';

/** A body may be this long; a spec of the largest kind is a few KB. */
export const MAX_BODY_BYTES = 1_000_000;

/**
 * The body as text.
 *
 * @throws HttpProblem 413 when it is longer than 1 MB
 */
export async function bodyText(request: HttpRequest): Promise<string> {
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > MAX_BODY_BYTES) throw tooLarge(bytes.byteLength);
  return new TextDecoder('utf-8', { fatal: false }).decode(bytes);
}

export const tooLarge = (bytes: number): HttpProblem =>
  httpProblem('body-too-large', `The body has ${bytes} bytes; at most ${MAX_BODY_BYTES} are read.`);

/** Each answer has its type in shared/answers, which the OpenAPI document is made of. */
export const json = <Answer extends object>(
  status: number,
  body: Answer,
  headers: Record<string, string> = {},
): HttpResponseInit => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body, undefined, 2),
});

/** 202 with the place to look at. */
export function accepted(request: HttpRequest, name: string, state: EnvironmentState): HttpResponseInit {
  const { origin, pathname } = new URL(request.url);
  const api = pathname.slice(0, pathname.indexOf('/environments'));
  const location = `${origin}${api}/environments/${encodeURIComponent(name)}`;
  return json<AcceptedAnswer>(202, { name, state, location }, { location, 'retry-after': '5' });
}

export const text = (body: string): HttpResponseInit => ({
  status: 200,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
});

/** A query parameter that is true or false, and false when it is not given. @throws HttpProblem 400 for anything else */
export function flag(request: HttpRequest, name: string): boolean {
  const value = request.query.get(name) ?? 'false';
  if (value === 'true' || value === 'false') return value === 'true';
  throw invalidRequest([
    { path: name, message: `must be true or false, not "${value}"`, remedy: `Leave it out, or send ${name}=true.` },
  ]);
}

/** Whether the caller would rather read text than JSON. */
export function prefersText(request: HttpRequest): boolean {
  const accept = request.headers.get('accept') ?? '';
  return /\btext\/plain\b/i.test(accept) && !/\bapplication\/json\b/i.test(accept);
}
