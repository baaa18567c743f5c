import type { StartStepInput } from '../advance.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { outcomeOf } from './outcomes.ts';
import { provisioningSteps } from './provisioningSteps.ts';
import { teardownSteps } from './teardownSteps.ts';

/**
 * Activity: reads what a step is about and writes only what differs. It never waits for Azure to finish, and never
 * throws what it can name: a failing activity inside `Task.all` would tear its siblings' results apart.
 */
export async function startStep({ graph, step, spec, force }: StartStepInput): Promise<StepOutcome> {
  try {
    if (graph === 'provision') return await provisioningSteps[step](spec);
    const remove = teardownSteps[step];
    if (remove === undefined) throw new Error(`There is no teardown step ${step}.`);
    return await remove(spec, force);
  } catch (error) {
    return outcomeOf(error);
  }
}
