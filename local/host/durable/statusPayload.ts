import type { HistoryEvent } from './history.ts';
import { EventType, fromJson } from './history.ts';
import type { OrchestrationStatus } from './instances.ts';

export interface HistoryOptions {
  readonly showInput: boolean;
  readonly showOutput: boolean;
}

/** An instance in the words of the Durable HTTP API, whose times have no fractions of a second. */
export function statusPayload(status: OrchestrationStatus, showInput: boolean) {
  return {
    name: status.name,
    ...(status.version !== null && { version: status.version }),
    instanceId: status.instanceId,
    ...(status.parentInstanceId !== null && { parentInstanceId: status.parentInstanceId }),
    runtimeStatus: status.runtimeStatus,
    input: showInput ? status.input : null,
    customStatus: status.customStatus,
    output: status.output,
    createdTime: wholeSeconds(status.createdTime),
    lastUpdatedTime: wholeSeconds(status.lastUpdatedTime),
  };
}

const wholeSeconds = (time: string) => `${time.slice(0, 19)}Z`;

const NAMES: Readonly<Record<number, string>> = {
  [EventType.executionStarted]: 'ExecutionStarted',
  [EventType.executionCompleted]: 'ExecutionCompleted',
  [EventType.executionTerminated]: 'ExecutionTerminated',
  [EventType.taskScheduled]: 'TaskScheduled',
  [EventType.taskCompleted]: 'TaskCompleted',
  [EventType.taskFailed]: 'TaskFailed',
  [EventType.subOrchestrationCreated]: 'SubOrchestrationInstanceCreated',
  [EventType.subOrchestrationCompleted]: 'SubOrchestrationInstanceCompleted',
  [EventType.subOrchestrationFailed]: 'SubOrchestrationInstanceFailed',
  [EventType.timerCreated]: 'TimerCreated',
  [EventType.timerFired]: 'TimerFired',
  [EventType.eventRaised]: 'EventRaised',
  [EventType.executionSuspended]: 'ExecutionSuspended',
  [EventType.executionResumed]: 'ExecutionResumed',
};

/** Shown for nobody (DurableClient.GetDurableOrchestrationStatusAsync removes them). */
const HIDDEN = new Set([
  ...['EventId', 'IsPlayed', 'Version', 'TaskScheduledId', 'TimerId', 'OrchestrationInstance', 'ParentInstance'],
]);

/**
 * A history as `showHistory` lists it: without the turns' boundaries, and with what was scheduled merged into its outcome,
 * timers excepted.
 */
export function historyPayload(history: readonly HistoryEvent[], options: HistoryOptions): Record<string, unknown>[] {
  const scheduled = new Map(
    history.flatMap((event) => (event.EventId >= 0 && 'Name' in event ? [[event.EventId, event] as const] : [])),
  );
  const outcomes = new Set(history.flatMap((event) => ('TaskScheduledId' in event ? [event.TaskScheduledId] : [])));
  return history
    .filter((event) => event.EventType in NAMES)
    .filter((event) => !(scheduled.has(event.EventId) && outcomes.has(event.EventId)))
    .map((event) => {
      const cause = 'TaskScheduledId' in event ? scheduled.get(event.TaskScheduledId) : undefined;
      return {
        ...visible(event, options),
        ...(cause && {
          ScheduledTime: cause.Timestamp,
          FunctionName: cause.Name,
          ...('InstanceId' in cause && { InstanceId: cause.InstanceId }),
          ...(options.showInput && 'Input' in cause && { Input: cause.Input }),
        }),
      };
    });
}

function visible(event: HistoryEvent, { showInput, showOutput }: HistoryOptions): Record<string, unknown> {
  const shown = Object.entries(event)
    .filter(([field]) => !HIDDEN.has(field))
    .filter(([field]) => (field !== 'Input' || showInput) && (field !== 'Result' || showOutput))
    .map(([field, value]: [string, unknown]) => {
      if (field === 'EventType') return [field, NAMES[event.EventType]];
      if (field === 'Result') return [field, fromJson(value as string | null)];
      return [event.EventType === EventType.executionStarted && field === 'Name' ? 'FunctionName' : field, value];
    });
  return Object.fromEntries(shown) as Record<string, unknown>;
}
