import type { EnvironmentSpec } from '../shared/model/environmentSpec.ts';
import type { EnvironmentState, Finding } from '../shared/model/environmentStatus.ts';
import { parseSignal, type Signal } from '../shared/model/signal.ts';
import { passTrace, withCause, type PassTrace } from '../shared/model/traceContext.ts';
import type { OwnProblem, StepName, StepProblem } from '../shared/model/step.ts';
import { withSync, type SyncRecord } from '../shared/model/syncHistory.ts';
import type { SyncReport } from '../shared/model/syncReport.ts';
import { provisioningGraph, releaseGraph, syncGraph, teardownGraph } from '../shared/plan/provisioningGraph.ts';
import type { Step } from '../shared/plan/step.ts';
import { applicationOf, changesFor, refusalOf, standingSpec } from './specUpdate.ts';
import { alignedRecords, forRetry, newRecords, type StepRecord } from './stepRecord.ts';

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

const REMEMBERED_SIGNALS = 200;
const REMEMBERED_FINDINGS = 10;
const REMEMBERED_DRIFT = 50;

/** The state of a lane that starts now. @param cause `traceparent` of what starts it */
export const newLaneState = (spec: EnvironmentSpec, cause?: string): LaneState => ({
  schema: 1,
  spec,
  phase: 'working',
  graph: 'provision',
  records: newRecords(provisioningGraph(spec)),
  force: false,
  // The first sync follows the creation by itself.
  syncWanted: true,
  totals: { writes: 0, firewallWrites: 0, syncs: 0, driftRepairs: 0 },
  findings: [],
  appliedSignals: [],
  ...traceOf(cause === undefined ? [] : [cause], `${spec.name} provision`),
});

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

function afterSync(state: LaneState, now: string): LaneState {
  const recordOf = (step: StepName) => state.records.find(({ name }) => name === step);
  const reports = [recordOf('firewallRules')?.report, recordOf('observe')?.report];
  const report = withoutMarks(reports.find((one) => one !== undefined));
  const told = reports.find((one) => one?.told !== undefined)?.told;
  const problem = state.records.find(({ problem: failure }) => failure !== undefined)?.problem;
  // An approval is used up by the sync that had it: held deletions of another hash need another word.
  const { approved: _used, ...rest } = state;
  const repaired = recordOf('observe')?.report?.drift.filter(isRepaired(state.records)) ?? [];
  const shown = repaired.slice(0, 3).join('; ') + (repaired.length > 3 ? ` and ${repaired.length - 3} more` : '');
  const repair: Finding = {
    time: now,
    severity: 'warning',
    message: `Drift was repaired: ${[shown, ...(report?.causes ?? [])].join('. ')}`,
  };
  // Where nothing of egress differs any more, the rules are those of the catalogue that they were compared with.
  const differs = report?.drift.some((what) => isEgress(what) && !(isRepairing(state) && repaired.includes(what)));
  const catalogue = differs === false ? report?.catalogue : undefined;
  const isNoOp = problem === undefined && state.records.every(({ writes }) => writes === 0);
  // What waited for the firewall's rules is due once they have been written.
  const isDue =
    state.records.some(({ again }) => again) &&
    state.records.some((record) => opensEgress(record) && record.writes > 0);
  return {
    ...(repaired.length === 0 ? rest : withFinding(rest, repair)),
    ...(isDue ? { syncWanted: true } : {}),
    ...(state.records.some(({ writes }) => writes > 0) ? { wroteAt: now } : {}),
    lastSync: { time: now, ...(report === undefined ? {} : { report }), ...(problem === undefined ? {} : { problem }) },
    ...(catalogue === undefined ? {} : { catalogue }),
    ...(told === undefined ? {} : { told }),
    ...(problem === undefined ? { lastGoodSyncAt: now } : {}),
    history: withSync(state.history ?? [], {
      time: now,
      result: problem === undefined ? 'done' : 'failed',
      ...writtenBy(report),
      drift: report?.drift.length ?? 0,
      repaired: repaired.length,
      held: report?.held?.rules ?? 0,
      ...(problem === undefined ? {} : { problem: problem.message }),
    }),
    ...(report?.wrote === true ? { lastChange: { time: now, report: withoutFingerprints(report) } } : {}),
    driftSince: Object.fromEntries(
      (report?.drift ?? [])
        .filter((what) => !repaired.includes(what))
        .slice(0, REMEMBERED_DRIFT)
        .map((what) => [what, state.driftSince?.[what] ?? now]),
    ),
    totals: {
      ...state.totals,
      syncs: state.totals.syncs + 1,
      driftRepairs: state.totals.driftRepairs + repaired.length,
      ...(problem === undefined ? {} : { syncErrors: (state.totals.syncErrors ?? 0) + 1 }),
      ...(isNoOp ? { noOpRuns: (state.totals.noOpRuns ?? 0) + 1 } : {}),
    },
  };
}

