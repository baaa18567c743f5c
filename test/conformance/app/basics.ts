import * as df from 'durable-functions';
import type { Steps } from './signals.ts';
import { secondsFromNow } from './signals.ts';

df.app.orchestration('echoes', function* (context): Steps<unknown> {
  context.df.setCustomStatus({ step: 'calling' });
  return yield context.df.callActivity('echo', context.df.getInput());
});

/** Waits at its own gate, so that it is alive as long as the case wants. */
df.app.orchestration('held', function* (context): Steps<unknown> {
  context.df.setCustomStatus('held');
  return yield context.df.callActivity('hold', context.df.instanceId);
});

df.app.orchestration('hearsOne', function* (context): Steps<unknown> {
  context.df.setCustomStatus('waiting');
  return yield context.df.waitForExternalEvent('signal');
});

df.app.orchestration('throws', function* (context): Steps<unknown> {
  yield context.df.callActivity('echo', 'first');
  throw new Error('the orchestrator gave up');
});

/** Retries until the activity works; gives its attempts, then one more activity's result. */
df.app.orchestration('retries', function* (context): Steps<unknown> {
  const { failures } = context.df.getInput<{ failures: number }>();
  const input = { key: context.df.instanceId, failures };
  let outcome: unknown;
  try {
    outcome = yield context.df.callActivityWithRetry('flaky', new df.RetryOptions(1000, 3), input);
  } catch (error) {
    outcome = { error: (error as Error).message };
  }
  const afterwards = yield context.df.callActivity('echo', 'afterwards');
  return { outcome, afterwards };
});

df.app.orchestration('parent', function* (context): Steps<unknown> {
  const { child, input } = context.df.getInput<{ child: string; input: unknown }>();
  try {
    return { result: yield context.df.callSubOrchestrator(child, input, `${context.df.instanceId}.child`) };
  } catch (error) {
    return { error: (error as Error).message };
  }
});

/** Gives the seconds that passed while a timer ran. */
df.app.orchestration('sleeps', function* (context): Steps<unknown> {
  const { seconds } = context.df.getInput<{ seconds: number }>();
  const before = context.df.currentUtcDateTime.getTime();
  yield context.df.createTimer(secondsFromNow(context, seconds));
  return { seconds: (context.df.currentUtcDateTime.getTime() - before) / 1000 };
});

df.app.orchestration('anyAndAll', function* (context): Steps<unknown> {
  const fast = context.df.callActivity('echo', 'fast');
  const slow = context.df.createTimer(secondsFromNow(context, 60));
  const winner = yield context.df.Task.any([fast, slow]);
  slow.cancel();
  const all = yield context.df.Task.all([1, 2, 3].map((value) => context.df.callActivity('echo', value)));
  return { winner: winner === fast ? 'fast' : 'slow', all };
});

/** Parallel work that fails by its results. */
df.app.orchestration('outcomes', function* (context): Steps<unknown> {
  const values = [1, 2, 3, 4];
  const calls = values.map((value) => context.df.callActivity('outcome', { value, works: value % 2 === 0 }));
  const results = yield context.df.Task.all(calls);
  return { results, afterwards: yield context.df.callActivity('echo', 'afterwards') };
});

/** Catches the failure of one task while another one still runs, and returns. */
df.app.orchestration('failsFast', function* (context): Steps<unknown> {
  const held = context.df.callActivity('hold', context.df.instanceId);
  const failing = context.df.callActivity('flaky', { key: context.df.instanceId, failures: 1 });
  try {
    yield context.df.Task.all([failing, held]);
    return 'nothing failed';
  } catch {
    context.df.setCustomStatus('failed fast');
    return 'failed fast';
  }
});

/** A long history: every activity must get its own result. */
df.app.orchestration('countsTo', function* (context): Steps<unknown> {
  const { count } = context.df.getInput<{ count: number }>();
  const wrong: unknown[] = [];
  for (let index = 0; index < count; index++) {
    const result = yield context.df.callActivity('echo', index);
    if (result !== index) wrong.push({ index, result });
    if (index % 10 === 0) yield context.df.createTimer(context.df.currentUtcDateTime);
  }
  return { count, wrong };
});

/** Sets a custom status of so many characters of JSON. */
df.app.orchestration('statusOf', function* (context): Steps<unknown> {
  const { characters } = context.df.getInput<{ characters: number }>();
  context.df.setCustomStatus('x'.repeat(characters - 2));
  return yield context.df.callActivity('echo', 'done');
});
