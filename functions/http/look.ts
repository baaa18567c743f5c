import { planned, type SyncObservation } from '../../orchestrations/activities/syncObservation.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { observeIngress } from '../../shared/observe/ingress.ts';
import { ruleHolder } from '../../shared/plan/ruleHolder.ts';
import type { Lane } from './laneClient.ts';
import { httpProblem } from './problem.ts';

const READ_DEADLINE = { deadlineSeconds: 20 };

export type Looked = SyncObservation & { readonly spec: EnvironmentSpec };

/**
 * Everything that a sync would be planned from, read now, and the plan of it.
 *
 * @returns undefined where there is no firewall to publish services on, or the firewall's policy is gone
 */
export async function lookIfReady({
  state: { spec, lastSync, catalogue, approved },
}: Lane): Promise<Looked | undefined> {
  const observed = await observeIngress(spec, READ_DEADLINE);
  const holder = ruleHolder(observed);
  if (holder === undefined) return undefined;
  const known = lastSync?.report?.fingerprints ?? [];
  const state = { spec, known, ...(catalogue === undefined ? {} : { catalogue }) };
  return { observed, holder, ...planned(state, observed, holder, approved) };
}

/** The same. @throws HttpProblem 409 where there is no firewall */
export async function look(lane: Lane): Promise<Looked> {
  const looked = await lookIfReady(lane);
  if (looked !== undefined) return looked;
  const { name } = lane.state.spec;
  const detail = `Environment ${name} has no firewall to publish services on, or the firewall's policy is gone.`;
  throw httpProblem('not-ready', detail);
}
