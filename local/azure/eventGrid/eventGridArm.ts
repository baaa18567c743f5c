import { invalidResourceType, resourceNotFound } from '../errors.ts';
import type { Answer } from '../http.ts';
import { objectAt, stringAt, type JsonObject } from '../json.ts';
import { groupOf, isBelow, lastSegment } from '../resourceId.ts';
import type { Resource } from '../store.ts';
import { methodNotAllowed, ok, type Visit } from '../visit.ts';
import { deleteResource, present, putResource } from '../writes.ts';
import type { DeliverySchema } from './events.ts';
import { EVENT_SUBSCRIPTION_TYPE, eventSubscriptions } from './eventSubscriptions.ts';
import { shakeHands } from './handshake.ts';
import { checkSubscription } from './subscriptionChecks.ts';

/** Answers for what lies below a system topic: its event subscriptions and the one action on them. */
export async function answerEventSubscription(visit: Visit, topic: Resource): Promise<Answer> {
  const { azure, request, path, call } = visit;
  const [, typeName = '', action] = path.types;
  const name = path.names[1];
  if (typeName.toLowerCase() !== 'eventsubscriptions')
    throw invalidResourceType('Microsoft.EventGrid', `systemTopics/${typeName}`, call.apiVersion);
  if (name === undefined) {
    const all = [...azure.store.resources.values()].filter(
      ({ id, type }) => type === EVENT_SUBSCRIPTION_TYPE && isBelow(id, topic.id),
    );
    return ok({ value: all.map(({ body }) => present(azure, eventSubscriptions, body)) });
  }
  const id = `${topic.id}/eventSubscriptions/${name}`;
  const existing = azure.store.resources.get(id.toLowerCase());
  if (request.method === 'PUT' && action === undefined) return putSubscription(visit, topic, id, visit.body());
  if (request.method === 'DELETE' && action === undefined)
    return existing === undefined ? { status: 204 } : deleteResource(azure, eventSubscriptions, existing, call);
  if (existing === undefined)
    throw resourceNotFound(EVENT_SUBSCRIPTION_TYPE, `${lastSegment(topic.id)}/${name}`, groupOf(topic.id));
  if (request.method === 'PATCH' && action === undefined)
    return patchSubscription(visit, topic, existing, visit.body());
  if (request.method === 'POST' && action?.toLowerCase() === 'getfullurl') {
    return ok({ endpointUrl: stringAt(existing.body, 'properties', 'destination', 'properties', 'endpointUrl') });
  }
  if (request.method !== 'GET' || action !== undefined) throw methodNotAllowed(request);
  return ok(present(azure, eventSubscriptions, existing.body));
}

/** A PATCH has the properties at the top, and leaves those it doesn't name as they are. */
async function patchSubscription(visit: Visit, topic: Resource, existing: Resource, sent: JsonObject): Promise<Answer> {
  const properties = { ...objectAt(existing.body, 'properties'), ...sent };
  if (sent['destination'] !== undefined || sent['eventDeliverySchema'] !== undefined)
    return putSubscription(visit, topic, existing.id, { properties });
  return putResource(visit.azure, eventSubscriptions, existing.id, { properties }, visit.call);
}

async function putSubscription({ azure, call }: Visit, topic: Resource, id: string, sent: JsonObject): Promise<Answer> {
  const properties = objectAt(sent, 'properties');
  checkSubscription(properties, topic.body);
  const url = stringAt(properties, 'destination', 'properties', 'endpointUrl');
  if (stringAt(properties, 'destination', 'endpointType') === 'WebHook' && url !== undefined) {
    const schema = (stringAt(properties, 'eventDeliverySchema') ?? 'EventGridSchema') as DeliverySchema;
    const source = stringAt(topic.body, 'properties', 'source') ?? '';
    await shakeHands({ clock: azure.clock, id, source, url, schema });
  }
  return putResource(azure, eventSubscriptions, id, sent, call);
}
