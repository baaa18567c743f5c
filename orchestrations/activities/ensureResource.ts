import { isBroken, provisioningState } from '../../shared/actual/facts.ts';
import { putResource, readResource } from '../../shared/azure/resource.ts';
import type { JsonObject } from '../../shared/model/json.ts';
import { ownershipTag } from '../../shared/model/names.ts';
import type { DesiredResource } from '../../shared/model/resource.ts';
import { planResource } from '../../shared/plan/mergeResource.ts';
import type { ResourcePlan } from '../../shared/plan/resourcePlan.ts';
import { ownProblem, type OwnProblem } from '../../shared/model/step.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { done, failed, isSettled, waitFor } from './outcomes.ts';
import { combined, sideBySide } from './sideBySide.ts';

/**
 * Read, compare, and write only what differs. Running it again is cheap and changes nothing; after a crash between a
 * write and its record it finds the operation under way, waits for it, and adopts the result.
 *
 * The write is the resource as read with the differing values replaced, so what Gatehouse does not know survives.
 *
 * @param mayWrite false: a difference fails the step, since it has been written often enough
 * @param adapt fits what is desired to what stands (undefined: nothing does), where that can't become just anything
 * @throws ArmError when Azure refuses
 */
export async function ensureResource(
  wanted: DesiredResource,
  environment: string,
  mayWrite = true,
  adapt = (resource: DesiredResource, _actual: JsonObject | undefined): DesiredResource => resource,
): Promise<StepOutcome> {
  const actual = await readResource(wanted.id, wanted.apiVersion);
  return ensureAsRead({ desired: adapt(wanted, actual), actual }, environment, mayWrite);
}

/**
 * The same for several resources of one kind that have been listed, side by side. Where more than one is written, the first
 * operation is handed back; what is still under way when it has ended is waited for.
 *
 * @throws ArmError when Azure refuses one; the others have been written
 */
export async function ensureListed(
  resources: readonly Listed[],
  environment: string,
  mayWrite = true,
): Promise<StepOutcome> {
  const settled = await sideBySide(resources, (one) => ensureAsRead(one, environment, mayWrite));
  return combined(settled);
}

interface Listed {
  readonly desired: DesiredResource;
  /** Raw; absent where there is none. */
  readonly actual?: JsonObject | undefined;
}

async function ensureAsRead({ desired, actual }: Listed, environment: string, mayWrite: boolean): Promise<StepOutcome> {
  // What is not the environment's own is not created either.
  if (actual === undefined && desired.isPart === true) return failed(adoptedGone(desired.id));
  const state = actual === undefined ? 'Succeeded' : provisioningState(actual);
  if (!isSettled(state)) return waitFor(`${desired.id} is ${state}`);

  const plan = planResource(desired, actual, environment);
  if (plan.action === 'foreign') {
    return failed(
      ownProblem(
        'ForeignResource',
        `${desired.id} is not tagged ${ownershipTag}=${environment}; Gatehouse leaves it alone.`,
      ),
    );
  }
  // A write that failed halfway leaves the wanted configuration on a resource that does not work: write it again.
  const broken = actual !== undefined && isBroken(actual);
  if (plan.action === 'none' && !broken) return done(false);

  if (!mayWrite) {
    return failed(
      ownProblem(
        'KeepsDiffering',
        broken
          ? `${desired.id} is ${state} after it was written several times.`
          : `${desired.id} still differs after it was written several times: something else changes ${pathsOf(plan)}.`,
      ),
    );
  }
  const accepted = await putResource(desired.id, desired.apiVersion, plan.body, currentEtag(desired, actual));
  if (accepted.operation === undefined) return done(true);
  return {
    outcome: 'started',
    operation: accepted.operation,
    ...(accepted.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: accepted.retryAfterSeconds }),
  };
}

const adoptedGone = (id: string): OwnProblem => ({
  code: 'ResourceMissing',
  message: `${id} is gone: somebody has deleted it.`,
  remedy: 'Adopt what has taken its place: delete or release this environment, and start it with the new ids.',
});

const pathsOf = ({ differences }: ResourcePlan): string =>
  differences.length === 0 ? 'it' : differences.map(({ path }) => path).join(', ');

/** AKS honours If-Match; for network resources nothing says so, and a refusal there would be no one's gain. */
function currentEtag({ kind }: DesiredResource, actual: JsonObject | undefined): string | undefined {
  const etag = actual?.['eTag'] ?? actual?.['etag'];
  return kind === 'cluster' && typeof etag === 'string' ? etag : undefined;
}
