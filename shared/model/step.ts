import { problemCodes, type ProblemCode } from './problemCodes.ts';

/**
 * The steps of building and tearing down an environment; in which order they run is data, in `plan/provisioningGraph`. Those of
 * the clusters after the first one say whose they are: `cluster:green`.
 */
export type StepName = SingleStepName | `${ClusterStepName}:${string}`;

/** Steps that each cluster has. */
export type ClusterStepName = 'identity' | 'cluster' | 'clusterRoles' | 'readerRole';

/** Steps by what they do. */
export type SingleStepName =
  | 'preflight'
  | 'resourceGroup'
  | 'permissions'
  | 'virtualNetwork'
  | 'publicIpPrefixes'
  | 'publicIp'
  | 'frontendRanges'
  | 'routeTable'
  | 'firewallPolicy'
  | 'ruleCollectionGroup'
  | 'identity'
  | 'firewall'
  | 'routes'
  | 'networkRouting'
  | 'cluster'
  | 'clusterRoles'
  | 'readerRole'
  | 'accessLanes'
  | 'jumpboxInterface'
  | 'jumpbox'
  | 'events'
  | 'observe'
  | 'firewallRules'
  | 'authorizedRanges';

/** What a step does, and for which cluster; absent: for the first one, or for all. */
export function stepParts(name: StepName): { readonly does: SingleStepName; readonly cluster?: string } {
  const at = name.indexOf(':');
  if (at < 0) return { does: name as SingleStepName };
  return { does: name.slice(0, at) as ClusterStepName, cluster: name.slice(at + 1) };
}

/** A step is `running` from the moment Azure has accepted its write until the operation has ended. */
export type StepState = 'pending' | 'running' | 'done' | 'failed';

export interface StepProblem {
  /** One of `problemCodes`, or Azure's own. */
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** One that Gatehouse has found by itself. */
export interface OwnProblem extends StepProblem {
  readonly code: ProblemCode;
}

/** Such a problem as it has come up; what to do is what the code stands for, unless this one knows better. */
export const ownProblem = (code: ProblemCode, message: string, remedy?: string): OwnProblem => ({
  code,
  message,
  remedy: remedy ?? problemCodes[code].remedy,
});

export interface StepStatus {
  readonly name: StepName;
  readonly state: StepState;
  /** ISO 8601, UTC. */
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** Whether the step has written anything; false when Azure already was as the spec wants it. */
  readonly changed?: boolean;
  readonly detail?: string;
  readonly problem?: StepProblem;
}
