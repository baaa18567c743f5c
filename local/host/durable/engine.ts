import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { AppFunction } from '../app.ts';
import type { Log } from '../logging.ts';
import { callActivity } from './activityCall.ts';
import { InstanceExistsError, InvalidRequestError } from './errors.ts';
import type {
  EventRaised,
  ExecutionStarted,
  HistoryEvent,
  Message,
  Scheduled,
  SubOrchestrationCreated,
} from './history.ts';
import { EventType, fromJson, fromOutside, toJson, unfinishedWork } from './history.ts';
import type { OrchestrationStatus } from './instances.ts';
import { instances as instanceTable } from './instances.ts';
import type { ExecutionHead, InstanceState, JournalRecord, RuntimeStatus } from './instanceState.ts';
import { apply, isFinished } from './instanceState.ts';
import type { RunFunction } from './orchestratorCall.ts';
import { callOrchestrator } from './orchestratorCall.ts';
import type { InstanceQuery, InstancePage } from './query.ts';
import { queryInstances } from './query.ts';
import type { TaskHubStore } from './store.ts';
import type { TurnOutcome } from './turn.ts';
import { evaluateTurn } from './turn.ts';
import type { VersionSettings } from './versions.ts';
import { versionMismatch } from './versions.ts';
import { workQueue } from './workQueue.ts';

export interface EngineOptions {
  readonly functions: ReadonlyMap<string, AppFunction>;
  readonly run: RunFunction;
  readonly store: TaskHubStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly versions: VersionSettings;
  readonly maxConcurrentActivityFunctions: number;
  readonly maxConcurrentOrchestratorFunctions: number;
}

export interface StartRequest {
  readonly name: string;
  /** Chosen when absent. */
  readonly instanceId?: string;
  readonly input?: unknown;
  /** `defaultVersion` of host.json when absent. */
  readonly version?: string;
}

/** The durable task hub of one host. Everything but `waitFor` takes effect at once; orchestrators run later. */
export interface DurableEngine {
  /**
   * Starts an orchestration; a finished one of the same id is replaced.
   * @returns the instance id.
   * @throws InstanceExistsError when a live one has the id; InvalidRequestError for an id that Azure refuses.
   */
  start(request: StartRequest): string;
  /** Does nothing for instances that are unknown or finished, as everything below. */
  raiseEvent(instanceId: string, name: string, input: unknown): void;
  terminate(instanceId: string, reason: string | null): void;
  suspend(instanceId: string, reason: string | null): void;
  resume(instanceId: string, reason: string | null): void;
  /** Removes a finished instance. @returns false when there is none of that id. */
  purge(instanceId: string): boolean;
  status(instanceId: string): OrchestrationStatus | undefined;
  query(query: InstanceQuery): InstancePage;
  /** For people and tests; undefined when it is not kept any more. */
  history(instanceId: string): readonly HistoryEvent[] | undefined;
  /** Waits, without limit, until an instance is as the predicate says: finished, if none is given. */
  waitFor(instanceId: string, predicate?: (status: OrchestrationStatus) => boolean): Promise<OrchestrationStatus>;
  readonly stats: { readonly turns: number; readonly activities: number };
  /** Takes unfinished instances up where their journals end. @returns their number. */
  recover(): number;
  stop(): void;
}

interface Live extends InstanceState {
  /** Whether a turn is under way or queued. */
  awake: boolean;
  readonly timers: Set<() => void>;
}

interface Waiter {
  readonly instanceId: string;
  readonly predicate: (status: OrchestrationStatus) => boolean;
  readonly resolve: (status: OrchestrationStatus) => void;
}

