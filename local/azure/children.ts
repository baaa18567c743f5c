import { keep, newEtag, put, stamp, worldOf, type Azure } from './azure.ts';
import { networkError, type ArmError } from './errors.ts';
import type { Answer, Call } from './http.ts';
import { compact, objectAt, objectsAt, stringAt, asText, type JsonObject } from './json.ts';
import { refuseBusyDependencies, refuseWhileBusy } from './locks.ts';
import { parsePath, sameId } from './resourceId.ts';
import { normalLocation } from './resources/names.ts';
import type { ChildCollection, Plan, ResourceType } from './resources/resourceType.ts';
import { checkShape } from './shapes.ts';
import type { Resource } from './store.ts';
import { accepted, startOperation, unchanged } from './startedOperations.ts';
import { isUnchanged, present } from './writes.ts';

/** A child resource's place: subnets live in their network's body, routes in their route table's. */
export interface ChildPlace {
  readonly type: ResourceType;
  readonly collection: ChildCollection;
  readonly parent: Resource;
  readonly name: string;
}

export function readChild(azure: Azure, { type, collection, parent, name }: ChildPlace): JsonObject | undefined {
  return childOf(present(azure, type, parent.body), collection, name);
}

export function listChildren(
  azure: Azure,
  type: ResourceType,
  collection: ChildCollection,
  parent: Resource,
): JsonObject {
  return { value: objectsAt(present(azure, type, parent.body), 'properties', collection.name) };
}

/** PUT of one child: judged as a PUT of the parent with this child in place, under the child's own operation. */
export function putChild(azure: Azure, place: ChildPlace, sent: JsonObject, call: Call): Answer {
  const { type, collection, parent, name } = place;
  const before = childOf(parent.body, collection, name);
  const child: JsonObject = { ...sent, name: stringAt(before, 'name') ?? name };
  refuseWhileBusy(azure, type, parent.id, call);
  const siblings = objectsAt(parent.body, 'properties', collection.name);
  const children =
    before === undefined ? [...siblings, child] : siblings.map((other) => (other === before ? child : other));
  const wanted = withChildren(parent.body, collection, children);
  checkShape(type, wanted, parent.body);
  const plan = planOf(azure, place, wanted);
  refuseBusyDependencies(azure, plan, parent.id);

  const childId = `${parent.id}/${collection.name}/${asText(child['name'])}`;
  const kind = collection.kind ?? plan.kind;
  const planned = childOf(plan.body, collection, name);
  if (before !== undefined && isUnchanged(before, planned)) {
    const start = { type, resource: parent, kind, method: 'PUT', created: false, childId } as const;
    return unchanged(azure, start, readChild(azure, place) ?? before, call);
  }
  const body = stamp(type, plan.body, newEtag(type), 'Updating', asText(child['name']));
  const operation = startOperation(azure, {
    type,
    resource: parent,
    kind,
    method: 'PUT',
    created: false,
    plan,
    childId,
  });
  azure.store.commit([keep(azure, parent), put({ ...parent, body }), ...operation.changes]);
  const answer = childOf(present(azure, type, body), collection, name);
  return accepted(azure, operation, before === undefined ? 201 : 200, answer, call);
}

/** DELETE of one child: it says `Deleting` until the operation ends. */
export function deleteChild(azure: Azure, place: ChildPlace, call: Call): Answer {
  const { type, collection, parent, name } = place;
  const before = childOf(parent.body, collection, name);
  if (before === undefined) return { status: 204 };
  refuseWhileBusy(azure, type, parent.id, call);
  const siblings = objectsAt(parent.body, 'properties', collection.name);
  planOf(
    azure,
    place,
    withChildren(
      parent.body,
      collection,
      siblings.filter((other) => other !== before),
    ),
  );

  const childId = `${parent.id}/${collection.name}/${asText(before['name'])}`;
  const kind = collection.kind ?? type.deleteKind(parent, worldOf(azure, parsePath(parent.id)?.subscription ?? ''));
  const operation = startOperation(azure, { type, resource: parent, kind, method: 'DELETE', created: false, childId });
  const body = stamp(type, parent.body, newEtag(type), 'Updating', asText(before['name']));
  const deleting = objectsAt(body, 'properties', collection.name).map((child) =>
    child['name'] === before['name']
      ? { ...child, properties: { ...objectAt(child, 'properties'), provisioningState: 'Deleting' } }
      : child,
  );
  azure.store.commit([
    keep(azure, parent),
    put({ ...parent, body: withChildren(body, collection, deleting) }),
    ...operation.changes,
  ]);
  return accepted(azure, operation, 202, undefined, call);
}

export function childNotFound(id: string): ArmError {
  return networkError(404, 'NotFound', `Resource ${id} not found.`);
}

function planOf(azure: Azure, { type, parent }: ChildPlace, wanted: JsonObject): Plan {
  return type.plan({
    id: parent.id,
    name: stringAt(parent.body, 'name') ?? '',
    location: normalLocation(stringAt(parent.body, 'location') ?? ''),
    sent: compact(wanted),
    before: parent.body,
    world: worldOf(azure, parent.id.split('/')[2] ?? ''),
  });
}

function withChildren(body: JsonObject, collection: ChildCollection, children: readonly JsonObject[]): JsonObject {
  return { ...body, properties: { ...objectAt(body, 'properties'), [collection.name]: children } };
}

function childOf(body: JsonObject, collection: ChildCollection, name: string): JsonObject | undefined {
  return objectsAt(body, 'properties', collection.name).find((child) => sameId(stringAt(child, 'name') ?? '', name));
}
