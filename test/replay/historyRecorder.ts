import { EventType, fromOutside, type HistoryEvent } from '../../local/host/durable/history.ts';
import { apply, type InstanceState, type JournalRecord } from '../../local/host/durable/instanceState.ts';
import { memoryStore, type TaskHubStore } from '../../local/host/durable/store.ts';
import type { Ending, RecordedHistory } from './recordedHistory.ts';

export interface HistoryRecorder {
  /** The store for the host whose orchestrations are recorded. */
  readonly store: TaskHubStore;
  /** Every execution so far in the order of their ends; those that have not ended come last. */
  histories(): RecordedHistory[];
}

/**
 * A task hub's store that forgets no history: the engine's own keeps the last hundred finished ones, and none of a
 * generation that has continued as new.
 */
export function historyRecorder(): HistoryRecorder {
  const inner = memoryStore();
  const live = new Map<string, InstanceState>();
  const ended: RecordedHistory[] = [];
  return {
    store: {
      ...inner,
      begin(record) {
        const { instanceId } = record.head;
        const before = live.get(instanceId);
        if (before !== undefined) ended.push(continuedAsNew(before, record));
        keep(live, instanceId, apply(undefined, record));
        inner.begin(record);
      },
      append(instanceId, record) {
        keep(live, instanceId, apply(live.get(instanceId), record));
        inner.append(instanceId, record);
      },
      retire(state) {
        live.delete(state.head.instanceId);
        // One that somebody terminated has not come to its end by its code.
        if (state.status !== 'Terminated') ended.push({ ending: endingOf(state), events: [...state.history] });
        inner.retire(state);
      },
    },
    histories: () => [
      ...ended,
      ...[...live.values()]
        .filter(({ history }) => history.length > 0)
        .map(({ history }) => ({ ending: { kind: 'Running' as const }, events: [...history] })),
    ],
  };
}

function keep(live: Map<string, InstanceState>, instanceId: string, state: InstanceState | undefined): void {
  if (state !== undefined) live.set(instanceId, state);
}

function endingOf({ status }: InstanceState): Ending {
  if (status === 'Completed' || status === 'Failed') return { kind: status };
  throw new Error(`An execution that is ${status} has not ended.`);
}

/**
 * The store never sees the turn in which an execution continues as new, since its history is dropped with it. That turn
 * took the messages which the next generation has not got; it began when that one was created, as time stands still
 * during a turn.
 */
function continuedAsNew(before: InstanceState, next: Extract<JournalRecord, { kind: 'start' }>): RecordedHistory {
  const taken = before.inbox.length - (next.inbox.length - next.firstBatch);
  const turn: HistoryEvent[] = [
    { ...fromOutside(next.head.createdTime), EventType: EventType.orchestratorStarted },
    ...before.inbox.slice(0, taken),
  ];
  return {
    ending: { kind: 'ContinuedAsNew', input: next.head.input },
    events: [...before.history, ...turn],
  };
}
