import { appPrincipal } from '../azure/appPrincipal.ts';
import { needsReaderRole } from '../desired/clusterIdentity.ts';
import { clusterViews } from '../model/clusters.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { adoptionPlan } from '../plan/adoptionPlan.ts';
import type { Preview } from '../plan/preview.ts';
import { provisioningPlan } from '../plan/provisioningPlan.ts';
import { settings } from '../settings.ts';
import { adopt } from './adopt.ts';
import { judge } from './preflight.ts';
import { observeResources } from './resources.ts';

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
  const app = clusterViews(spec).some(needsReaderRole) ? { app: await appPrincipal() } : {};
  return { ...provisioningPlan(spec, observed, { outboundRanges, ...app }), conflicts: foreign, problems: blocked };
}
