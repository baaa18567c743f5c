import { randomBytes, randomUUID } from 'node:crypto';
import type { Cluster } from './cluster.ts';
import { decode } from './decode.ts';
import { at, omit, sameJson, stringAt, type Json, type JsonObject } from './json.ts';
import { afterUpdate, apply } from './managedFields.ts';
import { metadataProblems } from './names.ts';
import { timestamp, withMetadata, type KubernetesObject } from './objects.ts';
import { patched } from './patches.ts';
import { headOf, type ResourceType } from './resourceTypes.ts';
import { allocate } from './serviceAllocation.ts';
import { carryOver } from './serviceDefaults.ts';
import {
  alreadyExists,
  badRequest,
  conflict,
  forbidden,
  invalid,
  notFound,
  problem,
  type FieldProblem,
  type Subject,
} from './statuses.ts';

/** Where an object is or shall be; the namespace is empty for cluster-wide kinds. */
export interface Place {
  readonly type: ResourceType;
  readonly namespace: string;
  readonly name: string;
  readonly subresource?: 'status' | undefined;
}

export interface WriteOptions {
  /** Who is noted in `managedFields`. */
  readonly manager: string;
  readonly dryRun?: boolean;
  /** Whether unknown fields are refused; they are dropped otherwise, and `warn` is told. */
  readonly strict?: boolean;
  readonly warn?: (message: string) => void;
}

export function find(cluster: Cluster, { type, namespace, name }: Place): KubernetesObject {
  const object = cluster.store.get(type.resource, namespace, name);
  if (object === undefined) throw notFound({ resource: type.resource, name });
  return object;
}

/** Creates an object from a body as it was sent; it is named by `generateName` when it has no name. */
export function create(cluster: Cluster, place: Place, body: JsonObject, options: WriteOptions): KubernetesObject {
  const sent = decoded(place, body, options);
  if (stringAt(sent, 'metadata', 'resourceVersion') !== undefined) {
    throw badRequest('resourceVersion should not be set on objects to be created');
  }
  return finish(cluster, place, fresh(cluster, place, sent), undefined, options);
}

/** Replaces an object by a body as it was sent; allocated values that it doesn't mention stay. */
export function replace(cluster: Cluster, place: Place, body: JsonObject, options: WriteOptions): KubernetesObject {
  const before = find(cluster, place);
  return change(cluster, place, before, decoded(place, body, options), options);
}

/** Patches an object, by any type of patch but an apply. */
export function patch(
  cluster: Cluster,
  place: Place,
  mediaType: string,
  body: Json,
  options: WriteOptions,
): KubernetesObject {
  const before = find(cluster, place);
  const result = patched(mediaType, place.type.schema, before, body);
  return change(cluster, place, before, decoded(place, result, options), options);
}

/** Server-side apply, which creates what isn't there. */
export function serverSideApply(
  cluster: Cluster,
  place: Place,
  body: JsonObject,
  { force, ...options }: WriteOptions & { readonly force: boolean },
): { readonly object: KubernetesObject; readonly created: boolean } {
  const { type } = place;
  const config = decoded(place, body, options);
  const before = cluster.store.get(type.resource, place.namespace, place.name);
  const live = before ?? fresh(cluster, place, { metadata: { name: place.name } });
  const manager = {
    name: options.manager,
    operation: 'Apply',
    subresource: place.subresource,
    time: timestamp(cluster.clock.now()),
  } as const;
  if (at(config, 'metadata', 'managedFields') !== undefined) throw badRequest('metadata.managedFields must be nil');
  const { object, managedFields } = apply(type.schema, live, config, manager, force);
  if (before === undefined) {
    const candidate = object as KubernetesObject;
    return { object: finish(cluster, place, candidate, undefined, options, managedFields), created: true };
  }
  return { object: change(cluster, place, before, object, options, managedFields), created: false };
}

/** The object with its identity given, as its creation starts out. */
function fresh(cluster: Cluster, { type, namespace, name: placed }: Place, sent: JsonObject): KubernetesObject {
  const generateName = stringAt(sent, 'metadata', 'generateName');
  const suffix = () => randomBytes(3).toString('hex').slice(1);
  const generated = generateName === undefined ? '' : `${generateName}${suffix()}`;
  const name = stringAt(sent, 'metadata', 'name') ?? (placed === '' ? generated : placed);
  const subject = { resource: type.resource, kind: type.kind, name };
  if (type.namespaced) checkNamespace(cluster, namespace, subject);
  if (name !== '' && cluster.store.get(type.resource, namespace, name) !== undefined) throw alreadyExists(subject);
  return withMetadata({ ...omit(sent, 'status'), ...headOf(type) } as unknown as KubernetesObject, {
    name,
    namespace: type.namespaced ? namespace : undefined,
    uid: randomUUID(),
    creationTimestamp: timestamp(cluster.clock.now()),
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
  });
}

/** Changes an object to the candidate, of which the main resource takes all but the status, and `/status` not the spec. */
export function change(
  cluster: Cluster,
  place: Place,
  before: KubernetesObject,
  candidate: JsonObject,
  options: WriteOptions,
  managedFields?: readonly JsonObject[],
): KubernetesObject {
  const { type } = place;
  checkPreconditions({ resource: type.resource, kind: type.kind, name: before.metadata.name }, before, {
    uid: stringAt(candidate, 'metadata', 'uid'),
    resourceVersion: stringAt(candidate, 'metadata', 'resourceVersion'),
  });
  const statusOnly = place.subresource === 'status';
  const next = {
    ...candidate,
    ...headOf(type),
    ...(statusOnly ? {} : { status: before.status }),
    ...(statusOnly || type.resource === 'namespaces' ? { spec: before.spec } : {}),
  } as unknown as KubernetesObject;
  const { uid, name, namespace, resourceVersion, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds } =
    before.metadata;
  const kept = withMetadata(next, {
    ...{ uid, name, namespace, resourceVersion, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds },
  });
  return finish(cluster, place, kept, before, options, managedFields);
}

