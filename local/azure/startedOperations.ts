import { randomUUID } from 'node:crypto';
import { drawLatency, putOperation, type Azure } from './azure.ts';
import type { Answer, Call } from './http.ts';
import { stringAt, type JsonObject } from './json.ts';
import type { LatencyKind } from './latencies.ts';
import { acceptedHeaders } from './operationAnswers.ts';
import { isFirewallPolicyPart } from './operationUrls.ts';
import { parsePath } from './resourceId.ts';
import type { Plan, ResourceType } from './resources/resourceType.ts';
import type { Change, Operation, Resource } from './store.ts';

interface Start {
  readonly type: ResourceType;
  readonly resource: Resource;
  readonly kind: LatencyKind;
  readonly method: 'PUT' | 'DELETE';
  readonly created: boolean;
  readonly plan?: Pick<Plan, 'locks'>;
  /** The child that is written, when it isn't the resource itself. */
  readonly childId?: string;
}

export interface Started {
  readonly operation: Operation;
  readonly seconds: number;
  readonly changes: readonly Change[];
}

/** Draws how long a write takes and describes its operation; the caller commits the changes. */
export function startOperation(azure: Azure, start: Start): Started {
  const { seconds, changes } = drawLatency(azure, start.kind, start.childId ?? start.resource.id);
  const operation = describe(azure, start, seconds);
  return { operation, seconds, changes: [...changes, putOperation(operation)] };
}

function describe(azure: Azure, start: Start, seconds: number): Operation {
  const { type, resource, childId } = start;
  const now = azure.clock.now();
  const target = childId ?? resource.id;
  const endsAt = now + seconds * 1000;
  const [namespace = ''] = type.type.split('/');
  const network = namespace === 'Microsoft.Network';
  const wholeNetworkUpdated = type.type.endsWith('/virtualNetworks') && start.method === 'PUT' && !start.created;
  return {
    id: randomUUID(),
    subscription: parsePath(resource.id)?.subscription ?? '',
    location: stringAt(resource.body, 'location') ?? 'global',
    namespace,
    method: start.method,
    kind: start.kind,
    resourceId: target,
    locks: [...(childId === undefined ? [] : [resource.id]), ...(start.plan?.locks ?? [])],
    startedAt: now,
    endsAt,
    effects: [
      start.method === 'PUT'
        ? { at: endsAt, action: 'complete', id: resource.id }
        : { at: endsAt, action: 'remove', id: target },
    ],
    notified: network && childId === undefined && !wholeNetworkUpdated && !isFirewallPolicyPart(target),
    applied: 0,
  };
}

/** The answer to an accepted write: its body as given, and the way to its operation. */
export function accepted(
  azure: Azure,
  started: Started,
  status: number,
  body: JsonObject | undefined,
  call: Call,
): Answer {
  const { operation, seconds } = started;
  return {
    status,
    ...(body === undefined ? {} : { body }),
    headers: acceptedHeaders(call.origin, operation, call.apiVersion, azure.clock.now()),
    write: {
      ...(operation.kind === undefined ? {} : { kind: operation.kind }),
      resourceId: operation.resourceId,
      operationSeconds: seconds,
      operationId: operation.id,
    },
  };
}

/** The answer to a PUT that changes nothing: an operation that has already succeeded. */
export function unchanged(azure: Azure, start: Start, body: JsonObject, call: Call): Answer {
  const now = azure.clock.now();
  const operation: Operation = { ...describe(azure, start, 0), endsAt: now, effects: [] };
  azure.store.commit([putOperation(operation)]);
  return accepted(azure, { operation, seconds: 0, changes: [] }, 200, body, call);
}
