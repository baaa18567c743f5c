import { compact, omit, type JsonObject } from './json.ts';
import { keyOfObject, type ObjectStore } from './objectStore.ts';
import type { KubernetesObject } from './objects.ts';
import type { ResourceType } from './resourceTypes.ts';
import type { Selector } from './selectors.ts';
import { badRequest, expired, StatusError } from './statuses.ts';

export interface Page {
  readonly objects: readonly KubernetesObject[];
  readonly metadata: JsonObject;
  /** From 1. */
  readonly number: number;
}

/** Where a continued list goes on: the first page's revision, the last object handed out, the page's number. */
interface Continuation {
  readonly rv: number;
  readonly start: string;
  readonly page: number;
}

/**
 * One page of a list. All pages show the revision of the first; once that is forgotten the answer is 410 with a token
 * that goes on at the present one. A selector takes `remainingItemCount` away, as in the real server.
 */
export function pageOf(store: ObjectStore, type: ResourceType, selects: Selector, query: URLSearchParams): Page {
  const limit = countParameter(query, 'limit');
  const continued = query.get('continue') ?? '';
  const from = continued === '' ? undefined : continuation(continued);
  const revision = from === undefined ? requestedRevision(store, query) : from.rv || store.revision;
  const all = store.listAt(type.resource, revision);
  if (all === undefined) throw forgotten(store, from);
  const selected = all.filter((object) => selects(object) && (from === undefined || keyOfObject(object) > from.start));
  const objects = limit === 0 ? selected : selected.slice(0, limit);
  const last = objects.at(-1);
  const more = selected.length > objects.length && last !== undefined;
  const number = from?.page ?? 1;
  const remaining = selected.length - objects.length;
  const selective = query.has('fieldSelector') || query.has('labelSelector');
  return {
    objects,
    number,
    metadata: compact({
      resourceVersion: String(revision),
      continue: more ? token({ rv: revision, start: keyOfObject(last), page: number + 1 }) : undefined,
      remainingItemCount: more && !selective ? remaining : undefined,
    }),
  };
}

/** The list as plain JSON: its items leave out what the list's kind says. */
export function listBody(type: ResourceType, { objects, metadata }: Page): JsonObject {
  return {
    kind: `${type.kind}List`,
    apiVersion: 'v1',
    metadata,
    items: objects.map((object) => omit(object, 'kind', 'apiVersion')),
  };
}

function requestedRevision(store: ObjectStore, query: URLSearchParams): number {
  const asked = revisionParameter(query);
  if (asked !== undefined && asked > store.revision) {
    throw new StatusError(
      504,
      'Timeout',
      `Too large resource version: ${asked}, current: ${store.revision}`,
      {
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        retryAfterSeconds: 1,
      },
      { headers: { 'Retry-After': '1' } },
    );
  }
  return asked !== undefined && query.get('resourceVersionMatch') === 'Exact' ? asked : store.revision;
}

/** The revision a request names, if it names one; "0" means any. */
export function revisionParameter(query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion') ?? '';
  if (text === '' || text === '0') return undefined;
  if (!/^\d+$/.test(text)) {
    throw badRequest(
      `Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  return Number(text);
}

function countParameter(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '0';
  if (!/^\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

function forgotten(store: ObjectStore, from: Continuation | undefined): StatusError {
  if (from === undefined) return expired('The resourceVersion for the provided list is too old.');
  return expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    { continue: token({ ...from, rv: 0 }), resourceVersion: String(store.revision) },
  );
}

function token(continuation: Continuation): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', ...continuation })).toString('base64url');
}

function continuation(text: string): Continuation {
  try {
    const parsed = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Partial<Continuation>;
    const { rv, start, page } = parsed;
    if (typeof rv === 'number' && typeof start === 'string' && typeof page === 'number') return { rv, start, page };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw badRequest('continue key is not valid: encoding failed or the token is of another version');
}
