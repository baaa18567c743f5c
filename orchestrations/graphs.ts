import type { OrchestrationContext, Task } from 'durable-functions';
import {
  accessGraph,
  provisioningGraph,
  releaseGraph,
  syncGraph,
  teardownGraph,
} from '../shared/plan/provisioningGraph.ts';
import type { AccessPassed, AccessPassInput } from './accessLane.ts';
import { advance, type AdvanceInput } from './advance.ts';
import type { StepRecord } from './stepRecord.ts';

/** One pass over the graph that builds an environment. */
export function* provision(context: OrchestrationContext): Generator<Task, StepRecord[], never> {
  const input: AdvanceInput = context.df.getInput();
  return yield* advance(context, input, provisioningGraph(input.spec));
}

/** One pass over the graph that keeps an environment true to its spec and its services. */
export function* sync(context: OrchestrationContext): Generator<Task, StepRecord[], never> {
  const input: AdvanceInput = context.df.getInput();
  return yield* advance(context, input, syncGraph(input.spec));
}

/** One pass of an access lane: a plan, or a pass over the one step that writes what was planned and recorded. */
export function* accessPass(context: OrchestrationContext): Generator<Task, AccessPassed, never> {
  const input: AccessPassInput = context.df.getInput();
  if (input.phase === 'planning') {
    const { spec, access, trace } = input;
    const time = context.df.currentUtcDateTime.toISOString();
    const rewrite = access.rewrite === true;
    const look = { spec, access, time, rewrite, ...(trace === undefined ? {} : { trace, beginsPass: true }) };
    return { kind: 'planned', planned: yield context.df.callActivity('planRanges', look) };
  }
  return { kind: 'applied', records: yield* advance(context, input, accessGraph()) };
}

/** One pass over the graph that deletes what an environment owns. */
export function* teardown(context: OrchestrationContext): Generator<Task, StepRecord[], never> {
  const input: AdvanceInput = context.df.getInput();
  return yield* advance(context, input, teardownGraph(input.spec));
}

/** One pass over the graph that lets an environment go. */
export function* release(context: OrchestrationContext): Generator<Task, StepRecord[], never> {
  const input: AdvanceInput = context.df.getInput();
  return yield* advance(context, input, releaseGraph(input.spec));
}
