import type { Clock } from '../../clock.ts';
import type { AppFunction } from '../app.ts';
import { callActivity } from './activityCall.ts';
import { InstanceExistsError } from './errors.ts';
import type { Scheduled, SubOrchestrationCreated, TaskScheduled, TimerCreated } from './history.ts';
import { EventType, fromJson, fromOutside } from './history.ts';
import type { InstanceState } from './instanceState.ts';
import type { RunFunction } from './orchestratorCall.ts';
import type { TaskHubStore } from './store.ts';
import type { Live, TaskHub } from './taskHub.ts';
import { subOrchestrationOutcome } from './taskHub.ts';
import { shownAgain } from './timerLimits.ts';
import type { Timed } from './workQueue.ts';
import { workQueue } from './workQueue.ts';

export interface Dispatcher {
  /** Does what an orchestrator has scheduled, and delivers the outcome. May be told twice, after a crash. */
  dispatch(instance: Live, event: Scheduled): void;
  stop(): void;
}

export interface DispatcherOptions {
  readonly hub: TaskHub;
  readonly functions: ReadonlyMap<string, AppFunction>;
  readonly run: RunFunction;
  readonly store: TaskHubStore;
  readonly clock: Clock;
  /** Timers fire early as those of Azure Storage do (see timerLimits.ts), whose messages reach their queue this late; on time when absent. */
  readonly queueLagMs?: number;
  readonly maxConcurrentActivityFunctions: number;
  /** Keeps the count and the time of what runs. */
  readonly timed: Timed;
}

export function dispatcher(options: DispatcherOptions): Dispatcher {
  const { hub, functions, run, store, clock } = options;
  const activities = workQueue(options.maxConcurrentActivityFunctions, clock);

  function runActivity(instance: Live, event: TaskScheduled): void {
    activities.add(async () => {
      if (!hub.isCurrent(instance)) return;
      await options.timed('activities', async () => {
        const fn = functions.get(event.Name);
        hub.deliver(instance, await callActivity(run, fn, event, instance.head.instanceId, () => hub.now()));
      });
    });
  }

  function setTimer(instance: Live, { EventId, FireAt }: TimerCreated): void {
    const due = Date.parse(FireAt);
    const time = options.queueLagMs === undefined ? due : shownAgain(due, clock.now(), options.queueLagMs);
    const cancel = clock.at(time, () => {
      instance.timers.delete(cancel);
      hub.deliver(instance, { ...fromOutside(hub.now()), EventType: EventType.timerFired, TimerId: EventId, FireAt });
    });
    instance.timers.add(cancel);
  }

  function startSubOrchestration(instance: Live, event: SubOrchestrationCreated): void {
    const { instanceId, executionId } = instance.head;
    const parent = { instanceId, executionId, taskId: event.EventId };
    const isThisOne = (state: InstanceState | undefined) =>
      state?.head.parent?.executionId === executionId && state.head.parent.taskId === event.EventId;

    const existing = hub.instances.live.get(event.InstanceId);
    if (isThisOne(existing)) return;
    if (existing !== undefined) {
      const refusal = new InstanceExistsError(existing.status).message;
      hub.deliver(instance, subOrchestrationOutcome(event.EventId, 'Failed', refusal, hub.now()));
      return;
    }
    const finished = store.read(event.InstanceId);
    if (finished !== undefined && isThisOne(finished)) {
      hub.tellParent(parent, finished.status, finished.output);
      return;
    }
    const { Name: name, InstanceId, Version: version } = event;
    hub.start({ name, instanceId: InstanceId, version, input: fromJson(event.Input), parent });
  }

  return {
    dispatch(instance, event) {
      switch (event.EventType) {
        case EventType.taskScheduled:
          return runActivity(instance, event);
        case EventType.timerCreated:
          return setTimer(instance, event);
        case EventType.subOrchestrationCreated:
          return startSubOrchestration(instance, event);
      }
    },
    stop: () => activities.stop(),
  };
}