export function createDurableEngine(options: EngineOptions): DurableEngine {
  const { clock, functions, log, run, store, versions } = options;
  const instances = instanceTable<Live>(store);
  const turns = workQueue(options.maxConcurrentOrchestratorFunctions, clock);
  const activities = workQueue(options.maxConcurrentActivityFunctions, clock);
  const stats = { turns: 0, activities: 0 };
  let waiters: Waiter[] = [];
  let stopped = false;

  const now = () => new Date(clock.now()).toISOString();
  const isCurrent = (instance: Live) => !stopped && instances.live.get(instance.head.instanceId) === instance;

  function begin(head: ExecutionHead, carryOver: readonly Message[], rest: readonly Message[], kept: KeptStatus): void {
    const started: ExecutionStarted = {
      ...fromOutside(now()),
      EventType: EventType.executionStarted,
      Name: head.name,
      Version: head.version,
      Input: toJson(head.input),
      OrchestrationInstance: { InstanceId: head.instanceId, ExecutionId: head.executionId },
      ParentInstance: head.parent ? { OrchestrationInstance: { InstanceId: head.parent.instanceId } } : null,
    };
    const record: Extract<JournalRecord, { kind: 'start' }> = {
      kind: 'start',
      head,
      ...kept,
      inbox: [started, ...carryOver, ...rest],
      firstBatch: 1 + carryOver.length,
    };
    store.begin(record);
    const instance = live(apply(undefined, record));
    instances.put(instance);
    tell(head.instanceId);
    wake(instance);
  }

  function deliver(instance: Live, message: Message): void {
    if (!isCurrent(instance)) return;
    store.append(instance.head.instanceId, { kind: 'message', message });
    instance.inbox.push(message);
    wake(instance);
  }

  const deliverTo = (instanceId: string, message: Message) => {
    const instance = instances.live.get(instanceId);
    if (instance !== undefined) deliver(instance, message);
  };

  function wake(instance: Live): void {
    if (instance.awake || instance.inbox.length === 0 || !isCurrent(instance)) return;
    instance.awake = true;
    turns.add(async () => {
      // What arrives in the same moment belongs to the same turn.
      await new Promise(setImmediate);
      try {
        if (isCurrent(instance)) await turn(instance);
      } catch (error) {
        log(
          'error',
          'durable',
          `The turn of '${instance.head.instanceId}' failed in the host: ${describeError(error)}`,
        );
        if (isCurrent(instance)) end(instance, instance.inbox.length, [], 'Failed', describeError(error));
      }
      instance.awake = false;
      wake(instance);
    });
  }

  async function turn(instance: Live): Promise<void> {
    const { head } = instance;
    const mismatch = versionMismatch(versions, head.version);
    if (mismatch !== undefined && versions.failureStrategy === 'Reject') return leaveAlone(instance, mismatch);

    const messages = instance.inbox.slice(0, instance.firstBatch > 0 ? instance.firstBatch : undefined);
    const added: HistoryEvent[] = [{ ...fromOutside(now()), EventType: EventType.orchestratorStarted }, ...messages];
    if (mismatch !== undefined) return end(instance, messages.length, added, 'Failed', mismatch);
    const terminated = messages.find((message) => message.EventType === EventType.executionTerminated);
    if (terminated !== undefined)
      return end(instance, messages.length, added, 'Terminated', fromJson(terminated.Input));

    const fn = functions.get(head.name);
    const problem = whyNotCallable('orchestrator', head.name);
    if (fn === undefined || problem !== undefined)
      return end(instance, messages.length, added, 'Failed', `Orchestrator function '${head.name}' failed: ${problem}`);

    stats.turns++;
    const isFirst = instance.history.length === 0;
    const history = [...instance.history.map((event) => ({ ...event, IsPlayed: true })), ...added];
    const answer = await callOrchestrator(run, fn, head, history);
    if (!isCurrent(instance)) return;
    const result = evaluateTurn(
      head.name,
      history,
      answer,
      {
        whyNotCallable,
        instanceId: head.instanceId,
        parentInstanceId: head.parent?.instanceId ?? null,
        executionId: head.executionId,
        defaultVersion: versions.defaultVersion,
      },
      now(),
    );
    if (result.warning !== undefined) log('warning', 'durable', `${head.name} '${head.instanceId}': ${result.warning}`);
    // The status of the generation before shows until the orchestrator has had its first turn.
    const customStatus = result.customStatus ?? (isFirst ? instance.customStatus : null);
    added.push(...result.scheduled);
    conclude(instance, messages.length, added, result.outcome, customStatus, result.scheduled);
  }

  function conclude(
    instance: Live,
    taken: number,
    added: HistoryEvent[],
    outcome: TurnOutcome,
    customStatus: unknown,
    scheduled: readonly Scheduled[],
  ): void {
    switch (outcome.kind) {
      case 'ContinuedAsNew':
        cancelTimers(instance);
        return begin(
          { ...instance.head, executionId: newId(), input: outcome.input, createdTime: now() },
          outcome.carryOver.map((event) => ({ ...event, IsPlayed: false })),
          instance.inbox.slice(taken),
          { status: 'Running', customStatus },
        );
      case 'Completed':
        return end(instance, taken, added, 'Completed', outcome.output, customStatus);
      case 'Failed':
        return end(instance, taken, added, 'Failed', outcome.reason, customStatus);
      case 'Running':
      case 'Suspended':
        added.push({ ...fromOutside(now()), EventType: EventType.orchestratorCompleted });
        commit(instance, taken, added, outcome.kind, customStatus, null);
        tell(instance.head.instanceId);
        for (const event of scheduled) dispatch(instance, event);
    }
  }

  function commit(
    instance: Live,
    taken: number,
    added: readonly HistoryEvent[],
    status: RuntimeStatus,
    customStatus: unknown,
    output: unknown,
  ): void {
    const record: JournalRecord = { kind: 'turn', taken, added, status, customStatus, output, updatedTime: now() };
    store.append(instance.head.instanceId, record);
    apply(instance, record);
  }

  function end(
    instance: Live,
    taken: number,
    added: HistoryEvent[],
    status: RuntimeStatus,
    output: unknown,
    customStatus: unknown = instance.customStatus,
  ): void {
    added.push({
      ...fromOutside(now()),
      EventType: EventType.executionCompleted,
      OrchestrationStatus: status,
      Result: toJson(output),
    });
    commit(instance, taken, added, status, customStatus, output);
    cancelTimers(instance);
    store.retire(instance);
    instances.finish(instance);
    const { parent } = instance.head;
    if (parent !== undefined) tellParent(parent, status, output);
    tell(instance.head.instanceId);
  }

  function tellParent(parent: NonNullable<ExecutionHead['parent']>, status: RuntimeStatus, output: unknown): void {
    const waiting = instances.live.get(parent.instanceId);
    if (waiting?.head.executionId === parent.executionId)
      deliver(waiting, subOrchestrationOutcome(parent.taskId, status, output, now()));
  }

  function dispatch(instance: Live, event: Scheduled): void {
    switch (event.EventType) {
      case EventType.taskScheduled:
        return activities.add(async () => {
          if (!isCurrent(instance)) return;
          stats.activities++;
          deliver(instance, await callActivity(run, functions.get(event.Name), event, instance.head.instanceId, now));
        });
      case EventType.timerCreated: {
        const cancel = clock.at(Date.parse(event.FireAt), () => {
          instance.timers.delete(cancel);
          const { EventId: TimerId, FireAt } = event;
          deliver(instance, { ...fromOutside(now()), EventType: EventType.timerFired, TimerId, FireAt });
        });
        instance.timers.add(cancel);
        return;
      }
      case EventType.subOrchestrationCreated:
        return startSubOrchestration(instance, event);
    }
  }

  function startSubOrchestration(instance: Live, event: SubOrchestrationCreated): void {
    const { instanceId, executionId } = instance.head;
    const parent = { instanceId, executionId, taskId: event.EventId };
    const refuse = (reason: string) =>
      deliver(instance, subOrchestrationOutcome(event.EventId, 'Failed', reason, now()));
    const existing = instances.live.get(event.InstanceId);
    if (existing !== undefined) {
      // After a crash: it was started before.
      if (existing.head.parent?.executionId === executionId && existing.head.parent.taskId === event.EventId) return;
      return refuse(new InstanceExistsError(existing.status).message);
    }
    const finished = store.read(event.InstanceId);
    if (finished?.head.parent?.executionId === executionId && finished.head.parent.taskId === event.EventId)
      return tellParent(parent, finished.status, finished.output);
    begin(newHead(event.Name, event.InstanceId, event.Version, fromJson(event.Input), parent), [], [], PENDING);
  }

  function leaveAlone(instance: Live, mismatch: string): void {
    log(
      'warning',
      'durable',
      `'${instance.head.instanceId}' does not run: ${mismatch}. It waits for a host of its version.`,
    );
    // Its journal is kept; this host looks at it no more.
    instance.inbox.length = 0;
  }

  const newHead = (
    name: string,
    instanceId: string,
    version: string | null,
    input: unknown,
    parent?: ExecutionHead['parent'],
  ): ExecutionHead => ({
    instanceId,
    executionId: newId(),
    name,
    version,
    input,
    createdTime: now(),
    ...(parent !== undefined && { parent }),
  });

  function whyNotCallable(kind: 'activity' | 'orchestrator', name: string): string | undefined {
    const trigger = kind === 'activity' ? 'activityTrigger' : 'orchestrationTrigger';
    if (functions.get(name)?.trigger.type === trigger) return undefined;
    const known = [...functions.values()].filter((fn) => fn.trigger.type === trigger).map((fn) => fn.name);
    return (
      `The function '${name}' doesn't exist, is disabled, or is not an ${kind} function. ` +
      `Additional info: The following are the known ${kind} functions: ${known.map((known) => `'${known}'`).join(', ')}.`
    );
  }

  function tell(instanceId: string): void {
    if (!waiters.some((waiter) => waiter.instanceId === instanceId)) return;
    const status = instances.status(instanceId);
    if (status === undefined) return;
    const served = waiters.filter((waiter) => waiter.instanceId === instanceId && waiter.predicate(status));
    waiters = waiters.filter((waiter) => !served.includes(waiter));
    for (const waiter of served) waiter.resolve(status);
  }

  for (const state of store.load())
    if (isFinished(state.status)) instances.finish(state);
    else instances.put(live(state));

  return {
    start({ name, instanceId = newId(), input = null, version }) {
      checkInstanceId(instanceId);
      const existing = instances.live.get(instanceId);
      if (existing !== undefined) throw new InstanceExistsError(existing.status);
      begin(newHead(name, instanceId, version ?? versions.defaultVersion, input), [], [], PENDING);
      return instanceId;
    },
    raiseEvent(instanceId, name, input) {
      const event: EventRaised = {
        ...fromOutside(now()),
        EventType: EventType.eventRaised,
        Name: name,
        Input: JSON.stringify(input ?? null),
      };
      deliverTo(instanceId, event);
    },
    terminate: (instanceId, reason) =>
      deliverTo(instanceId, {
        ...fromOutside(now()),
        EventType: EventType.executionTerminated,
        Input: toJson(reason),
      }),
    suspend: (instanceId, reason) =>
      deliverTo(instanceId, { ...fromOutside(now()), EventType: EventType.executionSuspended, Reason: reason }),
    resume: (instanceId, reason) =>
      deliverTo(instanceId, { ...fromOutside(now()), EventType: EventType.executionResumed, Reason: reason }),
    purge(instanceId) {
      const status = instances.status(instanceId);
      if (status === undefined || !isFinished(status.runtimeStatus)) return false;
      instances.forget(instanceId);
      store.remove(instanceId);
      return true;
    },
    status: (instanceId) => instances.status(instanceId),
    query: (query) => queryInstances(instances, query),
    history: (instanceId) => (instances.live.get(instanceId) ?? store.read(instanceId))?.history,
    waitFor(instanceId, predicate = (status) => isFinished(status.runtimeStatus)) {
      const status = instances.status(instanceId);
      if (status !== undefined && predicate(status)) return Promise.resolve(status);
      return new Promise((resolve) => waiters.push({ instanceId, predicate, resolve }));
    },
    stats,
    recover() {
      const unfinished = [...instances.live.values()];
      for (const instance of unfinished) {
        for (const event of unfinishedWork(instance.history, instance.inbox)) dispatch(instance, event);
        wake(instance);
      }
      return unfinished.length;
    },
    stop() {
      stopped = true;
      turns.stop();
      activities.stop();
      for (const instance of instances.live.values()) cancelTimers(instance);
    },
  };
}

