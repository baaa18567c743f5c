import { app, type HttpHandler, type HttpRequest, type HttpResponseInit } from '@azure/functions';
import * as df from 'durable-functions';
import { redacted } from '../../shared/redact.ts';
import { settings } from '../../shared/settings.ts';
import { audit, type AuditLog } from '../audit.ts';
import { azureProblem } from './azureProblem.ts';
import { authLevelOf, callerOf, registeredMode, requireRole, type AuthMode, type Caller } from './caller.ts';
import { conditional } from './conditional.ts';
import { httpProblem, HttpProblem, problemResponse } from './problem.ts';
import type { ProblemKindName } from '../../shared/model/problemKinds.ts';
import { rateLimiter } from './rateLimit.ts';
import { requireBounded, requireReadable, requireSameSite } from './requestChecks.ts';
import type { Route } from './route.ts';
import { dataHeaders } from './securityHeaders.ts';

const clientInput = df.input.durableClient();
const limiter = rateLimiter();

/** Registers the HTTP functions. Whatever a route is, its requests pass the same checks in the same order. */
export function registerRoutes(routes: readonly Route[]): void {
  const mode = registeredMode();
  for (const route of routes) {
    app.http(route.name, {
      methods: [route.method],
      route: route.path,
      authLevel: authLevelOf(route.access, mode),
      extraInputs: [clientInput],
      handler: guarded(route, mode),
    });
  }
}

/**
 * Handlers answer, or throw an HttpProblem; Azure's refusals are passed on with a remedy. Anything else that is thrown
 * is logged whole and answered as 500 without its details.
 */
const guarded =
  (route: Route, mode: AuthMode): HttpHandler =>
  async (request, context) => {
    const call: { caller: Caller; code?: ProblemKindName } = { caller: { kind: 'anyone' } };
    let answer: HttpResponseInit;
    try {
      requireBounded(request);
      call.caller = identified(request, route, mode);
      requireRole(call.caller, route.access);
      if (mode === 'entra') requireSameSite(request, route);
      requireReadable(request, route);
      answer = await route.handler(request, df.getClient(context), context);
    } catch (error) {
      const problem = problemOf(error, context.invocationId);
      if (!(error instanceof HttpProblem)) context.error(`${route.name} failed`, error);
      call.code = problem.code;
      answer = problemResponse(problem);
    }
    const receipt = isToBeRecorded(route, call.code) ? recordOf(route, request, answer, call, context) : undefined;
    return conditional(request, {
      ...answer,
      headers: {
        ...dataHeaders,
        ...answer.headers,
        'x-request-id': context.invocationId,
        ...(receipt === undefined ? {} : { 'x-gatehouse-audit': receipt }),
      },
      ...(typeof answer.body === 'string' ? { body: redacted(answer.body) } : {}),
    });
  };

/** Who calls, if there is room for another request; who is nobody shares one bucket with all the others who are. */
function identified(request: HttpRequest, { access }: Route, mode: AuthMode): Caller {
  if (access === 'open') return callerOf(request, access, mode);
  let caller: Caller | undefined;
  try {
    caller = callerOf(request, access, mode);
    return caller;
  } finally {
    // A refusal for want of room goes before one for want of a sign-in: a flood of either is cut short alike.
    requireRoom(caller);
  }
}

function requireRoom(caller: Caller | undefined): void {
  const name = caller === undefined || caller.kind === 'anyone' ? 'anyone' : `${caller.kind} ${caller.id}`;
  const seconds = limiter.take(name, settings().rateLimits, Date.now());
  if (seconds === undefined) return;
  throw httpProblem('too-many-requests', 'More requests came in the last minute than this app answers.', {
    slots: { seconds: String(seconds) },
    headers: { 'retry-after': String(seconds) },
  });
}

function problemOf(error: unknown, invocationId: string): HttpProblem {
  if (error instanceof HttpProblem) return error;
  return azureProblem(error) ?? unexpected(error, invocationId);
}

function unexpected(error: unknown, invocationId: string): HttpProblem {
  const remedy = remedyOf(error);
  if (error instanceof Error && remedy !== undefined) return httpProblem('unexpected', error.message, { remedy });
  return httpProblem('unexpected', `The app failed while it answered (invocation ${invocationId}).`);
}

/** Errors of the app's own say what to do about them. */
const remedyOf = (error: unknown): string | undefined =>
  error instanceof Error && 'remedy' in error && typeof error.remedy === 'string' ? error.remedy : undefined;

/** What would change something, and whom the door was shut on; a flood that was cut short leaves no flood of records. */
const isToBeRecorded = ({ access }: Route, code: ProblemKindName | undefined): boolean =>
  code !== 'too-many-requests' &&
  (!['open', 'Reader'].includes(access) || (code !== undefined && doorShut.includes(code)));

const doorShut: readonly ProblemKindName[] = ['not-signed-in', 'role-missing', 'cross-site', 'sign-in-not-checked'];

function recordOf(
  { name, path }: Route,
  { params, query }: HttpRequest,
  answer: HttpResponseInit,
  { caller, code }: { readonly caller: Caller; readonly code?: string },
  log: AuditLog,
): string {
  const environment = params['name'] ?? startedIn(answer);
  const parts = path.includes('{label}') ? [`label ${params['label']}`] : [];
  const flags = [...query].flatMap(([key, value]) => (key === 'code' ? [] : [`${key}=${value}`]));
  const detail = [...parts, ...flags].join(', ').slice(0, 200);
  return audit(log, {
    actor: caller,
    act: name,
    ...(environment === undefined ? {} : { environment: environment.slice(0, 100) }),
    ...(detail === '' ? {} : { detail }),
    outcome: code ?? 'accepted',
  });
}

/** A start names its environment in the body; the answer tells it again, where to look. */
function startedIn({ headers }: HttpResponseInit): string | undefined {
  const location = (headers as Readonly<Record<string, string>> | undefined)?.['location'];
  return location?.split('/').at(-1);
}
