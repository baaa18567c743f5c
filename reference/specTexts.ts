/** What docs/spec.md says of a field beside its values. */
interface FieldText {
  readonly says: string;
  /** Where the schema tells no default, or another one than holds. */
  readonly usual?: string;
}

const none = 'none';

/** By the path of the field; one that the schema has and this has not, or the other way round, stops `npm run reference`. */
export const specTexts: Readonly<Record<string, FieldText>> = {
  name: { says: "begins every resource's name: `<name>-rg`, `-vnet`, `-fw`, `-fwpublicip`, `-fwconfig`, `-fwrt`, …" },
  subscription: { says: 'lies within `GATEHOUSE_ALLOWED_SCOPES`', usual: '`GATEHOUSE_SUBSCRIPTION`' },
  location: { says: 'of the cloud that the app works in (`GATEHOUSE_CLOUD`)' },

  'network.addressSpace': { says: 'does not overlap with the service CIDR' },
  'network.clusterSubnet': { says: 'of the nodes, and with the azure CNI of pods' },
  'network.firewallSubnet': { says: 'its name is always AzureFirewallSubnet' },
  'network.managementSubnet': {
    says: 'its name is always AzureFirewallManagementSubnet',
    usual: '`10.42.3.0/26` with the Basic tier',
  },
  'network.ingressSubnet': { says: 'for [internal load balancers](#network)', usual: none },

  'firewall.tier': { says: '[what Basic can not do](#the-basic-tier)' },
  'firewall.rules': { says: '`policy`: a [firewall policy](ingress.md#firewall-policy) `<name>-fwpolicy` of its own' },
  'firewall.zones': {
    says: 'its public IPs are zone-redundant; refused where the region has no such zones',
    usual: none,
  },
  'firewall.threatIntel': { says: 'what becomes of traffic with known bad addresses' },
  'firewall.dnsProxy': {
    says: '`false`: the network keeps its DNS servers, and names in network rules are not resolved',
    usual: '`true`; `false` with the Basic tier',
  },
  'firewall.dnsServers': { says: "asked by the DNS proxy; `[]` goes back to Azure's own", usual: "Azure's own" },
  'firewall.publicIpCount': { says: 'frontends; AKS asks for 20 in production' },

  'egress.presets': { says: 'dated catalogues of what is let out' },
  'egress.allow.application[].name': { says: 'of the rule' },
  'egress.allow.application[].fqdns': { says: 'hosts that are let out' },
  'egress.allow.application[].protocols': { says: 'with their ports' },
  'egress.allow.network[].name': { says: 'of the rule' },
  'egress.allow.network[].protocols': { says: '' },
  'egress.allow.network[].destinations': { says: 'these, or `fqdns`' },
  'egress.allow.network[].fqdns': { says: 'resolved by the DNS proxy, which they need' },
  'egress.allow.network[].ports': { says: '' },
  'egress.apiServer': { says: 'whether pods reach the API server by its address in the cluster' },

  'cluster.name': { says: "begins the names of its services' rules", usual: "the environment's" },
  'cluster.nodeCount': { says: 'of the first node pool, `nodepool1`' },
  'cluster.nodeSize': { says: "checked against the region's sizes and quota" },
  'cluster.osSku': { says: 'of the first node pool', usual: "AKS's" },
  'cluster.maxPods': { says: 'on each node', usual: "AKS's" },
  'cluster.zones': { says: 'of the first node pool', usual: none },
  'cluster.nodePools[].name': { says: '' },
  'cluster.nodePools[].mode': { says: '' },
  'cluster.nodePools[].nodeCount': { says: '' },
  'cluster.nodePools[].nodeSize': { says: '' },
  'cluster.nodePools[].osType': { says: 'Windows with `azure` and `azure-overlay`; take the preset `windows` with it' },
  'cluster.nodePools[].osSku': { says: '', usual: "AKS's" },
  'cluster.nodePools[].maxPods': { says: '', usual: "AKS's" },
  'cluster.nodePools[].zones': { says: '', usual: none },
  'cluster.version': { says: 'quoted', usual: "AKS's" },
  'cluster.cni': { says: 'where pods have their addresses from: [below](#cluster)' },
  'cluster.identity': { says: 'of the control plane: [below](#identities-of-a-cluster)', usual: '`system-assigned`' },
  'cluster.kubeletIdentity': { says: 'for the nodes, with a user-assigned `identity`', usual: 'AKS makes one' },
  'cluster.entra.adminGroups': { says: 'whose members may do everything' },
  'cluster.entra.azureRbac': { says: "Azure's roles say who may do what" },
  'cluster.entra.localAccounts': { says: "`false` switches the cluster's own accounts off" },
  'cluster.serviceCidr': { says: 'inside the cluster; overlaps with nothing' },
  'cluster.podCidr': { says: 'with `azure-overlay` and `kubenet`', usual: '`10.244.0.0/16`' },
  'cluster.private': { says: '`true`: the API server has an address in the network alone' },
  'cluster.servicePrincipal.clientId': { says: 'in place of `identity`' },
  'cluster.servicePrincipal.objectId': { says: '' },
  'cluster.servicePrincipal.secretName': { says: 'the app setting that holds the secret, which is stored nowhere' },

  'clusters[].name': { says: "its own; begins the names of its services' rules", usual: 'required' },
  'clusters[].subnet': {
    says: 'its own',
    usual: 'of the first `network.clusterSubnet`, of the n-th `aks-subnet-<name>`, `10.42.(9 + n).0/24`',
  },

  'access.developers[].label': { says: 'what the grant is called' },
  'access.developers[].cidr': { says: 'who is let in' },
  'access.developers[].expires': { says: 'when it ends by itself', usual: 'stands for good' },

  'ingress.expose': {
    says: '[which services](ingress.md#which-services-are-published) are published',
    usual: '`public`; beside `adopt`, `annotated`',
  },
  'ingress.namespaces': { says: 'whose services may be published' },
  'ingress.allowedSources': { says: 'what sources are cut down to' },
  'ingress.allowedPorts': { says: 'on a frontend' },
  'ingress.policy': { says: '`upsert-only` deletes nothing, `report` writes no rule of a service' },
  'ingress.defaultSources.public': { says: 'of a public load balancer whose service names none' },
  'ingress.defaultSources.internal': { says: 'of an internal one' },
  'ingress.maxDeletes.percent': {
    says: 'of the rules; more deletions in one sync than the larger of the two are held',
  },
  'ingress.maxDeletes.count': { says: '' },

  'drift.action': { says: '`report`: drift is told; only rules of services are written' },

  'jumpbox.size': { says: '' },
  'jumpbox.subnet': { says: 'its own' },
  'jumpbox.adminUser': { says: '' },
  'jumpbox.sshKey': { says: 'never a private key' },
  'jumpbox.sources': { says: 'who may come' },
  'jumpbox.port': { says: 'on the first frontend' },

  'adopt.firewall': { says: '' },
  'adopt.clusters': { says: '' },
  'adopt.routeTable': { says: 'to associate where there is none', usual: none },
  'adopt.fix': { says: '[what may be mended](adopt.md) around them' },
};