/** Rules that a sync wrote; what one would have written, had it come to it, is nothing. */
function writtenBy(report: SyncReport | undefined): Pick<SyncRecord, 'created' | 'updated' | 'deleted' | 'wrote'> {
  if (report?.wrote !== true) return { created: 0, updated: 0, deleted: 0, wrote: false };
  const { created, updated, deleted } = report;
  return { created, updated, deleted, wrote: true };
}

const isRepairing = ({ spec }: LaneState): boolean => spec.drift.action === 'repair';

const isEgress = (difference: string): boolean => /^egress(Rules|Catalogue): /.test(difference);

/** The lane keeps the marks itself: a sync that fails must not forget what has been told. */
function withoutMarks(report: SyncReport | undefined): SyncReport | undefined {
  if (report === undefined) return undefined;
  const { told: _kept, ...rest } = report;
  return rest;
}

/** Only the last sync's are good for anything. */
function withoutFingerprints({ services: _seen, ...report }: SyncReport): SyncReport {
  return { ...report, fingerprints: [] };
}

/** Whether the step that answers for a difference has written, and has come to its end. */
const isRepaired =
  (records: readonly StepRecord[]) =>
  (difference: string): boolean => {
    const step = repairingStep(difference, records);
    return records.some(({ name, state, writes }) => name === step && state === 'done' && writes > 0);
  };

