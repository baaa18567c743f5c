import { provisioningState } from '../actual/facts.ts';
import { stringAt, type Json, type JsonObject } from '../model/json.ts';
import type { OperationRecord } from '../model/operation.ts';
import { armClient } from './clients.ts';
import { ArmError, armError, isConnectionFailure, retryAfter } from './errors.ts';

/** What one look at a long-running operation told. */
export type OperationProgress =
  | { readonly status: 'running'; readonly retryAfterSeconds?: number }
  | { readonly status: 'succeeded' }
  | { readonly status: 'failed'; readonly code: string; readonly message: string };

/**
 * Looks once at an operation. The URL is used verbatim, since its query is a signature. When ARM has forgotten the
 * operation, the resource's own provisioning state decides; when the look itself fails in passing (502, 503 and 429
 * are seen on polls), the operation counts as running. Operations live outside of resource groups: who may write a
 * resource may be kept from looking at its operation.
 *
 * @throws ArmError when the look is refused for good
 */
export async function pollOperation(operation: OperationRecord, apiVersion: string): Promise<OperationProgress> {
  const client = await armClient();
  try {
    const response = await client.pathUnchecked(operation.operationUrl).get();
    const status = Number(response.status);
    if ([403, 404, 410].includes(status)) return await stateOfResource(operation.resourceId, apiVersion);
    if (status >= 400) throw armError(response);
    if (status === 202) return running(retryAfter(response));
    if (status === 204) return { status: 'succeeded' };
    return progressOf(response.body as Json | undefined, retryAfter(response));
  } catch (error) {
    if (error instanceof ArmError && error.passes) return running(error.retryAfterSeconds);
    if (isConnectionFailure(error)) return running(undefined);
    throw error;
  }
}

/** Interprets the body behind an `Azure-AsyncOperation` URL; a body without a status is a finished `Location`. */
function progressOf(body: Json | undefined, retryAfterSeconds: number | undefined): OperationProgress {
  const status = stringAt(body, 'status')?.toLowerCase();
  if (status === undefined || status === 'succeeded') return { status: 'succeeded' };
  if (status === 'failed' || status === 'canceled' || status === 'cancelled') {
    return {
      status: 'failed',
      code:
        nonEmpty(stringAt(body, 'error', 'code')) ?? (status === 'failed' ? 'OperationFailed' : 'OperationCanceled'),
      message:
        nonEmpty(stringAt(body, 'error', 'message')) ?? `The operation ended as ${status} without an explanation.`,
    };
  }
  return running(retryAfterSeconds);
}

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

async function stateOfResource(id: string, apiVersion: string): Promise<OperationProgress> {
  const client = await armClient();
  const response = await client.pathUnchecked(id).get({ queryParameters: { 'api-version': apiVersion } });
  // Gone is what a deletion wants; after a write, the step's own read finds the resource missing and writes again.
  if (response.status === '404') return { status: 'succeeded' };
  if (Number(response.status) >= 400) throw armError(response);
  const state = provisioningState(response.body as JsonObject);
  return progressOf({ status: state }, retryAfter(response));
}

const running = (retryAfterSeconds: number | undefined): OperationProgress => ({
  status: 'running',
  ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
});
