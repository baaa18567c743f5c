import type { OwnProblem } from '../shared/model/step.ts';
import { environmentState, withSince } from './environmentState.ts';
import { startGraph } from './graphStart.ts';
import { applySignals } from './laneSignals.ts';
import { stepsOf, withFinding, type LaneState } from './laneState.ts';
import { applicationOf, changesFor, refusalOf, standingSpec } from './specUpdate.ts';
import type { StepRecord } from './stepRecord.ts';
import { isComplete, isSettled } from './stepRecords.ts';
import { afterSync } from './syncOutcome.ts';

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
  const worked: LaneState = { ...rest, records };
  const settled = isSettled(records, stepsOf(state)) ? afterGraph(worked, now) : worked;
  return nextGraph(applySignals(withSince(settled, state, now), signals, now), now);
}

/** The state after the app itself failed during a pass: the lane stays alive and waits for a retry. */
export function afterFailure(
  state: LaneState,
  problem: OwnProblem,
  signals: readonly unknown[],
  now: string,
): LaneState {
  return nextGraph(applySignals(withSince({ ...state, phase: 'waiting', problem }, state, now), signals, now), now);
}

/** The state after signals, or the time, came to a lane that waited. */
export const afterWait = (state: LaneState, signals: readonly unknown[], now: string): LaneState =>
  nextGraph(applySignals(state, signals, now), now);

/** What the end of a graph leads to, before any signal. */
function afterGraph(state: LaneState, now: string): LaneState {
  const waiting: LaneState = { ...state, phase: 'waiting' };
  switch (state.graph) {
    case 'provision':
      return afterProvisioning(waiting, now);
    case 'sync':
      return afterSync(waiting, now);
    case 'teardown':
    case 'release':
      return waiting;
  }
}

function afterProvisioning(state: LaneState, now: string): LaneState {
  const complete = isComplete(state.records);
  const { previousSpec, ...applied } = { ...state, wroteAt: now };
  const ended = complete ? { ...applied, readyAt: state.readyAt ?? now } : { ...state, wroteAt: now };
  return previousSpec === undefined
    ? ended
    : withFinding(ended, applicationOf(previousSpec, state.spec, complete, now));
}

/** What a lane that waits begins by itself: the application of a new spec, or the sync that a ready environment is asked for. */
function nextGraph(heard: LaneState, now: string): LaneState {
  const state = withSince(takeSpec(heard, now), heard, now);
  const ready = state.phase === 'waiting' && environmentState(state) === 'ready';
  const due = state.lookAt !== undefined && state.lookAt <= now;
  if (!ready || !(state.syncWanted || due)) return state;
  // Whatever called for it, one look answers everything that is due.
  const { lookAt, ...rest } = state;
  return startGraph({ ...rest, ...(lookAt === undefined || due ? {} : { lookAt }), syncWanted: false }, 'sync', now);
}

/**
 * The lane with the spec that came, once it waits: every step of the creation is looked at again and writes what differs; the
 * sync follows. One that asks for what can't be is told of; one that asks for what is already so changes nothing.
 */
function takeSpec(state: LaneState, now: string): LaneState {
  const { nextSpec, ...rest } = state;
  if (nextSpec === undefined || state.phase === 'working') return state;
  if (state.graph === 'teardown') return rest;
  const failed = environmentState(state) === 'failed';
  const standing = standingSpec(state, failed);
  const changes = changesFor(state, failed, nextSpec);
  const refusal = refusalOf(changes, now);
  if (refusal !== undefined) return withFinding(rest, refusal);
  if (changes.length === 0 && !failed) return rest;
  const { problem: _overtaken, ...changed } = rest;
  const next = { ...changed, spec: nextSpec, previousSpec: standing, specChangedAt: now };
  return { ...startGraph(next, 'provision', now), syncWanted: true };
}
