/**
 * What may be changed of what was found, beside the rules and ranges that Gatehouse itself writes; nothing unless it is named.
 *
 * | fix | what is written |
 * | --- | --- |
 * | `egress` | the collections of `egress` under names of the environment's, beside everybody else's |
 * | `dnsProxy` | the firewall's DNS proxy is switched on |
 * | `routes` | missing routes to the firewall, and from its frontends to the Internet |
 * | `association` | a subnet without a route table gets `adopt.routeTable`, once egress stands |
 * | `dnsServers` | the clusters' networks resolve through the firewall |
 * | `authorizedRanges` | an API server that is open to the Internet is restricted |
 */
export const adoptFixes = ['egress', 'dnsProxy', 'routes', 'association', 'dnsServers', 'authorizedRanges'] as const;
export type AdoptFix = (typeof adoptFixes)[number];

/** What exists already and is kept true without having been created: the environment's firewall and its clusters. */
export interface AdoptSpec {
  /** Full ARM id. */
  readonly firewall: string;
  /** Full ARM ids, in any resource group and subscription that the app may use. */
  readonly clusters: readonly string[];
  /** Full ARM id of the table for subnets that have none. */
  readonly routeTable?: string;
  readonly fix: readonly AdoptFix[];
  /** What the ids led to; written by the app when it adopts. */
  readonly found?: AdoptedResources;
}

/** Where everything is that the ids of an adoption lead to. Full ARM ids throughout. */
export interface AdoptedResources {
  readonly firewallSubnet: string;
  /** The firewall's policy, where it has one. */
  readonly policy?: string;
  readonly clusters: readonly AdoptedCluster[];
}

export interface AdoptedCluster {
  readonly name: string;
  readonly id: string;
  readonly nodeResourceGroup: string;
  readonly isPrivate: boolean;
  /** Of its node pools; at least one. */
  readonly subnets: readonly AdoptedSubnet[];
}

export interface AdoptedSubnet {
  readonly id: string;
  /** Canonical CIDRs. */
  readonly prefixes: readonly string[];
  readonly routeTable?: string;
}
