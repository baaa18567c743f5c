import { effectChanges, keep, newEtag, put, stamp, worldOf, type Azure } from './azure.ts';
import { ArmError } from './errors.ts';
import type { Answer, Call } from './http.ts';
import { isObject, omit, sameJson, stringAt, type Json, type JsonObject } from './json.ts';
import { refuseBusyDependencies, refuseWhileBusy } from './locks.ts';
import { lastSegment, parsePath } from './resourceId.ts';
import { checkPreconditions, refuseOtherLocation } from './preconditions.ts';
import { checkLocation } from './resources/names.ts';
import type { ResourceType } from './resources/resourceType.ts';
import { checkShape } from './shapes.ts';
import { accepted, startOperation, unchanged } from './startedOperations.ts';
import type { Resource } from './store.ts';

/**
 * PUT of a whole resource: refuses what Azure refuses, stores the rest as `Updating` (or the type's own word) and starts
 * the operation that will finish it. A PUT that changes nothing answers at once with `Succeeded` and the same etag.
 */
export function putResource(azure: Azure, type: ResourceType, id: string, sent: JsonObject, call: Call): Answer {
  const existing = azure.store.resources.get(id.toLowerCase());
  const name = existing === undefined ? lastSegment(id) : lastSegment(existing.id);
  if (existing === undefined) type.checkName(name);
  const location = type.hasLocation === false ? '' : checkLocation(sent['location'], type.type, azure.cloud);
  if (existing !== undefined && type.hasLocation !== false) refuseOtherLocation(existing, location);
  checkPreconditions(type, existing, call);
  checkShape(type, sent, existing?.body);
  refuseWhileBusy(azure, type, existing?.id ?? id, call);

  const world = worldOf(azure, parsePath(id)?.subscription ?? '');
  const write = { id: existing?.id ?? id, name, location, sent, world };
  const plan = type.plan(existing === undefined ? write : { ...write, before: existing.body });
  refuseBusyDependencies(azure, plan, write.id);
  const resource: Resource = { id: write.id, type: type.type, body: plan.body };
  if (existing !== undefined && type.busy !== 'OperationNotAllowed' && isUnchanged(existing.body, plan.body)) {
    const kind = plan.kind.startsWith('azureFirewalls.') ? 'azureFirewalls.unchanged' : plan.kind;
    const start = { type, resource: existing, kind, method: 'PUT', created: false } as const;
    return unchanged(azure, start, present(azure, type, existing.body), call);
  }
  const body = stamp(type, plan.body, newEtag(type), plan.provisioningState ?? 'Updating');
  const operation = startOperation(azure, {
    type,
    resource,
    kind: plan.kind,
    method: 'PUT',
    plan,
    created: existing === undefined,
  });
  azure.store.commit([
    ...(plan.also ?? []),
    ...(existing === undefined ? [] : [keep(azure, existing)]),
    put({ ...resource, body }),
    ...operation.changes,
  ]);
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
    const body = stamp(type, tagged, newEtag(type), 'Succeeded');
    azure.store.commit([put({ ...resource, body })]);
    return { status: 200, body: present(azure, type, body) };
  }
  const body = stamp(type, tagged, newEtag(type), 'Updating');
  const operation = startOperation(azure, {
    type,
    resource,
    kind: 'managedClusters.update',
    method: 'PUT',
    created: false,
  });
  azure.store.commit([keep(azure, resource), put({ ...resource, body }), ...operation.changes]);
  return accepted(azure, operation, 200, body, call);
}

/** DELETE of a whole resource; children and belongings go with it when the operation ends. */
export function deleteResource(azure: Azure, type: ResourceType, resource: Resource, call: Call): Answer {
  checkPreconditions(type, resource, call);
  refuseWhileBusy(azure, type, resource.id, call);
  const world = worldOf(azure, parsePath(resource.id)?.subscription ?? '');
  type.checkDelete?.(resource, world);
  if (type.deletedAtOnce === true) {
    azure.store.commit(effectChanges(azure, { at: azure.clock.now(), action: 'remove', id: resource.id }));
    return { status: 200, write: { resourceId: resource.id, operationSeconds: 0 } };
  }
  const kind = type.deleteKind(resource, world);
  const operation = startOperation(azure, {
    type,
    resource,
    kind,
    method: 'DELETE',
    created: false,
    plan: { locks: type.deleteLocks?.(resource, world) ?? [] },
  });
  azure.store.commit([
    put({ ...resource, body: stamp(type, resource.body, newEtag(type), 'Deleting') }),
    ...operation.changes,
  ]);
  return accepted(azure, operation, 202, undefined, call);
}

/** Equality of two bodies but for etags and states; what has failed is never unchanged, since it is to be made to work. */
export function isUnchanged(before: JsonObject, after: JsonObject | undefined): boolean {
  return stateOf(before) === 'Succeeded' && sameJson(comparable(before), comparable(after));
}

const stateOf = (body: JsonObject) => stringAt(body, 'properties', 'provisioningState') ?? 'Succeeded';

function comparable(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((element) => comparable(element as Json) ?? null);
  if (!isObject(value)) return value;
  const kept = omit(value, 'etag', 'provisioningState');
  return Object.fromEntries(Object.entries(kept).map(([name, element]) => [name, comparable(element)]));
}
