import { randomUUID } from 'node:crypto';
import { drawLatency, etagName, newEtag, put, putOperation, stamp, worldOf, type Azure } from './azure.ts';
import { ArmError, aksError } from './errors.ts';
import type { Answer, Call } from './http.ts';
import { isObject, omit, sameJson, stringAt, type Json, type JsonObject } from './json.ts';
import type { LatencyKind } from './latencies.ts';
import { acceptedHeaders } from './operationAnswers.ts';
import { refuseBusyDependencies, refuseWhileBusy } from './locks.ts';
import { lastSegment, parsePath } from './resourceId.ts';
import { checkLocation, normalLocation } from './resources/names.ts';
import type { Plan, ResourceType } from './resources/resourceType.ts';
import { checkShape } from './shapes.ts';
import type { Change, Operation, Resource } from './store.ts';

/**
 * PUT of a whole resource: refuses what Azure refuses, stores the rest as `Updating` (or the type's own word) and starts
 * the operation that will finish it. A PUT that changes nothing answers at once with `Succeeded` and the same etag.
 */
export function putResource(azure: Azure, type: ResourceType, id: string, sent: JsonObject, call: Call): Answer {
  const existing = azure.store.resources.get(id.toLowerCase());
  const name = existing === undefined ? lastSegment(id) : lastSegment(existing.id);
  if (existing === undefined) type.checkName(name);
  const location = checkLocation(sent['location'], type.type);
  if (existing !== undefined) refuseOtherLocation(existing, location);
  checkPreconditions(type, existing, call);
  checkShape(type, sent, existing?.body);
  refuseWhileBusy(azure, type, existing?.id ?? id, call);

  const world = worldOf(azure, parsePath(id)?.subscription ?? '');
  const write = { id: existing?.id ?? id, name, location, sent, world };
  const plan = type.plan(existing === undefined ? write : { ...write, before: existing.body });
  refuseBusyDependencies(azure, plan, write.id);
  const resource: Resource = { id: write.id, type: type.type, body: plan.body };
  if (existing !== undefined && type.busy !== 'OperationNotAllowed' && isUnchanged(existing.body, plan.body)) {
    return unchangedAnswer(azure, type, existing, existing.id, call);
  }
  const body = stamp(type, plan.body, newEtag(), plan.provisioningState ?? 'Updating');
  const operation = startOperation(azure, {
    type,
    resource,
    kind: plan.kind,
    method: 'PUT',
    plan,
    created: existing === undefined,
  });
  azure.store.commit([...(plan.also ?? []), put({ ...resource, body }), ...operation.changes]);
  return accepted(azure, operation, existing === undefined ? 201 : 200, present(azure, type, body), call);
}

/** The body as clients see it, with references that other resources hold to it. */
export function present(azure: Azure, type: ResourceType, body: JsonObject): JsonObject {
  const subscription = parsePath(stringAt(body, 'id') ?? '')?.subscription ?? '';
  return type.present?.(body, worldOf(azure, subscription)) ?? body;
}

/** PATCH with new tags, which replace the old ones. Network resources answer at once, AKS starts an operation. */
export function patchTags(azure: Azure, type: ResourceType, resource: Resource, sent: JsonObject, call: Call): Answer {
  if (!isObject(sent['tags']) || Object.keys(sent).length > 1) {
    throw new ArmError(
      400,
      'InvalidRequestContent',
      'The request content must be an object with the member tags alone.',
    );
  }
  checkPreconditions(type, resource, call);
  refuseWhileBusy(azure, type, resource.id, call);
  const tagged = { ...resource.body, tags: sent['tags'] };
  if (type.busy !== 'OperationNotAllowed') {
    const body = stamp(type, tagged, newEtag(), 'Succeeded');
    azure.store.commit([put({ ...resource, body })]);
    return { status: 200, body: present(azure, type, body) };
  }
  const body = stamp(type, tagged, newEtag(), 'Updating');
  const operation = startOperation(azure, {
    type,
    resource,
    kind: 'managedClusters.update',
    method: 'PUT',
    created: false,
  });
  azure.store.commit([put({ ...resource, body }), ...operation.changes]);
  return accepted(azure, operation, 200, body, call);
}

