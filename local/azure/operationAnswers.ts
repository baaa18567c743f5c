import type { Answer } from './http.ts';
import type { JsonObject } from './json.ts';
import { isFirewallPolicyPart, operationNotFound, operationUrl, verifyOperationUrl } from './operationUrls.ts';
import type { Operation, Store } from './store.ts';

/** The hint grows with every poll; the first one comes with the answer to the write itself. */
const RETRY_AFTER_SECONDS = [10, 10, 20, 20, 40, 40, 80, 160];
/** Results say that they are JSON even where they are empty. */
const EMPTY_JSON = { 'Content-Type': 'application/json; charset=utf-8' };
const GROUP_RETRY_AFTER_SECONDS = 15;

/** The headers that lead a client from an accepted write to its operation. */
export function acceptedHeaders(origin: string, operation: Operation, apiVersion: string, now: number) {
  const inProgress = operation.endsAt > now;
  const result = { Location: operationUrl(origin, operation, 'operationResults', apiVersion, now) };
  if (operation.namespace === 'Microsoft.Resources') {
    return { ...result, ...(inProgress ? { 'Retry-After': String(GROUP_RETRY_AFTER_SECONDS) } : {}) };
  }
  return {
    'Azure-AsyncOperation': operationUrl(origin, operation, 'operations', apiVersion, now),
    ...(operation.method === 'DELETE' ? result : {}),
    ...(operation.notified ? { 'Azure-AsyncNotification': 'Enabled' } : {}),
    ...retryAfter(operation, now, 0),
  };
}

export type AnswerPoll = (url: URL, endpoint: string, id: string, now: number) => Answer;

/** Answers polls of operations and of their results. Keeps count of the polls, since the hint grows with them. */
export function operationAnswers(store: Store): AnswerPoll {
  const polls = new Map<string, number>();

  return function answer(url: URL, endpoint: string, id: string, now: number): Answer {
    verifyOperationUrl(url);
    const operation = store.operations.get(id);
    if (operation === undefined) {
      polls.delete(id);
      throw operationNotFound(url.pathname);
    }
    const poll = (polls.get(id) ?? 0) + 1;
    polls.set(id, poll);
    if (endpoint === 'operations') {
      return { status: 200, body: statusBody(operation, now), headers: retryAfter(operation, now, poll) };
    }
    const apiVersion = url.searchParams.get('api-version') ?? '';
    const headers = acceptedHeaders(url.origin, operation, apiVersion, now);
    if (operation.endsAt > now) return { status: 202, headers };
    if (operation.failure !== undefined) {
      const { code, message } = operation.failure;
      return { status: 409, body: { error: { code, message } } };
    }
    const resource = operation.method === 'PUT' ? store.resources.get(operation.resourceId.toLowerCase()) : undefined;
    if (resource !== undefined) return { status: 200, body: resource.body };
    // Firewall policies end their deletions with an empty 200; the rest of the network answers 204 with all its headers.
    return isFirewallPolicyPart(operation.resourceId)
      ? { status: 200, headers: EMPTY_JSON }
      : { status: 204, headers: { ...EMPTY_JSON, ...headers } };
  };
}

function retryAfter(operation: Operation, now: number, poll: number): Readonly<Record<string, string>> {
  // AKS gives no hint at all.
  if (operation.endsAt <= now || operation.namespace === 'Microsoft.ContainerService') return {};
  return { 'Retry-After': String(RETRY_AFTER_SECONDS[Math.min(poll, RETRY_AFTER_SECONDS.length - 1)]) };
}

function statusBody(operation: Operation, now: number): JsonObject {
  const done = operation.endsAt <= now;
  const { failure } = operation;
  const status = done ? (failure?.status ?? 'Succeeded') : 'InProgress';
  const error = done && failure !== undefined ? { error: { code: failure.code, message: failure.message } } : {};
  if (operation.namespace !== 'Microsoft.ContainerService') return { status, ...error };
  return {
    name: operation.id,
    status,
    ...error,
    startTime: new Date(operation.startedAt).toISOString(),
    ...(done ? { endTime: new Date(operation.endsAt).toISOString() } : {}),
  };
}
