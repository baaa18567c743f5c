import { invalidRequest } from '../errors.ts';
import { at, objectAt, objectsAt, stringAt, stringsAt, type JsonObject } from '../json.ts';
import { sameId } from '../resourceId.ts';
import { eventTypes } from './events.ts';
import { operatorTypes } from './filter.ts';

/** Over all the advanced filters of a subscription. */
const MAX_FILTER_VALUES = 25;

/** Throws the refusal for the first fault in the properties of an event subscription on a topic. */
export function checkSubscription(properties: JsonObject, topic: JsonObject | undefined): void {
  checkDestination(objectAt(properties, 'destination'));
  checkFilter(objectAt(properties, 'filter'));
  checkDeadLetters(properties, topic);
  const schema = properties['eventDeliverySchema'] ?? 'EventGridSchema';
  if (schema !== 'EventGridSchema' && schema !== 'CloudEventSchemaV1_0') {
    throw invalid(`The event delivery schema must be EventGridSchema or CloudEventSchemaV1_0, not ${shown(schema)}.`);
  }
  checkRange(properties, 'maxDeliveryAttempts', 1, 30);
  checkRange(properties, 'eventTimeToLiveInMinutes', 1, 1440);
}

function checkDestination(destination: JsonObject): void {
  const type = stringAt(destination, 'endpointType') ?? '';
  if (type === 'AzureFunction') {
    const id = stringAt(destination, 'properties', 'resourceId') ?? '';
    if (
      /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Web\/sites\/[^/]+\/functions\/[^/]+$/i.test(
        id,
      )
    )
      return;
    throw invalid(
      `The destination's resourceId '${id}' is not the id of a function: it ends in /providers/Microsoft.Web/sites/{app}/functions/{function}.`,
    );
  }
  if (type !== 'WebHook') {
    throw invalid(`Local Azure delivers to the endpoint types WebHook and AzureFunction, not to '${type}'.`);
  }
  if (isWebHookUrl(stringAt(destination, 'properties', 'endpointUrl') ?? '')) return;
  throw invalid(
    'Supplied URL is invalid. It cannot be null or empty and should be a proper HTTPS URL like https://www.example.com.',
  );
}

/** On this machine plain http will do. */
function isWebHookUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname));
}

function checkFilter(filter: JsonObject): void {
  const strange = stringsAt(filter, 'includedEventTypes').find(
    (type) => !eventTypes.some((known) => known.toLowerCase() === type.toLowerCase()),
  );
  if (strange !== undefined)
    throw invalid(`The topic has no event type '${strange}'. It has ${eventTypes.join(', ')}.`);
  let values = 0;
  for (const advanced of objectsAt(filter, 'advancedFilters')) {
    const operatorType = stringAt(advanced, 'operatorType') ?? '';
    const here = stringsAt(advanced, 'values').length;
    if (!operatorTypes.includes(operatorType)) {
      throw invalid(`Local Azure has the advanced filters ${operatorTypes.join(', ')}, not '${operatorType}'.`);
    }
    if (here === 0 || (stringAt(advanced, 'key') ?? '') === '') {
      throw invalid(`The advanced filter ${operatorType} needs a key and at least one value.`);
    }
    values += here;
  }
  if (values > MAX_FILTER_VALUES) {
    throw invalid(
      `The advanced filters have ${values} values; ${MAX_FILTER_VALUES} are allowed in all of them together.`,
    );
  }
}

/** Whoever writes them is the account's key, or an identity that the topic has; never both. */
function checkDeadLetters(properties: JsonObject, topic: JsonObject | undefined): void {
  const withIdentity = properties['deadLetterWithResourceIdentity'] !== undefined;
  const byKey = properties['deadLetterDestination'] !== undefined;
  if (!withIdentity && !byKey) return;
  if (withIdentity && byKey) {
    throw invalid('deadLetterDestination and deadLetterWithResourceIdentity exclude each other.');
  }
  const at = withIdentity
    ? (['deadLetterWithResourceIdentity', 'deadLetterDestination'] as const)
    : (['deadLetterDestination'] as const);
  const destination = objectAt(properties, ...at);
  const container = stringAt(destination, 'properties', 'blobContainerName') ?? '';
  const account = stringAt(destination, 'properties', 'resourceId') ?? '';
  if (stringAt(destination, 'endpointType') !== 'StorageBlob' || container === '' || account === '') {
    throw invalid(
      "Dead letters go to the endpoint type StorageBlob, with the account's resourceId and a blobContainerName.",
    );
  }
  if (!withIdentity) return;
  const writer = stringAt(properties, 'deadLetterWithResourceIdentity', 'identity', 'userAssignedIdentity') ?? '';
  const has = Object.keys(objectAt(topic, 'identity', 'userAssignedIdentities'));
  if (has.some((id) => sameId(id, writer))) return;
  throw invalid(`The identity '${writer}' for dead letters is not one of the topic's own.`);
}

function checkRange(properties: JsonObject, name: string, least: number, most: number): void {
  const value = at(properties, 'retryPolicy', name);
  if (value === undefined || value === null) return;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return;
  throw invalid(`The retry policy's ${name} must be a whole number from ${least} to ${most}, not ${shown(value)}.`);
}

function shown(value: unknown): string {
  return JSON.stringify(value);
}

function invalid(message: string) {
  return invalidRequest(`Invalid event subscription request: ${message}`);
}
