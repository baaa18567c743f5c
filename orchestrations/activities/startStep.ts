import type { StartStepInput } from '../advance.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { isExpected, outcomeOf } from './outcomes.ts';
import { provisioningSteps } from './provisioningSteps.ts';
import { teardownSteps } from './teardownSteps.ts';

/** Where an activity tells what nobody foresaw, beside the problem that its step shows. */
export interface ActivityLog {
  error(message: string, error: unknown): void;
}

/**
 * Activity: reads what a step is about and writes only what differs. It never waits for Azure to finish, and never
 * throws what it can name: a failing activity inside `Task.all` would tear its siblings' results apart.
 */
export async function startStep(input: StartStepInput, log: ActivityLog): Promise<StepOutcome> {
  try {
    return await stepOf(input);
  } catch (error) {
    if (!isExpected(error)) log.error(`Step ${input.step} of ${input.spec.name} failed unexpectedly`, error);
    return outcomeOf(error);
  }
}

function stepOf({ graph, step, spec, force, mayWrite }: StartStepInput): Promise<StepOutcome> {
  if (graph === 'provision') return provisioningSteps[step](spec, mayWrite);
  const remove = teardownSteps[step];
  if (remove === undefined) throw new Error(`There is no teardown step ${step}.`);
  return remove(spec, force);
}
