import type { OrchestrationContext, Task } from 'durable-functions';
import type { DeveloperGrant, EnvironmentSpec } from '../shared/model/environmentSpec.ts';
import type { OperationRecord } from '../shared/model/operation.ts';
import type { SyncReport } from '../shared/model/syncReport.ts';
import type { StepName } from '../shared/model/step.ts';
import type { PassTrace } from '../shared/model/traceContext.ts';
import { readySteps } from '../shared/plan/stepOrder.ts';
import type { Step } from '../shared/plan/step.ts';
import { timerFor } from './timers.ts';
import { isSettled } from './stepRecords.ts';
import type { LaneGraph } from './laneState.ts';
import { afterPoll, afterStart, mayWrite, type PollOutcome, type StepOutcome, type StepRecord } from './stepRecord.ts';

/** A graph of steps: one of a firewall lane's, or the one step of an access lane. */
type GraphName = LaneGraph | 'access';

/** What a cluster's authorized ranges follow from beside the spec. */
export interface AccessFacts {
  /** The cluster's name; absent: the first of the environment's. */
  readonly cluster?: string;
  readonly grants: readonly DeveloperGrant[];
  readonly ownedRanges: readonly string[];
  /** Nothing has been recorded yet: what is wanted and there was written by the creation. */
  readonly firstLook?: boolean;
  /** The last write has failed, and is to be made again even where the list says what is wanted. */
  readonly rewrite?: boolean;
}

/** Input of a pass over a graph. */
export interface AdvanceInput {
  readonly graph: GraphName;
  readonly spec: EnvironmentSpec;
  readonly records: readonly StepRecord[];
  readonly force: boolean;
  /** Hash of the held deletions that somebody has released. */
  readonly approved?: string;
  /** Fingerprints of the rules that the sync before called for. */
  readonly known?: readonly string[];
  /** Marks of what services' owners have been told. */
  readonly told?: string;
  /** The version of the egress catalogue that the rules were last written with. */
  readonly catalogue?: string;
  /** ISO 8601: when Gatehouse itself wrote last; what others changed is looked for from then on. */
  readonly changesFrom?: string;
  readonly access?: AccessFacts;
  /** Absent: nothing that called for the pass is traced. */
  readonly trace?: PassTrace;
}

/** Input of the activity `startStep`. */
export interface StartStepInput {
  readonly graph: GraphName;
  readonly step: StepName;
  readonly spec: EnvironmentSpec;
  readonly force: boolean;
  /** What the step has written so far and what it found, when it is run again to read back. */
  readonly writes: number;
  /** The lane's time, ISO 8601: what ends is judged by the clock that its timers run by. */
  readonly time: string;
  readonly report?: SyncReport;
  /** What the step "observe" of the same sync found. */
  readonly found?: SyncReport;
  readonly approved?: string;
  readonly known?: readonly string[];
  readonly told?: string;
  readonly catalogue?: string;
  readonly changesFrom?: string;
  readonly access?: AccessFacts;
  /** False: the step has been written often enough; it only looks. */
  readonly mayWrite: boolean;
  /** The step's last write was accepted and its operation has failed. */
  readonly rewrite?: true;
  /** The answer to the step's last write was lost. */
  readonly unconfirmed?: true;
  readonly trace?: PassTrace;
  /** The first step of its pass: it tells of the pass's own span, which an orchestrator can't. */
  readonly beginsPass?: true;
}

/** Input of the activity `pollOperation`. */
export interface PollInput {
  /** For telemetry; absent in inputs that an older version has scheduled. */
  readonly pass?: {
    readonly graph: GraphName;
    readonly environment: string;
    /** The lane's time, ISO 8601. */
    readonly time: string;
    readonly trace?: PassTrace;
  };
  readonly step: StepName;
  readonly operation: OperationRecord;
}

/** A pass ends after this many waits (a minute or so) even if no step has moved: signals are heard between passes. */
const MAX_WAITS = 4;

/**
 * One pass over a graph of steps: starts what is ready, waits for what is under way, and comes back as soon as a step
 * has begun or ended, so that the lane can publish it and hear signals.
 *
 * There is no rolling `Task.any`: every ready step is started side by side, one timer runs to the earliest due look,
 * and what is due is looked at side by side.
 *
 * @returns the new records
 */
