import type { OperationRecord } from '../shared/model/operation.ts';
import type { StepName, StepProblem, StepState } from '../shared/model/step.ts';
import type { Step } from '../shared/plan/provisioningGraph.ts';

/** Where one step of a graph stands; lives in the lane's input, so it survives every crash. Times are ISO 8601. */
export interface StepRecord {
  readonly name: StepName;
  /**
   * `pending`: not begun, or to be looked at again from `notBefore` on; `running`: Azure works on `operation`;
   * `done` and `failed` are final until a retry.
   */
  readonly state: StepState;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly notBefore?: string;
  readonly operation?: OperationRecord;
  /** Writes that Azure accepted for this step. */
  readonly writes: number;
  /** Refusals in a row that were waited out. */
  readonly refusals: number;
  readonly detail?: string;
  readonly problem?: StepProblem;
}

/** What starting a step came to. An activity returns it and never throws what it can name. */
export type StepOutcome =
  /** Nothing (more) to do: what Azure has is what is wanted. */
  | { readonly outcome: 'done'; readonly wrote: boolean; readonly detail?: string }
  /** Azure accepted a write or a deletion and works on it. */
  | { readonly outcome: 'started'; readonly operation: OperationRecord; readonly retryAfterSeconds?: number }
  /** Not now: somebody else's operation is under way, or something this step needs has not appeared yet. */
  | { readonly outcome: 'wait'; readonly seconds: number; readonly reason: string; readonly refused: boolean }
  | { readonly outcome: 'failed'; readonly problem: StepProblem };

/** What a look at a running operation came to (see shared/azure/operations). */
export type PollOutcome =
  | { readonly status: 'running'; readonly retryAfterSeconds?: number }
  | { readonly status: 'succeeded' }
  | { readonly status: 'failed'; readonly problem: StepProblem };

/** The first look at an operation without a hint: most network writes are done by then. */
const FIRST_POLL_SECONDS = 5;
/** Azure's hints grow to 160 s, which would stretch the tail of every step. */
const LONGEST_POLL_SECONDS = 15;
/** Between two looks where Azure gives no hint, as AKS does. */
const POLL_SECONDS = 10;
/** How often a refusal that should pass is waited out before the step counts as failed. */
const MAX_REFUSALS = 60;
/** A step that Azure keeps answering differently from what was written is somebody else's doing. */
const MAX_WRITES = 3;

/** Fresh records for a graph. */
export const newRecords = (steps: readonly Step[]): StepRecord[] =>
  steps.map(({ name }) => ({ name, state: 'pending', writes: 0, refusals: 0 }));

/** A record after its step was started at `began` and answered at `now` (some answers take seconds). */
export function afterStart(record: StepRecord, outcome: StepOutcome, now: Date, began = now): StepRecord {
  const { name, writes, refusals } = record;
  const startedAt = record.startedAt ?? began.toISOString();
  switch (outcome.outcome) {
    case 'done':
      return {
        name,
        state: 'done',
        startedAt,
        finishedAt: now.toISOString(),
        writes: writes + (outcome.wrote ? 1 : 0),
        refusals: 0,
        ...(outcome.detail === undefined ? {} : { detail: outcome.detail }),
      };
    case 'started':
      if (writes >= MAX_WRITES) return failed({ ...record, startedAt }, keepsDiffering(writes), now);
      return {
        name,
        state: 'running',
        startedAt,
        operation: outcome.operation,
        notBefore: later(now, Math.min(outcome.retryAfterSeconds ?? FIRST_POLL_SECONDS, LONGEST_POLL_SECONDS)),
        writes: writes + 1,
        refusals: 0,
      };
    case 'wait':
      if (outcome.refused && refusals + 1 >= MAX_REFUSALS) {
        return failed({ ...record, startedAt }, refusedTooOften(outcome.reason), now);
      }
      return {
        name,
        state: 'pending',
        startedAt,
        notBefore: later(now, outcome.seconds),
        writes,
        refusals: outcome.refused ? refusals + 1 : refusals,
        detail: outcome.reason,
      };
    case 'failed':
      return failed({ ...record, startedAt }, outcome.problem, now);
  }
}

/** A running record after a look at its operation at `now`; success makes it pending, so that it is read back. */
export function afterPoll(record: StepRecord, outcome: PollOutcome, now: Date): StepRecord {
  switch (outcome.status) {
    case 'running':
      return {
        ...record,
        notBefore: later(now, Math.min(outcome.retryAfterSeconds ?? POLL_SECONDS, LONGEST_POLL_SECONDS)),
      };
    case 'succeeded': {
      const { operation: _finished, notBefore: _past, ...rest } = record;
      return { ...rest, state: 'pending' };
    }
    case 'failed':
      return failed(record, outcome.problem, now);
  }
}

/** The records with every failed step pending again; what is done stays done. */
export const forRetry = (records: readonly StepRecord[]): StepRecord[] =>
  records.map((record) =>
    record.state === 'failed' ? { name: record.name, state: 'pending', writes: 0, refusals: 0 } : record,
  );

function failed(record: StepRecord, problem: StepProblem, now: Date): StepRecord {
  const { operation: _over, notBefore: _never, detail: _old, ...rest } = record;
  return { ...rest, state: 'failed', finishedAt: now.toISOString(), problem };
}

const later = (now: Date, seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();

const keepsDiffering = (writes: number): StepProblem => ({
  code: 'KeepsDiffering',
  message: `After ${writes} accepted writes the resource still differs from what is wanted: something else changes it.`,
  remedy: 'Find who writes to it in the activity log (often an Azure Policy or another automation), then retry.',
});

const refusedTooOften = (reason: string): StepProblem => ({
  code: 'RefusedTooOften',
  message: `Azure kept refusing: ${reason}`,
  remedy: 'Look at the resource and at Azure status for the region, then retry.',
});
