import type { DeveloperGrant, EnvironmentSpec } from '../shared/model/environmentSpec.ts';
import { canonicalRange } from '../shared/model/ipRange.ts';
import { parseSignal, type Signal } from '../shared/model/signal.ts';
import type { StepProblem } from '../shared/model/step.ts';
import { passTrace, withCause, type PassTrace } from '../shared/model/traceContext.ts';
import { newRecords } from './stepRecords.ts';
import type { StepRecord } from './stepRecord.ts';
import { accessGraph } from '../shared/plan/provisioningGraph.ts';

/** What an access lane carries from one generation to the next: its input. Plain JSON, migrated when read. */
export interface AccessState {
  readonly schema: 1;
  readonly spec: EnvironmentSpec;
  /** The cluster's name; absent in lanes of versions that knew one cluster: the spec's. */
  readonly cluster?: string;
  /**
   * `planning`: compare the ranges; `applying`: what the plan calls for is recorded and is being written; `waiting`: for a
   * signal or the next expiry; `ended`: the environment is being deleted.
   */
  readonly phase: 'planning' | 'applying' | 'waiting' | 'ended';
  /** Grants made at run time; those of the spec are in the spec. */
  readonly grants: readonly DeveloperGrant[];
  /** Ranges that Gatehouse has written or is about to: recorded before they are written, so none is forgotten. */
  readonly ownedRanges: readonly string[];
  readonly records: readonly StepRecord[];
  /** Whether something has called for another look since the last one began. */
  readonly lookWanted: boolean;
  /** `traceparent` of what has called for the next look, as far as that is traced. */
  readonly causes?: readonly string[];
  /** Of the look, and of the write that follows from it. */
  readonly trace?: PassTrace;
  readonly lastLook?: { readonly time: string; readonly ranges: readonly string[] };
  readonly problem?: StepProblem;
  /** The last write has failed: the list may say what is wanted and not be in effect. */
  readonly rewrite?: true;
  /** The environment goes and its cluster stays: the lane ends once what was granted is taken back. */
  readonly ending?: true;
  /** When to look again because the last look came to nothing, ISO 8601. */
  readonly retryAt?: string;
  /** Of the last plan: what can't be done, such as a range too many. */
  readonly leftOut?: StepProblem;
  readonly appliedSignals: readonly string[];
}

/** What the activity `planRanges` answers. */
export interface RangesPlanned {
  /** Whether the cluster's ranges have to be written. */
  readonly write: boolean;
  readonly ownedRanges: readonly string[];
  /** The cluster's ranges as they are, or will be. */
  readonly ranges: readonly string[];
  /** Why nothing could be planned. */
  readonly problem?: StepProblem;
  /** That it passes by itself: what could not be looked at is looked at again soon. */
  readonly passes?: boolean;
  /** What of it can't be done, although the rest can. */
  readonly leftOut?: StepProblem;
}

const REMEMBERED_SIGNALS = 200;
/** Until what could not be looked at is looked at again. */
const RETRY_MS = 60_000;

export const newAccessState = (spec: EnvironmentSpec, cluster: string): AccessState => ({
  schema: 1,
  spec,
  cluster,
  phase: 'planning',
  grants: [],
  ownedRanges: [],
  records: [],
  lookWanted: false,
  appliedSignals: [],
});

/** @throws Error for a state that a newer version wrote */
export function migrateAccessState(input: unknown): AccessState {
  const state = input as AccessState;
  if (state.schema !== 1) {
    throw new Error(`This version of Gatehouse can't read an access lane's state with schema ${String(state.schema)}.`);
  }
  return state;
}

/** The instance id of the lane that keeps a cluster's authorized ranges. */
export const accessLaneId = (environment: string, cluster: string): string => `${environment}.${cluster}`;

/** After a plan: what is owned is recorded in this state before anything is written. */
export function afterPlan(state: AccessState, planned: RangesPlanned, now: string): AccessState {
  const { problem: _solved, leftOut: _old, retryAt: _past, ...rest } = state;
  if (planned.problem !== undefined) {
    const retry = planned.passes === true ? { retryAt: new Date(Date.parse(now) + RETRY_MS).toISOString() } : {};
    return { ...rest, phase: 'waiting', problem: planned.problem, ...retry };
  }
  return {
    ...rest,
    phase: planned.write ? 'applying' : 'waiting',
    ownedRanges: planned.ownedRanges,
    records: planned.write ? newRecords(accessGraph()) : [],
    lastLook: { time: now, ranges: planned.ranges },
    ...(planned.leftOut === undefined ? {} : { leftOut: planned.leftOut }),
  };
}

