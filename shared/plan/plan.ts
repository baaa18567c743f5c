import type { RulePolicy } from '../actual/rulePolicy.ts';
import type { JsonObject } from '../model/json.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { isFirstCluster } from '../model/names.ts';
import type { Problem } from '../model/problem.ts';
import type { ResourceKind } from '../model/resource.ts';
import type { ActualJumpbox } from './drift/comparison.ts';
import type { Difference, ResourcePlan } from './resourcePlan.ts';

/** What ARM answers for what each cluster has for itself; absent where it answers 404. */
export interface ActualCluster {
  readonly cluster?: JsonObject | undefined;
  /** The group that AKS makes for its nodes. */
  readonly nodeResourceGroup?: JsonObject | undefined;
  /** The user-assigned identity of the cluster's control plane, where the spec calls for one. */
  readonly identity?: JsonObject | undefined;
  /** The one of its nodes, where the spec names one. */
  readonly kubeletIdentity?: JsonObject | undefined;
  /** Those of the cluster's identity; absent when nobody has looked, and then not judged. */
  readonly roleAssignments?: readonly JsonObject[] | undefined;
}

/** The same of every resource of the environment, and of its first cluster. */
export interface ActualResources extends ActualCluster {
  readonly resourceGroup?: JsonObject | undefined;
  readonly virtualNetwork?: JsonObject | undefined;
  /** Those that an environment of this spec may have; others of its group may be among them. */
  readonly publicIps?: readonly JsonObject[] | undefined;
  readonly publicIpPrefixes?: readonly JsonObject[] | undefined;
  readonly routeTable?: JsonObject | undefined;
  readonly firewall?: JsonObject | undefined;
  /** What the firewall goes by; absent: it is classic. */
  readonly policy?: RulePolicy | undefined;
  /** Where the spec calls for one. */
  readonly jumpbox?: ActualJumpbox | undefined;
  /** Of the clusters after the first one, by name. */
  readonly furtherClusters?: Readonly<Record<string, ActualCluster>> | undefined;
}

/** The resources as a cluster sees them: those of the environment, and its own in place of the first one's. */
export function seenBy<Resources extends ActualResources>(view: EnvironmentSpec, actual: Resources): Resources {
  if (isFirstCluster(view)) return actual;
  const none = { cluster: undefined, nodeResourceGroup: undefined, identity: undefined, kubeletIdentity: undefined };
  return { ...actual, ...none, roleAssignments: undefined, ...actual.furtherClusters?.[view.cluster.name] };
}

/** What provisioning would do. JSON-able, without write bodies: values that only Azure can tell stand as "(known after …)". */
export interface Plan {
  readonly environment: string;
  readonly subscription: string;
  readonly location: string;
  readonly counts: {
    readonly create: number;
    readonly modify: number;
    readonly none: number;
    readonly foreign: number;
  };
  readonly resources: readonly ResourceChange[];
  readonly firewallWrites: number;
  /** Along the critical path, by typical times. */
  readonly expectedMinutes: number;
  readonly warnings: readonly string[];
  /** What could be otherwise, and does no harm. */
  readonly hints: readonly string[];
  /** Foreign resources that have a wanted name; with any of them provisioning doesn't start. */
  readonly conflicts: readonly Problem[];
}

export interface ResourceChange {
  readonly kind: ResourceKind;
  readonly id: string;
  readonly action: ResourcePlan['action'];
  readonly differences: readonly Difference[];
}
