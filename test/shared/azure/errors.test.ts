import type { PathUncheckedResponse } from '@azure-rest/core-client';
import { armError, isConnectionFailure } from '../../../shared/azure/errors.ts';

/** An answer as the client hands it over; only what an error is made from. */
const answer = (status: number, body: unknown, headers: Record<string, string> = {}): PathUncheckedResponse =>
  ({
    status: String(status),
    body,
    headers,
    request: { method: 'PUT', url: 'https://management.azure.com/subscriptions/s/fw?api-version=1&s=secret' },
  }) as unknown as PathUncheckedResponse;

describe('an ARM error', () => {
  test.each([
    [429, 'SubscriptionRequestsThrottled', 'throttled'],
    [429, 'RetryableError', 'busy'],
    [409, 'AnotherOperationInProgress', 'busy'],
    [409, 'OperationNotAllowed', 'busy'],
    [409, 'ResourceExists', 'conflict'],
    [409, 'MissingSubscriptionRegistration', 'refused'],
    [409, 'ReferencedResourceNotProvisioned', 'busy'],
    [412, 'PreconditionFailed', 'conflict'],
    [503, 'ServerTimeout', 'transient'],
    [502, 'BadGatewayConnection', 'transient'],
    [403, 'LinkedAuthorizationFailed', 'forbidden'],
    [401, 'ExpiredAuthenticationToken', 'unauthenticated'],
    [404, 'ResourceNotFound', 'notFound'],
    [400, 'InvalidRequestFormat', 'refused'],
  ])('%d %s is %s', (status, code, kind) => {
    expect(armError(answer(status, { error: { code, message: 'why' } }))).toMatchObject({ kind, code, status });
  });

  test('that says OperationNotAllowed for a quota is no matter of waiting', () => {
    const message = 'Operation could not be completed as it results in exceeding approved Total Regional Cores quota.';
    expect(armError(answer(409, { error: { code: 'OperationNotAllowed', message } })).kind).toBe('refused');
  });

  test('is read flat as well, as AKS answers it', () => {
    const error = armError(answer(400, { code: 'InvalidParameter', message: 'The value is wrong.', subcode: '' }));
    expect(error).toMatchObject({ code: 'InvalidParameter', kind: 'refused' });
    expect(error.message).toContain('The value is wrong.');
  });

  test('without JSON keeps its status as its code', () => {
    expect(armError(answer(502, '<html>Bad Gateway</html>'))).toMatchObject({ code: 'Http502', kind: 'transient' });
  });

  test('says how long to wait where Azure does, and names the request without its query', () => {
    const error = armError(answer(429, { error: { code: 'TooManyRequests' } }, { 'retry-after': '17' }));
    expect(error.retryAfterSeconds).toBe(17);
    expect(error.message).toContain('PUT /subscriptions/s/fw answered 429');
    expect(error.message).not.toContain('secret');
  });
});

test('a broken connection is told apart from a bug', () => {
  expect(isConnectionFailure(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))).toBe(true);
  expect(isConnectionFailure(Object.assign(new Error('send'), { code: 'REQUEST_SEND_ERROR' }))).toBe(true);
  const timeout = Object.assign(new Error('The operation was aborted.'), { name: 'AbortError' });
  expect(isConnectionFailure(timeout)).toBe(true);
  expect(isConnectionFailure(new TypeError('x is not a function'))).toBe(false);
});