/** After a pass over the one step that writes the ranges. */
export function afterApply(state: AccessState, records: readonly StepRecord[]): AccessState {
  const [record] = records;
  const { problem: _solved, rewrite: _made, ...rest } = state;
  if (record?.state === 'done') {
    // What was taken out is gone: from now on the same range is somebody else's, or a new grant's.
    const present = new Set(state.lastLook?.ranges.map(canonicalRange));
    return { ...rest, records, phase: 'waiting', ownedRanges: state.ownedRanges.filter((range) => present.has(range)) };
  }
  if (record?.state === 'failed') {
    const { problem } = record;
    return { ...rest, records, phase: 'waiting', rewrite: true, ...(problem === undefined ? {} : { problem }) };
  }
  return { ...rest, records, ...(state.rewrite === undefined ? {} : { rewrite: state.rewrite }) };
}

/** Applies signals in the order in which they came, each once, and drops what has expired by `now`. */
export function afterSignals(state: AccessState, signals: readonly unknown[], now: string): AccessState {
  const signalled = signals.reduce<AccessState>((current, raw) => {
    const parsed = parseSignal(raw);
    if (!parsed.ok || current.appliedSignals.includes(parsed.signal.id)) return current;
    const appliedSignals = [...current.appliedSignals, parsed.signal.id].slice(-REMEMBERED_SIGNALS);
    return { ...applySignal(withCauseOf(current, parsed.signal), parsed.signal), appliedSignals };
  }, state);
  const current = withoutExpired(signalled, now);
  if (isEnding(current)) return afterTakingBack(current, now);
  if (!current.lookWanted || !(current.phase === 'waiting' || isUnwritten(current))) return current;
  return { ...withTraceOfLook(current, now), phase: 'planning', lookWanted: false };
}

const withCauseOf = (state: AccessState, { trace }: Signal): AccessState =>
  trace === undefined ? state : { ...state, causes: withCause(state.causes ?? [], trace) };

/** A look is a part of the trace of what called for it; one that only the time called for has none. */
function withTraceOfLook(state: AccessState, now: string): AccessState {
  const { causes = [], trace: _before, ...rest } = state;
  const trace = passTrace(causes, `${state.spec.name} ${state.cluster ?? ''} access ${now}`);
  return { ...rest, ...(trace === undefined ? {} : { trace }) };
}

/**
 * Whether what is to be written waits still, e.g. for a busy cluster. What has come meanwhile is planned first, since it
 * would be written without having been recorded as owned, and never be removed.
 */
const isUnwritten = ({ phase, records }: AccessState): boolean =>
  phase === 'applying' && records.every(({ state, attemptWrites }) => state === 'pending' && attemptWrites === 0);

function applySignal(state: AccessState, signal: Signal): AccessState {
  switch (signal.kind) {
    case 'grant': {
      const { label, cidr, expires } = signal;
      const grant: DeveloperGrant = { label, cidr, ...(expires === undefined ? {} : { expires }) };
      const others = state.grants.filter((other) => other.label !== label);
      return { ...state, grants: [...others, grant], lookWanted: true };
    }
    case 'revoke':
      return { ...state, grants: state.grants.filter(({ label }) => label !== signal.label), lookWanted: true };
    case 'sync':
    case 'retry':
    case 'approve':
      return { ...state, lookWanted: true };
    case 'spec':
      // What its developers no longer have goes as revoked grants do: the ranges are recorded as owned.
      return { ...state, spec: signal.spec, lookWanted: true };
    case 'delete': {
      const { spec } = state;
      if (spec.adopt === undefined) return { ...state, phase: 'ended' };
      return { ...state, grants: [], spec: { ...spec, access: { developers: [] } }, ending: true, lookWanted: true };
    }
    case 'release':
      return { ...state, phase: 'ended' };
  }
}

const isEnding = ({ ending, phase, lookWanted }: AccessState): boolean =>
  ending === true && phase === 'waiting' && !lookWanted;

/** What could not be taken back is tried again until it can: who was let in for a while must not stay for good. */
function afterTakingBack(state: AccessState, now: string): AccessState {
  if (state.problem === undefined) return { ...state, phase: 'ended' };
  return { ...state, retryAt: state.retryAt ?? new Date(Date.parse(now) + RETRY_MS).toISOString() };
}

/** A runtime grant that has expired goes; the ranges are looked at again, since it may stand in them. */
function withoutExpired(state: AccessState, now: string): AccessState {
  const grants = state.grants.filter(({ expires }) => expires === undefined || Date.parse(expires) > Date.parse(now));
  return grants.length === state.grants.length ? state : { ...state, grants, lookWanted: true };
}

/**
 * When the lane has something to do without any signal, if ever after `now`: the next grant ends, of the spec's or of those
 * made at run time, or what could not be looked at is to be looked at again.
 */
export function nextDue(state: AccessState, now: Date): Date | undefined {
  const times = [...state.grants, ...state.spec.access.developers, { expires: state.retryAt }]
    .map(({ expires }) => (expires === undefined ? Number.NaN : Date.parse(expires)))
    .filter((time) => time > now.getTime());
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}
