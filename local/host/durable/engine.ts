import type { Clock } from '../../clock.ts';
import type { AppFunction } from '../app.ts';
import type { Log } from '../logging.ts';
import type { Dispatcher } from './dispatcher.ts';
import { dispatcher as createDispatcher } from './dispatcher.ts';
import { InstanceExistsError, InvalidRequestError } from './errors.ts';
import type { HistoryEvent, Message } from './history.ts';
import { EventType, fromOutside, toJson, unfinishedWork } from './history.ts';
import type { OrchestrationStatus } from './instances.ts';
import { isFinished } from './instanceState.ts';
import type { RunFunction } from './orchestratorCall.ts';
import type { Orchestrators } from './orchestrators.ts';
import { orchestrators as createOrchestrators } from './orchestrators.ts';
import type { InstancePage, InstanceQuery } from './query.ts';
import { queryInstances } from './query.ts';
import type { TaskHubStore } from './store.ts';
import { newId, openTaskHub } from './taskHub.ts';
import type { VersionSettings } from './versions.ts';
import type { Timed } from './workQueue.ts';

export interface EngineOptions {
  readonly functions: ReadonlyMap<string, AppFunction>;
  readonly run: RunFunction;
  readonly store: TaskHubStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly versions: VersionSettings;
  readonly maxConcurrentActivityFunctions: number;
  readonly maxConcurrentOrchestratorFunctions: number;
  /** See the dispatcher's. */
  readonly queueLagMs?: number;
}

interface Stats {
  turns: number;
  activities: number;
  milliseconds: number;
}

interface StartRequest {
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
  /** Does nothing for instances that are unknown or finished, as the three below. */
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
  /** How often orchestrators and activities have been called, and the real time their turns and calls have taken. */
  readonly stats: Readonly<Stats>;
  /** Takes unfinished instances up where their journals end. @returns their number. */
  recover(): number;
  stop(): void;
}

export function createDurableEngine(options: EngineOptions): DurableEngine {
  const { store, versions } = options;
  const stats: Stats = { turns: 0, activities: 0, milliseconds: 0 };
  const timed: Timed = async (kind, work) => {
    stats[kind]++;
    const startedMs = performance.now();
    try {
      await work();
    } finally {
      stats.milliseconds += performance.now() - startedMs;
    }
  };
  const hub = openTaskHub(store, options.clock, (instance) => orchestrators.wake(instance));
  const dispatcher: Dispatcher = createDispatcher({ ...options, hub, timed });
  const orchestrators: Orchestrators = createOrchestrators({ ...options, hub, dispatcher, timed });
  const { instances } = hub;

  const deliverTo = (instanceId: string, message: Message) => {
    const instance = instances.live.get(instanceId);
    if (instance !== undefined) hub.deliver(instance, message);
  };

  return {
    start({ name, instanceId = newId(), input = null, version = versions.defaultVersion }) {
      checkInstanceId(instanceId);
      const existing = instances.live.get(instanceId);
      if (existing !== undefined) throw new InstanceExistsError(existing.status);
      hub.start({ name, instanceId, version, input });
      return instanceId;
    },
    raiseEvent: (instanceId, name, input) =>
      deliverTo(instanceId, {
        ...fromOutside(hub.now()),
        EventType: EventType.eventRaised,
        Name: name,
        Input: JSON.stringify(input ?? null),
      }),
    terminate: (instanceId, reason) =>
      deliverTo(instanceId, {
        ...fromOutside(hub.now()),
        EventType: EventType.executionTerminated,
        Input: toJson(reason),
      }),
    suspend: (instanceId, reason) =>
      deliverTo(instanceId, { ...fromOutside(hub.now()), EventType: EventType.executionSuspended, Reason: reason }),
    resume: (instanceId, reason) =>
      deliverTo(instanceId, { ...fromOutside(hub.now()), EventType: EventType.executionResumed, Reason: reason }),
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
    waitFor: (instanceId, predicate = (status) => isFinished(status.runtimeStatus)) =>
      hub.waitFor(instanceId, predicate),
    stats,
    recover() {
      const unfinished = [...instances.live.values()];
      for (const instance of unfinished) {
        for (const event of unfinishedWork(instance.history, instance.inbox)) dispatcher.dispatch(instance, event);
        orchestrators.wake(instance);
      }
      return unfinished.length;
    },
    stop() {
      hub.close();
      orchestrators.stop();
      dispatcher.stop();
    },
  };
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
