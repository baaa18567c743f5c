import { asText, at, isObject, objectsAt, stringAt, type Json, type JsonObject } from '../../../../local/azure/json.ts';
import { groupId, isBelow, parsePath, sameId } from '../../../../local/azure/resourceId.ts';

/** One exchange with the real ARM, as a line of a recording holds it; header names are in lower case. */
export interface Recorded {
  readonly command: string;
  readonly method: string;
  readonly uri: string;
  readonly body: Json;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly response: Json;
}

export const SUBSCRIPTION = '00000000-0000-0000-0000-000000000000';

/** The reference data's recordings, all of them. */
export const recordings = [
  'aks-authorized-ranges',
  'aks-private-cluster',
  'firewall-dns-proxy',
  'firewall-ip-config-2021',
  'firewall-policy-and-rule-groups',
  'firewall-rules',
  'firewall-with-policy-2020',
  'public-ip',
  'route-table',
  'virtual-network',
] as const;

const RUNNING = ['InProgress', 'Creating', 'Updating', 'Scaling', 'Deleting'];

/** The operation that a poll asks for, or that a header leads to: `operations/<id>`; undefined for other URLs. */
export function operationIn(url: string | undefined): string | undefined {
  const [, endpoint = '', id = ''] = /\/(\w*operation\w*)\/([\w-]+)(?:\?|$)/i.exec(url ?? '') ?? [];
  return id === '' ? undefined : `${endpoint.toLowerCase()}/${id.toLowerCase()}`;
}

/** Whether the answer shows an operation that is still under way. */
export function showsRunning({ method, response }: Recorded): boolean {
  const state = stringAt(response, 'status') ?? stringAt(response, 'properties', 'provisioningState');
  return method === 'GET' && state !== undefined && RUNNING.includes(state);
}

/** The type that is addressed, as deviations name it: `routeTables`, `subnets`, `resourcegroups`. */
export function typeAddressed(uri: string): string {
  const path = parsePath(new URL(uri).pathname);
  return path?.types.at(-1) ?? 'resourcegroups';
}

/** Whether a collection is listed, rather than one resource read. */
export function isList(record: Recorded): boolean {
  return record.method === 'GET' && Array.isArray(at(record.response, 'value'));
}

/** The resource group that a recording works in; it was there before the first request. */
export function groupOfRecording(records: readonly Recorded[]): { readonly id: string; readonly body: JsonObject } {
  const read = records.find(({ method, uri }) => method === 'GET' && /\/resourcegroups\/[^/]+\?/i.test(uri))?.response;
  if (isObject(read)) {
    return { id: asText(read['id']), body: { location: read['location'] ?? null, tags: read['tags'] ?? {} } };
  }
  const write = records.find(({ method }) => method === 'PUT');
  const group = parsePath(new URL(write?.uri ?? '').pathname)?.group;
  if (group === undefined) throw new Error('The recording names no resource group.');
  return { id: groupId(SUBSCRIPTION, group), body: { location: at(write?.body, 'location') ?? null } };
}

/** The answer without what belonged to others: a subscription's lists held resources of whoever else used it. */
export function ownResponse(record: Recorded, group: string): Json {
  if (!isList(record)) return record.response;
  const own = objectsAt(record.response, 'value').filter(
    ({ id }) => isBelow(asText(id), group) || sameId(asText(id), group),
  );
  return { ...(record.response as JsonObject), value: own };
}
