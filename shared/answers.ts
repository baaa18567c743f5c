import type { DeveloperGrant, EnvironmentSpec } from './model/environmentSpec.ts';
import type { EnvironmentState, EnvironmentStatus } from './model/environmentStatus.ts';
import type { ResourceIds } from './model/names.ts';
import type { Problem } from './model/problem.ts';
import type { RecordedChange } from './azure/activityLog.ts';
import type { StepProblem, StepStatus } from './model/step.ts';
import type { SyncRecord } from './model/syncHistory.ts';
import type { HealthCheck } from './observe/health.ts';
import type { DriftFinding } from './plan/drift/finding.ts';
import type { PublicationPlan } from './plan/publicationPlan.ts';
import type { StepDependency } from './plan/step.ts';

export type { Explanation } from './plan/explain.ts';
export type { Preview } from './plan/preview.ts';

/** What is told to whoever has called for something that the lane does. */
export interface AcceptedAnswer {
  readonly name: string;
  /** As it was when the call came in. */
  readonly state: EnvironmentState;
  /** URL of the environment. */
  readonly location: string;
}

/** PUT /environments/{name}/grants/{label} */
export type GrantedAnswer = AcceptedAnswer | CoveredGrantAnswer;

/** PUT /environments/{name}/grants/{label}, where a range lets the caller in already. */
interface CoveredGrantAnswer extends DeveloperGrant {
  readonly name: string;
  /** The range that does; the grant is kept beside it. */
  readonly coveredBy: string;
}

/** GET /environments */
export interface EnvironmentsAnswer {
  readonly environments: readonly EnvironmentSummary[];
}

export interface EnvironmentSummary {
  readonly name: string;
  readonly state: EnvironmentState | 'unreadable';
  readonly location?: string;
  readonly subscription?: string;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly since?: string;
  readonly stepsDone?: number;
  readonly stepsTotal?: number;
  readonly publications?: number;
  readonly drift?: number;
  readonly held?: number;
  readonly problems?: number;
  /** When the environment first became ready. */
  readonly readyAt?: string;
  /** Whether it keeps a firewall that was there before. */
  readonly isAdopted?: boolean;
  /** Of one that can't be read. */
  readonly detail?: string;
  readonly remedy?: string;
}

/** GET /environments/{name} */
export interface EnvironmentAnswer extends Omit<EnvironmentStatus, 'steps' | 'counts'> {
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly readyAt?: string;
  readonly specChangedAt?: string;
  /** Absent until the lane has told it first. */
  readonly counts?: EnvironmentStatus['counts'];
  readonly steps: readonly ShownStep[];
  readonly history: readonly SyncRecord[];
  readonly clusters: readonly ShownCluster[];
  readonly access?: ShownAccess & { readonly clusters?: readonly (ShownAccess & { readonly cluster: string })[] };
  readonly resources: ResourceIds;
  readonly spec: EnvironmentSpec;
  /** One that waits for what the lane is at. */
  readonly nextSpec?: EnvironmentSpec;
  /** Hash of the held deletions that somebody has approved, until the sync that deletes them has ended. */
  readonly approved?: string;
}

export interface ShownStep extends StepStatus {
  readonly title?: string;
  readonly expectedSeconds?: number;
  readonly after?: readonly StepDependency[];
}

interface ShownCluster {
  readonly name: string;
  readonly id: string;
  readonly isPrivate: boolean;
  readonly isAdopted: boolean;
  readonly subnets: readonly {
    readonly id: string;
    readonly prefixes: readonly string[];
    /** Absent where nobody has associated one. */
    readonly routeTable?: string;
  }[];
}

interface ShownAccess {
  readonly state: 'waiting' | 'working';
  readonly grants: readonly ShownGrant[];
  readonly lastLook?: string;
  readonly ranges?: readonly string[];
  readonly problem?: StepProblem;
}

interface ShownGrant extends DeveloperGrant {
  /** The wider range that lets the developer in; absent where the grant's own range does, or is to be written. */
  readonly coveredBy?: string;
}

/** GET /environments/{name}/services */
export interface ServicesAnswer extends Omit<PublicationPlan, 'problems' | 'natRuleCollections'> {
  readonly name: string;
  readonly policy: 'sync' | 'upsert-only' | 'report';
  readonly frontends: readonly string[];
  readonly problems: readonly { readonly code: string; readonly message: string }[];
}

/** GET /environments/{name}/drift */
export interface DriftAnswer {
  readonly name: string;
  readonly action: 'repair' | 'report';
  readonly inSync: boolean;
  readonly findings: readonly ShownDrift[];
}

export interface ShownDrift extends DriftFinding {
  readonly reason?: 'services' | 'catalogue' | 'spec';
  readonly since?: string;
  readonly cause?: RecordedChange;
}

/** GET /openapi.json */
export interface OpenApiAnswer {
  readonly openapi: string;
  readonly [section: string]: unknown;
}

/** GET /health */
export interface HealthAnswer {
  readonly status: 'ok' | 'unhealthy';
  readonly checks: Readonly<Record<'settings' | 'azure' | 'durable', HealthCheck>>;
}

/** An RFC 9457 problem document, with what to do about it. */
export interface ProblemAnswer {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly remedy: string;
  /** Each thing that is wrong, where it is wrong, and its remedy. */
  readonly problems?: readonly Problem[];
}