type KeptStatus = Pick<InstanceState, 'status' | 'customStatus'>;
const PENDING: KeptStatus = { status: 'Pending', customStatus: null };

const newId = () => randomUUID().replaceAll('-', '');

function live(state: InstanceState | undefined): Live {
  if (state === undefined) throw new Error('A journal begins with a start.');
  return Object.assign(state, { awake: false, timers: new Set<() => void>() });
}

function cancelTimers(instance: Live): void {
  for (const cancel of instance.timers) cancel();
  instance.timers.clear();
}

function subOrchestrationOutcome(taskId: number, status: RuntimeStatus, output: unknown, timestamp: string): Message {
  const event = { ...fromOutside(timestamp), TaskScheduledId: taskId };
  if (status === 'Completed')
    return { ...event, EventType: EventType.subOrchestrationCompleted, Result: toJson(output) };
  const reason = typeof output === 'string' ? output : (toJson(output) ?? status);
  return { ...event, EventType: EventType.subOrchestrationFailed, Reason: reason, Details: '' };
}

/** The ids that the extension takes (DurableClient.StartNewAsync). */
function checkInstanceId(instanceId: string): void {
  if (instanceId.startsWith('@')) throw new InvalidRequestError('Orchestration instance ids must not start with @.');
  if (instanceId === '' || instanceId.length > 100)
    throw new InvalidRequestError('Orchestration instance ids must be 1 to 100 characters long.');
  if (/[/\\#?]|\p{Cc}/u.test(instanceId))
    throw new InvalidRequestError(
      "Orchestration instance ids must not contain '/', '\\', '#', '?', or control characters.",
    );
}

const describeError = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));
