import { worldOf, type Azure } from './azure.ts';
import { ArmError, invalidResourceType, resourceNotFound } from './errors.ts';
import { childNotFound, deleteChild, listChildren, putChild, readChild, type ChildPlace } from './children.ts';
import type { Answer } from './http.ts';
import type { AnswerPoll } from './operationAnswers.ts';
import { isObject, stringAt, type Json, type JsonObject } from './json.ts';
import { isBelow, type ResourcePath } from './resourceId.ts';
import { answerActivityLog } from './activityLog.ts';
import { answerDeployment } from './deployments/deployments.ts';
import { answerEventSubscription } from './eventGrid/eventGridArm.ts';
import { systemTopics } from './eventGrid/systemTopics.ts';
import { answerAuthorization } from './resources/authorization.ts';
import { clusterAction, clusterChild } from './resources/clusterActions.ts';
import { IDENTITY_TYPE, patchIdentity, putIdentity } from './resources/identities.ts';
import { ipAddressAvailability } from './resources/ipAddressAvailability.ts';
import { providerBody, registerProvider, requireNamespace, requireRegistration } from './resources/providers.ts';
import * as groups from './resources/resourceGroups.ts';
import { firewallPolicies } from './resources/firewallPolicies.ts';
import { answerPolicyPart } from './resources/firewallPolicyArm.ts';
import type { ResourceType } from './resources/resourceType.ts';
import { virtualNetworks } from './resources/virtualNetworks.ts';
import { answerLocation, answerScope } from './scopes.ts';
import { etagHeader, methodNotAllowed, ok, type Visit } from './visit.ts';
import { deleteResource, patchTags, present, putResource } from './writes.ts';

/** Finds who answers an authenticated ARM request. */
export async function route(visit: Visit, answerPoll: AnswerPoll): Promise<Answer> {
  const { azure, request, path } = visit;
  const { subscription, group, namespace, types, names } = path;
  if (group !== undefined && request.method !== 'GET' && namespace !== undefined)
    groups.requireGroup(azure, subscription, group, true);
  if (namespace === undefined) return answerScope(visit, answerPoll);
  const known = requireNamespace(namespace);
  if (types.length === 0) return ok(providerBody(azure, subscription, known));
  if (known === 'Microsoft.Resources' && types[0]?.toLowerCase() === 'deployments') return answerDeployment(visit);
  if (known === 'Microsoft.Authorization') return answerAuthorization(visit);
  if (known === 'Microsoft.Insights') return answerActivityLog(visit);
  if (group === undefined && types[0]?.toLowerCase() === 'register' && request.method === 'POST') {
    return ok(registerProvider(azure, subscription, known));
  }
  if (group === undefined && types[0]?.toLowerCase() === 'locations') return answerLocation(visit, known, answerPoll);
  if (group !== undefined) groups.requireGroup(azure, subscription, group, false);
  if (request.method !== 'GET') requireRegistration(azure, subscription, known);
  const type = `${known}/${types[0] ?? ''}`;
  if (names.length === 0) return list(azure, path, type);
  if (group === undefined) throw invalidResourceType(known, types[0] ?? '', visit.call.apiVersion);
  if (type.toLowerCase() === IDENTITY_TYPE.toLowerCase()) return answerIdentity(visit);
  return answerResource(visit, known, azure.types.get(type.toLowerCase()));
}

function list(azure: Azure, path: ResourcePath, type: string): Answer {
  const known = azure.types.get(type.toLowerCase());
  const value = worldOf(azure, path.subscription)
    .ofType(type)
    .filter(({ id }) => isBelow(id, path.scope))
    .map(({ body }) => (known === undefined ? body : present(azure, known, body)));
  return ok({ value });
}

async function answerIdentity(visit: Visit): Promise<Answer> {
  const { azure, request } = visit;
  const id = canonicalId(visit.path, IDENTITY_TYPE);
  const existing = azure.store.resources.get(id.toLowerCase());
  if (request.method === 'PUT') return putIdentity(azure, id, visit.body());
  if (request.method === 'DELETE') {
    if (existing === undefined) return { status: 204 };
    azure.store.commit([['resources', id.toLowerCase(), null]]);
    return { status: 200 };
  }
  if (existing === undefined) throw missing(visit.path, IDENTITY_TYPE);
  if (request.method === 'PATCH') return patchIdentity(azure, existing, visit.body());
  return ok(existing.body);
}

