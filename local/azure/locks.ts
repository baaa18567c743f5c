import type { Azure } from './azure.ts';
import { ArmError, aksError, networkError } from './errors.ts';
import type { Call } from './http.ts';
import { stringAt, type JsonObject } from './json.ts';
import { runningOperation } from './operations.ts';
import { operationUrl } from './operationUrls.ts';
import type { Plan, ResourceType } from './resources/resourceType.ts';
import type { Operation } from './store.ts';

/** Throws the refusal of the resource's provider while an operation writes or locks it. */
export function refuseWhileBusy(azure: Azure, type: ResourceType, id: string, call: Call): void {
  const now = azure.clock.now();
  const running = runningOperation(azure.store, now, id);
  if (running === undefined) return;
  if (type.busy === 'OperationNotAllowed') {
    const state = stringAt(azure.store.resources.get(id.toLowerCase())?.body, 'properties', 'provisioningState');
    throw aksError(
      409,
      'OperationNotAllowed',
      `Operation is not allowed: Another operation (${state ?? 'Updating'}) is in progress, please wait for it to finish ` +
        'before starting a new operation. See https://aka.ms/aks-pending-operation for more details',
    );
  }
  if (type.busy === 'AnotherOperationInProgress') {
    throw networkError(
      409,
      'AnotherOperationInProgress',
      'Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: ' +
        `${operationUrl(call.origin, running, 'operations', call.apiVersion, now)}.`,
    );
  }
  throw retryable({
    code: 'RetryableErrorDueToAnotherOperation',
    message:
      `Operation ${operationName(running)} (${running.id}) is updating resource ${running.resourceId}. ` +
      'The call can be retried in 11 seconds.',
  });
}

/** Throws 429 while something the write depends on is in the middle of an operation. */
export function refuseBusyDependencies(azure: Azure, plan: Plan, id: string): void {
  for (const dependency of plan.dependencies ?? []) {
    const running = runningOperation(azure.store, azure.clock.now(), dependency);
    if (running === undefined) continue;
    throw retryable({
      code: 'ReferencedResourceNotProvisioned',
      message:
        `Cannot proceed with operation because resource ${dependency} used by resource ${id} is not in Succeeded state. ` +
        `Resource is in Updating state and the last operation that updated/is updating the resource is ${operationName(running)}.`,
    });
  }
}

function retryable(detail: JsonObject): ArmError {
  return new ArmError(429, 'RetryableError', 'A retryable error occurred.', {
    details: [detail],
    headers: { 'Retry-After': '11' },
  });
}

function operationName(operation: Operation): string {
  const type = operation.resourceId.split('/').at(-2) ?? '';
  const singular = type.replace(/ies$/, 'y').replace(/(?<=s)es$|s$/, '');
  const verb = operation.method === 'PUT' ? 'Put' : 'Delete';
  return `${verb}${singular.charAt(0).toUpperCase()}${singular.slice(1)}Operation`;
}
