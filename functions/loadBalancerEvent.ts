import * as z from 'zod';
import type { Settings } from '../shared/settings.ts';

/** Why an event is none of ours. */
export type ChangeRefusal =
  'malformed' | 'other-event-type' | 'other-operation' | 'other-resource' | 'other-topic' | 'other-subscription';

/** A change of a load balancer or of a network security group in some node resource group. */
export interface RelevantChange {
  readonly id: string;
  /** `/subscriptions/{id}/resourcegroups/{name}`, lower-case: the case of subjects varies. */
  readonly nodeResourceGroupId: string;
}

const eventTypes = ['microsoft.resources.resourcewritesuccess', 'microsoft.resources.resourcedeletesuccess'];
const operations = [
  'microsoft.network/loadbalancers/write',
  'microsoft.network/loadbalancers/delete',
  'microsoft.network/networksecuritygroups/write',
];

/**
 * What both schemas have: Event Grid's own says `topic` and `eventType`, CloudEvents `source` and `type`. Claims and the like
 * are not read.
 */
const resourceEvent = z.object({
  id: z.string().min(1).max(200),
  topic: z.string().max(2000).optional(),
  source: z.string().max(2000).optional(),
  subject: z.string().max(2000),
  eventType: z.string().optional(),
  type: z.string().optional(),
  data: z.object({ operationName: z.string(), resourceUri: z.string().max(2000).optional() }),
});

const resourceId =
  /^(\/subscriptions\/[0-9a-f-]{36}\/resourcegroups\/[^/]+)\/providers\/microsoft\.network\/(loadbalancers|networksecuritygroups)\/[^/]+$/;

/** A subscription's own events have it as their topic, whichever system topic they come by. */
const subscriptionId = /^\/subscriptions\/[0-9a-f-]{36}$/;

/**
 * Judges an event by its topic, type, operation and subject; nothing else of it is believed, since the state is read anyway.
 * The topic must be a subscription that the app works in, and what was written must lie in it.
 *
 * @param event an Event Grid or CloudEvents event, or anything at all
 */
export function relevantChange(
  event: unknown,
  scopes: Pick<Settings, 'subscription' | 'allowedScopes'>,
): RelevantChange | { readonly refused: ChangeRefusal } {
  const parsed = resourceEvent.safeParse(event);
  if (!parsed.success) return { refused: 'malformed' };
  const { id, topic, source, subject, eventType, type, data } = parsed.data;
  const subscription = (topic ?? source ?? '').toLowerCase();
  if (!isOurs(subscription, scopes)) return { refused: 'other-topic' };
  if (!eventTypes.includes((eventType ?? type ?? '').toLowerCase())) return { refused: 'other-event-type' };
  if (!operations.includes(data.operationName.toLowerCase())) return { refused: 'other-operation' };
  const [, group] = resourceId.exec((data.resourceUri ?? subject).toLowerCase()) ?? [];
  if (group === undefined) return { refused: 'other-resource' };
  return group.startsWith(`${subscription}/`) ? { id, nodeResourceGroupId: group } : { refused: 'other-subscription' };
}

function isOurs(
  topic: string,
  { subscription, allowedScopes }: Pick<Settings, 'subscription' | 'allowedScopes'>,
): boolean {
  const own = subscription === undefined ? [] : [`/subscriptions/${subscription}`];
  return (
    subscriptionId.test(topic) &&
    [...own, ...allowedScopes].some((scope) => `${scope.toLowerCase()}/`.startsWith(`${topic}/`))
  );
}
