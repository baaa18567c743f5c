import type { Finding } from '../shared/model/environmentStatus.ts';
import type { StepName } from '../shared/model/step.ts';
import { withSync, type SyncRecord } from '../shared/model/syncHistory.ts';
import type { SyncReport } from '../shared/model/syncReport.ts';
import { isRepaired } from './driftRepair.ts';
import { withFinding, type LaneState } from './laneState.ts';
import type { StepRecord } from './stepRecord.ts';
import { isFirewallStep } from './stepRecords.ts';

const REMEMBERED_DRIFT = 50;

/** The state after a sync whose steps have come to their end: what it found and repaired, and what stays to be told. */
export function afterSync(state: LaneState, now: string): LaneState {
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

/** Whether egress may stand once the step has written: with the rules, or with the policy that they are in. */
const opensEgress = (record: StepRecord): boolean => isFirewallStep(record) || record.name === 'firewallPolicy';

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
