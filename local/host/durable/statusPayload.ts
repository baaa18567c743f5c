import type { HistoryEvent } from './history.ts';
import { EventType, fromJson } from './history.ts';
import type { OrchestrationStatus } from './instances.ts';

/** An instance in the words of the Durable HTTP API, whose times have no fractions of a second. */
export function statusPayload(
  status: OrchestrationStatus,
  options: {
    readonly showInput: boolean;
    readonly history?: readonly HistoryEvent[];
    readonly showHistoryOutput?: boolean;
  },
) {
  return {
    name: status.name,
    instanceId: status.instanceId,
    runtimeStatus: status.runtimeStatus,
    input: options.showInput ? status.input : null,
    customStatus: status.customStatus,
    output: status.output,
    createdTime: wholeSeconds(status.createdTime),
    lastUpdatedTime: wholeSeconds(status.lastUpdatedTime),
    ...(options.history && { historyEvents: historyPayload(options.history, options.showHistoryOutput ?? false) }),
  };
}

const wholeSeconds = (time: string) => `${time.slice(0, 19)}Z`;

/** Shows what was scheduled together with its outcome, as the extension does (DurableClient.GetStatusAsync). */
function historyPayload(history: readonly HistoryEvent[], showOutput: boolean): unknown[] {
  const scheduled = new Map(history.filter((event) => event.EventId >= 0).map((event) => [event.EventId, event]));
  const shown: unknown[] = [];
  const outcome = (id: number) => {
    const event = scheduled.get(id);
    scheduled.delete(id);
    return event && { ScheduledTime: event.Timestamp, ...('Name' in event && { FunctionName: event.Name }) };
  };
  for (const event of history) {
    const { Timestamp } = event;
    switch (event.EventType) {
      case EventType.executionStarted:
        shown.push({ EventType: 'ExecutionStarted', Timestamp, FunctionName: event.Name });
        break;
      case EventType.executionCompleted:
        shown.push({
          EventType: 'ExecutionCompleted',
          Timestamp,
          OrchestrationStatus: event.OrchestrationStatus,
          ...(showOutput && { Result: fromJson(event.Result) }),
        });
        break;
      case EventType.executionTerminated:
        shown.push({ EventType: 'ExecutionTerminated', Timestamp, Input: fromJson(event.Input) });
        break;
      case EventType.taskCompleted:
      case EventType.subOrchestrationCompleted:
        shown.push({
          EventType:
            event.EventType === EventType.taskCompleted ? 'TaskCompleted' : 'SubOrchestrationInstanceCompleted',
          Timestamp,
          ...(showOutput && { Result: fromJson(event.Result) }),
          ...outcome(event.TaskScheduledId),
        });
        break;
      case EventType.taskFailed:
      case EventType.subOrchestrationFailed:
        shown.push({
          EventType: event.EventType === EventType.taskFailed ? 'TaskFailed' : 'SubOrchestrationInstanceFailed',
          Timestamp,
          Reason: event.Reason,
          Details: event.Details,
          ...outcome(event.TaskScheduledId),
        });
        break;
      case EventType.timerFired:
        shown.push({ EventType: 'TimerFired', Timestamp, FireAt: event.FireAt, ...outcome(event.TimerId) });
        break;
      case EventType.eventRaised:
        shown.push({
          EventType: 'EventRaised',
          Timestamp,
          Name: event.Name,
          ...(showOutput && { Input: fromJson(event.Input) }),
        });
        break;
      case EventType.executionSuspended:
      case EventType.executionResumed:
        shown.push({
          EventType: event.EventType === EventType.executionSuspended ? 'ExecutionSuspended' : 'ExecutionResumed',
          Timestamp,
          Reason: event.Reason,
        });
        break;
      case EventType.taskScheduled:
      case EventType.subOrchestrationCreated:
      case EventType.timerCreated:
      case EventType.orchestratorStarted:
      case EventType.orchestratorCompleted:
    }
  }
  const open = [...scheduled.values()].map((event) => ({
    EventType:
      event.EventType === EventType.taskScheduled
        ? 'TaskScheduled'
        : event.EventType === EventType.timerCreated
          ? 'TimerCreated'
          : 'SubOrchestrationInstanceCreated',
    Timestamp: event.Timestamp,
    ...('Name' in event && { Name: event.Name }),
    ...('FireAt' in event && { FireAt: event.FireAt }),
  }));
  return [...shown, ...open];
}
