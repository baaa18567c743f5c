import type { EventRaised, HistoryEvent, Scheduled } from './history.ts';
import { EventType } from './history.ts';

/** Told how a task ended: failed and cancelled are the same to what waits for it. `result` is JSON. */
export type Done = (succeeded: boolean, result?: string | null) => void;

type New<E extends Scheduled> = E extends Scheduled ? Omit<E, 'EventId' | 'IsPlayed' | 'Timestamp'> : never;

export class NonDeterministicOrchestrationError extends Error {
  constructor(details: string) {
    super(`Non-Deterministic workflow detected: ${details}`);
  }
}

/** What the orchestrator has called `continueAsNew` with, and the events that came after that call. */
export interface ContinuedAsNew {
  readonly input: unknown;
  readonly carryOver: EventRaised[];
}

/**
 * The bookkeeping of DurableTask.Core's TaskOrchestrationContext: sequence numbers in the order of starting, open tasks,
 * scheduled work that the history does not know yet, and external events. Everything runs synchronously, as on the
 * framework's single-threaded scheduler: completing a task runs what waits for it before the next event is looked at.
 */
export class TaskContext {
  #nextId = 0;
  #nowMs = 0;
  #suspended = false;
  #pending = new Map<number, New<Scheduled>>();
  #pendingWhileSuspended = new Map<number, New<Scheduled>>();
  #eventsWhileSuspended: HistoryEvent[] = [];
  readonly #openTasks = new Map<number, Done>();
  readonly #waiters = new Map<string, Done[]>();
  readonly #buffered = new Map<string, number>();
  #continuedAsNew: ContinuedAsNew | undefined;
  #terminated = false;
  readonly #start: (context: TaskContext) => void;

  /** @param start starts the orchestrator's replay, when the history says that execution started. */
  constructor(start: (context: TaskContext) => void) {
    this.#start = start;
  }

  /** The orchestration's own time: that of the turn being replayed, epoch ms. */
  get nowMs(): number {
    return this.#nowMs;
  }
  /** The sequence number of what is started next. */
  get nextId(): number {
    return this.#nextId;
  }
  get hasOpenTasks(): boolean {
    return this.#openTasks.size > 0;
  }
  get continuedAsNew(): ContinuedAsNew | undefined {
    return this.#continuedAsNew;
  }
  get suspended(): boolean {
    return this.#suspended;
  }
  get terminated(): boolean {
    return this.#terminated;
  }

  /** @returns what was started and is not in the history yet, in the order of starting. */
  newlyScheduled(timestamp: string): Scheduled[] {
    return [...this.#pending]
      .sort(([a], [b]) => a - b)
      .map(([EventId, event]) => ({ ...event, EventId, IsPlayed: false, Timestamp: timestamp }));
  }

  /** Starts a task. @returns its sequence number. */
  schedule(event: New<Scheduled>, done: Done): number {
    const id = this.#nextId++;
    this.#pending.set(id, event);
    this.#openTasks.set(id, done);
    return id;
  }

  /** Ends an open timer as cancelled at once; its TimerCreated stays, and so does the wake-up it brings. */
  cancel(id: number): void {
    this.#complete(id, false);
  }

  /**
   * Waits for an external event. Of several that wait for one name the newest is served first, events that came before
   * anyone waited the oldest first; names are compared without case (DurableOrchestrationContext.WaitForExternalEvent).
   */
  waitForEvent(name: string, done: Done): void {
    const key = name.toLowerCase();
    const buffered = this.#buffered.get(key) ?? 0;
    if (buffered > 0) {
      this.#buffered.set(key, buffered - 1);
      done(true);
      return;
    }
    this.#waiters.set(key, [...(this.#waiters.get(key) ?? []), done]);
  }

  /** Events that are already buffered are dropped: the extension is never asked to preserve them for JavaScript. */
  continueAsNew(input: unknown): void {
    this.#continuedAsNew = { input, carryOver: [] };
  }

  /** Lets one event of the history take effect. @throws NonDeterministicOrchestrationError */
  process(event: HistoryEvent): void {
    if (event.EventType === EventType.orchestratorStarted) {
      this.#nowMs = Date.parse(event.Timestamp);
    } else if (
      this.#suspended &&
      event.EventType !== EventType.executionResumed &&
      event.EventType !== EventType.executionTerminated
    ) {
      if (event.EventType !== EventType.executionSuspended) this.#eventsWhileSuspended.push(event);
    } else {
      this.#apply(event);
    }
  }

  #apply(event: HistoryEvent): void {
    switch (event.EventType) {
      case EventType.executionStarted:
        return this.#start(this);
      case EventType.executionTerminated:
        this.#terminated = true;
        return;
      case EventType.taskScheduled:
      case EventType.subOrchestrationCreated:
      case EventType.timerCreated:
        return this.#confirm(event);
      case EventType.taskCompleted:
      case EventType.subOrchestrationCompleted:
        return this.#complete(event.TaskScheduledId, true, event.Result);
      case EventType.taskFailed:
      case EventType.subOrchestrationFailed:
        return this.#complete(event.TaskScheduledId, false);
      case EventType.timerFired:
        return this.#complete(event.TimerId, true);
      case EventType.eventRaised:
        return this.#raise(event);
      case EventType.executionSuspended:
        return this.#suspend();
      case EventType.executionResumed:
        return this.#resume();
      case EventType.executionCompleted:
      case EventType.orchestratorStarted:
      case EventType.orchestratorCompleted:
    }
  }

  #complete(id: number, succeeded: boolean, result: string | null = null): void {
    const done = this.#openTasks.get(id);
    this.#openTasks.delete(id);
    done?.(succeeded, result);
  }

  #raise(event: EventRaised): void {
    if (this.#continuedAsNew !== undefined) {
      this.#continuedAsNew.carryOver.push(event);
      return;
    }
    const key = event.Name.toLowerCase();
    const done = this.#waiters.get(key)?.pop();
    if (done === undefined) this.#buffered.set(key, (this.#buffered.get(key) ?? 0) + 1);
    else done(true);
  }

  #confirm(event: Scheduled): void {
    const pending = this.#pending.get(event.EventId);
    const inHistory = describe(event);
    if (pending === undefined)
      throw new NonDeterministicOrchestrationError(
        `a previous execution of this orchestration scheduled ${inHistory} with sequence number ${event.EventId}, but ` +
          `the current replay hasn't (yet?) scheduled it. Was the orchestrator's code changed while this instance ran?`,
      );
    if (describe(pending).toLowerCase() !== inHistory.toLowerCase())
      throw new NonDeterministicOrchestrationError(
        `a previous execution of this orchestration scheduled ${inHistory} with sequence number ${event.EventId}, but ` +
          `the current replay scheduled ${describe(pending)}. Was the orchestrator's code changed while this instance ran?`,
      );
    this.#pending.delete(event.EventId);
  }

  #suspend(): void {
    this.#suspended = true;
    for (const [id, event] of this.#pending) this.#pendingWhileSuspended.set(id, event);
    this.#pending.clear();
  }

  #resume(): void {
    this.#suspended = false;
    for (const [id, event] of this.#pendingWhileSuspended) this.#pending.set(id, event);
    this.#pendingWhileSuspended.clear();
    for (const event of this.#eventsWhileSuspended.splice(0)) this.process(event);
  }
}

function describe(event: New<Scheduled>): string {
  if (event.EventType === EventType.timerCreated) return 'a timer';
  return `${event.EventType === EventType.taskScheduled ? 'activity' : 'sub-orchestration'} '${event.Name}'`;
}
