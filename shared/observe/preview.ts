import { appPrincipal } from '../azure/appPrincipal.ts';
import { needsReaderRole } from '../desired/clusterIdentity.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { Problem } from '../model/problem.ts';
import type { AdoptionGap } from '../plan/adoptionGaps.ts';
import { adoptionPlan } from '../plan/adoptionPlan.ts';
import { provisioningPlan, type Plan } from '../plan/provisioningPlan.ts';
import { renderPlan } from '../plan/render.ts';
import { settings } from '../settings.ts';
import { adopt } from './adopt.ts';
import { judge } from './preflight.ts';
import { observeResources } from './resources.ts';

/** What provisioning would do, and what would keep it from starting: its conflicts are those of the preflight. */
export interface Preview extends Plan {
  /** Everything but foreign resources that stands in the way: unregistered providers, location, quotas, versions. */
  readonly problems: readonly Problem[];
  /** Of an adoption: what is missing around what exists, and what would mend it. */
  readonly gaps?: readonly AdoptionGap[];
}

/** Looks at the subscription once, for the plan and for the preflight. @throws ArmError */
export async function previewOf(spec: EnvironmentSpec): Promise<Preview> {
  const adopted = await adopt(spec);
  if (adopted !== undefined) {
    const plan = adoptionPlan(adopted.spec, adopted.actual, adopted.gaps);
    return { ...plan, gaps: adopted.gaps, conflicts: adopted.claimed, problems: adopted.blocked };
  }
  const observed = await observeResources(spec);
  const { foreign, blocked } = await judge(spec, observed);
  const { outboundRanges } = settings();
  const app = needsReaderRole(spec) ? { app: await appPrincipal() } : {};
  return { ...provisioningPlan(spec, observed, { outboundRanges, ...app }), conflicts: foreign, problems: blocked };
}

/** The preview for people. Ends in a newline. */
export function renderPreview(preview: Preview): string {
  const plan = renderPlan({ ...preview, conflicts: [] });
  return plan + section('Conflicts', preview.conflicts) + section('Problems', preview.problems);
}

const section = (title: string, problems: readonly Problem[]): string =>
  problems.length === 0
    ? ''
    : `\n${title}:\n${problems.map(({ message, remedy }) => `  ${message} ${remedy}\n`).join('')}`;
