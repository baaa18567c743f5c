import { noteDone } from './activities.ts';
import { typeOf } from './activity.ts';
import { newEtag, put, stamp, worldOf, type Azure } from './azure.ts';
import { ArmError } from './errors.ts';
import type { EventGrid } from './eventGrid/eventGrid.ts';
import { EVENT_SUBSCRIPTION_TYPE } from './eventGrid/eventSubscriptions.ts';
import { parseFaults } from './eventGrid/faults.ts';
import { parseFaultRules } from './faults/faultRule.ts';
import type { Faults } from './faults/faults.ts';
import type { Answer, Request } from './http.ts';
import {
  compact,
  isObject,
  mergePatch,
  objectAt,
  objectsAt,
  stringAt,
  stringsAt,
  asText,
  type JsonObject,
} from './json.ts';
import { drawSeconds, latencies, type LatencyKind } from './latencies.ts';
import { networkOf } from './probe/network.ts';
import { parsePacket } from './probe/packet.ts';
import { probe } from './probe/probe.ts';
import type { RequestLog } from './requestLog.ts';
import { groupId, isBelow, lastSegment, parentId, parsePath, sameId } from './resourceId.ts';
import { setRegistration, requireNamespace } from './resources/providers.ts';
import { GROUP_TYPE } from './resources/resourceGroups.ts';
import type { ResourceType } from './resources/resourceType.ts';
import type { Resource } from './store.ts';
import { parseBody } from './router.ts';

/** What the control endpoints reach. */
interface Controlled {
  readonly azure: Azure;
  readonly log: RequestLog;
  readonly eventGrid: EventGrid;
  readonly faults: Faults;
}

/** Answers the control endpoints below `/_local/`, which have no counterpart in Azure. */
export function answerControl(
  { azure, log, eventGrid, faults }: Controlled,
  request: Request,
): Answer | Promise<Answer> {
  const path = request.url.pathname.slice('/_local/'.length);
  const query = request.url.searchParams;
  const { method } = request;
  if (path === 'requests' && method === 'GET')
    return { status: 200, body: { requests: log.since(Number(query.get('since') ?? 0)) } };
  if (path === 'clock' && method === 'GET') {
    const now = azure.clock.now();
    return { status: 200, body: { now, time: new Date(now).toISOString() } };
  }
  if (path === 'latencies' && method === 'GET') return { status: 200, body: latencyTable(query) };
  if (path === 'state' && method === 'GET') {
    return { status: 200, body: { resources: [...azure.store.resources.values()].map(({ body }) => body) } };
  }
  if (path === 'faults') return answerFaults(faults, request);
  if (path === 'event-grid') return answerEventGrid(azure, eventGrid, request);
  if (path === 'probe' && method === 'POST')
    return { status: 200, body: probe(networkOf(azure), parsePacket(parseBody(request.text))) };
  if (path.startsWith('kubernetes/') && method === 'PUT')
    return putKubernetesFaults(azure, path.slice('kubernetes'.length), parseBody(request.text));
  if (path.startsWith('state/')) return answerState(azure, request, decodeURIComponent(path.slice('state'.length)));
  if (path.startsWith('providers/') && method === 'PUT')
    return putProvider(azure, lastSegment(path), parseBody(request.text));
  if (path.startsWith('groups/') && method === 'PUT')
    return putGroup(azure, lastSegment(path), parseBody(request.text));
  if (path === 'quotas' && method === 'PUT') return putQuotas(azure, parseBody(request.text));
  throw new ArmError(
    404,
    'NotFound',
    `${method} /_local/${path} is not a control endpoint; local/azure/README.md lists them.`,
  );
}

/** The rules by which requests go wrong, and what came of each; PUT replaces them all. */
function answerFaults(faults: Faults, request: Request): Answer {
  if (request.method === 'PUT') faults.set(parseFaultRules(parseBody(request.text)));
  else if (request.method !== 'GET')
    throw new ArmError(405, 'HttpMethodNotAllowed', `${request.method} is not supported here.`);
  const rules = faults
    .describe()
    .map(({ rule: { fault, ...which }, fitted, struck }) => ({ ...which, ...fault, fitted, struck }));
  // Infinity, the times of a rule without an end, has no JSON of its own.
  return { status: 200, body: JSON.parse(JSON.stringify({ rules })) as JsonObject };
}

