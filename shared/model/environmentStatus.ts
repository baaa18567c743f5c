import type { StepStatus } from './step.ts';
import type { SyncReport } from './syncReport.ts';

export type EnvironmentState = 'provisioning' | 'ready' | 'failed' | 'deleting' | 'deleted' | 'releasing' | 'released';

export interface Finding {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly message: string;
}

/** What a lane publishes as its custom status, and what HTTP shows. */
export interface EnvironmentStatus {
  readonly name: string;
  readonly state: EnvironmentState;
  /** When the state was entered; ISO 8601, UTC. */
  readonly since: string;
  readonly steps: readonly StepStatus[];
  readonly counts: StatusCounts;
  /** The last finished sync and the one that runs, once there is one. */
  readonly sync?: SyncStatus;
  /** The newest ten, newest first. */
  readonly findings: readonly Finding[];
}

interface SyncStatus {
  readonly running: boolean;
  /** When the last one ended; ISO 8601, UTC. */
  readonly lastTime?: string;
  readonly lastResult?: 'done' | 'failed';
  readonly report?: ShownReport;
  /** The last one that wrote the firewall; most find nothing to write. */
  readonly lastChange?: { readonly time: string; readonly report: ShownReport };
}

type ShownReport = Omit<SyncReport, 'fingerprints' | 'foreign' | 'catalogue' | 'services' | 'told' | 'skippedBy'>;

/** With what only lanes need. */
export type FullSyncStatus = Omit<SyncStatus, 'report' | 'lastChange'> & {
  readonly report?: SyncReport;
  readonly lastChange?: { readonly time: string; readonly report: SyncReport };
};

interface StatusCounts {
  readonly stepsDone: number;
  readonly stepsTotal: number;
  /** ARM writes since the environment was started. */
  readonly writes: number;
  readonly firewallWrites: number;
  readonly syncs: number;
  readonly driftRepairs: number;
  /** Service ports that are reachable through the firewall. */
  readonly publications: number;
}

export interface EnvironmentStatusInput {
  readonly name: string;
  readonly state: EnvironmentState;
  readonly since: string;
  readonly steps: readonly StepStatus[];
  readonly writes: number;
  readonly firewallWrites: number;
  readonly syncs: number;
  readonly driftRepairs: number;
  readonly publications: number;
  readonly sync?: FullSyncStatus;
  /** In any order and number. */
  readonly findings: readonly Finding[];
}

/** Durable's `setCustomStatus` throws at 16 KB of UTF-16; this leaves room for what it adds. */
export const MAX_STATUS_CHARACTERS = 6000;
const MAX_FINDINGS = 10;
const MAX_STEPS = 18;
const LONGEST_NAME = 40;
const LONGEST_TIME = 32;
/** Free text is cut to the first of these at which the whole fits. */
const TEXT_LIMITS = [1000, 400, 200, 120, 80, 40, 20] as const;

/**
 * The status, at most {@link MAX_STATUS_CHARACTERS} long as JSON. Where free text (details, messages, remedies) is too
 * long, every text is cut to the same length; where even that isn't enough, it is left out.
 */
export function environmentStatus(input: EnvironmentStatusInput): EnvironmentStatus {
  for (const limit of TEXT_LIMITS) {
    const status = statusWithTexts(input, (text) => cut(text, limit));
    if (JSON.stringify(status).length <= MAX_STATUS_CHARACTERS) return status;
  }
  // Only escapes (a control character takes six) get here. Plain ASCII of the fixed fields is below 5 000 characters.
  return { ...statusWithTexts(input, () => ''), findings: [] };
}

function statusWithTexts(input: EnvironmentStatusInput, text: (value: string) => string): EnvironmentStatus {
  const findings = input.findings
    .toSorted((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0))
    .slice(0, MAX_FINDINGS)
    .map(({ time, severity, message }) => ({ time: plain(time, LONGEST_TIME), severity, message: text(message) }));
  return {
    name: plain(input.name, LONGEST_NAME),
    state: input.state,
    since: plain(input.since, LONGEST_TIME),
    steps: input.steps.slice(0, MAX_STEPS).map((step) => stepWithTexts(step, text)),
    counts: {
      stepsDone: input.steps.filter((step) => step.state === 'done').length,
      stepsTotal: input.steps.length,
      writes: input.writes,
      firewallWrites: input.firewallWrites,
      syncs: input.syncs,
      driftRepairs: input.driftRepairs,
      publications: input.publications,
    },
    ...(input.sync !== undefined && { sync: syncWithTexts(input.sync, text) }),
    findings,
  };
}

/** At most this many of each list of a report are shown; all of them are in GET …/services and …/drift. */
const MAX_REPORTED = 5;

function syncWithTexts({ report, lastChange, ...sync }: FullSyncStatus, text: (value: string) => string): SyncStatus {
  return {
    ...sync,
    ...(report === undefined ? {} : { report: reportWithTexts(report, text) }),
    ...(lastChange === undefined
      ? {}
      : {
          lastChange: { time: plain(lastChange.time, LONGEST_TIME), report: reportWithTexts(lastChange.report, text) },
        }),
  };
}

function reportWithTexts(report: SyncReport, text: (value: string) => string): ShownReport {
  const { held, problems, drift, causes, probes, ...rest } = report;
  const { fingerprints: _internal, foreign: _digest, catalogue: _version, services: _seen, ...shown } = rest;
  const { told: _told, skippedBy: _codes, ...counts } = shown;
  return {
    ...counts,
    ...(held !== undefined && { held: { ...held, hash: plain(held.hash, 64), reason: text(held.reason) } }),
    problems: problems.slice(0, MAX_REPORTED).map(text),
    drift: drift.slice(0, MAX_REPORTED).map(text),
    causes: causes.slice(0, MAX_REPORTED).map(text),
    probes: probes
      .slice(0, MAX_REPORTED)
      .map(({ name, result }) => ({ name: text(name), result: plain(result, LONGEST_NAME) })),
  };
}

function stepWithTexts(step: StepStatus, text: (value: string) => string): StepStatus {
  const { name, state, startedAt, finishedAt, changed, detail, problem } = step;
  return {
    name,
    state,
    ...(startedAt !== undefined && { startedAt: plain(startedAt, LONGEST_TIME) }),
    ...(finishedAt !== undefined && { finishedAt: plain(finishedAt, LONGEST_TIME) }),
    ...(changed !== undefined && { changed }),
    ...(detail !== undefined && { detail: text(detail) }),
    ...(problem !== undefined && {
      problem: {
        code: plain(problem.code, LONGEST_NAME),
        message: text(problem.message),
        remedy: text(problem.remedy),
      },
    }),
  };
}

/** Cuts without leaving half of a surrogate pair behind, which JSON would escape. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - 1).toWellFormed()}…`;
}

/** Identifiers and times are printable ASCII; anything else would grow when escaped. */
function plain(text: string, limit: number): string {
  return text.replace(/[^ -~]|["\\]/g, '?').slice(0, limit);
}
