import { firewallFacts } from '../../actual/facts.ts';
import { ownGroup, type RulePolicy } from '../../actual/rulePolicy.ts';
import { desiredFirewall } from '../../desired/firewall.ts';
import { desiredFirewallPolicy } from '../../desired/firewallPolicy.ts';
import { desiredNetworkRouting, desiredRoutes } from '../../desired/network.ts';
import { desiredRuleCollectionGroup } from '../../desired/ruleCollectionGroup.ts';
import type { EnvironmentSpec } from '../../model/environmentSpec.ts';
import type { JsonObject } from '../../model/json.ts';
import type { DesiredResource } from '../../model/resource.ts';
import type { CurrentAdoption } from '../adoptionFixes.ts';
import { planResource } from '../mergeResource.ts';
import type { PublicationPlan } from '../publicationPlan.ts';
import type { RangePlan } from '../rangePlan.ts';
import type { ResourcePlan } from '../resourcePlan.ts';

export interface DriftInput {
  readonly spec: EnvironmentSpec;
  /** Raw, as ARM answers them; absent where there is none. */
  readonly firewall?: JsonObject;
  /** What the firewall goes by; absent: it is classic. */
  readonly policy?: RulePolicy;
  readonly routeTable?: JsonObject;
  readonly virtualNetwork?: JsonObject;
  /** Public addresses of the firewall. */
  readonly frontends: readonly string[];
  /** Names of IP configurations that the firewall need not have any more. */
  readonly retired?: readonly string[];
  /** Ids of public IPs that nothing needs any more. */
  readonly retiredPublicIps?: readonly string[];
  /** Absent: not looked at. */
  readonly publications?: Pick<PublicationPlan, 'created' | 'updated' | 'deleted' | 'jumpbox'>;
  /** Of an environment with a jumpbox; absent: not looked at. */
  readonly jumpbox?: ActualJumpbox;
  readonly ranges?: readonly ClusterRanges[];
  /** The version of the egress catalogue that the rules were last written with; absent: this one. */
  readonly catalogue?: string;
  /** Of an environment that has adopted: its networks and route tables, in place of those above. */
  readonly adoption?: CurrentAdoption;
}

/** What a jumpbox consists of, raw; absent where it is gone. */
export interface ActualJumpbox {
  readonly machine?: JsonObject;
  readonly networkInterface?: JsonObject;
}

/** What a cluster's authorized ranges lack, and what should not be in them. */
export interface ClusterRanges extends Pick<RangePlan, 'added' | 'removed'> {
  /** Full ARM id of the cluster. */
  readonly id: string;
}

/** What the checks share: each resource is compared once. */
export interface Compared {
  readonly input: DriftInput;
  readonly firewall: ResourcePlan | undefined;
  /** Of the environment's own policy. */
  readonly policy: ResourcePlan | undefined;
  readonly group: ResourcePlan | undefined;
  readonly routes: ResourcePlan | undefined;
  readonly network: ResourcePlan | undefined;
}

/** Compares what an environment has made with its spec, each resource once. */
export function compareAll(input: DriftInput): Compared {
  const { spec, firewall, policy, routeTable, virtualNetwork, frontends, retired } = input;
  const firewallPrivateIp = firewall === undefined ? undefined : firewallFacts(firewall).privateIp;
  const plan = (desired: DesiredResource, actual: JsonObject | undefined) =>
    actual === undefined ? undefined : planResource(desired, actual, spec.name);
  return {
    input,
    firewall: plan(desiredFirewall(spec, retired), firewall),
    policy: policy?.isOwn === true ? plan(desiredFirewallPolicy(spec, policy.policy), policy.policy) : undefined,
    group:
      policy === undefined ? undefined : plan(desiredRuleCollectionGroup(spec, policy), ownGroup(policy, spec.name)),
    // Without the firewall's address nobody knows where routes should lead; its absence is found on its own.
    ...(firewallPrivateIp === undefined
      ? { routes: undefined, network: undefined }
      : {
          routes: plan(desiredRoutes(spec, { firewallPrivateIp, frontends }), routeTable),
          network: plan(desiredNetworkRouting(spec, { firewallPrivateIp }), virtualNetwork),
        }),
  };
}
