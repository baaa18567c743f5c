import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { ExecutionStarted, HistoryEvent, Message } from './history.ts';
import { EventType, fromOutside, toJson } from './history.ts';
import type { Instances, OrchestrationStatus } from './instances.ts';
import { instances as instanceTable } from './instances.ts';
import type { ExecutionHead, FinishedStatus, InstanceState, JournalRecord, RuntimeStatus } from './instanceState.ts';
import { apply, isFinished } from './instanceState.ts';
import type { TaskHubStore } from './store.ts';

/** An instance that has not finished. Another execution of the same id is another object. */
export interface Live extends InstanceState {
  /** Whether a turn is under way or queued. */
  awake: boolean;
  /** Cancel what the clock still owes this execution. */
  readonly timers: Set<() => void>;
}

/** What a turn has taken from the inbox and added to the history. */
interface Turn {
  readonly taken: number;
  readonly added: readonly HistoryEvent[];
  readonly customStatus: unknown;
}

type NewExecution = Omit<ExecutionHead, 'executionId' | 'createdTime'>;

/** The instances of a task hub and every change they go through: journaled first, then made known. */
export interface TaskHub {
  readonly instances: Instances<Live>;
  /** The clock's time in ISO 8601. */
  now(): string;
  isCurrent(instance: Live): boolean;
  start(execution: NewExecution): void;
  /** @param carryOver events for the first turn of the next generation; @param rest for the turns after it. */
  continueAsNew(instance: Live, input: unknown, customStatus: unknown, carryOver: Message[], rest: Message[]): void;
  /** Does nothing for an execution that is over. */
  deliver(instance: Live, message: Message): void;
  commit(instance: Live, turn: Turn, status: RuntimeStatus): void;
  finish(instance: Live, turn: Turn, status: FinishedStatus, output: unknown): void;
  /** Gives a parent the outcome of its sub-orchestration, if that execution of it still waits. */
  tellParent(parent: NonNullable<ExecutionHead['parent']>, status: RuntimeStatus, output: unknown): void;
  waitFor(instanceId: string, predicate: (status: OrchestrationStatus) => boolean): Promise<OrchestrationStatus>;
  close(): void;
}

interface Waiter {
  readonly predicate: (status: OrchestrationStatus) => boolean;
  readonly resolve: (status: OrchestrationStatus) => void;
}

