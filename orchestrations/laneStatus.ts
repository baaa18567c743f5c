import {
  environmentStatus,
  type EnvironmentStatus,
  type Finding,
  type FullSyncStatus,
} from '../shared/model/environmentStatus.ts';
import { sentences } from '../shared/model/sentences.ts';
import type { StepStatus } from '../shared/model/step.ts';
import { environmentState } from './environmentState.ts';
import { isFirewallStep } from './stepRecords.ts';
import type { LaneState } from './laneState.ts';
import type { StepRecord } from './stepRecord.ts';

type BegunLaneState = LaneState & { readonly since: string };

/** What the lane publishes: never operation URLs, which are signed. */
export function laneStatus(state: BegunLaneState): EnvironmentStatus {
  const { records, totals, lastSync } = state;
  const sync = syncStatus(state);
  return environmentStatus({
    name: state.spec.name,
    state: environmentState(state),
    since: state.since,
    steps: (state.graph === 'sync' ? (state.creation ?? []) : records).map(stepStatus),
    writes: totals.writes + written(records),
    firewallWrites: totals.firewallWrites + written(records.filter(isFirewallStep)),
    syncs: totals.syncs,
    driftRepairs: totals.driftRepairs,
    publications: publicationsOf(lastSync?.report),
    ...(sync === undefined ? {} : { sync }),
    findings: [...problemFindings(state), ...state.findings],
  });
}

const written = (records: readonly StepRecord[]): number => records.reduce((sum, { writes }) => sum + writes, 0);

/** What stands after a sync: what it made and what it found. */
const publicationsOf = (report: FullSyncStatus['report']): number =>
  report === undefined ? 0 : report.created + report.updated + report.unchanged + report.kept;

function syncStatus({ graph, phase, lastSync, lastChange }: LaneState): FullSyncStatus | undefined {
  const running = graph === 'sync' && phase === 'working';
  if (lastSync === undefined) return running ? { running } : undefined;
  return {
    running,
    lastTime: lastSync.time,
    lastResult: lastSync.problem === undefined ? 'done' : 'failed',
    ...(lastSync.report === undefined ? {} : { report: lastSync.report }),
    ...(lastChange === undefined ? {} : { lastChange }),
  };
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

function problemFindings({ problem, since, lastSync }: BegunLaneState): Finding[] {
  const told = (time: string, { message, remedy }: { message: string; remedy: string }): Finding => ({
    time,
    severity: 'error',
    message: sentences(message, remedy),
  });
  return [
    ...(problem === undefined ? [] : [told(since, problem)]),
    ...(lastSync?.problem === undefined ? [] : [told(lastSync.time, lastSync.problem)]),
  ];
}
