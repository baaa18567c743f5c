import type { ClusterPlace } from '../model/clusters.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { planPublications } from '../plan/publicationPlan.ts';
import { natRuleView, ruleHolder } from '../plan/ruleHolder.ts';
import { serviceFingerprint } from '../plan/serviceFingerprints.ts';
import { observeIngress } from './ingress.ts';
import { observeServices } from './services.ts';

/** The light pass runs every two minutes: it must be over by then, and runs no commands in clusters. */
const PASS_DEADLINE = { deadlineSeconds: 20 };

/**
 * Whether a sync would change the published rules: what ARM never tells (a changed annotation) is found by looking. Where the
 * last sync has planned with the very services that are listed now, nothing of Azure is read: fifty environments that were read
 * every two minutes would empty the bucket of reads that ARM gives an identity.
 *
 * @param places the clusters of it that are looked at
 * @param known what the last sync has planned with, by cluster; absent when it failed or never was
 * @throws ArmError, GatehouseError when the environment can't be looked at
 */
export async function servicesHaveChanged(
  spec: EnvironmentSpec,
  places: readonly ClusterPlace[],
  known: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  if (places.some(({ name }) => known[name] === undefined)) return rulesWouldChange(spec);
  const lists = await Promise.all(places.map((place) => observeServices(place, PASS_DEADLINE)));
  // A list that can't be had says nothing; the next sync tells of it.
  return lists.some((list) => {
    const fingerprint = serviceFingerprint(list);
    return fingerprint !== undefined && fingerprint !== known[list.cluster];
  });
}

async function rulesWouldChange(spec: EnvironmentSpec): Promise<boolean> {
  const observed = await observeIngress(spec, PASS_DEADLINE);
  const { services, facts } = observed;
  const holder = ruleHolder(observed);
  if (holder === undefined) return false;
  const firewall = natRuleView(spec, holder);
  return planPublications({ spec, lists: services, firewall, facts }).natRuleCollections !== undefined;
}
