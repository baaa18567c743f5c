/**
 * The history of an orchestration as the Durable Task Framework numbers it and as `durable-functions` reads it
 * (field names and event numbers are those of DurableTask.Core's `EventType`).
 */
export const EventType = {
  executionStarted: 0,
  executionCompleted: 1,
  executionTerminated: 3,
  taskScheduled: 4,
  taskCompleted: 5,
  taskFailed: 6,
  subOrchestrationCreated: 7,
  subOrchestrationCompleted: 8,
  subOrchestrationFailed: 9,
  timerCreated: 10,
  timerFired: 11,
  orchestratorStarted: 12,
  orchestratorCompleted: 13,
  eventRaised: 15,
  executionSuspended: 19,
  executionResumed: 20,
} as const;

interface EventBase {
  /** The sequence number of what the orchestrator scheduled; -1 for everything that came from outside. */
  readonly EventId: number;
  readonly IsPlayed: boolean;
  /** ISO 8601 in UTC, by the host's clock. */
  readonly Timestamp: string;
}

interface ParentInstance {
  readonly OrchestrationInstance: { readonly InstanceId: string };
}

export interface ExecutionStarted extends EventBase {
  readonly EventType: typeof EventType.executionStarted;
  readonly Name: string;
  readonly Version: string | null;
  /** JSON. */
  readonly Input: string | null;
  readonly OrchestrationInstance: { readonly InstanceId: string; readonly ExecutionId: string };
  readonly ParentInstance: ParentInstance | null;
}

interface ExecutionCompleted extends EventBase {
  readonly EventType: typeof EventType.executionCompleted;
  readonly OrchestrationStatus: string;
  readonly Result: string | null;
}

interface ExecutionTerminated extends EventBase {
  readonly EventType: typeof EventType.executionTerminated;
  readonly Input: string | null;
}

export interface TaskScheduled extends EventBase {
  readonly EventType: typeof EventType.taskScheduled;
  readonly Name: string;
  readonly Input: string | null;
}

export interface SubOrchestrationCreated extends EventBase {
  readonly EventType: typeof EventType.subOrchestrationCreated;
  readonly Name: string;
  readonly InstanceId: string;
  readonly Version: string | null;
  readonly Input: string | null;
}

export interface TimerCreated extends EventBase {
  readonly EventType: typeof EventType.timerCreated;
  readonly FireAt: string;
}

interface TaskSucceeded extends EventBase {
  readonly EventType: typeof EventType.taskCompleted | typeof EventType.subOrchestrationCompleted;
  readonly TaskScheduledId: number;
  readonly Result: string | null;
}

interface TaskFailed extends EventBase {
  readonly EventType: typeof EventType.taskFailed | typeof EventType.subOrchestrationFailed;
  readonly TaskScheduledId: number;
  readonly Reason: string;
  readonly Details: string;
}

interface TimerFired extends EventBase {
  readonly EventType: typeof EventType.timerFired;
  readonly TimerId: number;
  readonly FireAt: string;
}

export interface EventRaised extends EventBase {
  readonly EventType: typeof EventType.eventRaised;
  readonly Name: string;
  /** JSON. */
  readonly Input: string;
}

interface ExecutionPaused extends EventBase {
  readonly EventType: typeof EventType.executionSuspended | typeof EventType.executionResumed;
  readonly Reason: string | null;
}

interface OrchestratorBoundary extends EventBase {
  readonly EventType: typeof EventType.orchestratorStarted | typeof EventType.orchestratorCompleted;
}

/** What an orchestrator asks the host to do; each has the sequence number the orchestrator gave it. */
export type Scheduled = TaskScheduled | SubOrchestrationCreated | TimerCreated;

/** What reaches an instance from outside and wakes it. */
export type Message =
  ExecutionStarted | ExecutionTerminated | TaskSucceeded | TaskFailed | TimerFired | EventRaised | ExecutionPaused;

export type HistoryEvent = Scheduled | Message | ExecutionCompleted | OrchestratorBoundary;

/** The fields of an event that come from outside the orchestrator. */
export const fromOutside = (timestamp: string) => ({ EventId: -1, IsPlayed: false, Timestamp: timestamp }) as const;

/** JSON as the extension stores it: `null` where there is nothing. */
export const toJson = (value: unknown): string | null =>
  value === undefined || value === null ? null : JSON.stringify(value);

/** @returns what was stored; text that is no JSON (the reason of a failure) as it is. */
export function fromJson(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Work that the history says was scheduled and whose outcome neither history nor waiting messages hold. */
export function unfinishedWork(history: readonly HistoryEvent[], waiting: readonly Message[]): Scheduled[] {
  const finished = new Set<number>();
  for (const event of [...history, ...waiting]) {
    if ('TaskScheduledId' in event) finished.add(event.TaskScheduledId);
    else if (event.EventType === EventType.timerFired) finished.add(event.TimerId);
  }
  return history.filter((event): event is Scheduled => isScheduled(event) && !finished.has(event.EventId));
}

function isScheduled(event: HistoryEvent): event is Scheduled {
  return (
    event.EventType === EventType.taskScheduled ||
    event.EventType === EventType.subOrchestrationCreated ||
    event.EventType === EventType.timerCreated
  );
}