/** @param wake is told of every instance that has something to do. */
export function openTaskHub(store: TaskHubStore, clock: Clock, wake: (instance: Live) => void): TaskHub {
  const instances = instanceTable<Live>(store);
  const waiters = new Map<string, Waiter[]>();
  let closed = false;

  for (const state of store.load())
    if (isFinished(state.status)) instances.finish(state);
    else instances.put(live(state));

  const now = () => new Date(clock.now()).toISOString();
  const isCurrent = (instance: Live) => !closed && instances.live.get(instance.head.instanceId) === instance;

  function begin(head: ExecutionHead, kept: KeptStatus, carryOver: readonly Message[], rest: readonly Message[]): void {
    const record: Extract<JournalRecord, { kind: 'start' }> = {
      kind: 'start',
      head,
      ...kept,
      inbox: [executionStarted(head), ...carryOver, ...rest],
      firstBatch: 1 + carryOver.length,
    };
    if (closed) throw new Error('The host is closing.');
    store.begin(record);
    const instance = live(apply(undefined, record));
    instances.put(instance);
    tellWaiters(head.instanceId);
    wake(instance);
  }

  const executionStarted = (head: ExecutionHead): ExecutionStarted => ({
    ...fromOutside(now()),
    EventType: EventType.executionStarted,
    Name: head.name,
    Version: head.version,
    Input: toJson(head.input),
    OrchestrationInstance: { InstanceId: head.instanceId, ExecutionId: head.executionId },
    ParentInstance: head.parent ? { OrchestrationInstance: { InstanceId: head.parent.instanceId } } : null,
  });

  function append(instance: Live, turn: Turn, status: RuntimeStatus, output: unknown): void {
    const record: JournalRecord = { kind: 'turn', ...turn, status, output, updatedTime: now() };
    store.append(instance.head.instanceId, record);
    apply(instance, record);
  }

  function deliver(instance: Live, message: Message): void {
    if (!isCurrent(instance)) return;
    store.append(instance.head.instanceId, { kind: 'message', message });
    instance.inbox.push(message);
    wake(instance);
  }

  function tellParent(parent: NonNullable<ExecutionHead['parent']>, status: RuntimeStatus, output: unknown): void {
    const waiting = instances.live.get(parent.instanceId);
    if (waiting?.head.executionId === parent.executionId)
      deliver(waiting, subOrchestrationOutcome(parent.taskId, status, output, now()));
  }

  function tellWaiters(instanceId: string): void {
    const waiting = waiters.get(instanceId);
    const status = waiting && instances.status(instanceId);
    if (waiting === undefined || status === undefined) return;
    const served = waiting.filter(({ predicate }) => predicate(status));
    const left = waiting.filter((waiter) => !served.includes(waiter));
    if (left.length > 0) waiters.set(instanceId, left);
    else waiters.delete(instanceId);
    for (const { resolve } of served) resolve(status);
  }

  return {
    instances,
    now,
    isCurrent,
    deliver,
    tellParent,
    start: (execution) =>
      begin(
        { ...execution, executionId: newId(), createdTime: now() },
        { status: 'Pending', customStatus: null },
        [],
        [],
      ),
    continueAsNew(instance, input, customStatus, carryOver, rest) {
      cancelTimers(instance);
      const head = { ...instance.head, executionId: newId(), input, createdTime: now() };
      begin(head, { status: 'Running', customStatus }, carryOver, rest);
    },
    commit(instance, turn, status) {
      append(instance, turn, status, null);
      tellWaiters(instance.head.instanceId);
    },
    finish(instance, turn, status, output) {
      const completed: HistoryEvent = {
        ...fromOutside(now()),
        EventType: EventType.executionCompleted,
        OrchestrationStatus: status,
        Result: toJson(output),
      };
      append(instance, { ...turn, added: [...turn.added, completed] }, status, output);
      cancelTimers(instance);
      store.retire(instance);
      instances.finish(instance);
      if (instance.head.parent !== undefined) tellParent(instance.head.parent, status, output);
      tellWaiters(instance.head.instanceId);
    },
    waitFor(instanceId, predicate) {
      const status = instances.status(instanceId);
      if (status !== undefined && predicate(status)) return Promise.resolve(status);
      return new Promise((resolve) => {
        waiters.set(instanceId, [...(waiters.get(instanceId) ?? []), { predicate, resolve }]);
      });
    },
    close() {
      closed = true;
      for (const instance of instances.live.values()) cancelTimers(instance);
    },
  };
}

type KeptStatus = Pick<InstanceState, 'status' | 'customStatus'>;

/** As .NET writes a Guid without dashes. */
export const newId = () => randomUUID().replaceAll('-', '');

function live(state: InstanceState | undefined): Live {
  if (state === undefined) throw new Error('A journal begins with a start.');
  return Object.assign(state, { awake: false, timers: new Set<() => void>() });
}

function cancelTimers(instance: Live): void {
  for (const cancel of instance.timers) cancel();
  instance.timers.clear();
}

/** What a parent hears of a sub-orchestration that has ended, or could not begin. */
export function subOrchestrationOutcome(
  taskId: number,
  status: RuntimeStatus,
  output: unknown,
  timestamp: string,
): Message {
  const event = { ...fromOutside(timestamp), TaskScheduledId: taskId };
  if (status === 'Completed')
    return { ...event, EventType: EventType.subOrchestrationCompleted, Result: toJson(output) };
  const reason = typeof output === 'string' ? output : (toJson(output) ?? status);
  return { ...event, EventType: EventType.subOrchestrationFailed, Reason: reason, Details: '' };
}
