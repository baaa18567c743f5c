import { randomUUID } from 'node:crypto';
import { noteWrite } from './activities.ts';
import { requireArmToken } from './auth.ts';
import { authorize, neededActions } from './authorization/authorize.ts';
import { putOperation, type Azure } from './azure.ts';
import { ArmError } from './errors.ts';
import type { Fault } from './faults/faultRule.ts';
import { refusalOf, spoiled, type Faults } from './faults/faults.ts';
import type { Answer, Request } from './http.ts';
import type { Json } from './json.ts';
import { operationAnswers } from './operationAnswers.ts';
import type { Progress } from './progress.ts';
import type { LoggedRequest, RequestLog } from './requestLog.ts';
import { lastSegment, parsePath } from './resourceId.ts';
import { parseBody, route } from './router.ts';
import { subscriptionBody, tenantBody } from './resources/subscriptions.ts';
import { serviceRequestId } from './serviceRequestId.ts';
import type { Operation } from './store.ts';
import { throttle } from './throttling.ts';

const API_VERSION = /^\d{4}-\d{2}-\d{2}(?:-(?:preview|alpha|beta|rc|privatepreview))?$/;

export type AnswerRequest = (request: Request) => Promise<Answer>;

/**
 * Azure Resource Manager: brings the state up to date, checks token, subscription, rate limit, api-version and the caller's roles,
 * and lets the router answer. Every ARM request passes here, refused ones included, and is logged.
 */
export function resourceManager(azure: Azure, log: RequestLog, progress: Progress, faults: Faults): AnswerRequest {
  const rates = throttle();
  const answerPoll = operationAnswers(azure.store);

  const admit = async (request: Request, fault: Fault | undefined): Promise<Answer> => {
    const now = azure.clock.now();
    progress.advance();
    const refusal = fault === undefined ? undefined : refusalOf(fault, request);
    if (refusal !== undefined) throw refusal;
    const caller = requireArmToken(request.headers.authorization, Date.now() / 1000, azure.cloud);
    const path = parsePath(request.url.pathname);
    const apiVersion = requireApiVersion(request.url);
    if (path === undefined) return answerTenant(azure, request);
    if (!azure.subscriptions.some((known) => known.toLowerCase() === path.subscription.toLowerCase())) {
      throw new ArmError(404, 'SubscriptionNotFound', `The subscription '${path.subscription}' could not be found.`);
    }
    const rateHeaders = rates.take(request.method, path.subscription, caller.oid, now);
    const call = {
      origin: request.url.origin,
      apiVersion,
      ifMatch: header(request, 'if-match'),
      ifNoneMatch: header(request, 'if-none-match'),
    };
    const visit = { azure, request, path, caller, call, body: () => parseBody(request.text) };
    const asked = { caller: caller.oid, actions: neededActions(request, path).map(({ action }) => action) };
    try {
      authorize(azure, caller, request, path);
      const answer = spoil(azure, await route(visit, answerPoll), fault);
      noteWrite(visit, answer, now);
      return { ...answer, asked, headers: { ...answer.headers, ...rateHeaders, ...serviceRequestId(path, answer) } };
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      return { status: error.status, body: error.body, asked, headers: { ...error.headers, ...rateHeaders } };
    }
  };

  const answerWith = async (fault: Fault | undefined, request: Request): Promise<Answer> => {
    if (fault?.fault === 'resetBefore') return { status: 0, reset: true };
    if (fault?.fault === 'stale') return faults.before(request) ?? admit(request, undefined);
    const answer = await admit(request, fault).catch((error: unknown) => {
      if (!(error instanceof ArmError)) throw error;
      return { status: error.status, body: error.body, headers: error.headers } satisfies Answer;
    });
    return fault?.fault === 'resetAfter' ? { ...answer, reset: true } : answer;
  };

  return async (request) => {
    const time = azure.clock.now();
    const fault = faults.strike(request, polledOperation(azure, request));
    if (fault?.fault === 'slow') await azure.clock.pause(fault.seconds * 1000);
    const answer = await answerWith(fault, request);
    if (fault === undefined) faults.remember(request, answer);
    log.add({ ...logged(request, answer, time), ...(fault === undefined ? {} : { fault: fault.fault }) });
    return { ...answer, headers: { ...answer.headers, ...requestIds(request) } };
  };
}

/** Lets a write that was accepted end as a fault wants it. */
function spoil(azure: Azure, answer: Answer, fault: Fault | undefined): Answer {
  const operation = azure.store.operations.get(answer.write?.operationId ?? '');
  // What has changed nothing has ended already.
  if (fault === undefined || operation === undefined || operation.effects.length === 0) return answer;
  const changed = spoiled(operation, fault);
  azure.store.commit([putOperation(changed)]);
  const operationSeconds = (changed.endsAt - changed.startedAt) / 1000;
  return { ...answer, ...(answer.write && { write: { ...answer.write, operationSeconds } }) };
}

function polledOperation({ store }: Azure, { method, url }: Request): Operation | undefined {
  if (method !== 'GET' || !/operation(?:s|results)\/[^/]+$/i.test(url.pathname)) return undefined;
  return store.operations.get(lastSegment(url.pathname));
}

/** What is above all subscriptions. */
function answerTenant(azure: Azure, request: Request): Answer {
  const path = request.url.pathname.toLowerCase().replace(/\/$/, '');
  if (path === '/subscriptions') return { status: 200, body: { value: azure.subscriptions.map(subscriptionBody) } };
  if (path === '/tenants') return { status: 200, body: { value: [tenantBody] } };
  throw new ArmError(404, 'NotFound', `No route matches '${request.url.pathname}'.`);
}

function requireApiVersion(url: URL): string {
  const version = url.searchParams.get('api-version');
  if (version === null || version === '') {
    throw new ArmError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  }
  if (!API_VERSION.test(version) || Number.isNaN(Date.parse(version.slice(0, 10)))) {
    throw new ArmError(
      400,
      'InvalidApiVersionParameter',
      `The api-version '${version}' is invalid. The supported versions are dates such as '2025-04-01'.`,
    );
  }
  return version;
}

function logged(request: Request, answer: Answer, time: number): Omit<LoggedRequest, 'sequence'> {
  const write = request.method !== 'GET' && request.method !== 'HEAD';
  return {
    time,
    method: request.method,
    path: request.url.pathname,
    apiVersion: request.url.searchParams.get('api-version'),
    status: answer.status,
    write,
    ...answer.asked,
    ...answer.write,
    ...(write && request.text !== '' ? { requestBody: readable(request.text) } : {}),
  };
}

function readable(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function requestIds(request: Request): Readonly<Record<string, string>> {
  const id = randomUUID();
  return {
    'x-ms-request-id': id,
    'x-ms-correlation-request-id': header(request, 'x-ms-correlation-request-id') ?? id,
    'x-ms-client-request-id': header(request, 'x-ms-client-request-id') ?? id,
  };
}

function header(request: Request, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
