import { resourceTypes, type ResourceType } from './resourceTypes.ts';
import { noSuchPath } from './statuses.ts';

/** What a path below /api/v1 names. */
export interface Route {
  readonly type: ResourceType;
  /** Empty for all namespaces, and for cluster-wide kinds. */
  readonly namespace: string;
  /** Empty for the collection. */
  readonly name: string;
  readonly subresource: 'status' | undefined;
}

/** The route of a path; 404 when it names nothing this server has. */
export function routeOf(path: string): Route {
  const match = /^\/api\/v1\/(.+)$/.exec(path);
  const parts = (match?.[1] ?? '').split('/').map(decodeURIComponent);
  const [first = '', second = '', third = '', ...rest] = parts;
  const namespaced = first === 'namespaces' && second !== '' && third !== '' && third !== 'status';
  const [resource, namespace, tail] = namespaced ? [third, second, rest] : [first, '', parts.slice(1)];
  const type = resourceTypes.find((candidate) => candidate.resource === resource);
  const [name = '', subresource, ...more] = tail;
  const isStatus = subresource === 'status' && type?.hasStatus === true;
  if (type === undefined || more.length > 0 || (subresource !== undefined && !isStatus)) throw noSuchPath();
  // Objects of a namespaced kind are only found within their namespace.
  if (type.namespaced !== namespaced && !(type.namespaced && name === '')) throw noSuchPath();
  return { type, namespace, name, subresource: isStatus ? 'status' : undefined };
}
