import { isAdopting } from '../desired/adopted.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { adoptedSpec } from '../plan/adoptedSpec.ts';
import { adoptionGaps, type AdoptionGap } from '../plan/adoptionGaps.ts';
import { adoptionProblems, groupProblems, scopeProblems, type AdoptionProblems } from '../plan/adoptionProblems.ts';
import type { ActualAdoption } from '../actual/adopted.ts';
import { settings } from '../settings.ts';
import { observeAdoption } from './adoption.ts';

/** What looking at an adoption has come to. */
export interface Adopted extends AdoptionProblems {
  /** With what the ids led to; as it was asked for where something stands in the way. */
  readonly spec: EnvironmentSpec;
  readonly actual: ActualAdoption;
  /** What is missing, and what would mend it. */
  readonly gaps: readonly AdoptionGap[];
}

/**
 * Looks at what a spec adopts, without writing; undefined for a spec that adopts nothing.
 *
 * @throws ArmError when something can't be read, e.g. for want of a role
 */
export async function adopt(spec: EnvironmentSpec): Promise<Adopted | undefined> {
  if (!isAdopting(spec)) return undefined;
  const { found: _old, ...asked } = spec.adopt;
  const { actual, found } = await observeAdoption(asked);
  const problems = adoptionProblems(spec.name, asked, actual);
  if (found === undefined || problems.blocked.length > 0) return { spec, actual, gaps: [], ...problems };
  const outside = scopeProblems(asked, found, settings().allowedScopes);
  if (outside.length > 0) return { spec, actual, gaps: [], ...problems, blocked: outside };
  const adopted = adoptedSpec({ ...spec, adopt: asked }, actual, found);
  const { policy } = actual;
  const claimed = [...problems.claimed, ...(policy === undefined ? [] : groupProblems(spec.name, policy))];
  return { spec: adopted, actual, gaps: adoptionGaps(adopted, actual), ...problems, claimed };
}
