import type { OrchestrationContext, Task } from 'durable-functions';
import { provisioningGraph, teardownGraph } from '../shared/plan/provisioningGraph.ts';
import { advance, type AdvanceInput } from './advance.ts';
import type { StepRecord } from './stepRecord.ts';

/** One pass over the graph that builds an environment. */
export function* provision(context: OrchestrationContext): Generator<Task, StepRecord[], never> {
  const input: AdvanceInput = context.df.getInput();
  return yield* advance(context, input, provisioningGraph(input.spec));
}

/** One pass over the graph that deletes what an environment owns. */
export function* teardown(context: OrchestrationContext): Generator<Task, StepRecord[], never> {
  const input: AdvanceInput = context.df.getInput();
  return yield* advance(context, input, teardownGraph(input.spec));
}