function answerResource(visit: Visit, namespace: string, type: ResourceType | undefined): Answer | Promise<Answer> {
  const { azure, request, path, call } = visit;
  const [typeName = '', childTypeName, ...deeper] = path.types;
  const canonicalType = type?.type ?? `${namespace}/${typeName}`;
  const id = canonicalId(path, canonicalType);
  const existing = azure.store.resources.get(id.toLowerCase());
  if (type === systemTopics && childTypeName !== undefined && existing !== undefined)
    return answerEventSubscription(visit, existing);
  if (type === firewallPolicies && childTypeName !== undefined && existing !== undefined)
    return answerPolicyPart(visit, existing);
  if (childTypeName !== undefined) {
    if (deeper.length > 0 || type === undefined)
      throw invalidResourceType(namespace, path.types.join('/'), call.apiVersion);
    if (existing === undefined) throw request.method === 'PUT' ? parentMissing(path, id) : missing(path, canonicalType);
    return answerChild(visit, type, existing, childTypeName);
  }
  if (request.method === 'GET') {
    if (existing === undefined) throw missing(path, canonicalType);
    const body = type === undefined ? existing.body : present(azure, type, existing.body);
    const etag = stringAt(body, 'etag');
    return { status: 200, body, headers: etag === undefined ? {} : { ETag: etagHeader(etag) } };
  }
  if (type === undefined) throw invalidResourceType(namespace, typeName, call.apiVersion);
  if (request.method === 'PUT') return putResource(azure, type, id, visit.body(), call);
  if (request.method === 'DELETE')
    return existing === undefined ? { status: 204 } : deleteResource(azure, type, existing, call);
  if (request.method !== 'PATCH') throw methodNotAllowed(request);
  if (existing === undefined) throw missing(path, canonicalType);
  return patchTags(azure, type, existing, visit.body(), call);
}

function answerChild(
  visit: Visit,
  type: ResourceType,
  parent: { id: string; type: string; body: JsonObject },
  childTypeName: string,
): Answer | Promise<Answer> {
  const { azure, request, path, call } = visit;
  const name = path.names[1];
  if (type.type === 'Microsoft.ContainerService/managedClusters') {
    return request.method === 'POST'
      ? clusterAction(visit, parent, childTypeName)
      : clusterChild(visit, parent, childTypeName, name);
  }
  if (type === virtualNetworks && childTypeName.toLowerCase() === 'checkipaddressavailability') {
    const address = request.url.searchParams.get('ipAddress') ?? '';
    return ok(ipAddressAvailability(worldOf(azure, path.subscription), parent.body, address));
  }
  const collection = type.children.find(
    (child) => child.kind !== undefined && child.name.toLowerCase() === childTypeName.toLowerCase(),
  );
  if (collection === undefined) throw invalidResourceType(type.type, childTypeName, call.apiVersion);
  if (name === undefined) return ok(listChildren(azure, type, collection, parent));
  const place: ChildPlace = { type, collection, parent, name };
  if (request.method === 'PUT') return putChild(azure, place, visit.body(), call);
  if (request.method === 'DELETE') return deleteChild(azure, place, call);
  if (request.method !== 'GET') throw methodNotAllowed(request);
  const child = readChild(azure, place);
  if (child === undefined) throw childNotFound(`${parent.id}/${collection.name}/${name}`);
  return { status: 200, body: child, headers: { ETag: stringAt(child, 'etag') ?? '' } };
}

/** Reads a body as a JSON object. */
export function parseBody(text: string): JsonObject {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ArmError(
      400,
      'InvalidRequestContent',
      `The request content was invalid and could not be deserialized: '${reason}'.`,
    );
  }
  if (isObject(value)) return value;
  throw new ArmError(
    400,
    'InvalidRequestContent',
    "The request content was invalid and could not be deserialized: 'an object is expected'.",
  );
}

/** The id in ARM's own spelling of segments and type, the caller's spelling of names. */
function canonicalId(path: ResourcePath, type: string): string {
  return `/subscriptions/${path.subscription}/resourceGroups/${path.group ?? ''}/providers/${type}/${path.names[0] ?? ''}`;
}

function missing(path: ResourcePath, type: string): ArmError {
  return resourceNotFound(type, path.names[0] ?? '', path.group ?? '');
}

function parentMissing(path: ResourcePath, parentId: string): ArmError {
  return new ArmError(
    404,
    'ParentResourceNotFound',
    `Failed to perform 'write' on resource(s) of type '${path.types.join('/')}', because the parent resource '${parentId}' could not be found.`,
  );
}
