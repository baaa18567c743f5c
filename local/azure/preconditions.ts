import { etagName } from './azure.ts';
import { ArmError, aksError } from './errors.ts';
import type { Call } from './http.ts';
import { stringAt } from './json.ts';
import { lastSegment, parsePath } from './resourceId.ts';
import { normalLocation } from './resources/names.ts';
import type { ResourceType } from './resources/resourceType.ts';
import type { Resource } from './store.ts';

/** A resource can't move: a PUT must name the location where it is. */
export function refuseOtherLocation(existing: Resource, location: string): void {
  const current = stringAt(existing.body, 'location') ?? '';
  if (normalLocation(current) === location) return;
  throw new ArmError(
    409,
    'InvalidResourceLocation',
    `The resource '${lastSegment(existing.id)}' already exists in location '${current}' in resource group ` +
      `'${parsePath(existing.id)?.group ?? ''}'. A resource with the same name cannot be created in location '${location}'. ` +
      'Please select a new resource name.',
  );
}

/** AKS honours If-Match and If-None-Match; the network provider was never seen to, so there they do nothing. */
export function checkPreconditions(type: ResourceType, existing: Resource | undefined, call: Call): void {
  if (type.busy !== 'OperationNotAllowed') return;
  const etag = stringAt(existing?.body, etagName(type));
  const missed = call.ifMatch !== undefined && (etag === undefined || (call.ifMatch !== '*' && call.ifMatch !== etag));
  if (missed || (call.ifNoneMatch === '*' && existing !== undefined)) {
    throw aksError(
      412,
      'PreconditionFailed',
      `The condition on the etag was not met: the resource has the etag '${etag ?? 'none'}'. Read it again before writing it.`,
    );
  }
}