/** Which step of these writes what a drift check found: of a classic firewall settings and rules are one write. */
function repairingStep(difference: string, records: readonly StepRecord[]): StepName {
  const [check = '', what = ''] = difference.split(': ', 2);
  const ofPolicy = (step: StepName) => (records.some(({ name }) => name === step) ? step : 'firewallRules');
  switch (check) {
    case 'routes':
    case 'publicIps':
      return 'routes';
    case 'dnsServers':
    case 'routeTableAssociation':
    case 'subnets':
      return 'networkRouting';
    case 'threatIntelligence':
    case 'dnsProxy':
    case 'policyConfiguration':
      return ofPolicy('firewallPolicy');
    case 'firewallConfiguration':
      return ofPolicy('firewall');
    case 'lastWrite': {
      const [kind = ''] = what.split(' ');
      if (kind === 'routeTable') return 'routes';
      if (kind === 'firewall' || kind === 'firewallPolicy') return ofPolicy(kind);
      return kind === 'ruleCollectionGroup' ? 'firewallRules' : 'networkRouting';
    }
    default:
      return 'firewallRules';
  }
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

/** Turns to another graph; what the one before has written is added up. */
function startGraph(state: LaneState, graph: LaneGraph, now: string): LaneState {
  const written = (records: readonly StepRecord[]) => records.reduce((sum, { writes }) => sum + writes, 0);
  const { writes, firewallWrites } = state.totals;
  return {
    ...withTraceOfPass(state, graph, now),
    ...(state.graph === 'provision' ? { creation: state.records } : {}),
    phase: 'working',
    graph,
    records: newRecords(graphs[graph](state.spec)),
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
function withTraceOfPass(state: LaneState, graph: LaneGraph, now: string): LaneState {
  const { causes = [], trace, ...rest } = state;
  const follows = causes.length === 0 || (state.graph === 'provision' && graph === 'sync');
  const calling = follows && trace !== undefined ? [trace.traceparent, ...causes] : causes;
  return { ...rest, ...traceOf(calling, `${state.spec.name} ${graph} ${now}`) };
}

function traceOf(causes: readonly string[], name: string): { readonly trace?: PassTrace } {
  const trace = passTrace(causes, name);
  return trace === undefined ? {} : { trace };
}

/** Grants are for access lanes, and call a firewall lane to nothing. */
const withCauseOf = (state: LaneState, { kind, trace }: Signal): LaneState =>
  trace === undefined || kind === 'grant' || kind === 'revoke'
    ? state
    : { ...state, causes: withCause(state.causes ?? [], trace) };

/** Whether egress may stand once the step has written: with the rules, or with the policy that they are in. */
const opensEgress = (record: StepRecord): boolean => isFirewallStep(record) || record.name === 'firewallPolicy';

/** Whether a step writes the firewall, or the rules that it goes by. */
export const isFirewallStep = ({ name }: Pick<StepRecord, 'name'>): boolean =>
  name === 'firewall' || name === 'firewallRules';

/** The state after the app itself failed during a pass: the lane stays alive and waits for a retry. */
export function afterFailure(
  state: LaneState,
  problem: OwnProblem,
  signals: readonly unknown[],
  now: string,
): LaneState {
  return nextGraph(applySignals(withSince({ ...state, phase: 'waiting', problem }, state, now), signals, now), now);
}

/** When the lane has something to do without any signal, if ever; only a ready environment looks by itself. */
export const nextDue = (state: LaneState): Date | undefined =>
  state.lookAt === undefined || environmentState(state) !== 'ready' ? undefined : new Date(state.lookAt);

/** The state after signals, or the time, came to a lane that waited. */
export const afterWait = (state: LaneState, signals: readonly unknown[], now: string): LaneState =>
  nextGraph(applySignals(state, signals, now), now);

/** Applies signals in the order in which they came; repeated ones change nothing, unreadable ones are reported. */
export function applySignals(state: LaneState, signals: readonly unknown[], now: string): LaneState {
  return signals.reduce<LaneState>((current, raw) => {
    const parsed = parseSignal(raw);
    if (!parsed.ok) {
      const why = parsed.problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
      return withFinding(current, { time: now, severity: 'warning', message: `A signal was ignored: ${why}` });
    }
    const { signal } = parsed;
    if (current.appliedSignals.includes(signal.id)) return current;
    const appliedSignals = [...current.appliedSignals, signal.id].slice(-REMEMBERED_SIGNALS);
    return withSince({ ...applySignal(withCauseOf(current, signal), signal, now), appliedSignals }, current, now);
  }, state);
}

function applySignal(state: LaneState, signal: Signal, now: string): LaneState {
  const { problem, ...rest } = state;
  switch (signal.kind) {
    case 'retry':
      if (state.graph === 'sync' && (hasFailedSync(state) || lacksResource(state))) {
        // What a sync can't make is built again, which looks at every step; the sync follows.
        return { ...startGraph(rest, 'provision', now), syncWanted: true };
      }
      if (problem === undefined && !state.records.some((record) => record.state === 'failed')) return state;
      return { ...withTraceOfPass(rest, state.graph, now), phase: 'working', records: forRetry(state.records) };
    case 'delete':
      if (state.graph === 'teardown') {
        const retried = { ...withTraceOfPass(rest, state.graph, now), records: forRetry(state.records) };
        return { ...retried, phase: 'working', force: state.force || signal.force };
      }
      return { ...startGraph(rest, 'teardown', now), force: signal.force };
    case 'release':
      // What is being deleted can't be left as it is any more.
      return state.graph === 'teardown' ? state : startGraph(rest, 'release', now);
    case 'sync':
      if (isPutOff(signal) && !isLast(state) && problem === undefined) {
        const at = dueOf(signal, now);
        const { lookAt = at } = state;
        return { ...state, lookAt: lookAt < at ? lookAt : at };
      }
      // A sync that broke off in the app itself is begun anew.
      return { ...(state.graph === 'sync' ? rest : state), syncWanted: true };
    case 'approve':
      return { ...state, syncWanted: true, approved: signal.plan };
    case 'spec':
      return { ...state, nextSpec: signal.spec };
    case 'grant':
    case 'revoke':
      // These are for access lanes; a firewall lane has no use for them.
      return state;
  }
}

type SyncSignal = Extract<Signal, { kind: 'sync' }>;

const isPutOff = ({ notBefore, afterSeconds }: SyncSignal): boolean =>
  notBefore !== undefined || afterSeconds !== undefined;

const dueOf = ({ notBefore, afterSeconds = 0 }: SyncSignal, now: string): string =>
  notBefore ?? new Date(Date.parse(now) + afterSeconds * 1000).toISOString();

/** Whether the lane ends with its graph. */
const isLast = ({ graph }: LaneState): boolean => graph === 'teardown' || graph === 'release';

const hasFailedSync = ({ records }: LaneState): boolean => records.some(({ state }) => state === 'failed');

/** Whether the last look missed something that the creation has made. */
const lacksResource = ({ lastSync }: LaneState): boolean =>
  lastSync?.report?.drift.some((what) => what.startsWith('presence:')) === true;

const withFinding = (state: LaneState, finding: Finding): LaneState => ({
  ...state,
  findings: [finding, ...state.findings].slice(0, REMEMBERED_FINDINGS),
});

/** What an environment is in while its lane works on a graph, and when that is complete. */
const statesOf: Readonly<Record<LaneGraph, readonly [EnvironmentState, EnvironmentState]>> = {
  provision: ['provisioning', 'ready'],
  sync: ['ready', 'ready'],
  teardown: ['deleting', 'deleted'],
  release: ['releasing', 'released'],
};

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
