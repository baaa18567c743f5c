import type { DeveloperGrant, EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import type { EnvironmentState, EnvironmentStatus } from '../../shared/model/environmentStatus.ts';
import type { ResourceIds } from '../../shared/model/names.ts';
import type { Problem } from '../../shared/model/problem.ts';
import type { StepStatus } from '../../shared/model/step.ts';
import type { SyncRecord } from '../../shared/model/syncHistory.ts';
import type { DriftFinding } from '../../shared/plan/driftChecks.ts';
import type { PublicationPlan } from '../../shared/plan/publicationPlan.ts';
import type { StepDependency } from '../../shared/plan/step.ts';

export type { Explanation } from '../../shared/plan/explain.ts';

/** GET /environments */
export interface EnvironmentsAnswer {
  readonly environments: readonly EnvironmentSummary[];
}

export interface EnvironmentSummary {
  readonly name: string;
  readonly state: EnvironmentState | 'unreadable';
  readonly location?: string;
  readonly since?: string;
  readonly stepsDone?: number;
  readonly stepsTotal?: number;
  readonly publications?: number;
  readonly drift?: number;
  readonly held?: number;
  readonly problems?: number;
  /** Of one that can't be read. */
  readonly detail?: string;
  readonly remedy?: string;
}

/** GET /environments/{name} */
export interface EnvironmentAnswer extends Omit<EnvironmentStatus, 'steps'> {
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly readyAt?: string;
  readonly steps: readonly ShownStep[];
  readonly history: readonly SyncRecord[];
  readonly clusters: readonly ShownCluster[];
  readonly access?: ShownAccess & { readonly clusters?: readonly (ShownAccess & { readonly cluster: string })[] };
  readonly resources: ResourceIds;
  readonly spec: EnvironmentSpec;
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
  readonly subnets: readonly { readonly id: string; readonly prefixes: readonly string[] }[];
}

interface ShownAccess {
  readonly state: 'waiting' | 'working';
  readonly grants: readonly DeveloperGrant[];
  readonly lastLook?: string;
  readonly ranges?: readonly string[];
  readonly problem?: { readonly message: string; readonly remedy: string };
}

/** GET /environments/{name}/services */
export interface ServicesAnswer extends Omit<PublicationPlan, 'problems' | 'natRuleCollections'> {
  readonly policy: 'sync' | 'upsert-only' | 'report';
  readonly frontends: readonly string[];
  readonly problems: readonly { readonly code: string; readonly message: string }[];
}

/** GET /environments/{name}/drift */
export interface DriftAnswer {
  readonly action: 'repair' | 'report';
  readonly inSync: boolean;
  readonly findings: readonly ShownDrift[];
}

export interface ShownDrift extends DriftFinding {
  readonly reason?: 'services' | 'catalogue' | 'spec';
  readonly since?: string;
  readonly cause?: { readonly caller: string; readonly time: string };
}

/** A refusal (RFC 9457), with what to do about it. */
export interface ProblemAnswer {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly remedy: string;
  readonly problems?: readonly Problem[];
}
