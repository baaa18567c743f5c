import type { Cloud } from '../cloud.ts';
import type { Problem } from '../problem.ts';
import type { AdoptSpec } from './adoptTypes.ts';
import type { ClusterSpec, PlacedClusterSpec, SubnetSpec } from './clusterTypes.ts';

export type { ClusterSpec, NodePoolSpec } from './clusterTypes.ts';

/** What the user asks for, with every default filled in. JSON-able and deeply frozen. */
export interface EnvironmentSpec {
  readonly name: string;
  /** Subscription id (a GUID, lower-case). */
  readonly subscription: string;
  /** ARM's short form, e.g. `eastus`. */
  readonly location: string;
  readonly network: {
    readonly addressSpace: string;
    /** Of the first cluster. */
    readonly clusterSubnet: SubnetSpec;
    readonly firewallSubnet: SubnetSpec;
    /** Of the Basic tier, and only of it. */
    readonly managementSubnet?: SubnetSpec;
    /** For internal load balancers whose services ask for it by name. */
    readonly ingressSubnet?: SubnetSpec;
  };
  readonly firewall: {
    readonly tier: 'Basic' | 'Standard' | 'Premium';
    /** `policy`: a firewall policy, with one rule collection group of ours. */
    readonly rules: 'classic' | 'policy';
    readonly zones: readonly string[];
    readonly threatIntel: ThreatIntelligenceMode;
    readonly dnsProxy: boolean;
    /** Addresses that the DNS proxy asks; empty: Azure's own. Absent: whatever the firewall has. */
    readonly dnsServers?: readonly string[];
    readonly publicIpCount: number;
  };
  readonly egress: {
    readonly presets: readonly EgressPresetName[];
    readonly allow: {
      readonly application: readonly ApplicationRuleSpec[];
      readonly network: readonly NetworkRuleSpec[];
    };
    /** Whether workloads outside of kube-system may reach the API server by its address. */
    readonly apiServer: boolean;
  };
  /** The first one. */
  readonly cluster: ClusterSpec;
  /** All of them, the first one included, where the spec lists them. */
  readonly clusters?: readonly PlacedClusterSpec[];
  readonly access: {
    readonly developers: readonly DeveloperGrant[];
  };
  readonly ingress: {
    /** Which services of type LoadBalancer are published without being asked for; those that ask for it always are. */
    readonly expose: 'public' | 'annotated' | 'all';
    readonly namespaces: 'all' | readonly string[];
    /** Canonical CIDRs; sources of services are cut down to them. */
    readonly allowedSources: 'all' | readonly string[];
    /** Ports on the frontends: `443`, `8000-8100` or `*`. */
    readonly allowedPorts: 'all' | readonly string[];
    readonly policy: IngressPolicy;
    /** Canonical CIDRs, or `*`, for services that name none. */
    readonly defaultSources: { readonly public: readonly string[]; readonly internal: readonly string[] };
    /** More deletions in one sync than that many, or that share of the rules, wait for approval. */
    readonly maxDeletes: { readonly percent: number; readonly count: number };
  };
  readonly drift: { readonly action: 'repair' | 'report' };
  /** Absent: there is none. */
  readonly jumpbox?: JumpboxSpec;
  /** What exists and is adopted; what the spec says of network, firewall and cluster is then as it was found. */
  readonly adopt?: AdoptSpec;
}

/** A small machine in the network, reached by SSH through the firewall: kubectl and az work from it. */
export interface JumpboxSpec {
  /** VM size. */
  readonly size: string;
  /** Canonical CIDR of its subnet. */
  readonly subnet: string;
  readonly adminUser: string;
  /** The line of a public key. */
  readonly sshKey: string;
  /** Canonical CIDRs that may reach it; never empty. */
  readonly sources: readonly string[];
  /** On the first frontend. */
  readonly port: number;
}

/** `upsert-only` never deletes a rule, `report` writes none. */
type IngressPolicy = 'sync' | 'upsert-only' | 'report';

type ThreatIntelligenceMode = 'Off' | 'Alert' | 'Deny';

export const egressPresetNames = [
  'aks',
  'article',
  'ubuntu-updates',
  'gpu',
  'windows',
  'monitor',
  'defender',
  'policy',
  'key-vault',
] as const;
export type EgressPresetName = (typeof egressPresetNames)[number];

/** HTTP(S) by name, from the cluster's subnet. */
interface ApplicationRuleSpec {
  readonly name: string;
  readonly fqdns: readonly string[];
  /** `https:443`, `http:80`, `mssql:1433`. */
  readonly protocols: readonly string[];
}

/** TCP, UDP, ICMP or any protocol, from the cluster's subnet, to addresses (CIDRs, service tags) or to names. */
interface NetworkRuleSpec {
  readonly name: string;
  readonly protocols: readonly ('TCP' | 'UDP' | 'ICMP' | 'Any')[];
  readonly destinations: readonly string[];
  readonly fqdns: readonly string[];
  /** `443`, `8000-8100` or `*`. */
  readonly ports: readonly string[];
}

/** A developer's range on the API server. */
export interface DeveloperGrant {
  readonly label: string;
  /** Canonical CIDR. */
  readonly cidr: string;
  /** ISO 8601, UTC; absent: until it is revoked. */
  readonly expires?: string;
}

/** What a spec is judged against besides itself; comes from the app settings. */
export interface SpecContext {
  /** Subscription to use when the spec names none. */
  readonly subscription?: string;
  /** ARM scopes, e.g. `/subscriptions/…` or `/subscriptions/…/resourceGroups/…`. Empty: nothing is allowed. */
  readonly allowedScopes: readonly string[];
  /** The cloud that the app works in; absent: whichever the location is of. */
  readonly cloud?: Cloud;
  /** The app's own public addresses, which must stay able to reach the API server. */
  readonly outboundRanges: readonly string[];
}

export type SpecResult =
  { readonly ok: true; readonly spec: EnvironmentSpec } | { readonly ok: false; readonly problems: readonly Problem[] };
