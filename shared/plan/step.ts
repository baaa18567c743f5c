import type { ResourceKind } from '../model/resource.ts';
import type { StepName } from '../model/step.ts';

/** One step of building or tearing down an environment, as data. */
export interface Step {
  readonly name: StepName;
  readonly title: string;
  readonly after: readonly StepDependency[];
  /** The kind of resource that the step writes or deletes; absent for steps that only look. */
  readonly kind?: ResourceKind;
  /** Typical time until Azure is done when everything has to be created, in seconds. */
  readonly expectedSeconds: number;
}

export interface StepDependency {
  readonly step: StepName;
  /** `accepted`: as soon as Azure has taken the write; `done`: once the operation has succeeded. */
  readonly until: 'done' | 'accepted';
}

export function done(...steps: readonly StepName[]): readonly StepDependency[] {
  return steps.map((step) => ({ step, until: 'done' }));
}

/** After a step whose write Azure has taken. */
export function accepted(step: StepName): readonly StepDependency[] {
  return [{ step, until: 'accepted' }];
}
