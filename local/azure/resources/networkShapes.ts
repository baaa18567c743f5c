import type { Shape } from './resourceType.ts';

/** What a PUT body of a network resource may contain, read-only members included: clients send back what they read. */
const reference = { id: true } as const;
const identity = { id: true, name: true, type: true, etag: true } as const;
const tracked = { ...identity, location: true, tags: true } as const;

const subnetShape: Shape = {
  ...identity,
  properties: {
    provisioningState: true,
    addressPrefix: true,
    addressPrefixes: true,
    applicationGatewayIPConfigurations: true,
    defaultOutboundAccess: true,
    delegations: true,
    ipAllocations: true,
    ipConfigurationProfiles: true,
    ipConfigurations: true,
    ipamPoolPrefixAllocations: true,
    natGateway: reference,
    networkSecurityGroup: true,
    privateEndpointNetworkPolicies: true,
    privateEndpoints: true,
    privateLinkServiceNetworkPolicies: true,
    purpose: true,
    resourceNavigationLinks: true,
    routeTable: true,
    serviceAssociationLinks: true,
    serviceEndpointPolicies: true,
    serviceEndpoints: true,
    serviceGateway: reference,
    sharingScope: true,
  },
};

export const virtualNetworkShape: Shape = {
  ...tracked,
  extendedLocation: true,
  properties: {
    provisioningState: true,
    resourceGuid: true,
    addressSpace: { addressPrefixes: true, ipamPoolPrefixAllocations: true },
    bgpCommunities: true,
    ddosProtectionPlan: reference,
    defaultPublicNatGateway: reference,
    dhcpOptions: { dnsServers: true },
    enableDdosProtection: true,
    enableVmProtection: true,
    encryption: true,
    flowLogs: true,
    flowTimeoutInMinutes: true,
    ipAllocations: true,
    privateEndpointVNetPolicies: true,
    subnets: subnetShape,
    summarizedGatewayPrefixes: true,
    virtualNetworkPeerings: true,
  },
};

export const publicIpAddressShape: Shape = {
  ...tracked,
  extendedLocation: true,
  sku: { name: true, tier: true },
  zones: true,
  properties: {
    provisioningState: true,
    resourceGuid: true,
    ddosSettings: true,
    deleteOption: true,
    dnsSettings: { domainNameLabel: true, domainNameLabelScope: true, fqdn: true, reverseFqdn: true },
    idleTimeoutInMinutes: true,
    ipAddress: true,
    ipConfiguration: true,
    ipTags: true,
    linkedPublicIPAddress: true,
    migrationPhase: true,
    natGateway: true,
    publicIPAddressVersion: true,
    publicIPAllocationMethod: true,
    publicIPPrefix: reference,
    servicePublicIPAddress: true,
  },
};

export const publicIpPrefixShape: Shape = {
  ...tracked,
  extendedLocation: true,
  sku: { name: true, tier: true },
  zones: true,
  properties: {
    provisioningState: true,
    resourceGuid: true,
    customIPPrefix: reference,
    ipPrefix: true,
    ipTags: true,
    loadBalancerFrontendIpConfiguration: reference,
    natGateway: true,
    prefixLength: true,
    publicIPAddresses: true,
    publicIPAddressVersion: true,
  },
};

const routeShape: Shape = {
  ...identity,
  properties: {
    provisioningState: true,
    addressPrefix: true,
    hasBgpOverride: true,
    nextHop: { nextHopIpAddresses: true },
    nextHopIpAddress: true,
    nextHopType: true,
  },
};

export const routeTableShape: Shape = {
  ...tracked,
  properties: {
    provisioningState: true,
    resourceGuid: true,
    disableBgpRoutePropagation: true,
    disablePeeringRoute: true,
    routes: routeShape,
    subnets: true,
  },
};

const ruleParts = {
  name: true,
  description: true,
  protocols: true,
  sourceAddresses: true,
  sourceIpGroups: true,
} as const;

function collectionShape(rule: Shape): Shape {
  return { ...identity, properties: { provisioningState: true, priority: true, action: { type: true }, rules: rule } };
}

const ipConfigurationShape: Shape = {
  ...identity,
  properties: {
    provisioningState: true,
    privateIPAddress: true,
    privateIPAllocationMethod: true,
    publicIPAddress: reference,
    subnet: reference,
  },
};

export const azureFirewallShape: Shape = {
  ...tracked,
  extendedLocation: true,
  zones: true,
  properties: {
    provisioningState: true,
    additionalProperties: true,
    applicationRuleCollections: collectionShape({
      ...ruleParts,
      protocols: { protocolType: true, port: true },
      fqdnTags: true,
      targetFqdns: true,
    }),
    autoscaleConfiguration: { minCapacity: true, maxCapacity: true },
    firewallPolicy: reference,
    hubIPAddresses: true,
    ipConfigurations: ipConfigurationShape,
    ipGroups: true,
    managementIpConfiguration: ipConfigurationShape,
    natRuleCollections: collectionShape({
      ...ruleParts,
      destinationAddresses: true,
      destinationPorts: true,
      translatedAddress: true,
      translatedFqdn: true,
      translatedPort: true,
    }),
    networkRuleCollections: collectionShape({
      ...ruleParts,
      destinationAddresses: true,
      destinationFqdns: true,
      destinationIpGroups: true,
      destinationPorts: true,
    }),
    sku: { name: true, tier: true },
    threatIntelMode: true,
    virtualHub: reference,
  },
};
