import type { OperationRecord } from '../shared/model/operation.ts';
import { sentences } from '../shared/model/sentences.ts';
import { ownProblem, type OwnProblem, type StepName, type StepProblem, type StepState } from '../shared/model/step.ts';
import type { SyncReport } from '../shared/model/syncReport.ts';
import { deadlineSeconds } from '../shared/plan/stepOrder.ts';
import type { Step } from '../shared/plan/step.ts';

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
  /** When this attempt began; a retry begins another. */
  readonly attemptedAt?: string;
  /** Writes that Azure accepted for this step, in all attempts. */
  readonly writes: number;
  /** Writes of this attempt. */
  readonly attemptWrites: number;
  /** Refusals in a row that were waited out. */
  readonly refusals: number;
  /** The last operation of this attempt has failed: what stands in Azure may say what is wanted, and does not work so. */
  readonly rewrite?: true;
  /** The answer to a write was lost: what is found now may be its doing. */
  readonly unconfirmed?: true;
  /** Something of the step was held back until another step of its graph has written. */
  readonly again?: true;
  readonly detail?: string;
  /** What the step that writes the firewall's rules found and did. */
  readonly report?: SyncReport;
  readonly problem?: StepProblem;
}

/** What starting a step came to. An activity returns it and never throws what it can name. */
export type StepOutcome =
  /** Nothing (more) to do: what Azure has is what is wanted. */
  | {
      readonly outcome: 'done';
      readonly wrote: boolean;
      readonly detail?: string;
      readonly report?: SyncReport;
      /** Something was held back until the firewall has its rules. */
      readonly again?: true;
    }
  /** Azure accepted a write or a deletion and works on it. */
  | {
      readonly outcome: 'started';
      readonly operation: OperationRecord;
      readonly retryAfterSeconds?: number;
      readonly report?: SyncReport;
    }
  /** Not now: somebody else's operation is under way, or something this step needs has not appeared yet. */
  | {
      readonly outcome: 'wait';
      /** As Azure told; absent: it gave no hint. */
      readonly seconds?: number;
      readonly reason: string;
      readonly refused: boolean;
      /** The answer to a write was lost, which `report` tells of. */
      readonly unconfirmed?: true;
      readonly report?: SyncReport;
    }
  | { readonly outcome: 'failed'; readonly problem: StepProblem };

/** What a look at a running operation came to (see shared/azure/operations). */
export type PollOutcome =
  | { readonly status: 'running'; readonly retryAfterSeconds?: number }
  | { readonly status: 'succeeded' }
  | { readonly status: 'failed'; readonly problem: StepProblem; readonly hopeless: boolean };

/** The first look at an operation without a hint: most network writes are done by then. */
const FIRST_POLL_SECONDS = 5;
/** Azure's hints grow to 160 s, which would stretch the tail of every step. */
const LONGEST_POLL_SECONDS = 15;
/** Between two looks where Azure gives no hint, as AKS does. */
const POLL_SECONDS = 10;
/** Between two tries where Azure gives no hint; doubled with each refusal in a row. */
const FIRST_WAIT_SECONDS = 10;
const LONGEST_WAIT_SECONDS = 120;
/** How often a refusal that should pass is waited out before the step counts as failed: for nearly two hours without hints. */
const MAX_REFUSALS = 60;
/** Before a write whose operation has failed is made once more; doubled with each. */
const REWRITE_WAIT_SECONDS = 30;
/** A step that Azure keeps answering differently from what was written is somebody else's doing. */
const MAX_WRITES = 3;

/** Whether a step may write once more, or only look. */
export const mayWrite = ({ attemptWrites }: StepRecord): boolean => attemptWrites < MAX_WRITES;

