import { typeOf, type Activity } from './activity.ts';
import type { Azure } from './azure.ts';
import { TENANT_ID } from './azure.ts';
import { ArmError, invalidResourceType } from './errors.ts';
import { claimsOf } from './eventGrid/events.ts';
import type { Answer } from './http.ts';
import type { JsonObject } from './json.ts';
import { groupOf, parsePath, sameId } from './resourceId.ts';
import { ok, type Visit } from './visit.ts';

const FILTER_TERM = /(\w+)\s+(eq|ge|le)\s+'([^']*)'/gi;

/** Microsoft.Insights: the management events of a subscription, newest first. */
export function answerActivityLog({ azure, call, path, request }: Visit): Answer {
  const [first = '', second = ''] = path.types;
  const known = first.toLowerCase() === 'eventtypes' && second.toLowerCase() === 'values' && path.names.length === 1;
  if (!known || request.method !== 'GET')
    throw invalidResourceType('Microsoft.Insights', path.types.join('/'), call.apiVersion);
  const wanted = parseFilter(request.url.searchParams.get('$filter') ?? '');
  return ok({ value: entriesOf(azure, path.subscription).filter(wanted).map(entryBody) });
}

interface Entry {
  readonly activity: Activity;
  readonly time: number;
  readonly status: 'Started' | 'Succeeded';
}

/** Each write is told twice: when it is accepted, and when it has ended. */
function entriesOf(azure: Azure, subscription: string): readonly Entry[] {
  const now = azure.clock.now();
  return [...azure.store.activities.values()]
    .filter(({ resourceId }) => sameId(parsePath(resourceId)?.subscription ?? '', subscription))
    .flatMap((activity): Entry[] => [
      { activity, time: activity.startedAt, status: 'Started' },
      { activity, time: activity.endsAt, status: 'Succeeded' },
    ])
    .filter(({ time }) => time <= now)
    .sort((one, other) => one.time - other.time)
    .reverse();
}

/** `eventTimestamp ge '…' and eventTimestamp le '…' and resourceGroupName eq '…'`; the first term is a must. */
function parseFilter(text: string): (entry: Entry) => boolean {
  const terms = [...text.matchAll(FILTER_TERM)].map(([, name = '', operator = '', value = '']) => ({
    what: `${name} ${operator}`.toLowerCase(),
    value,
  }));
  const from = terms.find(({ what }) => what === 'eventtimestamp ge');
  if (from === undefined || Number.isNaN(Date.parse(from.value))) {
    throw new ArmError(
      400,
      'BadRequest',
      "The $filter must have a start time: eventTimestamp ge '2026-01-01T00:00:00Z'.",
    );
  }
  const tests: Readonly<Record<string, (entry: Entry, value: string) => boolean>> = {
    'eventtimestamp ge': ({ time }, value) => time >= Date.parse(value),
    'eventtimestamp le': ({ time }, value) => time <= Date.parse(value),
    'resourcegroupname eq': ({ activity }, value) => sameId(groupOf(activity.resourceId), value),
    'resourceuri eq': ({ activity }, value) => sameId(activity.resourceId, value),
    'resourceid eq': ({ activity }, value) => sameId(activity.resourceId, value),
    'resourceprovider eq': ({ activity }, value) => sameId(activity.operationName.split('/')[0] ?? '', value),
    'correlationid eq': ({ activity }, value) => sameId(activity.correlationId, value),
  };
  const strange = terms.find(({ what }) => tests[what] === undefined);
  if (strange !== undefined) throw new ArmError(400, 'BadRequest', `The $filter can't be used: '${strange.what}'.`);
  return (entry) => terms.every(({ what, value }) => tests[what]?.(entry, value));
}

function entryBody({ activity, time, status }: Entry): JsonObject {
  const { caller, correlationId, id, operationName, resourceId } = activity;
  const subscription = parsePath(resourceId)?.subscription ?? '';
  const timestamp = new Date(time).toISOString();
  const eventName = status === 'Started' ? 'BeginRequest' : 'EndRequest';
  return {
    authorization: { action: operationName, scope: resourceId },
    caller,
    category: labelled('Administrative'),
    claims: claimsOf(caller),
    correlationId,
    eventDataId: id,
    eventName: labelled(eventName),
    eventTimestamp: timestamp,
    id: `${resourceId}/events/${id}/ticks/${Math.floor(time)}`,
    level: 'Informational',
    operationId: correlationId,
    operationName: labelled(operationName),
    resourceGroupName: groupOf(resourceId),
    resourceId,
    resourceProviderName: labelled(operationName.split('/')[0] ?? ''),
    resourceType: labelled(typeOf(resourceId)),
    status: labelled(status),
    subStatus: labelled(''),
    submissionTimestamp: timestamp,
    subscriptionId: subscription,
    tenantId: TENANT_ID,
  };
}

function labelled(value: string): JsonObject {
  return { value, localizedValue: value };
}
