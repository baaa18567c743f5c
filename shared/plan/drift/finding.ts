import type { Finding } from '../../model/environmentStatus.ts';
import type { Json } from '../../model/json.ts';
import type { Difference, ResourcePlan } from '../resourcePlan.ts';

/** One difference between what is wanted and what is there, by a named check. */
export interface DriftFinding {
  readonly check: DriftCheckName;
  /** Full ARM id of the resource that differs. */
  readonly resource: string;
  /** What differs: the path of a property, or the name of a rule. */
  readonly what: string;
  /** Absent: it should not be there. */
  readonly expected?: Json;
  /** Absent: it is not there. */
  readonly actual?: Json;
  readonly severity: Finding['severity'];
}

export type DriftCheckName =
  | 'presence'
  | 'ownership'
  | 'lastWrite'
  | 'dnatRules'
  | 'egressRules'
  | 'egressCatalogue'
  | 'egressCoverage'
  | 'threatIntelligence'
  | 'dnsProxy'
  | 'firewallConfiguration'
  | 'policyConfiguration'
  | 'routes'
  | 'publicIps'
  | 'dnsServers'
  | 'routeTableAssociation'
  | 'subnets'
  | 'authorizedRanges'
  | 'clusterConfiguration'
  | 'clusterAsBuilt';

/** What a plan would change of a resource, as far as a check is meant by it. */
export function differencesFound(
  check: DriftCheckName,
  plan: ResourcePlan | undefined,
  isMeant: (path: string) => boolean,
  severity: Finding['severity'],
): readonly DriftFinding[] {
  const differences: readonly Difference[] = plan?.differences ?? [];
  return differences
    .filter(({ path }) => isMeant(path))
    .map(({ path, before, after }) => ({
      check,
      resource: plan?.id ?? '',
      what: path,
      ...(after !== undefined && { expected: after }),
      ...(before !== undefined && { actual: before }),
      severity,
    }));
}
