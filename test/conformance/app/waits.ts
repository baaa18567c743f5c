// Waits for external events: races that lose, waiters and buffers.
import * as df from 'durable-functions';
import type { Steps } from './signals.ts';
import { secondsFromNow, signalsUntilQuiet, signalWithin } from './signals.ts';

/** A wait loses its race; the next signal comes while an activity runs; then the orchestrator listens again. */
df.app.orchestration('lostRace', function* (context): Steps<unknown> {
  yield* signalWithin(context, 1);
  context.df.setCustomStatus('working');
  yield context.df.callActivity('hold', context.df.instanceId);
  return yield* signalsUntilQuiet(context, 2);
});

/**
 * One wait in two races against activities: it loses the first race and wins the second; the next signal comes while
 * a third activity runs. The activities' gates are `<instance>.<number>`.
 */
df.app.orchestration('racedTwice', function* (context): Steps<unknown> {
  const heard: string[] = [];
  const signal = context.df.waitForExternalEvent('signal');
  const held = (number: number) => context.df.callActivity('hold', `${context.df.instanceId}.${number}`);
  for (const race of [1, 2]) {
    context.df.setCustomStatus(`race ${race}`);
    const winner = yield context.df.Task.any([signal, held(race)]);
    if (winner === signal) heard.push(signal.result as string);
  }
  context.df.setCustomStatus('working');
  yield held(3);
  return [...heard, ...(yield* signalsUntilQuiet(context, 2))];
});

/** Signals come while an activity runs; afterwards they are awaited one by one. */
df.app.orchestration('buffered', function* (context): Steps<unknown> {
  context.df.setCustomStatus('working');
  yield context.df.callActivity('hold', context.df.instanceId);
  const signals: unknown[] = [];
  for (let count = 0; count < 3; count++) signals.push(yield context.df.waitForExternalEvent('signal'));
  return signals;
});

/** Two waits for the same name at once; gives what the first and what the second one got. */
df.app.orchestration('twoWaiters', function* (context): Steps<unknown> {
  context.df.setCustomStatus('waiting');
  return yield context.df.Task.all([
    context.df.waitForExternalEvent('signal'),
    context.df.waitForExternalEvent('signal'),
  ]);
});

/** Abandons one wait, opens another and works on what that one gets. */
df.app.orchestration('waitsAgain', function* (context): Steps<unknown> {
  yield* signalWithin(context, 1);
  context.df.setCustomStatus('waiting again');
  const signal = yield context.df.waitForExternalEvent('signal');
  return yield context.df.callActivity('echo', signal);
});

/** Drains what an activity's time has gathered, against due timers that are left to fire. */
df.app.orchestration('drained', function* (context): Steps<unknown> {
  context.df.setCustomStatus('working');
  yield context.df.callActivity('hold', context.df.instanceId);
  return yield* signalsUntilQuiet(context, 0);
});

/** One activity in two races: a signal wins the first, the activity the second. */
df.app.orchestration('activityRacedTwice', function* (context): Steps<unknown> {
  const held = context.df.callActivity('hold', context.df.instanceId);
  context.df.setCustomStatus('first race');
  yield context.df.Task.any([held, context.df.waitForExternalEvent('signal')]);
  context.df.setCustomStatus('second race');
  yield context.df.Task.any([held, context.df.waitForExternalEvent('other')]);
  return 'over';
});

/** Ends at once, but leaves a timer that lost its race uncancelled. */
df.app.orchestration('losingTimer', function* (context): Steps<unknown> {
  const winner = context.df.callActivity('echo', 'fast');
  yield context.df.Task.any([winner, context.df.createTimer(secondsFromNow(context, 4))]);
  return winner.result;
});
