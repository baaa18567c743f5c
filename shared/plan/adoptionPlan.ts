import type { ActualAdoption } from '../actual/adopted.ts';
import { isAdopting } from '../desired/adopted.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { sentences } from '../model/sentences.ts';
import { firewallFix, networkFixes, routeFixes } from './adoptionFixes.ts';
import type { AdoptionGap } from './adoptionGaps.ts';
import { planResource } from './mergeResource.ts';
import type { Plan, ResourceChange } from './plan.ts';

const FIREWALL_MINUTES = 4;
const OTHER_MINUTES = 0.2;

/** The preview of an adoption: what `adopt.fix` changes, and what stays as it is beside it. */
export function adoptionPlan(spec: EnvironmentSpec, actual: ActualAdoption, gaps: readonly AdoptionGap[]): Plan {
  const fixes = isAdopting(spec)
    ? [firewallFix(spec, actual), ...routeFixes(spec, actual), ...networkFixes(spec, actual)]
    : [];
  const fixed = fixes
    .filter((fix) => fix !== undefined)
    .map((fix) => planResource(fix.desired, fix.actual, spec.name))
    .map(({ kind, id, action, differences }) => ({ kind, id, action, differences }));
  const isFixed = ({ id }: ResourceChange) => fixed.some((one) => one.id.toLowerCase() === id.toLowerCase());
  const resources = [...fixed, ...untouched(spec).filter((one) => !isFixed(one))];
  const count = (action: (typeof resources)[number]['action']) =>
    resources.filter((one) => one.action === action).length;
  const writes = resources.filter(({ action }) => action === 'modify');
  const firewallWrites = writes.filter(({ kind }) => kind === 'firewall').length;
  return {
    environment: spec.name,
    subscription: spec.subscription,
    location: spec.location,
    counts: { create: 0, modify: count('modify'), none: count('none'), foreign: count('foreign') },
    resources,
    firewallWrites,
    expectedMinutes: firewallWrites * FIREWALL_MINUTES + (writes.length - firewallWrites) * OTHER_MINUTES,
    warnings: gaps.map(({ message, remedy }) => sentences(message, remedy)),
    hints: [],
    conflicts: [],
  };
}

/** What is adopted; what of it nothing mends stays as it is. */
function untouched({ adopt }: EnvironmentSpec): readonly ResourceChange[] {
  if (adopt === undefined) return [];
  const { firewall, clusters, found } = adopt;
  const change = (kind: ResourceChange['kind'], id: string): ResourceChange => ({
    kind,
    id,
    action: 'none',
    differences: [],
  });
  return [
    change('firewall', firewall),
    ...(found?.policy === undefined ? [] : [change('firewallPolicy', found.policy)]),
    ...clusters.map((id) => change('cluster', id)),
  ];
}
