import { firewallFacts, isBroken } from '../actual/facts.ts';
import type { ActualAdoption } from '../actual/adopted.ts';
import { isAdopting, type AdoptingSpec } from '../desired/adopted.ts';
import { desiredFirewall } from '../desired/firewall.ts';
import { desiredFirewallPolicy } from '../desired/firewallPolicy.ts';
import { desiredNetworkRouting, desiredRoutes, desiredSubnetRouting } from '../desired/network.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { objectsAt, stringAt, type JsonObject } from '../model/json.ts';
import type { DesiredResource } from '../model/resource.ts';
import { current, networkFixes, routeFixes } from './adoptionFixes.ts';
import { driftFindings } from './drift/driftChecks.ts';
import type { DriftFinding } from './drift/finding.ts';
import type { DriftInput } from './drift/comparison.ts';
import { onlyUnrouted } from './drift/paths.ts';
import { planResource } from './mergeResource.ts';
import { isJumpboxRetired } from './retiredJumpbox.ts';
import type { PublicationPlan } from './publicationPlan.ts';
import type { WritableResourcePlan } from './resourcePlan.ts';
import { ruleUpdate, type RuleWrite } from './ruleUpdate.ts';

export interface SyncPlanInput extends Omit<DriftInput, 'publications'> {
  readonly publications: PublicationPlan;
}

/** What one sync writes. At most one write of each resource. */
export interface SyncPlan {
  /** Absent when nothing differs that may be written. */
  readonly rules?: RuleWrite;
  /**
   * Route table, network, subnet, and where the firewall goes by our policy both of these: those that differ. A network that is
   * written takes the subnet's association along.
   */
  readonly resources: readonly WritableResourcePlan[];
  /** Ids of public IPs that are given back. */
  readonly released: readonly string[];
  /** Whether there is a jumpbox that the spec no longer has, and that goes. */
  readonly retiresJumpbox: boolean;
  readonly findings: readonly DriftFinding[];
  readonly summary: SyncSummary;
}

interface SyncSummary {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly conflicts: number;
  /** Deletions that wait for approval. */
  readonly held: number;
  readonly drift: number;
  /** Writes that this sync makes. */
  readonly writes: number;
}

/**
 * Brings together what services, egress rules, routes and resolvers call for. With `drift.action: report` only the
 * published rules are written (as `ingress.policy` says); the rest is found and told.
 */
export function planSync(input: SyncPlanInput): SyncPlan {
  const { spec, firewall, policy, publications, retired, retiredPublicIps = [] } = input;
  const holder = firewall === undefined ? undefined : { firewall, ...(policy !== undefined && { policy }) };
  const rules = holder === undefined ? undefined : ruleUpdate(spec, holder, publications, retired);
  const resources = spec.drift.action === 'repair' ? [...policyRepairs(input), ...routingRepairs(input)] : [];
  const released = spec.drift.action === 'repair' ? retiredPublicIps : [];
  const retiresJumpbox = spec.drift.action === 'repair' && isJumpboxRetired(spec, input.virtualNetwork);
  const findings = driftFindings(input);
  return {
    ...(rules !== undefined && { rules }),
    resources,
    released,
    retiresJumpbox,
    findings,
    summary: {
      created: publications.created.length,
      updated: publications.updated.length,
      deleted: publications.deleted.length,
      unchanged: publications.unchanged.length,
      skipped: publications.skipped.length,
      conflicts: publications.conflicts.length,
      held: publications.held?.rules.length ?? 0,
      drift: findings.length,
      writes: resources.length + released.length + (retiresJumpbox ? 1 : 0) + (rules === undefined ? 0 : 1),
    },
  };
}

/** Of a classic firewall settings and rules are one write; with a policy of ours there are three resources to be kept. */
function policyRepairs({ spec, firewall, policy, retired }: SyncPlanInput) {
  if (policy?.isOwn !== true) return [];
  const settings = repair(desiredFirewallPolicy(spec, policy.policy), policy.policy, spec);
  // A firewall that is to go by a policy which is not there is Azure's to refuse.
  const reference = policy.policy === undefined ? undefined : repair(desiredFirewall(spec, retired), firewall, spec);
  return [settings, reference].filter((one) => one !== undefined);
}

/**
 * Routes, resolvers and the association of the route table. The association alone is a write of the subnet, which leaves the
 * rest of the network be; where the network has to be written anyway, it holds the association as well.
 */
function routingRepairs(input: SyncPlanInput): readonly WritableResourcePlan[] {
  const { spec, firewall, routeTable, virtualNetwork, frontends, adoption } = input;
  if (isAdopting(spec)) return adoption === undefined ? [] : adoptedRepairs(current(spec, adoption), adoption.actual);
  const firewallPrivateIp = firewall === undefined ? undefined : firewallFacts(firewall).privateIp;
  if (firewallPrivateIp === undefined) return [];
  const routes = repair(desiredRoutes(spec, { firewallPrivateIp, frontends }), routeTable, spec);
  const network = repair(desiredNetworkRouting(spec, { firewallPrivateIp }), virtualNetwork, spec);
  const view = network?.action === 'modify' ? onlyUnrouted(spec, network.differences) : undefined;
  const subnet = view && repair(desiredSubnetRouting(view), subnetOf(view, virtualNetwork), spec);
  return [routes, subnet ?? network].filter((one) => one !== undefined);
}

function adoptedRepairs(spec: AdoptingSpec, actual: ActualAdoption): readonly WritableResourcePlan[] {
  return [...routeFixes(spec, actual), ...networkFixes(spec, actual)].flatMap(
    (fix) => repair(fix.desired, fix.actual, spec) ?? [],
  );
}

/** Undefined where there is nothing to repair, or nothing that may be: a missing resource is provisioning's, a foreign one nobody's. */
function repair(
  desired: DesiredResource,
  actual: JsonObject | undefined,
  spec: EnvironmentSpec,
): WritableResourcePlan | undefined {
  if (actual === undefined) return undefined;
  const plan = planResource(desired, actual, spec.name);
  return plan.action === 'modify' || (plan.action === 'none' && isBroken(actual)) ? plan : undefined;
}

/** A subnet inside its network is the very JSON that it answers alone. */
function subnetOf(spec: EnvironmentSpec, virtualNetwork: JsonObject | undefined): JsonObject | undefined {
  const wanted = spec.network.clusterSubnet.name.toLowerCase();
  return objectsAt(virtualNetwork, 'properties', 'subnets').find(
    (subnet) => stringAt(subnet, 'name')?.toLowerCase() === wanted,
  );
}
