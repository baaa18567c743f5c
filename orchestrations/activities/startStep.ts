import { clusterView } from '../../shared/model/clusters.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { stepParts, type SingleStepName } from '../../shared/model/step.ts';
import type { StartStepInput } from '../advance.ts';
import type { StepOutcome } from '../stepRecord.ts';
import type { AccessLanes } from './accessLanes.ts';
import { startAuthorizedRanges } from './authorizedRanges.ts';
import { isExpected, outcomeOf } from './outcomes.ts';
import { provisioningSteps } from './provisioningSteps.ts';
import { syncSteps } from './syncSteps.ts';
import { teardownSteps } from './teardownSteps.ts';

/** What each step of a release does: nothing is written to Azure. */
const releaseSteps: Readonly<
  Partial<Record<SingleStepName, (spec: EnvironmentSpec, lanes: AccessLanes) => Promise<StepOutcome>>>
> = {
  accessLanes: (spec, lanes) => lanes.end(spec, 'release', false),
};

/** Where an activity tells what nobody foresaw, beside the problem that its step shows. */
export interface ActivityLog {
  error(message: string, error: unknown): void;
}

/**
 * Activity: reads what a step is about and writes only what differs. It never waits for Azure to finish, and never
 * throws what it can name: a failing activity inside `Task.all` would tear its siblings' results apart.
 */
export async function startStep(input: StartStepInput, lanes: AccessLanes, log: ActivityLog): Promise<StepOutcome> {
  try {
    return await stepOf(input, lanes);
  } catch (error) {
    if (!isExpected(error)) log.error(`Step ${input.step} of ${input.spec.name} failed unexpectedly`, error);
    return outcomeOf(error);
  }
}

async function stepOf(input: StartStepInput, lanes: AccessLanes): Promise<StepOutcome> {
  const { graph, step, force, mayWrite } = input;
  const { does, cluster } = stepParts(step);
  // What is about one cluster sees the environment as that one does.
  const spec = cluster === undefined ? input.spec : clusterView(input.spec, cluster);
  const start = {
    provision: () => provisioningSteps[does]?.(spec, mayWrite, lanes),
    sync: () => syncSteps[does]?.(input, lanes),
    teardown: () => teardownSteps[does]?.(spec, force, lanes),
    release: () => releaseSteps[does]?.(spec, lanes),
    access: () => startAuthorizedRanges(input),
  }[graph]();
  if (start === undefined) throw new Error(`There is no step ${step} in the graph ${graph}.`);
  return start;
}
