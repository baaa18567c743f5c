import type { EnvironmentSpec } from '../shared/model/environmentSpec.ts';
import { passTrace, type PassTrace } from '../shared/model/traceContext.ts';
import { stepsOf, type LaneGraph, type LaneState } from './laneState.ts';
import type { StepRecord } from './stepRecord.ts';
import { isFirewallStep, newRecords } from './stepRecords.ts';

/** The state of a lane that starts now. @param cause `traceparent` of what starts it */
export const newLaneState = (spec: EnvironmentSpec, cause?: string): LaneState => ({
  schema: 1,
  spec,
  phase: 'working',
  graph: 'provision',
  records: newRecords(stepsOf({ graph: 'provision', spec })),
  force: false,
  // The first sync follows the creation by itself.
  syncWanted: true,
  totals: { writes: 0, firewallWrites: 0, syncs: 0, driftRepairs: 0 },
  findings: [],
  appliedSignals: [],
  ...traceOf(cause === undefined ? [] : [cause], `${spec.name} provision`),
});

/** Turns to another graph; what the one before has written is added up. */
export function startGraph(state: LaneState, graph: LaneGraph, now: string): LaneState {
  const written = (records: readonly StepRecord[]) => records.reduce((sum, { writes }) => sum + writes, 0);
  const { writes, firewallWrites } = state.totals;
  return {
    ...withTraceOfPass(state, graph, now),
    ...(state.graph === 'provision' ? { creation: state.records } : {}),
    phase: 'working',
    graph,
    records: newRecords(stepsOf({ graph, spec: state.spec })),
    totals: {
      ...state.totals,
      writes: writes + written(state.records),
      firewallWrites: firewallWrites + written(state.records.filter(isFirewallStep)),
    },
  };
}

/**
 * A pass is a part of the trace of what called for it. One that the lane begins by itself follows from the pass before, as the
 * sync after a creation does, whatever has called for one meanwhile.
 */
export function withTraceOfPass(state: LaneState, graph: LaneGraph, now: string): LaneState {
  const { causes = [], trace, ...rest } = state;
  const follows = causes.length === 0 || (state.graph === 'provision' && graph === 'sync');
  const calling = follows && trace !== undefined ? [trace.traceparent, ...causes] : causes;
  return { ...rest, ...traceOf(calling, `${state.spec.name} ${graph} ${now}`) };
}

function traceOf(causes: readonly string[], name: string): { readonly trace?: PassTrace } {
  const trace = passTrace(causes, name);
  return trace === undefined ? {} : { trace };
}
