/** The cluster that a spec asks for; what is absent is left to AKS. */
export interface ClusterSpec {
  readonly name: string;
  /** Of the first node pool, which holds what AKS itself runs. */
  readonly nodeCount: number;
  readonly nodeSize: string;
  readonly osSku?: LinuxSku;
  readonly maxPods?: number;
  readonly zones?: readonly Zone[];
  /** Further node pools. */
  readonly nodePools?: readonly NodePoolSpec[];
  /** Kubernetes version, `1.33` or `1.33.2`; absent: the default of AKS. */
  readonly version?: string;
  readonly cni: NetworkPlugin;
  /**
   * Of the control plane: `system-assigned`, `user-assigned` (Gatehouse makes one), or the full ARM id of one that exists.
   * Absent: there is a service principal instead.
   */
  readonly identity?: string;
  /** Full ARM id of a user-assigned identity that exists; absent: AKS makes one. */
  readonly kubeletIdentity?: string;
  readonly servicePrincipal?: ServicePrincipalSpec;
  /** Absent: users are those of the cluster itself. */
  readonly entra?: EntraSpec;
  readonly serviceCidr: string;
  /** Canonical CIDR that pods have addresses of; absent with the azure CNI, where they have those of the subnet. */
  readonly podCidr?: string;
  /** Whether the API server has an address in the network alone. */
  readonly private: boolean;
}

/** One of several clusters, with the subnet that its nodes have to themselves. */
export interface PlacedClusterSpec extends ClusterSpec {
  readonly subnet: SubnetSpec;
}

export interface SubnetSpec {
  readonly name: string;
  /** Canonical CIDR. */
  readonly prefix: string;
}

export const networkPlugins = ['azure', 'azure-overlay', 'kubenet'] as const;
export type NetworkPlugin = (typeof networkPlugins)[number];

export const linuxSkus = ['Ubuntu', 'AzureLinux'] as const;
type LinuxSku = (typeof linuxSkus)[number];
export const windowsSkus = ['Windows2022', 'Windows2025'] as const;
type WindowsSku = (typeof windowsSkus)[number];

export const zones = ['1', '2', '3'] as const;
type Zone = (typeof zones)[number];

/** A node pool beside the first one. */
export interface NodePoolSpec {
  readonly name: string;
  readonly mode: 'System' | 'User';
  readonly nodeCount: number;
  readonly nodeSize: string;
  readonly osType: 'Linux' | 'Windows';
  readonly osSku?: LinuxSku | WindowsSku;
  readonly maxPods?: number;
  readonly zones?: readonly Zone[];
}

/** The name of the first node pool. */
export const FIRST_POOL = 'nodepool1';

/** Pods per node where nothing else is asked for. */
export const defaultMaxPods: Readonly<Record<NetworkPlugin, number>> = {
  azure: 30,
  'azure-overlay': 250,
  kubenet: 110,
};

/** An application in Entra that the cluster acts as, in place of an identity. */
export interface ServicePrincipalSpec {
  /** Of the application, a GUID. */
  readonly clientId: string;
  /** Of its service principal, a GUID: roles are given to this one. */
  readonly objectId: string;
  /** Name of the app setting that holds the secret; the secret itself is in no spec. */
  readonly secretName: string;
}

/** What `identity` may be besides an id. */
export const SYSTEM_ASSIGNED = 'system-assigned';
export const USER_ASSIGNED = 'user-assigned';

/** How Entra says who may do what in the cluster. */
interface EntraSpec {
  /** Object ids of groups whose members may do everything. */
  readonly adminGroups: readonly string[];
  /** Whether role assignments in Azure say what others may do; else RoleBindings in the cluster alone. */
  readonly azureRbac: boolean;
  /** Whether the cluster's own accounts work beside it. */
  readonly localAccounts: boolean;
}
