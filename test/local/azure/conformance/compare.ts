import { isObject, type Json, type JsonObject } from '../../../../local/azure/json.ts';
import type { Reply } from '../client.ts';
import type { Correspondence } from './correspondence.ts';

export type Aspect = 'status' | 'header' | 'state' | 'body' | 'value' | 'error';

/** How an answer of local Azure differs from the recorded one. */
export interface Difference {
  readonly aspect: Aspect;
  /** A path in the body (`properties.subnets[].id`), the name of a header, or nothing. */
  readonly path: string;
  /** `missing` is what only the recording has, `extra` what only local Azure has. */
  readonly kind: 'missing' | 'extra' | 'other';
  readonly detail: string;
}

export interface RecordedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
}

const HEADERS = [
  ...['azure-asyncoperation', 'azure-asyncnotification', 'location', 'retry-after', 'etag', 'content-type'],
  ...['x-ms-request-id', 'x-ms-arm-service-request-id'],
];
const RATE_LIMIT = /^x-ms-ratelimit-/;

/**
 * Everything in which two answers differ: status; which headers are there, where operation URLs lead
 * and what etags are; provisioning
 * states; paths and JSON types of the whole body; values; how errors are wrapped and which members they have.
 */
export function differences(recorded: RecordedAnswer, local: Reply, known: Correspondence): readonly Difference[] {
  if (recorded.status !== local.status) {
    const said = JSON.stringify(local.body).slice(0, 200);
    return [other('status', '', `recorded ${recorded.status}, local ${local.status} ${said}`)];
  }
  if (recorded.status >= 400)
    return [...headerDifferences(recorded, local, known), ...errorDifferences(recorded, local)];
  return [...headerDifferences(recorded, local, known), ...bodyDifferences(recorded.body, local.body, '', known)];
}

function headerDifferences(recorded: RecordedAnswer, local: Reply, known: Correspondence): readonly Difference[] {
  const names = [...Object.keys(recorded.headers), ...local.headers.keys()];
  const compared = new Set([...HEADERS, ...names.filter((name) => RATE_LIMIT.test(name))]);
  return [...compared].flatMap((name): Difference[] => {
    const [wanted, given] = [recorded.headers[name], local.headers.get(name) ?? undefined];
    if (wanted === undefined && given === undefined) return [];
    if (given === undefined) return [{ aspect: 'header', path: name, kind: 'missing', detail: wanted ?? '' }];
    if (wanted === undefined) return [{ aspect: 'header', path: name, kind: 'extra', detail: given }];
    if (name === 'etag')
      return known.matches(wanted, given, name) ? [] : [other('header', name, `recorded ${wanted}, local ${given}`)];
    const same = !/^https?:/.test(wanted) || urlShape(wanted) === urlShape(given);
    return same ? [] : [other('header', name, `recorded ${urlShape(wanted)}, local ${urlShape(given)}`)];
  });
}

/** The path of an operation URL with its api-version, without the operation's own id. */
function urlShape(url: string): string {
  const { pathname, searchParams } = new URL(url);
  return `${pathname.replace(/[^/]+$/, '<id>')}?api-version=${searchParams.get('api-version') ?? ''}`;
}

/** Wrapped in `error` or flat, the code, and which members there are; messages name what no two runs share. */
function errorDifferences(recorded: RecordedAnswer, local: Reply): readonly Difference[] {
  const [wanted, given] = [errorShape(recorded.body), errorShape(local.body)];
  return wanted === given ? [] : [other('error', '', `recorded ${wanted}, local ${given}`)];
}

function errorShape(body: Json): string {
  if (!isObject(body)) return 'no body';
  const wrapped = isObject(body['error']);
  const error = wrapped ? (body['error'] as JsonObject) : body;
  const members = Object.keys(error).sort().join(',');
  return `${wrapped ? 'wrapped' : 'flat'} ${JSON.stringify(error['code'])} {${members}}`;
}

function bodyDifferences(
  recorded: Json | undefined,
  local: Json | undefined,
  path: string,
  known: Correspondence,
): readonly Difference[] {
  if (recorded === undefined) return [{ aspect: 'body', path, kind: 'extra', detail: summary(local) }];
  if (local === undefined) return [{ aspect: 'body', path, kind: 'missing', detail: summary(recorded) }];
  const [wanted, given] = [jsonType(recorded), jsonType(local)];
  if (wanted !== given) return [other('body', path, `recorded ${wanted}, local ${given}`)];
  if (Array.isArray(recorded) && Array.isArray(local)) {
    const elements = recorded.length >= local.length ? recorded : local;
    const inner = pathOfElements(path);
    return elements.flatMap((_: Json, index) =>
      bodyDifferences(recorded[index] as Json | undefined, local[index] as Json | undefined, inner, known),
    );
  }
  if (isObject(recorded) && isObject(local)) {
    const names = [...new Set([...Object.keys(recorded), ...Object.keys(local)])];
    return names.flatMap((name) =>
      bodyDifferences(recorded[name], local[name], path === '' ? name : `${path}.${name}`, known),
    );
  }
  const same = typeof recorded === 'string' ? known.matches(recorded, local as string, path) : recorded === local;
  if (same) return [];
  const state = /(^|\.)(provisioningState|status)$/.test(path);
  return [other(state ? 'state' : 'value', path, `recorded ${summary(recorded)}, local ${summary(local)}`)];
}

/** What a list holds is named as if it had been read by itself. */
function pathOfElements(path: string): string {
  return path === 'value' ? '' : `${path}[]`;
}

function jsonType(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function summary(value: Json | undefined): string {
  return JSON.stringify(value).slice(0, 120);
}

function other(aspect: Aspect, path: string, detail: string): Difference {
  return { aspect, path, kind: 'other', detail };
}