/** What the API server of a cluster does worse than usual; what the body leaves out is back to normal. */
async function putKubernetesFaults(azure: Azure, clusterId: string, faults: JsonObject): Promise<Answer> {
  try {
    if ((await azure.clusters?.setFaults(clusterId, faults)) === true) return { status: 200, body: faults };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ArmError(400, 'InvalidRequestContent', error.message);
  }
  throw new ArmError(404, 'NotFound', `No cluster runs under ${clusterId}.`);
}

/** Event Grid's subscriptions, deliveries and dead letters; PUT says what it shall do worse than usual. */
function answerEventGrid(azure: Azure, eventGrid: EventGrid, request: Request): Answer {
  if (request.method === 'PUT') eventGrid.setFaults(parseFaults(parseBody(request.text)));
  else if (request.method !== 'GET')
    throw new ArmError(405, 'HttpMethodNotAllowed', `${request.method} is not supported here.`);
  const subscriptions = worldOf(azure, '')
    .ofType(EVENT_SUBSCRIPTION_TYPE)
    .map(({ body }) => body);
  return { status: 200, body: { subscriptions, ...eventGrid.describe() } };
}

/** The table; with `seed`, also what a resource's `use`-th write (default 1) of each kind draws. */
function latencyTable(query: URLSearchParams): JsonObject {
  const seed = query.get('seed');
  if (seed === null) return { latencies };
  const id = query.get('resourceId') ?? '';
  const use = Number(query.get('use') ?? 1);
  const drawn = Object.keys(latencies).map((kind) => [kind, drawSeconds(Number(seed), kind as LatencyKind, id, use)]);
  return { latencies, seed: Number(seed), resourceId: id, use, drawn: Object.fromEntries(drawn) as JsonObject };
}

/** What a foreign hand does: reads, merges into (or creates) and removes a resource at once, without any check. */
function answerState(azure: Azure, request: Request, id: string): Answer {
  const resource = azure.store.resources.get(id.toLowerCase());
  const lone = resource !== undefined || typeOfId(azure, id) !== undefined;
  const parent = lone ? undefined : azure.store.resources.get(parentId(id).toLowerCase());
  const child = parent === undefined ? undefined : childOf(parent, id);
  if (request.method === 'GET') {
    const body = resource?.body ?? child;
    if (body === undefined) throw new ArmError(404, 'NotFound', `Nothing is stored under ${id}.`);
    return { status: 200, body };
  }
  if (request.method === 'DELETE') {
    if (parent !== undefined) azure.store.commit([put(replaceChild(azure, parent, id, undefined))]);
    noteDone(
      azure,
      parent === undefined || hasAddress(azure, parent, id) ? 'DELETE' : 'PUT',
      writtenId(azure, parent, id),
    );
    const keys = [...azure.store.resources.keys()].filter((key) => sameId(key, id) || isBelow(key, id));
    azure.store.commit(keys.map((key) => ['resources', key, null]));
    return { status: 204 };
  }
  if (request.method !== 'PUT')
    throw new ArmError(405, 'HttpMethodNotAllowed', `${request.method} is not supported here.`);
  const patch = parseBody(request.text);
  if (parent !== undefined) {
    const merged = replaceChild(
      azure,
      parent,
      id,
      mergePatch(child ?? { name: lastSegment(id), id }, patch) as JsonObject,
    );
    azure.store.commit([put(merged)]);
    noteDone(azure, 'PUT', writtenId(azure, parent, id));
    return { status: 200, body: childOf(merged, id) ?? {} };
  }
  const grafted = graft(azure, resource ?? newResource(azure, id), patch);
  azure.store.commit([put(grafted)]);
  noteDone(azure, 'PUT', grafted.id);
  return { status: resource === undefined ? 201 : 200, body: grafted.body };
}

/** A change of a part without an address of its own, such as a rule collection, is a write of the whole. */
function writtenId(azure: Azure, parent: Resource | undefined, id: string): string {
  return parent === undefined || hasAddress(azure, parent, id) ? id : parent.id;
}

function hasAddress(azure: Azure, parent: Resource, childId: string): boolean {
  const collection = childId.split('/').at(-2) ?? '';
  const known = azure.types.get(parent.type.toLowerCase())?.children ?? [];
  return known.some(({ kind, name }) => kind !== undefined && sameId(name, collection));
}

function graft(azure: Azure, resource: Resource, patch: JsonObject): Resource {
  return restamp(azure, { ...resource, body: mergePatch(resource.body, patch) as JsonObject });
}

/** A write from outside changes the etag as any other does, and leaves the state as it is. */
function restamp(azure: Azure, resource: Resource): Resource {
  const type = azure.types.get(resource.type.toLowerCase());
  if (type === undefined) return resource;
  const state = stringAt(resource.body, 'properties', 'provisioningState') ?? 'Succeeded';
  return { ...resource, body: stamp(type, resource.body, newEtag(type), state) };
}

