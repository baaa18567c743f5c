import type { OrchestrationContext, Task } from 'durable-functions';

export type Steps<Result> = Generator<Task, Result, unknown>;

export function secondsFromNow(context: OrchestrationContext, seconds: number): Date {
  return new Date(context.df.currentUtcDateTime.getTime() + seconds * 1000);
}

/**
 * Races a new wait for `signal` against a timer that is left to fire. Gives the signal's payload, or undefined when time
 * won; the wait stays open then.
 */
export function* signalWithin(context: OrchestrationContext, seconds: number): Steps<string | undefined> {
  const signal = context.df.waitForExternalEvent('signal');
  const timer = context.df.createTimer(secondsFromNow(context, seconds));
  const winner = yield context.df.Task.any([signal, timer]);
  return winner === signal ? (signal.result as string) : undefined;
}

/** Gathers signals until `seconds` pass without one. */
export function* signalsUntilQuiet(context: OrchestrationContext, seconds: number): Steps<string[]> {
  const signals: string[] = [];
  for (;;) {
    const signal = yield* signalWithin(context, seconds);
    if (signal === undefined) return signals;
    signals.push(signal);
  }
}