/** Fills in defaults, allocates, judges and stores; a change of nothing leaves the resourceVersion as it is. */
function finish(
  cluster: Cluster,
  { type, subresource }: Place,
  candidate: KubernetesObject,
  before: KubernetesObject | undefined,
  { manager, dryRun = false }: WriteOptions,
  managedFields?: readonly JsonObject[],
): KubernetesObject {
  const isService = type.resource === 'services';
  const defaulted = type.withDefaults(candidate);
  const completed = isService && before !== undefined ? carryOver(defaulted, before) : defaulted;
  const time = timestamp(cluster.clock.now());
  const writer = { name: manager, operation: 'Update', subresource, time } as const;
  const managed = managedFields ?? afterUpdate(type.schema, before, completed, writer);
  const owned = withMetadata(completed, { managedFields: managed.length === 0 ? undefined : managed });
  const { service: object, problems: unallocated } = isService
    ? allocate(owned, othersThan(cluster, owned), cluster.serviceCidr)
    : { service: owned, problems: [] };
  const problems = [
    ...metadataProblems(object.metadata, type.nameProblem),
    ...finalizerProblems(object, before),
    ...type.problems(object, before),
    ...unallocated,
  ];
  if (problems.length > 0) {
    throw invalid({ resource: type.resource, kind: type.kind, name: object.metadata.name }, problems);
  }
  if (before !== undefined && sameJson(object, before)) return before;
  if (dryRun) return object;
  return isFinal(object) ? cluster.store.remove(type.resource, object) : cluster.store.put(type.resource, object);
}

/** Whether nothing holds back the removal of an object whose deletion was asked for. */
function isFinal(object: KubernetesObject): boolean {
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  return deletionTimestamp !== undefined && finalizers.length === 0 && object.kind !== 'Namespace';
}

function othersThan(cluster: Cluster, { metadata }: KubernetesObject): readonly KubernetesObject[] {
  return cluster.store.list('services').filter((other) => other.metadata.uid !== metadata.uid);
}

function decoded({ type, namespace, name: placed }: Place, body: JsonObject, options: WriteOptions): JsonObject {
  const { kind = type.kind, apiVersion = 'v1' } = body;
  if (kind !== type.kind || apiVersion !== 'v1') {
    throw badRequest(
      `${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)} cannot be handled as a ${type.kind}: the path takes a ${type.kind} of v1`,
    );
  }
  const { object, unknown } = decode(type.schema, body);
  const messages = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (options.strict === true && messages.length > 0) {
    throw badRequest(
      `${type.kind} in version "v1" cannot be handled as a ${type.kind}: strict decoding error: ${messages.join(', ')}`,
    );
  }
  for (const message of messages) options.warn?.(message);
  const sentNamespace = stringAt(object, 'metadata', 'namespace');
  if (type.namespaced && sentNamespace !== undefined && sentNamespace !== namespace) {
    throw badRequest(
      `the namespace of the provided object does not match the namespace sent on the request (${sentNamespace} and ${namespace})`,
    );
  }
  const sentName = stringAt(object, 'metadata', 'name');
  if (placed !== '' && sentName !== undefined && sentName !== placed) {
    throw badRequest(`the name of the object (${sentName}) does not match the name on the URL (${placed})`);
  }
  return object;
}

function checkNamespace(cluster: Cluster, name: string, subject: Subject): void {
  const namespace = cluster.store.get('namespaces', '', name);
  if (namespace === undefined) throw notFound({ resource: 'namespaces', name });
  if (namespace.metadata.deletionTimestamp !== undefined) {
    throw forbidden(subject, `unable to create new content in namespace ${name} because it is being terminated`);
  }
}

/** Refuses with 409 when the caller meant another object or an older state of it. */
export function checkPreconditions(
  subject: Subject,
  { metadata }: KubernetesObject,
  { uid, resourceVersion }: { uid?: string | undefined; resourceVersion?: string | undefined },
): void {
  if (uid !== undefined && uid !== metadata.uid) {
    throw conflict(subject, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`);
  }
  if (resourceVersion !== undefined && resourceVersion !== '0' && resourceVersion !== metadata.resourceVersion) {
    throw conflict(
      subject,
      'the object has been modified; please apply your changes to the latest version and try again',
    );
  }
}

function finalizerProblems(object: KubernetesObject, before: KubernetesObject | undefined): readonly FieldProblem[] {
  const finalizers = object.metadata.finalizers ?? [];
  const unqualified = finalizers
    .filter((finalizer) => !finalizer.includes('/'))
    .map((finalizer) => {
      const why = 'name is neither a standard finalizer name nor is it fully qualified';
      return problem.invalid('metadata.finalizers', finalizer, why);
    });
  if (before?.metadata.deletionTimestamp === undefined) return unqualified;
  const added = finalizers.filter((finalizer) => !(before.metadata.finalizers ?? []).includes(finalizer));
  if (added.length === 0) return unqualified;
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers ${JSON.stringify(added)}`;
  return [...unqualified, problem.forbidden('metadata.finalizers', why)];
}
