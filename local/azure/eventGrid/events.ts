import type { Activity } from '../activity.ts';
import type { Json, JsonObject } from '../json.ts';
import { fractionOf } from '../latencies.ts';
import { parsePath } from '../resourceId.ts';
import type { ResourceEvent } from './delivery.ts';

export type DeliverySchema = 'EventGridSchema' | 'CloudEventSchemaV1_0';

const types = {
  PUT: 'Microsoft.Resources.ResourceWriteSuccess',
  PATCH: 'Microsoft.Resources.ResourceWriteSuccess',
  POST: 'Microsoft.Resources.ResourceActionSuccess',
  DELETE: 'Microsoft.Resources.ResourceDeleteSuccess',
} as const;

/** The types of event that a subscription's system topic has. */
export const eventTypes: readonly string[] = [
  ...['Write', 'Delete', 'Action'].flatMap((verb) =>
    ['Success', 'Failure', 'Cancel'].map((end) => `Microsoft.Resources.Resource${verb}${end}`),
  ),
];

/** What ARM tells of a write that has ended. The payload names the resource and says nothing of its content. */
export function resourceEvent(activity: Activity, tenantId: string): ResourceEvent {
  const { caller, id, method, operationName, resourceId } = activity;
  const path = parsePath(resourceId);
  const subscription = path?.subscription ?? '';
  const uri = spelled(resourceId, 'resourceGroups', path?.group?.toLowerCase());
  return {
    id,
    source: `/subscriptions/${subscription}`,
    subject: subjectOf(activity, path?.group),
    type: types[method],
    time: activity.endsAt,
    data: {
      authorization: {
        scope: uri,
        action: operationName,
        evidence: { role: 'Contributor', principalType: isPerson(caller) ? 'User' : 'ServicePrincipal' },
      },
      claims: claimsOf(caller),
      correlationId: activity.correlationId,
      // ARM does not always tell which request it was.
      ...(fractionOf('http', id) < 0.5 ? { httpRequest: httpRequestOf(method, uri) } : {}),
      resourceProvider: operationName.split('/')[0] ?? '',
      resourceUri: uri,
      operationName,
      status: 'Succeeded',
      subscriptionId: subscription,
      tenantId,
    },
  };
}

/** The body of a delivery: a list of one for Event Grid's own schema, the event itself for CloudEvents. */
export function payload(event: ResourceEvent, schema: DeliverySchema): Json {
  if (schema === 'CloudEventSchemaV1_0') {
    const { id, source, subject, type, data } = event;
    return { specversion: '1.0', id, source, subject, type, time: timeText(event.time), data };
  }
  return [
    {
      topic: event.source,
      subject: event.subject,
      eventType: event.type,
      eventTime: timeText(event.time),
      id: event.id,
      data: event.data,
      dataVersion: '2',
      metadataVersion: '1',
    },
  ];
}

/** Event Grid's times have seven decimals. */
export function timeText(time: number): string {
  return new Date(time).toISOString().replace('Z', '0000Z');
}

function isPerson(caller: string): boolean {
  return caller.includes('@');
}

export function claimsOf(caller: string): JsonObject {
  const aud = 'https://management.azure.com/';
  return isPerson(caller)
    ? { aud, 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': caller, idtyp: 'user' }
    : { aud, appid: caller, idtyp: 'app' };
}

/** Nobody can rely on the case of a subject: it is as the request that caused it, or as some service spells it. */
function subjectOf({ id, resourceId }: Activity, group: string | undefined): string {
  const fraction = fractionOf('subject', id);
  if (fraction < 1 / 3) return resourceId;
  return fraction < 2 / 3
    ? spelled(resourceId, 'resourcegroups', group)
    : spelled(resourceId, 'resourceGroups', group?.toLowerCase());
}

function spelled(id: string, segment: string, group: string | undefined): string {
  return group === undefined ? id : id.replace(/\/resourcegroups\/[^/]+/i, () => `/${segment}/${group}`);
}

function httpRequestOf(method: string, uri: string): JsonObject {
  const url = `https://management.azure.com${uri}?api-version=2024-05-01`;
  return { clientRequestId: '', clientIpAddress: '20.62.1.1', method, url };
}
