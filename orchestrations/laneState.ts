import type { EnvironmentSpec } from '../shared/model/environmentSpec.ts';
import type { EnvironmentState, Finding } from '../shared/model/environmentStatus.ts';
import { parseSignal, type Signal } from '../shared/model/signal.ts';
import type { StepProblem } from '../shared/model/step.ts';
import { provisioningGraph, teardownGraph, type Step } from '../shared/plan/provisioningGraph.ts';
import { alignedRecords, forRetry, newRecords, type StepRecord } from './stepRecord.ts';

/** Which graph a lane works on. */
export type GraphName = 'provision' | 'teardown';

/** What a firewall lane carries from one generation to the next: its input. Plain JSON, migrated when read. */
export interface LaneState {
  readonly schema: 1;
  readonly spec: EnvironmentSpec;
  /** What the lane does in this generation: work on a graph, or wait for signals. */
  readonly phase: 'working' | 'waiting';
  readonly graph: GraphName;
  readonly records: readonly StepRecord[];
  /** Whether a deletion starts without waiting for operations that are under way. */
  readonly force: boolean;
  /** When the environment first became ready. */
  readonly readyAt?: string;
  /** What broke outside of any step, e.g. an exception in the app. */
  readonly problem?: StepProblem;
  /** When the lane began, ISO 8601; absent until its first generation runs. */
  readonly createdAt?: string;
  /** When the lane entered the state that it publishes, ISO 8601; absent until its first generation runs. */
  readonly since?: string;
  /** The newest things that somebody should see. */
  readonly findings: readonly Finding[];
  /** The newest signal ids that were applied: a signal delivered twice does nothing the second time. */
  readonly appliedSignals: readonly string[];
}

const REMEMBERED_SIGNALS = 200;

/** The state of a lane that starts now. */
export const newLaneState = (spec: EnvironmentSpec): LaneState => ({
  schema: 1,
  spec,
  phase: 'working',
  graph: 'provision',
  records: newRecords(provisioningGraph(spec)),
  force: false,
  findings: [],
  appliedSignals: [],
});

/** The steps of the graph that the lane works on. */
export const stepsOf = ({ graph, spec }: Pick<LaneState, 'graph' | 'spec'>): readonly Step[] =>
  graph === 'provision' ? provisioningGraph(spec) : teardownGraph(spec);

/**
 * Reads a lane's input, which may have been written by an older version of the app.
 *
 * @throws Error for a state that a newer version wrote, so that the lane stops instead of guessing
 */
export function migrateLaneState(input: unknown): LaneState {
  const state = input as LaneState;
  if (state.schema !== 1) {
    throw new Error(`This version of Gatehouse can't read a lane state with schema ${String(state.schema)}.`);
  }
  return { ...state, records: alignedRecords(state.records, stepsOf(state)) };
}

/**
 * The state after one pass over the graph and the signals that came meanwhile.
 *
 * @param now when the pass ended, ISO 8601
 */
export function afterWork(
  state: LaneState,
  records: readonly StepRecord[],
  signals: readonly unknown[],
  now: string,
): LaneState {
  const { problem: _solved, ...rest } = state;
  const worked: LaneState = { ...rest, records, phase: isSettled(records, stepsOf(state)) ? 'waiting' : 'working' };
  const ready = state.graph === 'provision' && isComplete(records) && state.readyAt === undefined;
  return applySignals(withSince(ready ? { ...worked, readyAt: now } : worked, state, now), signals, now);
}

/** The state after the app itself failed during a pass: the lane stays alive and waits for a retry. */
export function afterFailure(
  state: LaneState,
  problem: StepProblem,
  signals: readonly unknown[],
  now: string,
): LaneState {
  return applySignals(withSince({ ...state, phase: 'waiting', problem }, state, now), signals, now);
}

/** Applies signals in the order in which they came; repeated ones change nothing, unreadable ones are reported. */
export function applySignals(state: LaneState, signals: readonly unknown[], now: string): LaneState {
  return signals.reduce<LaneState>((current, raw) => {
    const parsed = parseSignal(raw);
    if (!parsed.ok) {
      const message = `A signal was ignored: ${parsed.problems.map(({ path, message }) => `${path}: ${message}`).join('; ')}`;
      return {
        ...current,
        findings: [{ time: now, severity: 'warning' as const, message }, ...current.findings].slice(0, 10),
      };
    }
    const { signal } = parsed;
    if (current.appliedSignals.includes(signal.id)) return current;
    const appliedSignals = [...current.appliedSignals, signal.id].slice(-REMEMBERED_SIGNALS);
    return withSince({ ...applySignal(current, signal), appliedSignals }, current, now);
  }, state);
}

function applySignal(state: LaneState, signal: Signal): LaneState {
  const { problem, ...rest } = state;
  switch (signal.kind) {
    case 'retry':
      if (problem === undefined && !state.records.some((record) => record.state === 'failed')) return state;
      return { ...rest, phase: 'working', records: forRetry(state.records) };
    case 'delete':
      if (state.graph === 'teardown') {
        return { ...rest, phase: 'working', force: state.force || signal.force, records: forRetry(state.records) };
      }
      return {
        ...rest,
        phase: 'working',
        graph: 'teardown',
        force: signal.force,
        records: newRecords(teardownGraph(state.spec)),
      };
  }
}

/** What an environment's lane is in, in one word. */
export function environmentState(state: LaneState): EnvironmentState {
  if (state.phase === 'working') return state.graph === 'provision' ? 'provisioning' : 'deleting';
  if (state.problem !== undefined || !isComplete(state.records)) return 'failed';
  return state.graph === 'provision' ? 'ready' : 'deleted';
}

const withSince = (next: LaneState, previous: LaneState, now: string): LaneState =>
  environmentState(next) === environmentState(previous) ? next : { ...next, since: now };

/** Whether every step is done. */
const isComplete = (records: readonly StepRecord[]): boolean => records.every(({ state }) => state === 'done');

/** Whether nothing more can happen without a signal: all done, or blocked behind failed steps. */
export function isSettled(records: readonly StepRecord[], steps: readonly Step[]): boolean {
  const byName = new Map(records.map((record) => [record.name, record]));
  const blocked = new Set(records.filter(({ state }) => state === 'failed').map(({ name }) => name));
  // Steps come after what they need, so one pass finds everything behind a failed step.
  for (const step of steps) if (step.after.some(({ step: needed }) => blocked.has(needed))) blocked.add(step.name);
  return steps.every(({ name }) => byName.get(name)?.state === 'done' || blocked.has(name));
}
