import type { OrchestrationContext, OrchestrationHandler, RetryOptions as Retry, Task } from 'durable-functions';
import * as df from 'durable-functions';
import { appendFileSync } from 'node:fs';
import { recorded } from './record.ts';

const { app, RetryOptions } = df;
const orchestrator = (name: string, handler: OrchestrationHandler) => app.orchestration(name, handler);

app.activity('double', { handler: (value: number) => value * 2 });
app.activity('echoInput', { handler: (value: unknown) => value });
app.activity('note', {
  handler: (value: { list: string; item: unknown }) => {
    recorded(value.list).push(value.item);
    return value.item;
  },
});
app.activity('appendLine', {
  handler: ({ path, line }: { path: string; line: string }, context) => {
    appendFileSync(path, `${line}\n`);
    context.info(`wrote ${line}`);
  },
});
app.activity('hang', { handler: () => new Promise(() => undefined) });
app.activity('fail', {
  handler: (message: string) => {
    recorded('fail').push(message);
    throw new Error(message);
  },
});
app.activity('failUntil', {
  handler: ({ key, attempts }: { key: string; attempts: number }) => {
    const list = recorded(`failUntil ${key}`);
    list.push(Date.now());
    if (list.length < attempts) throw new Error(`attempt ${list.length}`);
    return list.length;
  },
});

orchestrator('doubleTwice', function* (context: OrchestrationContext) {
  const once = (yield context.df.callActivity('double', context.df.getInput())) as number;
  const twice = (yield context.df.callActivity('double', once)) as number;
  return twice;
});

orchestrator('fanOut', function* (context: OrchestrationContext) {
  const inputs: number[] = context.df.getInput() ?? [];
  const results = (yield context.df.Task.all(
    inputs.map((value) => context.df.callActivity('double', value)),
  )) as number[];
  return results;
});

orchestrator('catchFailure', function* (context: OrchestrationContext) {
  try {
    yield context.df.callActivity('fail', 'boom');
  } catch (error) {
    return `caught: ${(error as Error).message.split('\n')[0] ?? ''}`;
  }
  return 'not reached';
});

orchestrator('failing', function* (context: OrchestrationContext) {
  yield context.df.callActivity('double', 1);
  throw new Error('the orchestrator gave up');
});

orchestrator('waitDays', function* (context: OrchestrationContext) {
  const days: number = context.df.getInput() ?? 1;
  const start = context.df.currentUtcDateTime.getTime();
  yield context.df.createTimer(new Date(start + days * 86_400_000));
  return (context.df.currentUtcDateTime.getTime() - start) / 86_400_000;
});

const retryOptions = (attempts: number): Retry => {
  const options = new RetryOptions(1000, attempts);
  options.backoffCoefficient = 2;
  return options;
};

orchestrator('retrying', function* (context: OrchestrationContext) {
  const start = context.df.currentUtcDateTime.getTime();
  const { key, attempts, limit } = context.df.getInput<{ key: string; attempts: number; limit: number }>();
  let result: unknown;
  try {
    result = (yield context.df.callActivityWithRetry('failUntil', retryOptions(limit), { key, attempts })) as unknown;
  } catch {
    result = 'gave up';
  }
  const after = (yield context.df.callActivity('double', 21)) as number;
  return { result, after, seconds: (context.df.currentUtcDateTime.getTime() - start) / 1000 };
});

orchestrator('parent', function* (context: OrchestrationContext) {
  const result = (yield context.df.callSubOrchestrator('doubleTwice', 5)) as number;
  const named = (yield context.df.callSubOrchestrator('doubleTwice', 1, `${context.df.instanceId}-child`)) as number;
  return result + named;
});

orchestrator('parentOfFailing', function* (context: OrchestrationContext) {
  try {
    yield context.df.callSubOrchestrator('failing');
  } catch (error) {
    return (error as Error).message;
  }
  return 'not reached';
});

orchestrator('waitForEvent', function* (context: OrchestrationContext) {
  context.df.setCustomStatus('waiting');
  const value = (yield context.df.waitForExternalEvent('signal')) as unknown;
  return value;
});

orchestrator('counter', function* (context: OrchestrationContext) {
  const { left, sum } = context.df.getInput<{ left: number; sum: number }>();
  if (left === 0) return sum;
  const value = (yield context.df.waitForExternalEvent('add')) as number;
  context.df.continueAsNew({ left: left - 1, sum: sum + value });
  return undefined;
});

orchestrator('openTimer', function* (context: OrchestrationContext) {
  const now = context.df.currentUtcDateTime.getTime();
  const quick = context.df.createTimer(new Date(now + 1_000));
  const slow = context.df.createTimer(new Date(now + 60_000));
  yield context.df.Task.any([quick, slow]);
  if (context.df.getInput() === 'cancel') slow.cancel();
  return 'raced';
});

orchestrator('largeStatus', function* (context: OrchestrationContext) {
  context.df.setCustomStatus('x'.repeat(context.df.getInput<number>()));
  yield context.df.callActivity('double', 1);
  return 'done';
});

orchestrator('versioned', function* (context: OrchestrationContext) {
  yield context.df.callActivity('double', 1);
  return context.df.version;
});

orchestrator('slowSteps', function* (context: OrchestrationContext) {
  const { path, steps } = context.df.getInput<{ path: string; steps: number }>();
  for (let step = 0; step < steps; step++) {
    yield context.df.callActivity('appendLine', { path, line: `${context.df.instanceId} ${step}` });
    const wait: Task = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 20));
    yield wait;
  }
  return steps;
});

orchestrator('callsUnknownActivity', function* (context: OrchestrationContext) {
  yield context.df.callActivity('nowhere');
});

orchestrator('callsHttp', function* (context: OrchestrationContext) {
  const response = (yield context.df.callHttp({
    method: 'GET',
    url: context.df.getInput<string>(),
    headers: { 'x-functions-key': 'secret' },
  })) as { statusCode: number; content?: string };
  return { status: response.statusCode, body: response.content };
});

orchestrator('hanging', function* (context: OrchestrationContext) {
  yield context.df.callActivity('hang');
});
