import type { Clock } from '../../clock.ts';
import type { AppFunction } from '../app.ts';
import type { Log } from '../logging.ts';
import { describeThrown } from '../thrown.ts';
import { whyNotCallable } from './callable.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { HistoryEvent, Message } from './history.ts';
import { EventType, fromJson, fromOutside } from './history.ts';
import type { RunFunction } from './orchestratorCall.ts';
import { callOrchestrator } from './orchestratorCall.ts';
import type { Live, TaskHub } from './taskHub.ts';
import type { TurnResult } from './turn.ts';
import { evaluateTurn } from './turn.ts';
import type { VersionSettings } from './versions.ts';
import { versionMismatch } from './versions.ts';
import type { Timed } from './workQueue.ts';
import { workQueue } from './workQueue.ts';

export interface OrchestratorsOptions {
  readonly hub: TaskHub;
  readonly dispatcher: Dispatcher;
  readonly functions: ReadonlyMap<string, AppFunction>;
  readonly run: RunFunction;
  readonly clock: Clock;
  readonly log: Log;
  readonly versions: VersionSettings;
  readonly maxConcurrentOrchestratorFunctions: number;
  /** Keeps the count and the time of what runs. */
  readonly timed: Timed;
}

/** Gives instances their turns: one at a time each, with all the messages that wait. */
export interface Orchestrators {
  wake(instance: Live): void;
  stop(): void;
}

export function orchestrators(options: OrchestratorsOptions): Orchestrators {
  const { hub, dispatcher, functions, run, log, versions } = options;
  const turns = workQueue(options.maxConcurrentOrchestratorFunctions, options.clock);

  function wake(instance: Live): void {
    if (instance.awake || instance.inbox.length === 0 || !hub.isCurrent(instance)) return;
    instance.awake = true;
    turns.add(async () => {
      // What arrives in the same moment belongs to the same turn.
      await new Promise(setImmediate);
      await takeTurn(instance);
      instance.awake = false;
      wake(instance);
    });
  }

  async function takeTurn(instance: Live): Promise<void> {
    try {
      if (hub.isCurrent(instance)) await turn(instance);
    } catch (error) {
      const text = describeThrown(error);
      log('error', 'durable', `A turn of '${instance.head.instanceId}' failed in the host: ${text}`);
      if (hub.isCurrent(instance)) fail(instance, instance.inbox.slice(), [], text);
    }
  }

  async function turn(instance: Live): Promise<void> {
    const { head, inbox, firstBatch } = instance;
    const mismatch = versionMismatch(versions, head.version);
    if (mismatch !== undefined && versions.failureStrategy === 'Reject') return leaveAlone(instance, mismatch);

    const messages = inbox.slice(0, firstBatch > 0 ? firstBatch : inbox.length);
    const added: HistoryEvent[] = [
      { ...fromOutside(hub.now()), EventType: EventType.orchestratorStarted },
      ...messages,
    ];
    if (mismatch !== undefined) return fail(instance, messages, added, mismatch);
    const terminated = messages.find((message) => message.EventType === EventType.executionTerminated);
    if (terminated !== undefined) {
      const { customStatus } = instance;
      return hub.finish(
        instance,
        { taken: messages.length, added, customStatus },
        'Terminated',
        fromJson(terminated.Input),
      );
    }
    const fn = functions.get(head.name);
    const problem = whyNotCallable(functions, 'orchestrator', head.name);
    if (fn === undefined || problem !== undefined)
      return fail(instance, messages, added, `Orchestrator function '${head.name}' failed: ${problem}`);

    await options.timed('turns', async () => {
      const history = [...instance.history.map((event) => ({ ...event, IsPlayed: true })), ...added];
      const answer = await callOrchestrator(run, fn, head, history);
      // The host may have been closed meanwhile.
      if (!hub.isCurrent(instance)) return;
      const result = evaluateTurn(head.name, history, answer, environmentOf(instance), hub.now());
      conclude(instance, messages.length, added, result);
    });
  }

  const environmentOf = ({ head }: Live) => ({
    whyNotCallable: (kind: 'activity' | 'orchestrator', name: string) => whyNotCallable(functions, kind, name),
    instanceId: head.instanceId,
    parentInstanceId: head.parent?.instanceId ?? null,
    executionId: head.executionId,
    defaultVersion: versions.defaultVersion,
  });

  function conclude(instance: Live, taken: number, before: readonly HistoryEvent[], result: TurnResult): void {
    const { outcome, scheduled, warning } = result;
    if (warning !== undefined)
      log('warning', 'durable', `${instance.head.name} '${instance.head.instanceId}': ${warning}`);
    // The custom status of the generation before outlives its successor's first turn, but no other.
    const isFirstTurn = instance.history.length === 0;
    const customStatus = result.customStatus ?? (isFirstTurn ? instance.customStatus : null);
    const added = [...before, ...scheduled];
    switch (outcome.kind) {
      case 'ContinuedAsNew': {
        const carryOver = outcome.carryOver.map((event) => ({ ...event, IsPlayed: false }));
        return hub.continueAsNew(instance, outcome.input, customStatus, carryOver, instance.inbox.slice(taken));
      }
      case 'Completed':
        return hub.finish(instance, { taken, added, customStatus }, 'Completed', outcome.output);
      case 'Failed':
        return hub.finish(instance, { taken, added, customStatus }, 'Failed', outcome.reason);
      case 'Running':
      case 'Suspended':
        added.push({ ...fromOutside(hub.now()), EventType: EventType.orchestratorCompleted });
        hub.commit(instance, { taken, added, customStatus }, outcome.kind);
        for (const event of scheduled) dispatcher.dispatch(instance, event);
    }
  }

  function fail(instance: Live, messages: readonly Message[], added: readonly HistoryEvent[], reason: string): void {
    const { customStatus } = instance;
    hub.finish(instance, { taken: messages.length, added, customStatus }, 'Failed', reason);
  }

  /** As the extension's Reject: a host of another version has to come; what waits stays in the journal. */
  function leaveAlone(instance: Live, mismatch: string): void {
    log('warning', 'durable', `'${instance.head.instanceId}' is left alone: ${mismatch}.`);
    instance.inbox.length = 0;
  }

  return { wake, stop: () => turns.stop() };
}
