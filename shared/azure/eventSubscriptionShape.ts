import type {
  AzureFunctionEventSubscriptionDestination,
  DeadLetterWithResourceIdentity,
  EventSubscription,
  EventSubscriptionDestinationUnion,
  StorageBlobDeadLetterDestination,
  StringInAdvancedFilter,
  WebHookEventSubscriptionDestination,
} from '@azure/arm-eventgrid';
import { sameId, sameValue } from '../actual/compare.ts';
import type { DeadLetterSettings, EventDestination, EventSettings } from '../settings.ts';

type Shape = Required<Pick<EventSubscription, 'filter' | 'retryPolicy'>> &
  Pick<EventSubscription, 'destination' | 'eventDeliverySchema'> &
  DeadLetterShape;

type DeadLetterShape = Pick<EventSubscription, 'deadLetterDestination' | 'deadLetterWithResourceIdentity'>;

/** ARM's names of what happens to load balancers, and to the rules that say who may come to them. */
const watchedOperations = [
  'Microsoft.Network/loadBalancers/write',
  'Microsoft.Network/loadBalancers/delete',
  'Microsoft.Network/networkSecurityGroups/write',
] as const;

/** Event Grid's own defaults and limits, spelt out: 30 attempts within a day. */
const retryPolicy = { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 };

/** The event subscription that the settings call for. */
export function eventSubscriptionShape({ destination, deadLetter }: EventSettings): Shape {
  const operations: StringInAdvancedFilter = {
    operatorType: 'StringIn',
    key: 'data.operationName',
    values: [...watchedOperations],
  };
  return {
    destination: destinationShape(destination),
    eventDeliverySchema: 'EventGridSchema',
    filter: {
      includedEventTypes: ['Microsoft.Resources.ResourceWriteSuccess', 'Microsoft.Resources.ResourceDeleteSuccess'],
      advancedFilters: [operations],
    },
    retryPolicy,
    ...(deadLetter === undefined ? {} : deadLetterShape(deadLetter)),
  };
}

/** An account without shared keys is written by an identity, which the topic must have. */
function deadLetterShape({ storageAccountId, container, identityId }: DeadLetterSettings): DeadLetterShape {
  const deadLetterDestination: StorageBlobDeadLetterDestination = {
    endpointType: 'StorageBlob',
    resourceId: storageAccountId,
    blobContainerName: container,
  };
  if (identityId === undefined) return { deadLetterDestination };
  const identity = { type: 'UserAssigned', userAssignedIdentity: identityId };
  return { deadLetterWithResourceIdentity: { identity, deadLetterDestination } };
}

function destinationShape(destination: EventDestination): EventSubscriptionDestinationUnion {
  if (destination.kind === 'webhook') {
    const webhook: WebHookEventSubscriptionDestination = { endpointType: 'WebHook', endpointUrl: destination.url };
    return webhook;
  }
  const azureFunction: AzureFunctionEventSubscriptionDestination = {
    endpointType: 'AzureFunction',
    resourceId: destination.functionId,
  };
  return azureFunction;
}

/** Whether an event subscription delivers to where the settings say. Of a webhook, Azure tells the URL without its query. */
export function deliversTo(actual: EventSubscription, wanted: EventDestination): boolean {
  const { resourceId, endpointBaseUrl, endpointType } = (actual.destination ?? {}) as {
    readonly resourceId?: string;
    readonly endpointBaseUrl?: string;
    readonly endpointType?: string;
  };
  if (wanted.kind === 'function')
    return endpointType === 'AzureFunction' && sameId(resourceId ?? '', wanted.functionId);
  return endpointType === 'WebHook' && withoutQuery(endpointBaseUrl ?? '') === withoutQuery(wanted.url);
}

/** Where an event subscription delivers to, as far as it may be shown. */
export function shownDestination({ destination }: EventSubscription): string {
  const { resourceId, endpointBaseUrl, endpointType } = (destination ?? {}) as Readonly<Record<string, string>>;
  return resourceId ?? endpointBaseUrl ?? endpointType ?? 'nowhere';
}

/** Whether filter, retries and dead letters are as wanted; what Azure adds beside them is no difference. */
export function deliversAsWanted(actual: EventSubscription, wanted: Shape): boolean {
  const filters = (actual.filter?.advancedFilters ?? []).map(({ operatorType, key, ...rest }) => ({
    operatorType,
    key: key ?? '',
    values: 'values' in rest && Array.isArray(rest.values) ? rest.values.map(String) : [],
  }));
  const [wantedFilter] = wanted.filter.advancedFilters as readonly StringInAdvancedFilter[];
  const only = filters.length === 1 ? filters[0] : undefined;
  return (
    sameValue(actual.filter?.includedEventTypes ?? [], wanted.filter.includedEventTypes ?? []) &&
    !actual.filter?.subjectBeginsWith &&
    !actual.filter?.subjectEndsWith &&
    only?.operatorType === 'StringIn' &&
    only.key.toLowerCase() === wantedFilter?.key?.toLowerCase() &&
    sameValue(only.values, wantedFilter.values ?? []) &&
    actual.retryPolicy?.maxDeliveryAttempts === wanted.retryPolicy.maxDeliveryAttempts &&
    actual.retryPolicy?.eventTimeToLiveInMinutes === wanted.retryPolicy.eventTimeToLiveInMinutes &&
    sameDeadLetters(actual, wanted)
  );
}

/** Without a setting, dead letters that somebody has switched on stay on. */
function sameDeadLetters(actual: DeadLetterShape, wanted: DeadLetterShape): boolean {
  const { deadLetterDestination, deadLetterWithResourceIdentity } = wanted;
  if (deadLetterWithResourceIdentity !== undefined)
    return (
      sameId(writerOf(actual.deadLetterWithResourceIdentity), writerOf(deadLetterWithResourceIdentity)) &&
      samePlace(
        actual.deadLetterWithResourceIdentity?.deadLetterDestination,
        deadLetterWithResourceIdentity.deadLetterDestination,
      )
    );
  return deadLetterDestination === undefined || samePlace(actual.deadLetterDestination, deadLetterDestination);
}

const writerOf = (deadLetters: DeadLetterWithResourceIdentity | undefined) =>
  deadLetters?.identity?.userAssignedIdentity ?? '';

function samePlace(
  actual: DeadLetterShape['deadLetterDestination'],
  wanted: DeadLetterShape['deadLetterDestination'],
): boolean {
  const [one, other] = [actual, wanted] as Partial<StorageBlobDeadLetterDestination>[];
  return sameId(one?.resourceId ?? '', other?.resourceId ?? '') && one?.blobContainerName === other?.blobContainerName;
}

const withoutQuery = (url: string) =>
  url
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '')
    .toLowerCase();
