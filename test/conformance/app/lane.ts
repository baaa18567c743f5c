// A lane of Gatehouse's own making: generations that either wait or work, with the app's `waitForSignals` and `drainSignals`,
// so that signals are neither lost nor doubled.
import * as df from 'durable-functions';
import type { OrchestrationContext } from 'durable-functions';
import { drainSignals, waitForSignals } from '../../../orchestrations/lane.ts';
import type { Steps } from './signals.ts';
import { secondsFromNow, signalWithin } from './signals.ts';

interface LaneState {
  /** Gathered, not yet worked off. */
  readonly pending: readonly string[];
  readonly applied: readonly string[];
  /** A wait generation's due time, as a grant's expiry or a follow-up would set it. */
  readonly dueSeconds: number;
  /** Whether work waits until the case opens the instance's gate. */
  readonly gated: boolean;
}

df.app.orchestration('lane', function* (context): Steps<unknown> {
  const state = context.df.getInput<LaneState>();
  if (state.applied.includes('stop')) return state.applied;
  context.df.continueAsNew(state.pending.length > 0 ? yield* work(context, state) : yield* wait(context, state));
  return undefined;
});

function* wait(context: OrchestrationContext, state: LaneState): Steps<LaneState> {
  context.df.setCustomStatus('waiting');
  const pending = yield* waitForSignals(context, secondsFromNow(context, state.dueSeconds));
  return { ...state, pending: pending as string[] };
}

function* work(context: OrchestrationContext, state: LaneState): Steps<LaneState> {
  context.df.setCustomStatus('working');
  yield context.df.callActivity(state.gated ? 'hold' : 'echo', context.df.instanceId);
  const pending = (yield* drainSignals(context)) as string[];
  return { ...state, pending, applied: [...state.applied, ...state.pending] };
}

/** A lane that hears two signals with one wait each: what the drain is for. */
df.app.orchestration('laneWithoutDrain', function* (context): Steps<unknown> {
  const state = context.df.getInput<{ applied: string[] }>();
  if (state.applied.length >= 2) return state.applied;
  context.df.setCustomStatus('waiting');
  const signal = yield* signalWithin(context, 3);
  if (signal === undefined) return state.applied;
  context.df.setCustomStatus('working');
  yield context.df.callActivity('hold', context.df.instanceId);
  context.df.continueAsNew({ applied: [...state.applied, signal] });
  return undefined;
});
