import { environmentStatus, type EnvironmentStatus, type Finding } from '../shared/model/environmentStatus.ts';
import type { StepStatus } from '../shared/model/step.ts';
import { environmentState, type LaneState } from './laneState.ts';
import type { StepRecord } from './stepRecord.ts';

/** What the lane publishes: never operation URLs, which are signed. */
export function laneStatus(state: LaneState & { readonly since: string }): EnvironmentStatus {
  const { records } = state;
  return environmentStatus({
    name: state.spec.name,
    state: environmentState(state),
    since: state.since,
    steps: records.map(stepStatus),
    writes: records.reduce((sum, { writes }) => sum + writes, 0),
    firewallWrites: records.find(({ name }) => name === 'firewall')?.writes ?? 0,
    findings: [...problemFindings(state), ...state.findings],
  });
}

function stepStatus({ name, state, startedAt, finishedAt, writes, detail, problem }: StepRecord): StepStatus {
  return {
    name,
    state,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(state === 'done' ? { changed: writes > 0 } : {}),
    ...(detail === undefined ? {} : { detail }),
    ...(problem === undefined ? {} : { problem }),
  };
}

const problemFindings = ({ problem, since }: LaneState & { readonly since: string }): Finding[] =>
  problem === undefined ? [] : [{ time: since, severity: 'error', message: `${problem.message} ${problem.remedy}` }];
