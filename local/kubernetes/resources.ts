import { authorize, type KubernetesUser } from './access.ts';
import type { Cluster } from './cluster.ts';
import { deleteBody, remove } from './deletes.ts';
import { objectBody, parsedBody, type Answer, type Request } from './http.ts';
import { stringAt, stringsAt } from './json.ts';
import { listBody, pageOf } from './lists.ts';
import type { KubernetesObject } from './objects.ts';
import { representationOf, tableOf, type Representation } from './representation.ts';
import type { Route } from './routes.ts';
import { selectorOf } from './selectors.ts';
import { methodNotAllowed, notFound } from './statuses.ts';
import { watch } from './watch.ts';
import { create, find, patch, replace, serverSideApply, type WriteOptions } from './writes.ts';

/** Answers a request for objects; throws a StatusError for what the API refuses. */
export function answerResource(cluster: Cluster, route: Route, user: KubernetesUser, request: Request): Answer {
  const { type, namespace, name, subresource } = route;
  const verb = verbOf(request, name !== '');
  const resource = subresource === undefined ? type.resource : `${type.resource}/${subresource}`;
  authorize(user, verb, { resource, namespace, name });
  if (!type.verbs.includes(verb)) throw methodNotAllowed();
  const representation = representationOf(request.accept);
  const warnings: string[] = [];
  const options = writeOptions(request, warnings);
  const shown = (object: KubernetesObject, status = 200): Answer => ({
    status,
    warnings,
    body: shownObject(cluster, route, object, representation, request.query),
  });
  switch (verb) {
    case 'get':
      return shown(find(cluster, route));
    case 'list':
      return answerList(cluster, route, representation, request.query);
    case 'watch': {
      const { store, clock } = cluster;
      const selects = selectorOf(type, namespace, request.query);
      return { status: 200, stream: watch({ store, clock, type, selects, query: request.query, representation }) };
    }
    case 'create':
      return shown(create(cluster, route, objectBody(request), options), 201);
    case 'update':
      return shown(replace(cluster, route, objectBody(request), options));
    case 'patch': {
      if (request.mediaType === 'application/apply-patch+yaml') {
        const force = request.query.get('force') === 'true';
        const { object, created } = serverSideApply(cluster, route, objectBody(request), { ...options, force });
        return shown(object, created ? 201 : 200);
      }
      return shown(patch(cluster, route, request.mediaType, parsedBody(request), options));
    }
    case 'delete': {
      const removed = remove(cluster, route, deleteOptions(request));
      return { status: 200, body: deleteBody(route, cluster, removed) };
    }
    case 'deletecollection':
      return deleteAll(cluster, route, request);
  }
}

type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

function verbOf({ method, query }: Request, isNamed: boolean): Verb {
  const watching = query.get('watch') === 'true' || query.get('watch') === '1';
  const verbs: Readonly<Record<string, Verb>> = isNamed
    ? { GET: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }
    : { GET: watching ? 'watch' : 'list', POST: 'create', DELETE: 'deletecollection' };
  const verb = verbs[method];
  if (verb === undefined) throw methodNotAllowed();
  return verb;
}

function shownObject(
  { clock }: Cluster,
  { type }: Route,
  object: KubernetesObject,
  representation: Representation,
  query: URLSearchParams,
) {
  if (representation === 'plain') return object;
  const { resourceVersion } = object.metadata;
  const options = { now: clock.now(), includeObject: query.get('includeObject'), withColumns: true };
  return tableOf(type.columns, [object], { resourceVersion }, options);
}

function answerList(
  { store, clock }: Cluster,
  { type, namespace }: Route,
  representation: Representation,
  query: URLSearchParams,
): Answer {
  const page = pageOf(store, type, selectorOf(type, namespace, query), query);
  const options = { now: clock.now(), includeObject: query.get('includeObject'), withColumns: true };
  return {
    status: 200,
    page: page.number,
    body:
      representation === 'plain' ? listBody(type, page) : tableOf(type.columns, page.objects, page.metadata, options),
  };
}

function deleteAll(cluster: Cluster, route: Route, request: Request): Answer {
  const { type, namespace } = route;
  if (namespace === '') throw methodNotAllowed();
  const selects = selectorOf(type, namespace, request.query);
  const objects = cluster.store.list(type.resource).filter(selects);
  if (objects.length === 0 && cluster.store.get('namespaces', '', namespace) === undefined) {
    throw notFound({ resource: 'namespaces', name: namespace });
  }
  const { dryRun } = deleteOptions(request);
  const removed = objects.map(({ metadata }) => remove(cluster, { ...route, name: metadata.name }, { dryRun }));
  const metadata = { resourceVersion: String(cluster.store.revision) };
  return { status: 200, body: listBody(type, { objects: removed, metadata, number: 1 }) };
}

function deleteOptions(request: Request) {
  const body = objectBody(request, true);
  return {
    uid: stringAt(body, 'preconditions', 'uid'),
    resourceVersion: stringAt(body, 'preconditions', 'resourceVersion'),
    dryRun: request.query.get('dryRun') === 'All' || stringsAt(body, 'dryRun').includes('All'),
  };
}

/** The manager is the one named, or the program that calls. */
function writeOptions({ query, userAgent }: Request, warnings: string[]): WriteOptions {
  const fieldValidation = query.get('fieldValidation') ?? 'Warn';
  return {
    manager: query.get('fieldManager') ?? userAgent.split('/')[0] ?? 'unknown',
    dryRun: query.get('dryRun') === 'All',
    strict: fieldValidation === 'Strict',
    warn: (message) => {
      if (fieldValidation === 'Warn') warnings.push(message);
    },
  };
}
