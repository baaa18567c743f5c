import { parseSignal, type Signal } from '../shared/model/signal.ts';
import { withCause } from '../shared/model/traceContext.ts';
import { isLast, withSince } from './environmentState.ts';
import { startGraph, withTraceOfPass } from './graphStart.ts';
import { withFinding, type LaneState } from './laneState.ts';
import { forRetry } from './stepRecords.ts';

const REMEMBERED_SIGNALS = 200;

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

/** Grants are for access lanes, and call a firewall lane to nothing. */
const withCauseOf = (state: LaneState, { kind, trace }: Signal): LaneState =>
  trace === undefined || kind === 'grant' || kind === 'revoke'
    ? state
    : { ...state, causes: withCause(state.causes ?? [], trace) };

type SyncSignal = Extract<Signal, { kind: 'sync' }>;

const isPutOff = ({ notBefore, afterSeconds }: SyncSignal): boolean =>
  notBefore !== undefined || afterSeconds !== undefined;

const dueOf = ({ notBefore, afterSeconds = 0 }: SyncSignal, now: string): string =>
  notBefore ?? new Date(Date.parse(now) + afterSeconds * 1000).toISOString();

const hasFailedSync = ({ records }: LaneState): boolean => records.some(({ state }) => state === 'failed');

/** Whether the last look missed something that the creation has made. */
const lacksResource = ({ lastSync }: LaneState): boolean =>
  lastSync?.report?.drift.some((what) => what.startsWith('presence:')) === true;