export function* advance(
  context: OrchestrationContext,
  input: AdvanceInput,
  steps: readonly Step[],
): Generator<Task, StepRecord[], never> {
  const now = () => context.df.currentUtcDateTime;
  let records = [...input.records];
  let waits = 0;
  let begins = input.trace !== undefined && records.every(({ attemptedAt }) => attemptedAt === undefined);

  for (;;) {
    let ready = readyRecords(records, steps, now());
    while (ready.length > 0) {
      const began = now();
      const outcomes: StepOutcome[] = yield context.df.Task.all(
        ready.map((record, index) => {
          const { records: _records, ...rest } = input;
          const { name: step, attemptWrites: writes, report } = record;
          const found = records.find(({ name }) => name === 'observe')?.report;
          const start: StartStepInput = {
            ...rest,
            step,
            writes,
            time: began.toISOString(),
            mayWrite: mayWrite(record),
            ...(record.rewrite === undefined ? {} : { rewrite: true }),
            ...(record.unconfirmed === undefined ? {} : { unconfirmed: true }),
            ...(report === undefined ? {} : { report }),
            ...(found === undefined ? {} : { found }),
            ...(begins && index === 0 ? { beginsPass: true } : {}),
          };
          return context.df.callActivity('startStep', start);
        }),
      );
      begins = false;
      records = replace(
        records,
        ready.map((record, index) => afterStart(record, at(outcomes, index), stepOf(steps, record), now(), began)),
      );
      // Steps that need no operation are done at once; what stood behind them is ready now.
      ready = readyRecords(records, steps, now());
    }
    if (moved(input.records, records) || isSettled(records, steps) || waits >= MAX_WAITS) return records;

    const due = earliest(records, steps);
    if (due === undefined)
      throw new Error('No step can go on, and none has failed: the graph and its records do not fit.');
    waits++;
    // One that fires early finds nothing due below, and takes one more wait.
    if (due.getTime() > now().getTime()) yield context.df.createTimer(timerFor(due, now()));

    const looked = records.filter((record) => record.state === 'running' && isDue(record, now()));
    if (looked.length > 0) {
      const outcomes: PollOutcome[] = yield context.df.Task.all(
        looked.map(({ name: step, operation }) => {
          const poll: PollInput = {
            pass: {
              graph: input.graph,
              environment: input.spec.name,
              time: now().toISOString(),
              ...(input.trace === undefined ? {} : { trace: input.trace }),
            },
            step,
            operation: operation!,
          };
          return context.df.callActivity('pollOperation', poll);
        }),
      );
      records = replace(
        records,
        looked.map((record, index) => afterPoll(record, at(outcomes, index), stepOf(steps, record), now())),
      );
    }
  }
}

/** Pending steps whose turn has come: everything before them is done (or accepted), and their own wait is over. */
const readyRecords = (records: readonly StepRecord[], steps: readonly Step[], now: Date): StepRecord[] =>
  unblocked(records, steps).filter((record) => isDue(record, now));

function unblocked(records: readonly StepRecord[], steps: readonly Step[]): StepRecord[] {
  const ready = new Set(readySteps(steps, records).map(({ name }) => name));
  return records.filter(({ name }) => ready.has(name));
}

/** When the next running or waiting step wants to be looked at. */
function earliest(records: readonly StepRecord[], steps: readonly Step[]): Date | undefined {
  const times = [...records.filter(({ state }) => state === 'running'), ...unblocked(records, steps)]
    .map(({ notBefore }) => notBefore)
    .filter((time) => time !== undefined)
    .sort();
  return times[0] === undefined ? undefined : new Date(times[0]);
}

const stepOf = (steps: readonly Step[], { name }: StepRecord): Pick<Step, 'kind'> =>
  steps.find((step) => step.name === name) ?? {};

const isDue = ({ notBefore }: StepRecord, now: Date) =>
  notBefore === undefined || new Date(notBefore).getTime() <= now.getTime();

const moved = (before: readonly StepRecord[], after: readonly StepRecord[]) =>
  before.some((record, index) => record.state !== after[index]?.state || record.detail !== after[index].detail);

const replace = (records: readonly StepRecord[], changed: readonly StepRecord[]): StepRecord[] => {
  const byName = new Map(changed.map((record) => [record.name, record]));
  return records.map((record) => byName.get(record.name) ?? record);
};

/** `Task.all` answers in the order of its tasks. */
const at = <T>(outcomes: readonly T[], index: number): T => outcomes[index] as T;
