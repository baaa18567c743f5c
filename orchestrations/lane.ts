import type { OrchestrationContext, Task } from 'durable-functions';
import { timerFor } from './timers.ts';

/** The one event that lanes listen to; its payload is a signal. */
export const SIGNAL_EVENT = 'signal';

/**
 * Signals come in bursts: how long a lane listens for more before it works. Where timers fire early (see timers.ts) it is up to a second
 * less, which loses nothing: what comes later calls for the next pass.
 */
const QUIET_PERIOD_SECONDS = 5;

type Step<T> = Generator<Task, T, unknown>;

/**
 * Waits for the first signal, then for a quiet period, then gathers what has come. The quiet period is a plain timer
 * with no wait open beside it: a wait that lost its race would stay open and swallow the next event.
 *
 * @param due when to stop waiting; the caller then continues as new at once, with nothing else yielded
 * @returns no signal when the time came first, or nearly so: up to a second early
 */
export function* waitForSignals(context: OrchestrationContext, due?: Date): Step<unknown[]> {
  const signal = context.df.waitForExternalEvent(SIGNAL_EVENT);
  let first: unknown;
  if (due === undefined) first = yield signal;
  else {
    const time = context.df.createTimer(timerFor(due, context.df.currentUtcDateTime));
    if ((yield context.df.Task.any([signal, time])) === time) return [];
    // A timer that is left open would keep the generation alive; the plain timer below must follow its cancelling.
    time.cancel();
    first = signal.result;
  }
  yield context.df.createTimer(inSeconds(context, QUIET_PERIOD_SECONDS));
  return [first, ...(yield* drainSignals(context))];
}

/**
 * Takes every signal that has been delivered, and must come right before continueAsNew, which drops what is delivered
 * but not awaited. Each wait races a timer that is already due and never cancelled: cancelling makes the extension run
 * ahead and deliver events twice.
 */
export function* drainSignals(context: OrchestrationContext): Step<unknown[]> {
  const signals: unknown[] = [];
  for (;;) {
    const signal = context.df.waitForExternalEvent(SIGNAL_EVENT);
    const due = context.df.createTimer(context.df.currentUtcDateTime);
    const winner = yield context.df.Task.any([signal, due]);
    if (winner === due) return signals;
    signals.push(signal.result);
  }
}

const inSeconds = (context: OrchestrationContext, seconds: number) =>
  new Date(context.df.currentUtcDateTime.getTime() + seconds * 1000);
