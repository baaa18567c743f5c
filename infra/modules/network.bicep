// The app's way out: its subnet leaves through a NAT gateway, so that it has one public address that never changes. That address is what
// Gatehouse lets into every API server it restricts. On no plan of Functions is the outbound address fixed without this.

import { tagSet } from 'types.bicep'

param prefix string
param location string
param tags tagSet

@description('Address space of the network; the app and the private endpoints get half of it each.')
param addressSpace string

@description('Flex Consumption and Premium ask for different delegations.')
param plan 'flex' | 'premium'

// Flex Consumption wants a /27 at least, and no underscore in the subnet's name.
var appPrefix = cidrSubnet(addressSpace, int(last(split(addressSpace, '/'))) + 1, 0)
var endpointPrefix = cidrSubnet(addressSpace, int(last(split(addressSpace, '/'))) + 1, 1)

resource address 'Microsoft.Network/publicIPAddresses@2025-05-01' = {
  name: '${prefix}-outbound'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static', publicIPAddressVersion: 'IPv4' }
}

resource nat 'Microsoft.Network/natGateways@2025-05-01' = {
  name: '${prefix}-nat'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIpAddresses: [{ id: address.id }], idleTimeoutInMinutes: 4 }
}

resource securityGroup 'Microsoft.Network/networkSecurityGroups@2025-05-01' = {
  name: '${prefix}-nsg'
  location: location
  tags: tags
}

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: '${prefix}-vnet'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressSpace] }
    // Both in one write: a network's PUT without its subnets would remove them.
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: appPrefix
          defaultOutboundAccess: false
          natGateway: { id: nat.id }
          networkSecurityGroup: { id: securityGroup.id }
          delegations: [
            {
              name: 'app'
              properties: { serviceName: plan == 'flex' ? 'Microsoft.App/environments' : 'Microsoft.Web/serverFarms' }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: endpointPrefix
          defaultOutboundAccess: false
          networkSecurityGroup: { id: securityGroup.id }
        }
      }
    ]
  }

  resource app 'subnets' existing = { name: 'app' }
  resource endpoints 'subnets' existing = { name: 'endpoints' }
}

@description('What the app comes from, as a CIDR.')
output outboundRange string = '${address.properties.ipAddress}/32'
output networkId string = network.id
output appSubnetId string = network::app.id
output endpointSubnetId string = network::endpoints.id
