// continueAsNew: what the next generation gets and what it doesn't.
import * as df from 'durable-functions';
import type { Steps } from './signals.ts';
import { secondsFromNow, signalsUntilQuiet, signalWithin } from './signals.ts';

interface Gathered {
  readonly signals: readonly string[];
}

/** How often a generation may take the same signal before the case counts as shown: the host would go on for ever. */
const MAX_GENERATIONS = 3;

/** Takes a signal, cancels the timer it raced and continues as new at once. */
df.app.orchestration('cancelThenContinue', function* (context): Steps<unknown> {
  const { signals } = context.df.getInput<Gathered>();
  if (signals.length >= MAX_GENERATIONS) return signals;
  context.df.setCustomStatus(`waiting with ${signals.length}`);
  const signal = context.df.waitForExternalEvent('signal');
  const timer = context.df.createTimer(secondsFromNow(context, signals.length === 0 ? 30 : 2));
  const winner = yield context.df.Task.any([signal, timer]);
  if (winner !== signal) return signals;
  timer.cancel();
  context.df.continueAsNew({ signals: [...signals, signal.result] });
  return undefined;
});

/** The same with another yielded, uncancelled task in between. */
df.app.orchestration('cancelThenYieldThenContinue', function* (context): Steps<unknown> {
  const { signals } = context.df.getInput<Gathered>();
  if (signals.length >= MAX_GENERATIONS) return signals;
  context.df.setCustomStatus(`waiting with ${signals.length}`);
  const signal = context.df.waitForExternalEvent('signal');
  const timer = context.df.createTimer(secondsFromNow(context, signals.length === 0 ? 30 : 2));
  const winner = yield context.df.Task.any([signal, timer]);
  if (winner !== signal) return signals;
  timer.cancel();
  yield context.df.createTimer(secondsFromNow(context, 1));
  context.df.continueAsNew({ signals: [...signals, signal.result] });
  return undefined;
});

/** Signals come while an activity runs and are never awaited before continueAsNew. */
df.app.orchestration('continueUndrained', function* (context): Steps<unknown> {
  const input = context.df.getInput<{ generation: number }>();
  if (input.generation === 1) return yield* signalsUntilQuiet(context, 2);
  context.df.setCustomStatus('working');
  yield context.df.callActivity('hold', context.df.instanceId);
  context.df.continueAsNew({ generation: 1 });
  return undefined;
});

/** The same, drained before continueAsNew. */
df.app.orchestration('continueDrained', function* (context): Steps<unknown> {
  const input = context.df.getInput<{ generation: number; signals: string[] }>();
  if (input.generation === 1) return [...input.signals, ...(yield* signalsUntilQuiet(context, 2))];
  context.df.setCustomStatus('working');
  yield context.df.callActivity('hold', context.df.instanceId);
  context.df.continueAsNew({ generation: 1, signals: yield* signalsUntilQuiet(context, 0) });
  return undefined;
});

/** Continues as new while a timer that lost its race still keeps the generation open. */
df.app.orchestration('continueWhileTimerOpen', function* (context): Steps<unknown> {
  const { signals } = context.df.getInput<Gathered>();
  if (signals.length > 0) return [...signals, ...(yield* signalsUntilQuiet(context, 2))];
  context.df.setCustomStatus('waiting');
  const signal = yield* signalWithin(context, 6);
  context.df.continueAsNew({ signals: signal === undefined ? ['none came'] : [signal] });
  return undefined;
});

/** Sets a custom status in its first generation only. */
df.app.orchestration('statusOnce', function* (context): Steps<unknown> {
  const input = context.df.getInput<{ generation: number }>();
  if (input.generation === 0) {
    context.df.setCustomStatus('set by the first generation');
    context.df.continueAsNew({ generation: 1 });
    return undefined;
  }
  yield context.df.callActivity('hold', context.df.instanceId);
  return 'second generation';
});