/** DELETE of a whole resource; children and belongings go with it when the operation ends. */
export function deleteResource(azure: Azure, type: ResourceType, resource: Resource, call: Call): Answer {
  checkPreconditions(type, resource, call);
  refuseWhileBusy(azure, type, resource.id, call);
  type.checkDelete?.(resource, worldOf(azure, parsePath(resource.id)?.subscription ?? ''));
  const kind = type.deleteKind(resource);
  const operation = startOperation(azure, { type, resource, kind, method: 'DELETE', created: false });
  azure.store.commit([
    put({ ...resource, body: stamp(type, resource.body, newEtag(), 'Deleting') }),
    ...operation.changes,
  ]);
  return accepted(azure, operation, 202, undefined, call);
}

interface Start {
  readonly type: ResourceType;
  readonly resource: Resource;
  readonly kind: LatencyKind;
  readonly method: 'PUT' | 'DELETE';
  readonly created: boolean;
  readonly plan?: Plan;
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
  const { type, resource, childId } = start;
  const now = azure.clock.now();
  const target = childId ?? resource.id;
  const { seconds, changes } = drawLatency(azure, start.kind, target);
  const endsAt = now + seconds * 1000;
  const [namespace = ''] = type.type.split('/');
  const network = namespace === 'Microsoft.Network';
  const wholeNetworkUpdated = type.type.endsWith('/virtualNetworks') && start.method === 'PUT' && !start.created;
  const operation: Operation = {
    id: randomUUID(),
    subscription: parsePath(resource.id)?.subscription ?? '',
    location: stringAt(resource.body, 'location') ?? '',
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
    notified: network && childId === undefined && !wholeNetworkUpdated,
    applied: 0,
  };
  return { operation, seconds, changes: [...changes, putOperation(operation)] };
}

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
    ...(operation.kind === undefined
      ? {}
      : { write: { kind: operation.kind, resourceId: operation.resourceId, operationSeconds: seconds } }),
  };
}

/** The answer to a PUT that changes nothing: an operation that has already succeeded. */
export function unchangedAnswer(
  azure: Azure,
  type: ResourceType,
  resource: Resource,
  id: string,
  call: Call,
  child?: JsonObject,
): Answer {
  const now = azure.clock.now();
  const started = startOperation(azure, {
    type,
    resource,
    kind: 'azureFirewalls.unchanged',
    method: 'PUT',
    created: false,
  });
  const operation: Operation = { ...started.operation, resourceId: id, endsAt: now, effects: [] };
  azure.store.commit([putOperation(operation)]);
  const body = child ?? present(azure, type, resource.body);
  return accepted(azure, { ...started, operation, seconds: 0 }, 200, body, call);
}

/** Equality of two bodies but for etags and states. */
export function isUnchanged(before: Json | undefined, after: Json | undefined): boolean {
  return sameJson(comparable(before), comparable(after));
}

function comparable(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((element) => comparable(element as Json) ?? null);
  if (!isObject(value)) return value;
  const kept = omit(value, 'etag', 'provisioningState');
  return Object.fromEntries(Object.entries(kept).map(([name, element]) => [name, comparable(element)]));
}

function refuseOtherLocation(existing: Resource, location: string): void {
  const current = stringAt(existing.body, 'location') ?? '';
  if (normalLocation(current) === location) return;
  throw new ArmError(
    409,
    'InvalidResourceLocation',
    `The resource '${lastSegment(existing.id)}' already exists in location '${current}' in resource group ` +
      `'${parsePath(existing.id)?.group ?? ''}'. A resource with the same name cannot be created in location '${location}'. ` +
      'Please select a new resource name.',
  );
}

/** AKS honours If-Match and If-None-Match; the network provider was never seen to, so there they do nothing. */
function checkPreconditions(type: ResourceType, existing: Resource | undefined, call: Call): void {
  if (type.busy !== 'OperationNotAllowed') return;
  const etag = stringAt(existing?.body, etagName(type));
  const missed = call.ifMatch !== undefined && (etag === undefined || (call.ifMatch !== '*' && call.ifMatch !== etag));
  if (missed || (call.ifNoneMatch === '*' && existing !== undefined)) {
    throw aksError(
      412,
      'PreconditionFailed',
      `The condition on the etag was not met: the resource has the etag '${etag ?? 'none'}'. Read it again before writing it.`,
    );
  }
}
