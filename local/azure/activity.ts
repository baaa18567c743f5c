import { parsePath } from './resourceId.ts';

export type WriteMethod = 'PUT' | 'PATCH' | 'POST' | 'DELETE';

/** A write as the activity log tells it and Event Grid's subscribers hear of it, once it has ended. */
export interface Activity {
  readonly id: string;
  /** A service principal's object id, or a person's mail address. */
  readonly caller: string;
  /** `Microsoft.Network/loadBalancers/write` */
  readonly operationName: string;
  readonly method: WriteMethod;
  readonly resourceId: string;
  readonly correlationId: string;
  /** Epoch ms, Azure time. */
  readonly startedAt: number;
  readonly endsAt: number;
}

/** What is done to what: `Microsoft.Network/loadBalancers/write` for a PUT of a load balancer. */
export function operationNameOf(method: WriteMethod, resourceId: string, action?: string): string {
  const type = typeOf(resourceId);
  if (method === 'POST') return `${type}/${action === undefined ? 'action' : `${action}/action`}`;
  return `${type}/${method === 'DELETE' ? 'delete' : 'write'}`;
}

/** The type that an id names, children's types included. */
export function typeOf(resourceId: string): string {
  const path = parsePath(resourceId);
  if (path?.namespace !== undefined) return [path.namespace, ...path.types].join('/');
  return path?.group === undefined
    ? 'Microsoft.Resources/subscriptions'
    : 'Microsoft.Resources/subscriptions/resourceGroups';
}