/** The type of an id whose resource is stored on its own, though it may lie in another, as rule collection groups do. */
function typeOfId(azure: Azure, id: string): ResourceType | undefined {
  return azure.types.get(typeOf(id).toLowerCase());
}

function newResource(azure: Azure, id: string): Resource {
  const path = parsePath(id);
  const [typeName, ...more] = path?.types ?? [];
  if (path?.group !== undefined && path.namespace === undefined) {
    const own = groupId(path.subscription, path.group);
    const body = { id: own, name: path.group, type: GROUP_TYPE, properties: { provisioningState: 'Succeeded' } };
    return { id: own, type: GROUP_TYPE, body };
  }
  const nested = more.length > 0 ? typeOfId(azure, id) : undefined;
  const owner = azure.store.resources.get(parentId(id).toLowerCase());
  if (nested !== undefined && owner !== undefined) {
    const own = `${owner.id}/${nested.type.split('/').at(-1) ?? ''}/${lastSegment(id)}`;
    const { location } = owner.body;
    const properties = { provisioningState: 'Succeeded' };
    const body = { id: own, name: lastSegment(id), type: nested.type, ...compact({ location }), properties };
    return { id: own, type: nested.type, body };
  }
  if (path?.namespace === undefined || typeName === undefined || more.length > 0 || path.names.length !== 1) {
    throw new ArmError(
      400,
      'InvalidRequestContent',
      `${id} is neither the id of a resource nor that of a child of one that exists.`,
    );
  }
  const group = azure.store.resources.get(path.scope.toLowerCase());
  if (group === undefined)
    throw new ArmError(404, 'ResourceGroupNotFound', `Resource group '${path.scope}' could not be found.`);
  const type =
    azure.types.get(`${path.namespace}/${typeName}`.toLowerCase())?.type ??
    `${requireNamespace(path.namespace)}/${typeName}`;
  const name = path.names[0] ?? '';
  const own = `${group.id}/providers/${type}/${name}`;
  const body = {
    id: own,
    name,
    type,
    location: group.body['location'],
    properties: { provisioningState: 'Succeeded' },
  };
  return { id: own, type, body };
}

function childOf(parent: Resource, id: string): JsonObject | undefined {
  const collection = id.split('/').at(-2) ?? '';
  return objectsAt(parent.body, 'properties', collection).find((child) =>
    sameId(asText(child['name']), lastSegment(id)),
  );
}

function replaceChild(azure: Azure, parent: Resource, id: string, replacement: JsonObject | undefined): Resource {
  const collection = id.split('/').at(-2) ?? '';
  const children = objectsAt(parent.body, 'properties', collection);
  const others = children.filter((child) => !sameId(asText(child['name']), lastSegment(id)));
  const properties = {
    ...objectAt(parent.body, 'properties'),
    [collection]: replacement === undefined ? others : [...others, replacement],
  };
  return restamp(azure, { ...parent, body: { ...parent.body, properties } });
}

function putProvider(azure: Azure, namespace: string, body: JsonObject): Answer {
  const state = body['registrationState'];
  if (state !== 'NotRegistered' && state !== 'Registering' && state !== 'Registered') {
    throw new ArmError(
      400,
      'InvalidRequestContent',
      'registrationState must be NotRegistered, Registering or Registered.',
    );
  }
  for (const subscription of azure.subscriptions)
    setRegistration(azure, subscription, requireNamespace(namespace), state);
  return { status: 200, body: { namespace, registrationState: state } };
}

/** `{ "<location>": { "<usage>": limit } }` */
function putQuotas(azure: Azure, body: JsonObject): Answer {
  for (const [location, limits] of Object.entries(body)) {
    for (const [usage, limit] of Object.entries(isObject(limits) ? limits : {})) {
      if (typeof limit !== 'number')
        throw new ArmError(400, 'InvalidRequestContent', `The limit of ${usage} must be a number.`);
      azure.store.commit([['quotas', `${location}/${usage}`.toLowerCase(), limit]]);
    }
  }
  return { status: 200, body };
}

/** Says who is in a group of the directory: object ids, all of them. */
function putGroup(azure: Azure, id: string, body: JsonObject): Answer {
  azure.store.commit([['groups', id.toLowerCase(), stringsAt(body, 'members')]]);
  return { status: 200, body: { id, members: azure.store.groups.get(id.toLowerCase()) ?? [] } };
}
