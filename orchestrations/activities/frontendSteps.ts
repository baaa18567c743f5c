import { clusterFacts } from '../../shared/actual/facts.ts';
import { owner } from '../../shared/actual/owner.ts';
import { listPublicIps } from '../../shared/azure/publicIps.ts';
import { readResource } from '../../shared/azure/resource.ts';
import { desiredApiServerRanges } from '../../shared/desired/cluster.ts';
import { desiredFirewall } from '../../shared/desired/firewall.ts';
import { apiVersions } from '../../shared/model/apiVersions.ts';
import { clustersOf } from '../../shared/model/clusters.ts';
import type { EnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { sameId } from '../../shared/actual/compare.ts';
import { resourceIds } from '../../shared/model/names.ts';
import { observeFirewall } from '../../shared/observe/firewall.ts';
import { readRulePolicy } from '../../shared/observe/rulePolicy.ts';
import { natRulesOf } from '../../shared/plan/ruleHolder.ts';
import { retiredConfigurations, retiredPublicIps } from '../../shared/plan/retiredFrontends.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { ensureListed, ensureResource } from './ensureResource.ts';
import { missing } from './outcomes.ts';
import { removePublicIps } from './publicIpRemoval.ts';

/**
 * Lets new frontends into the API servers of clusters that stand, before the firewall has them: Azure Firewall sends from any
 * of its addresses from the moment on that it has one, and nodes behind an unknown one would be shut out.
 */
export async function startFrontendRanges(spec: EnvironmentSpec, mayWrite: boolean): Promise<StepOutcome> {
  const clusters = await readClusters(spec);
  // A list that is empty shuts nobody out.
  const restricted = clusters.filter(
    ({ actual }) => owner(actual) === spec.name && clusterFacts(actual).authorizedRanges.length > 0,
  );
  if (restricted.length === 0) return ensureListed([], spec.name, mayWrite);
  const { nodeRanges } = await observeFirewall(spec);
  const resources = restricted.map(({ id, actual }) => ({ desired: desiredApiServerRanges(id, nodeRanges), actual }));
  return ensureListed(resources, spec.name, mayWrite);
}

/** The firewall that goes by a policy, without the frontends that no rule needs any more. */
export async function startPolicyFirewall(spec: EnvironmentSpec, mayWrite: boolean): Promise<StepOutcome> {
  const ids = resourceIds(spec);
  const [{ firewall, addresses }, policy] = await Promise.all([
    observeFirewall(spec),
    readRulePolicy(ids.firewallPolicy, true),
  ]);
  if (firewall === undefined) return missing(ids.firewall);
  const { free } = retiredConfigurations(spec, firewall, addresses, natRulesOf(spec, { firewall, policy }));
  return ensureResource(desiredFirewall(spec, free), spec.name, mayWrite);
}

/** Gives back the public addresses that nothing needs any more, and the prefixes that have become empty. */
export async function startPublicIpRemoval(spec: EnvironmentSpec): Promise<StepOutcome> {
  const [publicIps, clusters, { nodeRanges }] = await Promise.all([
    listPublicIps(resourceIds(spec).resourceGroup),
    readClusters(spec),
    observeFirewall(spec),
  ]);
  const authorizedRanges = clusters.flatMap(({ actual }) => clusterFacts(actual).authorizedRanges);
  const retired = retiredPublicIps(spec, { publicIps, authorizedRanges, nodeRanges });
  const isKept = (id: string) => !retired.some((one) => sameId(one, id));
  return removePublicIps(spec, { force: false, isKept });
}

async function readClusters(spec: EnvironmentSpec) {
  const read = await Promise.all(
    clustersOf(spec).map(async ({ id }) => ({ id, actual: await readResource(id, apiVersions.containerService) })),
  );
  return read.flatMap(({ id, actual }) => (actual === undefined ? [] : [{ id, actual }]));
}
