/** The steps of building and tearing down an environment; in which order they run is data, in `plan/provisioningGraph`. */
export type StepName =
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

/** A step is `running` from the moment Azure has accepted its write until the operation has ended. */
export type StepState = 'pending' | 'running' | 'done' | 'failed';

export interface StepProblem {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

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
