import { isBroken } from '../actual/facts.ts';
import { desiredFirewall } from '../desired/firewall.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { isJsonObject, jsonAt, type JsonObject } from '../model/json.ts';
import { planResource } from './mergeResource.ts';
import type { PublicationPlan } from './publicationPlan.ts';

/** The one write that a sync makes to the firewall, if it needs one. */
export interface FirewallUpdate {
  /** The whole PUT body: what was read, with egress repaired and the published rules in place. Absent: nothing differs. */
  readonly body?: JsonObject;
  /** Paths at which the firewall differs from the spec, egress and settings alike: edits behind Gatehouse's back. */
  readonly drift: readonly string[];
}

/**
 * Puts together what the spec and what the services call for. With `drift.action: report` only the published rules are
 * written; a firewall that is not this environment's is never written at all. One whose last write has failed is written
 * again even where it says what is wanted, since it does not work so.
 */
export function firewallUpdate(
  spec: EnvironmentSpec,
  firewall: JsonObject,
  publications: Pick<PublicationPlan, 'natRuleCollections'>,
): FirewallUpdate {
  const plan = planResource(desiredFirewall(spec), firewall, spec.name);
  if (plan.action === 'foreign') return { drift: ['tags.gatehouse-environment'] };
  const drift = plan.differences.map(({ path }) => path);
  const repairs = spec.drift.action === 'repair' && (drift.length > 0 || isBroken(firewall));
  const { natRuleCollections } = publications;
  if (!repairs && natRuleCollections === undefined) return { drift };
  const base = repairs ? plan.body : firewall;
  if (natRuleCollections === undefined) return { body: base, drift };
  const properties = jsonAt(base, 'properties');
  return {
    body: { ...base, properties: { ...(isJsonObject(properties) ? properties : {}), natRuleCollections } },
    drift,
  };
}
