import type { HistoryEvent, Message } from './history.ts';

export const FINISHED = ['Completed', 'Failed', 'Terminated', 'Canceled'] as const;
export type FinishedStatus = (typeof FINISHED)[number];
export type RuntimeStatus = 'Pending' | 'Running' | 'Suspended' | FinishedStatus;

export const isFinished = (status: RuntimeStatus): status is FinishedStatus =>
  (FINISHED as readonly string[]).includes(status);

/** What an execution of an instance was started with. `continueAsNew` starts another one under the same id. */
export interface ExecutionHead {
  readonly instanceId: string;
  readonly executionId: string;
  readonly name: string;
  readonly version: string | null;
  readonly input: unknown;
  /** ISO 8601. As in Azure Storage's instances table, `continueAsNew` renews it. */
  readonly createdTime: string;
  /** The orchestration that waits for this one, and the sequence number it waits under. */
  readonly parent?: { readonly instanceId: string; readonly executionId: string; readonly taskId: number };
}

/** One line of a journal: one thing that either happened or did not. */
export type JournalRecord =
  | {
      readonly kind: 'start';
      readonly head: ExecutionHead;
      readonly status: RuntimeStatus;
      readonly customStatus: unknown;
      readonly inbox: readonly Message[];
      /** How many messages of the inbox the first turn takes. */
      readonly firstBatch: number;
    }
  | { readonly kind: 'message'; readonly message: Message }
  | {
      readonly kind: 'turn';
      /** How many messages of the inbox the turn took. */
      readonly taken: number;
      readonly added: readonly HistoryEvent[];
      readonly status: RuntimeStatus;
      readonly customStatus: unknown;
      readonly output: unknown;
      readonly updatedTime: string;
    };

/** All there is to know of an instance: what its journal adds up to. */
export interface InstanceState {
  readonly head: ExecutionHead;
  status: RuntimeStatus;
  customStatus: unknown;
  output: unknown;
  updatedTime: string;
  /** Waiting messages, oldest first. */
  readonly inbox: Message[];
  firstBatch: number;
  readonly history: HistoryEvent[];
}

/** Lets one record take effect. @returns the state after it: another one for a `start`, else the same. */
export function apply(state: InstanceState | undefined, record: JournalRecord): InstanceState | undefined {
  if (record.kind === 'start')
    return {
      head: record.head,
      status: record.status,
      customStatus: record.customStatus,
      output: null,
      updatedTime: record.head.createdTime,
      inbox: [...record.inbox],
      firstBatch: record.firstBatch,
      history: [],
    };
  if (state === undefined) return undefined;
  if (record.kind === 'message') {
    state.inbox.push(record.message);
  } else {
    state.inbox.splice(0, record.taken);
    state.firstBatch = 0;
    for (const event of record.added) state.history.push(event);
    state.status = record.status;
    state.customStatus = record.customStatus;
    state.output = record.output;
    state.updatedTime = record.updatedTime;
  }
  return state;
}
