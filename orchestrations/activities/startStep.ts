import type { StartStepInput } from '../advance.ts';
import type { StepOutcome } from '../stepRecord.ts';
import type { AccessLanes } from './accessLanes.ts';
import { startAuthorizedRanges } from './authorizedRanges.ts';
import { outcomeOf } from './outcomes.ts';
import { provisioningSteps } from './provisioningSteps.ts';
import { syncSteps } from './syncSteps.ts';
import { teardownSteps } from './teardownSteps.ts';

/**
 * Activity: reads what a step is about and writes only what differs. It never waits for Azure to finish, and never
 * throws what it can name: a failing activity inside `Task.all` would tear its siblings' results apart.
 */
export async function startStep(input: StartStepInput, lanes: AccessLanes): Promise<StepOutcome> {
  try {
    return await stepOf(input, lanes);
  } catch (error) {
    return outcomeOf(error);
  }
}

async function stepOf(input: StartStepInput, lanes: AccessLanes): Promise<StepOutcome> {
  const { graph, step, spec, force } = input;
  const start = {
    provision: () => provisioningSteps[step]?.(spec, lanes),
    sync: () => syncSteps[step]?.(input),
    teardown: () => teardownSteps[step]?.(spec, force, lanes),
    access: () => startAuthorizedRanges(input),
  }[graph]();
  if (start === undefined) throw new Error(`There is no step ${step} in the graph ${graph}.`);
  return start;
}
