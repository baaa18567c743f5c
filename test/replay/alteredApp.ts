// Orchestrators as somebody might break them, each under the name of its change. replayGate.test.ts puts them in the place
// of the real ones.
import * as df from 'durable-functions';
import type { OrchestrationContext, OrchestrationHandler, Task } from 'durable-functions';
import { accessLane } from '../../orchestrations/accessLane.ts';
import { firewallLane } from '../../orchestrations/firewallLane.ts';
import { provision, sync } from '../../orchestrations/graphs.ts';

type Durable = OrchestrationContext['df'];
type Orchestrator = (context: OrchestrationContext) => Generator<Task, unknown, never>;

/** The same orchestrator with some calls of `context.df` replaced. */
const withCalls =
  (orchestrator: Orchestrator, calls: (durable: Durable) => object): OrchestrationHandler =>
  (context) => {
    const durable = Object.assign(Object.create(context.df) as Durable, calls(context.df));
    return orchestrator({ df: durable } as OrchestrationContext);
  };

df.app.orchestration(
  'renamedActivity',
  withCalls(sync, (durable) => ({
    callActivity: (_startStep: string, input: unknown) => durable.callActivity('planRanges', input),
  })),
);

df.app.orchestration(
  'unknownActivity',
  withCalls(sync, (durable) => ({
    callActivity: (_startStep: string, input: unknown) => durable.callActivity('beginStep', input),
  })),
);

df.app.orchestration('oneMoreYield', function* (context) {
  yield context.df.callActivity('startStep', {});
  return yield* sync(context) as Generator<Task, unknown, unknown>;
});

/** Lets the orchestrator go on as if its first timer had fired, and yields all else. */
df.app.orchestration('yieldRemoved', function* (context) {
  const timers: Task[] = [];
  const durable = Object.assign(Object.create(context.df) as Durable, {
    createTimer: (due: Date) => {
      const timer = context.df.createTimer(due);
      timers.push(timer);
      return timer;
    },
  });
  const real = firewallLane({ df: durable } as OrchestrationContext) as Generator<Task, unknown, unknown>;
  let step = real.next();
  while (step.done !== true) step = real.next(step.value === timers[0] ? undefined : ((yield step.value) as unknown));
  return step.value;
});

df.app.orchestration(
  'parallelTasksSwapped',
  withCalls(provision, (durable) => ({
    Task: { all: (tasks: Task[]) => durable.Task.all(tasks.toReversed()), any: durable.Task.any },
  })),
);

df.app.orchestration(
  'timerByTheClock',
  withCalls(firewallLane, (durable) => ({ createTimer: () => durable.createTimer(new Date(Date.now() + 5000)) })),
);

df.app.orchestration(
  'olderVersion',
  withCalls(firewallLane, (durable) => ({
    callSubOrchestrator: (name: string, input: unknown) => durable.callSubOrchestrator(name, input, undefined, '0.9'),
  })),
);

df.app.orchestration(
  'newerVersion',
  withCalls(firewallLane, (durable) => ({
    callSubOrchestrator: (name: string, input: unknown) => durable.callSubOrchestrator(name, input, undefined, '1.1'),
  })),
);

df.app.orchestration(
  'endsInsteadOfContinuing',
  withCalls(accessLane, () => ({ continueAsNew: () => undefined })),
);

df.app.orchestration(
  'moreInput',
  withCalls(sync, (durable) => ({
    callActivity: (name: string, input: object) => durable.callActivity(name, { ...input, since: '0.2.0' }),
  })),
);
