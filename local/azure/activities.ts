import { randomUUID } from 'node:crypto';
import { operationNameOf, type Activity, type WriteMethod } from './activity.ts';
import type { Azure } from './azure.ts';
import type { Answer } from './http.ts';
import { parsePath } from './resourceId.ts';
import type { Change } from './store.ts';
import type { Visit } from './visit.ts';

const KEPT = 2_000;

/** Whoever writes through the control endpoints, as if by hand in the portal. */
const FOREIGN_HAND = 'someone@example.com';

/** Notes a write that ARM has accepted; it ends when its operation does. Whatever was only read or refused is no write. */
export function noteWrite({ azure, request, caller }: Visit, answer: Answer, startedAt: number): void {
  const method = writeMethod(request.method);
  if (method === undefined || answer.status >= 300 || (method === 'DELETE' && answer.status === 204)) return;
  const { resourceId, action } = targetOf(method, request.url.pathname, answer);
  const endsAt = startedAt + (answer.write?.operationSeconds ?? 0) * 1000;
  const header = request.headers['x-ms-correlation-request-id'];
  const correlationId = typeof header === 'string' ? header : randomUUID();
  const operationName = operationNameOf(method, resourceId, action);
  note(azure, { caller: caller.oid, method, operationName, resourceId, correlationId, startedAt, endsAt });
}

/** Notes what somebody else has done at once: the cloud controller or, without a caller, a foreign hand. */
export function noteDone(azure: Azure, method: 'PUT' | 'DELETE', resourceId: string, caller = FOREIGN_HAND): void {
  const now = azure.clock.now();
  const operationName = operationNameOf(method, resourceId);
  note(azure, { caller, method, operationName, resourceId, correlationId: randomUUID(), startedAt: now, endsAt: now });
}

function note(azure: Azure, facts: Omit<Activity, 'id'>): void {
  const activity: Activity = { id: randomUUID(), ...facts };
  const oldest = [...azure.store.activities.keys()].slice(0, Math.max(0, azure.store.activities.size + 1 - KEPT));
  azure.store.commit([
    ...oldest.map((id): Change => ['activities', id, null]),
    ['activities', activity.id, activity],
    ['unpublished', activity.id, activity.endsAt],
  ]);
}

function writeMethod(method: string): WriteMethod | undefined {
  return (['PUT', 'PATCH', 'POST', 'DELETE'] as const).find((known) => known === method);
}

/** What was written, in ARM's own spelling where the answer has it; a POST's path ends in the action. */
function targetOf(method: WriteMethod, pathname: string, answer: Answer): { resourceId: string; action?: string } {
  if (answer.write !== undefined) return { resourceId: answer.write.resourceId };
  const path = parsePath(pathname);
  const action = method === 'POST' ? path?.types.at(-1) : undefined;
  if (action === undefined) return { resourceId: pathname };
  return { resourceId: pathname.slice(0, -action.length - 1), action };
}
