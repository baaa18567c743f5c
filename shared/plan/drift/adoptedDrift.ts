import type { ActualAdoption } from '../../actual/adopted.ts';
import { ownGroup } from '../../actual/rulePolicy.ts';
import { desiredAdoptedFirewall, type AdoptingSpec } from '../../desired/adopted.ts';
import { desiredRuleCollectionGroup } from '../../desired/ruleCollectionGroup.ts';
import { resourceIds } from '../../model/names.ts';
import { networkFixes, routeFixes, type AdoptionFix } from '../adoptionFixes.ts';
import { planResource } from '../mergeResource.ts';
import type { Compared, DriftInput } from './comparison.ts';
import { authorizedRanges, dnsProxy, dnsServers, routes, routeTableAssociation } from './configurationChecks.ts';
import { dnatRules } from './dnatRuleCheck.ts';
import { egressCatalogue, egressRules } from './egressChecks.ts';
import type { DriftFinding } from './finding.ts';
import { goneFinding, ownership } from './resourceChecks.ts';

/** Of what is adopted only that is wanted which `adopt.fix` asks for, on each resource by itself. */
export function adoptedFindings(
  input: DriftInput,
  spec: AdoptingSpec,
  actual: ActualAdoption | undefined,
): readonly DriftFinding[] {
  const none = {
    input,
    firewall: undefined,
    policy: undefined,
    group: undefined,
    routes: undefined,
    network: undefined,
  };
  const planOf = ({ desired, actual: present }: AdoptionFix) => planResource(desired, present, spec.name);
  const firewall =
    input.firewall && planResource(desiredAdoptedFirewall(spec, input.firewall), input.firewall, spec.name);
  const group = input.policy && ownGroup(input.policy, spec.name);
  const ofFirewall: Compared = {
    ...none,
    firewall,
    group: input.policy && group && planResource(desiredRuleCollectionGroup(spec, input.policy), group, spec.name),
  };
  const tables = actual === undefined ? [] : routeFixes(spec, actual).map((fix) => ({ ...none, routes: planOf(fix) }));
  const networks =
    actual === undefined ? [] : networkFixes(spec, actual).map((fix) => ({ ...none, network: planOf(fix) }));
  return [
    ...(input.firewall === undefined ? [goneFinding(resourceIds(spec).firewall)] : []),
    ...[ownership, dnatRules, egressRules, egressCatalogue, dnsProxy].flatMap((check) => check(ofFirewall)),
    ...tables.flatMap(routes),
    ...networks.flatMap((network) => [...dnsServers(network), ...routeTableAssociation(network)]),
    ...authorizedRanges(ofFirewall),
  ];
}
