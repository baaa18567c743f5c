import { isBroken, provisioningState } from '../../actual/facts.ts';
import { ownGroup, type RulePolicy } from '../../actual/rulePolicy.ts';
import { ownershipTag, resourceIds, ruleCollectionGroupId } from '../../model/names.ts';
import type { Compared } from './comparison.ts';
import type { DriftFinding } from './finding.ts';

/** A resource that was created and is gone. */
export function presence({ input }: Compared): readonly DriftFinding[] {
  const { spec, firewall, policy, routeTable, virtualNetwork, jumpbox } = input;
  const ids = resourceIds(spec);
  const resources = [
    { id: ids.firewall, actual: firewall, what: 'the resource' },
    ...(policy === undefined ? [] : [holderOf(spec.name, policy)]),
    { id: ids.routeTable, actual: routeTable, what: 'the resource' },
    { id: ids.virtualNetwork, actual: virtualNetwork, what: 'the resource' },
    ...(jumpbox === undefined
      ? []
      : [
          { id: ids.jumpboxInterface, actual: jumpbox.networkInterface, what: "the jumpbox's network interface" },
          { id: ids.jumpbox, actual: jumpbox.machine, what: "the jumpbox's machine" },
        ]),
  ];
  return resources.filter(({ actual }) => actual === undefined).map(({ id, what }) => goneFinding(id, what));
}

/** A group goes with its policy: only the absence of the one that stands first is told. */
function holderOf(environment: string, policy: RulePolicy) {
  return policy.policy === undefined
    ? { id: policy.id, actual: undefined, what: 'the firewall policy' }
    : {
        id: ruleCollectionGroupId(policy.id, environment),
        actual: ownGroup(policy, environment),
        what: 'the rule collection group',
      };
}

/** That a resource is gone which the environment can't do without. @param id full ARM id */
export const goneFinding = (id: string, what = 'the resource'): DriftFinding => ({
  check: 'presence',
  resource: id,
  what,
  expected: id,
  severity: 'error',
});

/** Somebody has taken our tag off: the resource counts as foreign and is not written any more. */
export function ownership({ input, firewall, policy, routes: table, network }: Compared): readonly DriftFinding[] {
  return [firewall, policy, table, network].flatMap((plan): readonly DriftFinding[] => {
    if (plan?.action !== 'foreign') return [];
    const actual = plan.owner === undefined ? {} : { actual: plan.owner };
    const what = `tags.${ownershipTag}`;
    return [{ check: 'ownership', resource: plan.id, what, expected: input.spec.name, ...actual, severity: 'error' }];
  });
}

/** A resource whose last write has failed may say what is wanted and not work so. */
export function lastWrite({
  input,
  firewall,
  policy,
  group,
  routes: table,
  network,
}: Compared): readonly DriftFinding[] {
  const { spec, firewall: raw, policy: holder, routeTable, virtualNetwork } = input;
  const owned = [
    { plan: firewall, actual: raw },
    { plan: policy, actual: holder?.policy },
    { plan: group, actual: holder === undefined ? undefined : ownGroup(holder, spec.name) },
    { plan: table, actual: routeTable },
    { plan: network, actual: virtualNetwork },
  ];
  return owned.flatMap(({ plan, actual }): readonly DriftFinding[] => {
    if (plan === undefined || plan.action === 'foreign' || actual === undefined || !isBroken(actual)) return [];
    const what = `${plan.kind} provisioningState`;
    const state = provisioningState(actual);
    return [{ check: 'lastWrite', resource: plan.id, what, expected: 'Succeeded', actual: state, severity: 'error' }];
  });
}
