import type { DnatProtocol, DnatRule } from './natRule.ts';

/** One port of one service. */
export interface ServicePortRef {
  readonly cluster: string;
  readonly namespace: string;
  readonly service: string;
  /** The service port. */
  readonly port: number;
  /** TCP, UDP or SCTP. */
  readonly protocol: string;
  /** The name that its rule has or would have. */
  readonly ruleName: string;
}

/** A service port that is to be reachable, before a frontend is chosen for it. */
export interface WantedPublication extends ServicePortRef {
  readonly protocol: DnatProtocol;
  /** Its place in the order of namespace, name and cluster. */
  readonly order: number;
  /** Age decides who gets a port that two want. */
  readonly createdAtSeconds: number;
  /** The port on the frontend. */
  readonly frontendPort: number;
  /** The frontends that will do, the best first. */
  readonly frontends: readonly string[];
  /** Whether the service insists on its (then only) frontend. */
  readonly asksForFrontend: boolean;
  /** Canonical CIDRs, or `*` alone; never empty. */
  readonly sources: readonly string[];
  readonly translatedAddress: string;
  /** What will probably not work as its owner thinks, in sentences. */
  readonly warnings: readonly string[];
}

/** Why a service port has no rule, or keeps an old one. */
export type SkipCode =
  // What the service is
  | 'being-deleted'
  | 'not-a-load-balancer'
  | 'foreign-load-balancer-class'
  | 'unsupported-protocol'
  | 'no-load-balancer-rule'
  | 'port-out-of-range'
  // What it asks for
  | 'opted-out'
  | 'not-asked-for'
  | 'not-in-port-map'
  | 'invalid-annotation'
  | 'invalid-sources'
  | 'no-client-range'
  | 'unknown-frontend'
  // What the spec allows
  | 'namespace-not-allowed'
  | 'port-not-allowed'
  | 'sources-not-allowed'
  // What the network gives
  | 'no-address'
  | 'ipv6-only'
  | 'not-a-load-balancer-frontend'
  | 'load-balancers-unknown'
  | 'no-route-to-internet'
  // What the firewall has left
  | 'frontend-port-taken'
  | 'foreign-rule'
  | 'capacity';

/** A service port without publication, and why. */
export interface SkippedPort extends ServicePortRef {
  readonly code: SkipCode;
  /** A sentence with its remedy, for people. */
  readonly reason: string;
  /** Whether a rule that the port has already stays as it is until this is resolved; otherwise it goes. */
  readonly keepsRule: boolean;
}

/** What is observed beside services and firewall. */
export interface PublicationFacts {
  /** Public addresses of the firewall, in order. */
  readonly frontends: readonly string[];
  /** Per cluster the frontend IPs (bare addresses) of the load balancers in its node resource group; absent: could not be read. */
  readonly loadBalancers: Readonly<Record<string, readonly string[]>>;
  /** Per cluster the ranges with a route → Internet on its subnet; absent: no route is known. */
  readonly routesToInternet: Readonly<Record<string, readonly string[]>>;
  /** What stands for the firewall itself: its subnet and its frontends. */
  readonly firewallRanges: readonly string[];
}

/** Two that want one place on the firewall. */
export interface PublicationConflict extends ServicePortRef {
  readonly kind: 'service' | 'foreign-rule';
  readonly frontend: string;
  readonly frontendPort: number;
  /** The name of our rule that has it, or `collection/rule` of a foreign one. */
  readonly holder: string;
  /** Whether the port has its rule nevertheless: the other one came later. */
  readonly published: boolean;
  readonly message: string;
}

/** A service port with the rule that it has after the plan. */
export interface Publication extends ServicePortRef {
  readonly rule: DnatRule;
  /** What will probably not work as its owner thinks, in sentences. */
  readonly warnings: readonly string[];
}

export interface UpdatedPublication extends Publication {
  /** The properties of the rule that differ, as ARM calls them. */
  readonly changed: readonly string[];
}

/** A rule of ours that nothing calls for as it is. */
interface StandingRule {
  readonly name: string;
  /** As it is on the firewall; absent where somebody has given it a form that Gatehouse doesn't write. */
  readonly rule?: DnatRule;
}

/** A rule that goes. */
export interface DeletedRule extends StandingRule {
  readonly code: SkipCode | 'service-gone';
  readonly reason: string;
}

/** A rule that stays although no service port calls for it as it is. */
export interface KeptRule extends StandingRule {
  readonly code: SkipCode | ListProblem['code'] | 'policy' | 'held';
  readonly reason: string;
}

/** Deletions that wait for somebody's approval. */
export interface HeldDeletions {
  /** Of exactly these deletions; approving it releases them and no others. */
  readonly hash: string;
  /** Names of the rules, sorted. */
  readonly rules: readonly string[];
  readonly reason: string;
}

/** What stands in the way of judging a part of the rules; nothing of it is deleted. */
export interface ListProblem {
  /** Absent when the firewall itself is meant. */
  readonly cluster?: string;
  readonly code:
    'list-failed' | 'list-partial' | 'list-empty' | 'cluster-not-listed' | 'collection-unusable' | 'jumpbox-port-taken';
  readonly message: string;
}
