import * as z from 'zod';

/** Why an event is none of ours. */
export type ChangeRefusal = 'malformed' | 'other-event-type' | 'other-operation' | 'other-resource';

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

/** What both schemas have: Event Grid's own says `eventType`, CloudEvents `type`. Claims and the like are not read. */
const resourceEvent = z.object({
  id: z.string().min(1).max(200),
  subject: z.string().max(2000),
  eventType: z.string().optional(),
  type: z.string().optional(),
  data: z.object({ operationName: z.string(), resourceUri: z.string().max(2000).optional() }),
});

const resourceId =
  /^(\/subscriptions\/[0-9a-f-]{36}\/resourcegroups\/[^/]+)\/providers\/microsoft\.network\/(loadbalancers|networksecuritygroups)\/[^/]+$/;

/**
 * Judges an event by its type, operation and subject; nothing else of it is believed, since the state is read anyway.
 *
 * @param event an Event Grid or CloudEvents event, or anything at all
 */
export function relevantChange(event: unknown): RelevantChange | { readonly refused: ChangeRefusal } {
  const parsed = resourceEvent.safeParse(event);
  if (!parsed.success) return { refused: 'malformed' };
  const { id, subject, eventType, type, data } = parsed.data;
  if (!eventTypes.includes((eventType ?? type ?? '').toLowerCase())) return { refused: 'other-event-type' };
  if (!operations.includes(data.operationName.toLowerCase())) return { refused: 'other-operation' };
  const [, group] = resourceId.exec((data.resourceUri ?? subject).toLowerCase()) ?? [];
  return group === undefined ? { refused: 'other-resource' } : { id, nodeResourceGroupId: group };
}
