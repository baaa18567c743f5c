import { isAdopting } from '../../desired/adopted.ts';
import { current } from '../adoptionFixes.ts';
import { adoptedFindings } from './adoptedDrift.ts';
import { compareAll, type Compared, type DriftInput } from './comparison.ts';
import {
  authorizedRanges,
  dnsProxy,
  dnsServers,
  firewallConfiguration,
  policyConfiguration,
  publicIps,
  routes,
  routeTableAssociation,
  subnets,
  threatIntelligence,
} from './configurationChecks.ts';
import { dnatRules } from './dnatRuleCheck.ts';
import { egressCatalogue, egressRules } from './egressChecks.ts';
import type { DriftFinding } from './finding.ts';
import { lastWrite, ownership, presence } from './resourceChecks.ts';

type DriftCheck = (compared: Compared) => readonly DriftFinding[];

/** Every check, by the name that reports use. The list is what drift means. */
export const driftChecks = {
  presence,
  ownership,
  lastWrite,
  dnatRules,
  egressRules,
  egressCatalogue,
  threatIntelligence,
  dnsProxy,
  firewallConfiguration,
  policyConfiguration,
  routes,
  publicIps,
  dnsServers,
  routeTableAssociation,
  subnets,
  authorizedRanges,
} as const satisfies Readonly<Record<string, DriftCheck>>;

/**
 * Everything that a sync would have to write, and what keeps it from writing. Values that Azure merely spells differently
 * (case, `/32`, order, added defaults) are no differences: the comparison is the one that writes are made from.
 */
export function driftFindings(input: DriftInput): readonly DriftFinding[] {
  const { spec, adoption } = input;
  if (isAdopting(spec)) return adoptedFindings(input, current(spec, adoption), adoption?.actual);
  const compared = compareAll(input);
  return Object.values(driftChecks).flatMap((check) => check(compared));
}
