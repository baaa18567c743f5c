import type { EnvironmentState } from '../shared/model/environmentStatus.ts';
import type { LaneGraph, LaneState } from './laneState.ts';
import { isComplete } from './stepRecords.ts';

/** What an environment is in while its lane works on a graph, and when that is complete. */
const statesOf: Readonly<Record<LaneGraph, readonly [EnvironmentState, EnvironmentState]>> = {
  provision: ['provisioning', 'ready'],
  sync: ['ready', 'ready'],
  teardown: ['deleting', 'deleted'],
  release: ['releasing', 'released'],
};

/** Whether the lane ends with its graph. */
export const isLast = ({ graph }: LaneState): boolean => graph === 'teardown' || graph === 'release';

/** Whether the lane has come to its end: its environment is no more, or is left to itself. */
export const hasEnded = (state: LaneState): boolean =>
  isLast(state) && environmentState(state) === statesOf[state.graph][1];

/** What an environment's lane is in, in one word. A sync that failed leaves the environment ready, with a finding. */
export function environmentState(state: LaneState): EnvironmentState {
  if (state.graph === 'sync' && state.problem === undefined) return 'ready';
  const [during, after] = statesOf[state.graph];
  if (state.phase === 'working') return during;
  return state.problem !== undefined || !isComplete(state.records) ? 'failed' : after;
}

/** The state with the time since when it is what it publishes. */
export const withSince = (next: LaneState, previous: LaneState, now: string): LaneState =>
  environmentState(next) === environmentState(previous) ? next : { ...next, since: now };

/** When the lane has something to do without any signal, if ever; only a ready environment looks by itself. */
export const nextDue = (state: LaneState): Date | undefined =>
  state.lookAt === undefined || environmentState(state) !== 'ready' ? undefined : new Date(state.lookAt);
