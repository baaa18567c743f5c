import {
  app,
  type HttpMethod,
  type HttpRequest,
  type HttpResponseInit,
  type InvocationContext,
} from '@azure/functions';
import * as df from 'durable-functions';
import { azureProblem } from './azureProblem.ts';
import { HttpProblem, invalidRequest, problemResponse } from './problem.ts';

type Handler = (
  request: HttpRequest,
  client: df.DurableClient,
  context: InvocationContext,
) => Promise<HttpResponseInit>;

/** A body may be this long; a spec of the largest kind is a few KB. */
const MAX_BODY_BYTES = 1_000_000;

/**
 * Registers an HTTP function. Handlers answer, or throw an HttpProblem; Azure's refusals are passed on with a remedy.
 * Anything else that is thrown is logged whole and answered as 500 without its details.
 */
export function route(
  name: string,
  methods: HttpMethod[],
  path: string,
  handler: Handler,
  authLevel: 'function' | 'anonymous' = 'function',
): void {
  app.http(name, {
    methods,
    route: path,
    authLevel,
    extraInputs: [clientInput],
    handler: async (request, context) => {
      try {
        return await handler(request, df.getClient(context), context);
      } catch (error) {
        if (error instanceof HttpProblem) return problemResponse(error);
        context.error(`${name} failed`, error);
        const refused = azureProblem(error);
        if (refused !== undefined) return problemResponse(refused);
        return problemResponse(unexpected(error, context.invocationId));
      }
    },
  });
}

const clientInput = df.input.durableClient();

function unexpected(error: unknown, invocationId: string): HttpProblem {
  const remedy = remedyOf(error) ?? "Try again; if it comes again, look at the app's log for this invocation.";
  const detail =
    error instanceof Error && remedyOf(error) !== undefined
      ? error.message
      : `The app failed while it answered (invocation ${invocationId}).`;
  return new HttpProblem(500, 'unexpected', 'The app failed', detail, remedy);
}

/** Errors of the app's own say what to do about them. */
const remedyOf = (error: unknown): string | undefined =>
  error instanceof Error && 'remedy' in error && typeof error.remedy === 'string' ? error.remedy : undefined;

/**
 * The body as text.
 *
 * @throws HttpProblem 413 when it is longer than 1 MB
 */
export async function bodyText(request: HttpRequest): Promise<string> {
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > MAX_BODY_BYTES) {
    throw new HttpProblem(
      413,
      'body-too-large',
      'The body is too large',
      `The body has ${bytes.byteLength} bytes; at most ${MAX_BODY_BYTES} are read.`,
      'Send the spec alone; a spec has a few KB.',
    );
  }
  return new TextDecoder('utf-8', { fatal: false }).decode(bytes);
}

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): HttpResponseInit => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body, undefined, 2),
});

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
