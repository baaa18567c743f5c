/**
 * What Azure's answers have beyond the schema of a write, by the name of the definition. A lossless write sends back what
 * was read, so these come with it; Azure ignores them. Nothing that the app writes of its own belongs here.
 */
export const echoedProperties: Readonly<Record<string, readonly string[]>> = {
  azureFirewalls: ['etag'],
  AzureFirewallPropertiesFormat: ['provisioningState'],
  AzureFirewallIPConfiguration: ['etag', 'type'],
  // The firewall's own address stands here, and nowhere else.
  AzureFirewallIPConfigurationPropertiesFormat: ['privateIPAddress', 'privateIPAllocationMethod', 'provisioningState'],
  AzureFirewallNatRuleCollection: ['etag', 'type'],
  AzureFirewallNatRuleCollectionProperties: ['provisioningState'],
  AzureFirewallNetworkRuleCollection: ['etag', 'type'],
  AzureFirewallNetworkRuleCollectionPropertiesFormat: ['provisioningState'],
  AzureFirewallApplicationRuleCollection: ['etag', 'type'],
  AzureFirewallApplicationRuleCollectionPropertiesFormat: ['provisioningState'],

  firewallPolicies: ['etag'],
  // What refers to the policy.
  FirewallPolicyPropertiesFormat: ['childPolicies', 'firewalls', 'provisioningState', 'ruleCollectionGroups', 'size'],
  firewallPolicies_ruleCollectionGroups: ['etag', 'location'],
  FirewallPolicyRuleCollectionGroupProperties: ['provisioningState', 'size'],
  // Of network rules.
  FirewallPolicyRule: ['ipv6Rule'],

  virtualNetworks: ['etag'],
  CommonVirtualNetworkPropertiesFormat: ['provisioningState', 'resourceGuid'],
  virtualNetworks_subnets: ['etag'],
  CommonVirtualNetworkPeering: ['etag', 'type'],
  CommonVirtualNetworkPeeringPropertiesFormat: ['provisioningState'],
  CommonSubnet: ['etag', 'type'],
  // Who has an address of the subnet.
  CommonSubnetPropertiesFormat: ['ipConfigurations', 'provisioningState'],

  publicIPAddresses: ['etag'],
  // The IP configuration that has the address.
  CommonPublicIPAddressPropertiesFormat: ['ipConfiguration', 'provisioningState', 'resourceGuid'],

  routeTables: ['etag'],
  // The subnets that use the table.
  CommonRouteTablePropertiesFormat: ['provisioningState', 'resourceGuid', 'subnets'],
  CommonRoute: ['etag', 'type'],
  CommonRoutePropertiesFormat: ['hasBgpOverride', 'provisioningState'],

  // AKS writes it with a capital T, and knows no `id` in templates.
  managedClusters: ['eTag', 'id'],
  ManagedClusterIdentity: ['principalId', 'tenantId'],
  ManagedServiceIdentityUserAssignedIdentitiesValue: ['clientId', 'principalId'],
  ManagedClusterProperties: [
    'azurePortalFQDN',
    'currentKubernetesVersion',
    'fqdn',
    'maxAgentPools',
    'powerState',
    'provisioningState',
    'resourceUID',
  ],
  ManagedClusterAADProfile: ['adminUsers'],
  ManagedClusterAgentPoolProfile: ['currentOrchestratorVersion', 'provisioningState'],
};

/** Values that answers spell in another case than the schema; Azure compares them without it. */
export const echoedSpellings: readonly string[] = [
  'Microsoft.ContainerService/ManagedClusters',
  'Microsoft.Network/FirewallPolicies',
  'Microsoft.Network/FirewallPolicies/RuleCollectionGroups',
  'Dnat',
  'Standard',
];
