import type { OrchestrationContext, Task } from 'durable-functions';
import type { EnvironmentStatus } from '../shared/model/environmentStatus.ts';
import { redactByShape } from '../shared/model/redact.ts';
import { ownProblem } from '../shared/model/step.ts';
import type { AdvanceInput } from './advance.ts';
import { drainSignals, waitForSignals } from './lane.ts';
import { afterFailure, afterWait, afterWork } from './laneTransitions.ts';
import { hasEnded, nextDue } from './environmentState.ts';
import { migrateLaneState, type LaneGraph, type LaneState } from './laneState.ts';
import { laneStatus } from './laneStatus.ts';
import type { StepRecord } from './stepRecord.ts';

/** Orchestrators by name, as they are registered and called. */
export const FIREWALL_LANE = 'firewallLane';
export const graphOrchestrator: Readonly<Record<LaneGraph, string>> = {
  provision: 'provision',
  sync: 'sync',
  teardown: 'teardown',
  release: 'release',
};

/** Versions of the sub-orchestrations. A change to what one yields gets a new number and keeps the old code beside it. */
const graphVersion: Readonly<Record<LaneGraph, string>> = {
  provision: '1.0',
  sync: '1.0',
  teardown: '1.0',
  release: '1.0',
};

/**
 * The lane of one environment: the only writer of its firewall, network and cluster. Each generation either works (one
 * pass over the graph) or waits for signals, and ends in continueAsNew; the last one ends with the deletion.
 *
 * This shell's yields never change, since instances outlive deployments; everything that may change lives in the
 * versioned sub-orchestrations and in the pure functions of laneTransitions.
 *
 * @returns the last status, once everything that was owned is deleted, or the environment is released
 */
export function* firewallLane(context: OrchestrationContext): Generator<Task, EnvironmentStatus | undefined, never> {
  const input = migrateLaneState(context.df.getInput());
  const now = context.df.currentUtcDateTime.toISOString();
  const state = { ...input, createdAt: input.createdAt ?? now, since: input.since ?? now };
  const status = laneStatus(state);
  context.df.setCustomStatus(status);
  if (hasEnded(state)) return status;

  const next = state.phase === 'working' ? yield* work(context, state) : yield* wait(context, state);
  context.df.continueAsNew(next);
  return undefined;
}

function* work(context: OrchestrationContext, state: LaneState): Generator<Task, LaneState, never> {
  const input: AdvanceInput = {
    graph: state.graph,
    spec: state.spec,
    records: state.records,
    force: state.force,
    ...(state.approved === undefined ? {} : { approved: state.approved }),
    ...(state.lastSync?.report === undefined ? {} : { known: state.lastSync.report.fingerprints }),
    ...(state.told === undefined ? {} : { told: state.told }),
    ...(state.catalogue === undefined ? {} : { catalogue: state.catalogue }),
    ...(state.wroteAt === undefined ? {} : { changesFrom: state.wroteAt }),
    ...(state.trace === undefined ? {} : { trace: state.trace }),
  };
  let records: StepRecord[] | undefined;
  let failure = '';
  try {
    records = yield context.df.callSubOrchestrator(
      graphOrchestrator[state.graph],
      input,
      undefined,
      graphVersion[state.graph],
    );
  } catch (error) {
    failure = redactByShape(error instanceof Error ? error.message : String(error));
  }
  const signals = yield* drainSignals(context);
  const now = context.df.currentUtcDateTime.toISOString();
  if (records !== undefined) return afterWork(state, records, signals, now);
  return afterFailure(state, ownProblem('Unexpected', `The pass over the steps broke off: ${failure}`), signals, now);
}

function* wait(context: OrchestrationContext, state: LaneState): Generator<Task, LaneState, never> {
  const signals = yield* waitForSignals(context, nextDue(state));
  return afterWait(state, signals, context.df.currentUtcDateTime.toISOString());
}