/** A record after its step was started at `began` and answered at `now` (some answers take seconds). */
export function afterStart(
  before: StepRecord,
  outcome: StepOutcome,
  step: Pick<Step, 'kind'>,
  now: Date,
  began = now,
): StepRecord {
  const {
    notBefore: _past,
    detail: _old,
    operation: _over,
    problem: _solved,
    unconfirmed,
    again: _held,
    ...rest
  } = before;
  const record: StepRecord = {
    ...rest,
    startedAt: before.startedAt ?? began.toISOString(),
    attemptedAt: before.attemptedAt ?? began.toISOString(),
  };
  switch (outcome.outcome) {
    case 'done': {
      // What was written without an answer is found here, and counts like any other write.
      const wrote = outcome.wrote || unconfirmed === true;
      const { rewrite: _mended, ...mended } = record;
      return {
        ...mended,
        state: 'done',
        // A retry only looks at what was done before: it stays done since then.
        finishedAt: wrote || record.attemptWrites > 0 ? now.toISOString() : (record.finishedAt ?? now.toISOString()),
        writes: record.writes + (wrote ? 1 : 0),
        refusals: 0,
        ...(outcome.detail === undefined ? {} : { detail: outcome.detail }),
        ...(outcome.report === undefined ? {} : { report: outcome.report }),
        ...(outcome.again === undefined ? {} : { again: true }),
      };
    }
    case 'started': {
      const { rewrite: _mended, ...mended } = record;
      return {
        ...mended,
        state: 'running',
        operation: outcome.operation,
        notBefore: later(now, Math.min(outcome.retryAfterSeconds ?? FIRST_POLL_SECONDS, LONGEST_POLL_SECONDS)),
        writes: record.writes + 1,
        attemptWrites: record.attemptWrites + 1,
        refusals: 0,
        ...(outcome.report === undefined ? {} : { report: outcome.report }),
      };
    }
    case 'wait':
      return waiting({ ...record, ...(unconfirmed === undefined ? {} : { unconfirmed }) }, outcome, step, now);
    case 'failed':
      return failed(record, outcome.problem, now);
  }
}

function waiting(
  record: StepRecord,
  { refused, reason, seconds, unconfirmed, report }: Extract<StepOutcome, { outcome: 'wait' }>,
  step: Pick<Step, 'kind'>,
  now: Date,
): StepRecord {
  const refusals = refused ? record.refusals + 1 : 0;
  if (refusals >= MAX_REFUSALS) return failed(record, refusedTooOften(reason), now);
  if (!refused && takesTooLong(record, step, now)) return failed(record, endless(reason, step), now);
  const backoff = Math.min(FIRST_WAIT_SECONDS * 2 ** Math.max(0, refusals - 1), LONGEST_WAIT_SECONDS);
  return {
    ...record,
    state: 'pending',
    notBefore: later(now, seconds ?? backoff),
    refusals,
    detail: reason,
    ...(unconfirmed === undefined ? {} : { unconfirmed }),
    ...(report === undefined ? {} : { report }),
  };
}

/**
 * A running record after a look at its operation at `now`; success makes it pending, so that it is read back. An operation
 * that has failed is begun anew, a bounded number of times, unless nothing else could come of it.
 */
export function afterPoll(record: StepRecord, outcome: PollOutcome, step: Pick<Step, 'kind'>, now: Date): StepRecord {
  switch (outcome.status) {
    case 'running':
      if (takesTooLong(record, step, now)) {
        return failed(record, endless('the operation is still in progress', step), now);
      }
      return {
        ...record,
        notBefore: later(now, Math.min(outcome.retryAfterSeconds ?? POLL_SECONDS, LONGEST_POLL_SECONDS)),
      };
    case 'succeeded': {
      const { operation: _finished, notBefore: _past, ...rest } = record;
      return { ...rest, state: 'pending' };
    }
    case 'failed': {
      if (outcome.hopeless || !mayWrite(record)) return failed(record, outcome.problem, now);
      // The report is of the write that has failed: the next one looks and plans afresh.
      const { operation: _over, notBefore: _past, report: _failed, ...rest } = record;
      const wait = REWRITE_WAIT_SECONDS * 2 ** Math.max(0, record.attemptWrites - 1);
      const detail = sentences(outcome.problem.message, 'It is tried again.');
      return { ...rest, state: 'pending', notBefore: later(now, wait), rewrite: true, detail };
    }
  }
}

function failed(record: StepRecord, problem: StepProblem, now: Date): StepRecord {
  const { operation: _over, notBefore: _never, detail: _old, rewrite: _moot, unconfirmed: _lost, ...rest } = record;
  return { ...rest, state: 'failed', finishedAt: now.toISOString(), problem };
}

const takesTooLong = ({ attemptedAt }: StepRecord, step: Pick<Step, 'kind'>, now: Date): boolean =>
  attemptedAt !== undefined && now.getTime() - Date.parse(attemptedAt) > deadlineSeconds(step) * 1000;

const later = (now: Date, seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();

const refusedTooOften = (reason: string): OwnProblem => ownProblem('RefusedTooOften', `Azure kept refusing: ${reason}`);

const endless = (reason: string, step: Pick<Step, 'kind'>): OwnProblem =>
  ownProblem('TakesTooLong', `Nothing has come of it for ${deadlineSeconds(step) / 3600} h: ${reason}.`);
