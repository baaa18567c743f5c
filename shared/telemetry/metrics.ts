/** A metric as it is exported: by OpenTelemetry and as OpenMetrics text under the same name. */
export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** One sentence. */
  readonly help: string;
  /** Every label that a series has; each takes few values, since each combination is a series of its own. */
  readonly labels: readonly string[];
  /**
   * `lanes`: from what the lanes have stored, so exact and the same on every instance of the app. `instance`: counted by this
   * instance of the app since it began; a retried activity counts again, and what an instance has counted ends with it.
   */
  readonly source: 'lanes' | 'instance';
  /** Upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
}

const perEnvironment = (
  type: 'counter' | 'gauge',
  help: string,
  labels: readonly string[] = [],
): MetricDefinition & { readonly source: 'lanes' } => ({
  type,
  help,
  labels: ['environment', ...labels],
  source: 'lanes',
});

const perInstance = (
  type: 'counter' | 'histogram',
  help: string,
  labels: readonly string[],
  buckets?: readonly number[],
): MetricDefinition & { readonly source: 'instance' } => ({
  type,
  help,
  labels,
  source: 'instance',
  ...(buckets === undefined ? {} : { buckets }),
});

/** What is known of environments: read from their lanes when somebody asks. */
export const laneMetrics = {
  gatehouse_environment_state: perEnvironment('gauge', 'What the environment is in: 1 for its state.', ['state']),
  gatehouse_dead_lanes: {
    ...perEnvironment('gauge', 'Lanes whose orchestration failed or was terminated.'),
    labels: [],
  },
  gatehouse_unreadable_lanes: {
    ...perEnvironment('gauge', 'Lanes whose state this version of the app can not read.'),
    labels: [],
  },
  gatehouse_failed_steps: perEnvironment('gauge', 'Steps of the current graph that have failed.'),
  gatehouse_syncs_in_progress: perEnvironment('gauge', 'Syncs that are under way: 0 or 1.'),
  gatehouse_last_sync_timestamp_seconds: perEnvironment(
    'gauge',
    'When the last sync without a failure ended, Unix time.',
  ),
  gatehouse_last_reconcile_timestamp_seconds: perEnvironment(
    'gauge',
    'When the last sync ended, failed or not, Unix time.',
  ),
  gatehouse_syncs_total: perEnvironment('counter', 'Syncs that have ended, failed ones among them.'),
  gatehouse_sync_errors_total: perEnvironment('counter', 'Syncs that have ended with a failed step.'),
  gatehouse_no_op_runs_total: perEnvironment('counter', 'Syncs that ended well and had nothing to write.'),
  gatehouse_publications: perEnvironment('gauge', 'Service ports that are reachable through the firewall.'),
  gatehouse_skipped_publications: perEnvironment('gauge', 'Service ports without a rule, by the code of the reason.', [
    'reason',
  ]),
  gatehouse_publication_conflicts: perEnvironment(
    'gauge',
    'Service ports whose place on the firewall another one has.',
  ),
  gatehouse_held_deletions: perEnvironment('gauge', 'Deletions of rules that wait for approval.'),
  gatehouse_drift_findings: perEnvironment('gauge', 'Differences that the last sync found, by drift check.', ['check']),
  gatehouse_drift_repairs_total: perEnvironment('counter', 'Differences that syncs have repaired.'),
  gatehouse_arm_writes_total: perEnvironment('counter', 'Writes that Azure has accepted for the environment.'),
  gatehouse_firewall_writes_total: perEnvironment('counter', 'Those of them that wrote the firewall or its rules.'),
  gatehouse_grants: perEnvironment(
    'gauge',
    'Unexpired grants of access to the API server, of the spec and of run time.',
    ['cluster'],
  ),
  gatehouse_egress_catalogue_outdated: perEnvironment(
    'gauge',
    'Whether the rules stand by an older egress catalogue than the one of this version: 0 or 1.',
  ),
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** Of the firewall, whose writes take minutes. */
const MINUTES = [30, 60, 120, 180, 300, 480, 600, 900, 1800, 3600];
/** Of one request. */
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What an instance of the app counts while it works. */
export const instanceMetrics = {
  gatehouse_arm_requests_total: perInstance(
    'counter',
    'Requests to Azure Resource Manager; status "none": no answer.',
    ['method', 'provider', 'status'],
  ),
  gatehouse_arm_request_seconds: perInstance(
    'histogram',
    'How long Azure Resource Manager took to answer.',
    ['method', 'provider'],
    SECONDS,
  ),
  gatehouse_arm_throttled_requests_total: perInstance('counter', 'Requests that Azure has answered with 429.', [
    'provider',
  ]),
  gatehouse_firewall_write_seconds: perInstance(
    'histogram',
    'From the acceptance of a write of the firewall or its rules to the look that found it ended.',
    ['environment', 'outcome'],
    MINUTES,
  ),
  gatehouse_events_total: perInstance('counter', 'Events that Event Grid delivered, by what became of them.', [
    'outcome',
  ]),
  gatehouse_event_age_seconds: perInstance(
    'histogram',
    'From a change in Azure to the delivery of its event.',
    [],
    [1, 2, 5, 10, 30, 60, 120, 300, 900, 3600],
  ),
  gatehouse_signals_total: perInstance('counter', 'Signals that were sent to firewall lanes.', ['kind']),
  gatehouse_invocations_total: perInstance('counter', 'Invocations of functions other than orchestrators.', [
    'function',
    'outcome',
  ]),
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type LaneMetric = keyof typeof laneMetrics;
export type InstanceMetric = keyof typeof instanceMetrics;
