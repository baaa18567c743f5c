import type { ResourceKind } from '../model/resource.ts';
import type { StepName, StepState } from '../model/step.ts';
import type { Step, StepDependency } from './step.ts';

/** A cluster may be busy with somebody else's upgrade, and rule writes are on record that took more than an hour. */
const SLOW_DEADLINE_SECONDS = 3 * 3600;
const DEADLINE_SECONDS = 3600;

/** A write of a policy or of one of its groups is one of every firewall that goes by it. */
const slowKinds: readonly ResourceKind[] = ['cluster', 'firewall', 'firewallPolicy', 'ruleCollectionGroup'];

/** After how many seconds a step's attempt counts as one that will never end. */
export function deadlineSeconds({ kind }: Pick<Step, 'kind'>): number {
  return kind !== undefined && slowKinds.includes(kind) ? SLOW_DEADLINE_SECONDS : DEADLINE_SECONDS;
}

export interface CriticalPath {
  readonly seconds: number;
  /** The steps that decide how long the whole takes, in order. */
  readonly steps: readonly StepName[];
}

/**
 * The longest way through the graph when every step starts as soon as it may. A step that waits only for acceptance starts
 * together with its predecessor: acceptance takes a second, the operation minutes.
 *
 * @param secondsOf how long a step takes; by default its expected time
 */
export function criticalPath(
  steps: readonly Step[],
  secondsOf: (step: Step) => number = (step) => step.expectedSeconds,
): CriticalPath {
  interface Timing {
    readonly start: number;
    readonly end: number;
    readonly way: readonly StepName[];
  }
  const timings = new Map<StepName, Timing>();
  const timingOf = (step: Step): Timing => {
    const known = timings.get(step.name);
    if (known !== undefined) return known;
    let start = 0;
    let before: readonly StepName[] = [];
    for (const { step: name, until } of step.after) {
      const other = timingOf(stepNamed(steps, name));
      const ready = until === 'done' ? other.end : other.start;
      if (ready > start) {
        start = ready;
        before = until === 'done' ? other.way : other.way.slice(0, -1);
      }
    }
    const timing = { start, end: start + secondsOf(step), way: [...before, step.name] };
    timings.set(step.name, timing);
    return timing;
  };
  return steps
    .map(timingOf)
    .reduce<CriticalPath>((longest, { end, way }) => (end > longest.seconds ? { seconds: end, steps: way } : longest), {
      seconds: 0,
      steps: [],
    });
}

/** How far a step has got; a `StepStatus` is one. Steps that are missing count as pending. */
export interface StepProgress {
  readonly name: StepName;
  readonly state: StepState;
}

/** The pending steps whose predecessors are as far as they have to be, in the graph's order. */
export function readySteps(steps: readonly Step[], records: readonly StepProgress[]): readonly Step[] {
  const states = new Map(records.map(({ name, state }) => [name, state]));
  const stateOf = (name: StepName): StepState => states.get(name) ?? 'pending';
  const reached = ({ step, until }: StepDependency) => {
    const state = stateOf(step);
    return state === 'done' || (until === 'accepted' && state === 'running');
  };
  return steps.filter((step) => stateOf(step.name) === 'pending' && step.after.every(reached));
}

function stepNamed(steps: readonly Step[], name: StepName): Step {
  const step = steps.find((one) => one.name === name);
  if (step === undefined) throw new RangeError(`The graph has no step "${name}".`);
  return step;
}
