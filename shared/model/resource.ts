import type { JsonObject } from './json.ts';

export type ResourceKind =
  | 'resourceGroup'
  | 'virtualNetwork'
  | 'publicIpPrefix'
  | 'publicIp'
  | 'routeTable'
  | 'firewallPolicy'
  | 'ruleCollectionGroup'
  | 'firewall'
  | 'cluster'
  | 'subnet'
  | 'identity'
  | 'roleAssignment'
  | 'networkInterface'
  | 'virtualMachine';

/** What a spec calls for of one ARM resource; everything that the body doesn't name is none of our business. */
export interface DesiredResource {
  readonly kind: ResourceKind;
  /** Full ARM id, without host and api-version. */
  readonly id: string;
  readonly apiVersion: string;
  readonly body: JsonObject;
  /** Names that we give to elements of lists, whatever the spec: those that nobody calls for any more go. */
  readonly ownCollections?: OwnCollections;
  /**
   * The body is a part of somebody else's resource: it carries no tag of ours, and is never created. Absent: the resource is
   * the environment's own.
   */
  readonly isPart?: true;
}

/** By the property that holds the list, e.g. `networkRuleCollections`. */
export type OwnCollections = Readonly<Record<string, readonly string[]>>;
