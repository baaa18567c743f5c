import { provisioningState } from '../../shared/actual/facts.ts';
import { owner } from '../../shared/actual/owner.ts';
import { deleteResource } from '../../shared/azure/resource.ts';
import type { JsonObject } from '../../shared/model/json.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { done, isSettled, waitFor } from './outcomes.ts';

interface Removed {
  readonly id: string;
  readonly apiVersion: string;
  /** Raw, as it has just been read. */
  readonly resource: JsonObject;
}

/**
 * Deletes a resource that carries the environment's tag; any other stays.
 *
 * @param force whether it goes without waiting for what somebody is writing to it
 * @throws ArmError when Azure refuses
 */
export async function removeAsRead(
  { id, apiVersion, resource }: Removed,
  environment: string,
  force: boolean,
): Promise<StepOutcome> {
  if (owner(resource) !== environment) return done(false, `kept: ${id} is not this environment's`);
  return startRemoval({ id, apiVersion, resource }, force);
}

/** Deletes a resource that is known to be ours, whatever tags it has. @throws ArmError when Azure refuses */
export async function startRemoval({ id, apiVersion, resource }: Removed, force: boolean): Promise<StepOutcome> {
  const state = provisioningState(resource);
  // A deletion that is under way is the one wanted; force goes ahead of everything else.
  if (state === 'Deleting' || (!force && !isSettled(state))) return waitFor(`${id} is ${state}`);
  const accepted = await deleteResource(id, apiVersion);
  if (accepted.operation === undefined) return done(true);
  return {
    outcome: 'started',
    operation: accepted.operation,
    ...(accepted.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: accepted.retryAfterSeconds }),
  };
}
