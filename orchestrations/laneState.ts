import type { EnvironmentSpec } from '../shared/model/environmentSpec.ts';
import type { Finding } from '../shared/model/environmentStatus.ts';
import type { StepProblem } from '../shared/model/step.ts';
import type { SyncRecord } from '../shared/model/syncHistory.ts';
import type { SyncReport } from '../shared/model/syncReport.ts';
import type { PassTrace } from '../shared/model/traceContext.ts';
import { provisioningGraph, releaseGraph, syncGraph, teardownGraph } from '../shared/plan/provisioningGraph.ts';
import type { Step } from '../shared/plan/step.ts';
import type { StepRecord } from './stepRecord.ts';
import { alignedRecords } from './stepRecords.ts';

/** Which graph a firewall lane works on. */
export type LaneGraph = 'provision' | 'sync' | 'teardown' | 'release';

/** What a firewall lane carries from one generation to the next: its input. Plain JSON, migrated when read. */
export interface LaneState {
  readonly schema: 1;
  readonly spec: EnvironmentSpec;
  /** A spec that came while the lane worked, or until it was looked at: the last one that came is taken up. */
  readonly nextSpec?: EnvironmentSpec;
  /** The spec before this one, until this one has been applied as a whole. */
  readonly previousSpec?: EnvironmentSpec;
  /** When the spec was changed last, ISO 8601; absent: it is the first one. */
  readonly specChangedAt?: string;
  /** What the lane does in this generation: work on a graph, or wait for signals. */
  readonly phase: 'working' | 'waiting';
  readonly graph: LaneGraph;
  readonly records: readonly StepRecord[];
  /** Whether a deletion starts without waiting for operations that are under way. */
  readonly force: boolean;
  /** Whether something has called for a sync since the last one began. */
  readonly syncWanted: boolean;
  /** `traceparent` of what has called for the next pass, as far as that is traced. */
  readonly causes?: readonly string[];
  /** Of the pass that runs, or ran last. */
  readonly trace?: PassTrace;
  /** Hash of the held deletions that somebody has released. */
  readonly approved?: string;
  /** ISO 8601: a look that is to begin then, unless one comes before. */
  readonly lookAt?: string;
  /** The records of the creation, once the lane has turned to something else. */
  readonly creation?: readonly StepRecord[];
  /** When the last creation or sync that wrote something ended, ISO 8601. */
  readonly wroteAt?: string;
  /** The version of the egress catalogue that the rules stand by, as far as a sync has seen. */
  readonly catalogue?: string;
  /** Marks of what services' owners have been told; see shared/plan/serviceNotes. */
  readonly told?: string;
  /** When each difference that still stands was first seen, ISO 8601, by `check: what`. */
  readonly driftSince?: Readonly<Record<string, string>>;
  /** What the last finished sync came to. */
  readonly lastSync?: { readonly time: string; readonly report?: SyncReport; readonly problem?: StepProblem };
  /** When the last sync without a failure ended, ISO 8601; absent: none has, or an older version saw it. */
  readonly lastGoodSyncAt?: string;
  /** What the last sync that wrote the firewall came to; without fingerprints, which only the last sync's are good for. */
  readonly lastChange?: { readonly time: string; readonly report: SyncReport };
  /** What the newest syncs came to, newest first; absent in the states of versions that kept none. */
  readonly history?: readonly SyncRecord[];
  readonly totals: LaneTotals;
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

/** Counts over the life of an environment, of graphs that are finished. */
interface LaneTotals {
  readonly writes: number;
  readonly firewallWrites: number;
  readonly syncs: number;
  readonly driftRepairs: number;
  /** Syncs with a failed step; absent: none since this is counted. */
  readonly syncErrors?: number;
  /** Syncs that ended well with nothing to write; absent: none since this is counted. */
  readonly noOpRuns?: number;
}

const REMEMBERED_FINDINGS = 10;

const graphs = {
  provision: provisioningGraph,
  sync: syncGraph,
  teardown: teardownGraph,
  release: releaseGraph,
} as const;

/** The steps of the graph that the lane works on. */
export const stepsOf = ({ graph, spec }: Pick<LaneState, 'graph' | 'spec'>): readonly Step[] => graphs[graph](spec);

/** The graph whose steps the status shows: of an environment that is kept true, that of its creation. */
export const shownGraph = ({ graph, spec }: Pick<LaneState, 'graph' | 'spec'>): readonly Step[] =>
  stepsOf({ graph: graph === 'sync' ? 'provision' : graph, spec });

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

/** The state with something more that somebody should see; the oldest goes. */
export const withFinding = (state: LaneState, finding: Finding): LaneState => ({
  ...state,
  findings: [finding, ...state.findings].slice(0, REMEMBERED_FINDINGS),
});
