import { catalogueVersion } from '../shared/desired/egressCatalogue.ts';
import type { DeveloperGrant } from '../shared/model/environmentSpec.ts';
import type { Family, Labels, Point } from '../shared/telemetry/instruments.ts';
import { laneMetrics, type LaneMetric } from '../shared/telemetry/metrics.ts';
import type { AccessLane, Lane, UnreadableLane } from './http/laneClient.ts';

/** A lane with those that keep its clusters' authorized ranges. */
export interface MeasuredLane {
  readonly lane: Lane | UnreadableLane;
  readonly access: readonly AccessLane[];
}

type Points = Readonly<Partial<Record<LaneMetric, readonly Point[]>>>;

/** What the lanes tell of their environments, as metrics. @param now epoch ms: what has expired is no grant any more */
export function laneFamilies(lanes: readonly MeasuredLane[], now: number): readonly Family[] {
  const readable = lanes.flatMap(({ lane, access }) => ('unreadable' in lane ? [] : [{ lane, access }]));
  const points: readonly Points[] = [
    {
      gatehouse_dead_lanes: [{ labels: {}, value: readable.filter(({ lane }) => lane.broken).length }],
      gatehouse_unreadable_lanes: [{ labels: {}, value: lanes.length - readable.length }],
    },
    ...readable.map(({ lane, access }) => ({ ...environmentPoints(lane), ...grantPoints(lane, access, now) })),
  ];
  return (Object.keys(laneMetrics) as LaneMetric[]).map((name) => ({
    name,
    definition: laneMetrics[name],
    points: points.flatMap((some) => some[name] ?? []),
    distributions: [],
  }));
}

function environmentPoints({ name: environment, shown, state: lane, status }: Lane): Points {
  const { lastSync, lastGoodSyncAt, totals, records, graph, phase, catalogue } = lane;
  const one = (value: number | undefined, more: Labels = {}): readonly Point[] =>
    value === undefined ? [] : [{ labels: { environment, ...more }, value }];
  const by = (label: string, values: Readonly<Record<string, number>>): readonly Point[] =>
    Object.entries(values).flatMap(([key, value]) => one(value, { [label]: key }));
  const report = lastSync?.report;
  const counts = status?.counts;
  return {
    gatehouse_environment_state: one(1, { state: shown }),
    gatehouse_failed_steps: one(records.filter(({ state }) => state === 'failed').length),
    gatehouse_syncs_in_progress: one(graph === 'sync' && phase === 'working' ? 1 : 0),
    gatehouse_last_sync_timestamp_seconds: one(
      unixTime(lastGoodSyncAt ?? (lastSync?.problem === undefined ? lastSync?.time : undefined)),
    ),
    gatehouse_last_reconcile_timestamp_seconds: one(unixTime(lastSync?.time)),
    gatehouse_syncs_total: one(totals.syncs),
    gatehouse_sync_errors_total: one(totals.syncErrors ?? 0),
    gatehouse_no_op_runs_total: one(totals.noOpRuns ?? 0),
    gatehouse_publications: one(counts?.publications),
    gatehouse_skipped_publications: by('reason', report?.skippedBy ?? {}),
    gatehouse_publication_conflicts: one(report?.conflicts),
    gatehouse_held_deletions: one(report === undefined ? undefined : (report.held?.rules ?? 0)),
    gatehouse_drift_findings: by('check', driftByCheck(report?.drift ?? [])),
    gatehouse_drift_repairs_total: one(totals.driftRepairs),
    gatehouse_arm_writes_total: one(counts?.writes),
    gatehouse_firewall_writes_total: one(counts?.firewallWrites),
    gatehouse_egress_catalogue_outdated: one(
      catalogue === undefined ? undefined : catalogue === catalogueVersion ? 0 : 1,
    ),
  };
}

function grantPoints({ name: environment, state }: Lane, access: readonly AccessLane[], now: number): Points {
  const isValid = ({ expires }: DeveloperGrant) => expires === undefined || Date.parse(expires) > now;
  const ofSpec = state.spec.access.developers.filter(isValid).length;
  return {
    gatehouse_grants: access.map(({ cluster, state: { grants } }) => ({
      labels: { environment, cluster },
      value: ofSpec + grants.filter(isValid).length,
    })),
  };
}

/** Differences are remembered as `check: what`; see shared/model/syncReport. */
function driftByCheck(drift: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const difference of drift) {
    const [check = ''] = difference.split(':', 1);
    counts[check] = (counts[check] ?? 0) + 1;
  }
  return counts;
}

const unixTime = (time: string | undefined): number | undefined =>
  time === undefined ? undefined : Date.parse(time) / 1000;
