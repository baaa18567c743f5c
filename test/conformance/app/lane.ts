// The pattern of a lane: generations that either wait or work, so that signals are neither lost nor doubled.
import * as df from 'durable-functions';
import type { OrchestrationContext } from 'durable-functions';
import type { Steps } from './signals.ts';
import { secondsFromNow, signalsUntilQuiet, signalWithin } from './signals.ts';

interface LaneState {
  /** Gathered, not yet worked off. */
  readonly pending: readonly string[];
  readonly applied: readonly string[];
  readonly quietSeconds: number;
  readonly drainSeconds: number;
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
  const signal = context.df.waitForExternalEvent('signal');
  const timer = context.df.createTimer(secondsFromNow(context, state.dueSeconds));
  const winner = yield context.df.Task.any([signal, timer]);
  if (winner !== signal) return state;
  timer.cancel();
  context.df.setCustomStatus('quiet');
  yield context.df.createTimer(secondsFromNow(context, state.quietSeconds));
  context.df.setCustomStatus('draining');
  return { ...state, pending: [signal.result as string, ...(yield* signalsUntilQuiet(context, state.drainSeconds))] };
}

function* work(context: OrchestrationContext, state: LaneState): Steps<LaneState> {
  context.df.setCustomStatus('working');
  yield context.df.callActivity(state.gated ? 'hold' : 'echo', context.df.instanceId);
  context.df.setCustomStatus('draining');
  const pending = yield* signalsUntilQuiet(context, state.drainSeconds);
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
