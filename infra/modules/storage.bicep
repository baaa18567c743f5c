// Storage of the task hub, the host and the package; and a second account for dead letters alone. Neither takes a key: Entra only.

import { tagSet, appIdentity } from 'types.bicep'

param prefix string
@minLength(13)
@maxLength(13)
param suffix string
param location string
param tags tagSet
param identity appIdentity

@description('Kind of replication.')
param redundancy 'Standard_LRS' | 'Standard_ZRS' | 'Standard_GRS'

@description('Whether the account of the task hub is reached through private endpoints only.')
param private bool

@description('Object id of who pushes the package into the container by himself, as Premium needs; empty: nobody.')
param uploaderId string

var common = {
  accessTier: 'Hot'
  allowBlobPublicAccess: false
  allowCrossTenantReplication: false
  allowSharedKeyAccess: false
  defaultToOAuthAuthentication: true
  minimumTlsVersion: 'TLS1_2'
  supportsHttpsTrafficOnly: true
}

// Storage Blob Data Owner, Storage Queue Data Contributor and Storage Table Data Contributor: what the Functions host and the task hub ask for
// (https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity).
var hostRoles = [
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
]
var blobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  // 24 letters and digits at the most, unique in the world.
  name: '${take('gh${replace(prefix, '-', '')}', 11)}${suffix}'
  location: location
  tags: tags
  sku: { name: redundancy }
  kind: 'StorageV2'
  properties: {
    ...common
    publicNetworkAccess: private ? 'Disabled' : 'Enabled'
    networkAcls: { defaultAction: private ? 'Deny' : 'Allow', bypass: 'None' }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    resource packages 'containers' = { name: 'packages', properties: { publicAccess: 'None' } }
  }
}

// Event Grid writes here with an identity of the topic. It can't do so with a user-assigned one where the account has network rules
// (https://learn.microsoft.com/azure/event-grid/handler-storage-queues), so this account has none, and holds nothing else.
resource deadLetters 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: '${take('dl${replace(prefix, '-', '')}', 11)}${suffix}'
  location: location
  tags: tags
  sku: { name: redundancy }
  kind: 'StorageV2'
  properties: common

  resource blobs 'blobServices' = {
    name: 'default'
    resource container 'containers' = { name: 'dead-letters', properties: { publicAccess: 'None' } }
  }

  resource lifecycle 'managementPolicies' = {
    name: 'default'
    properties: {
      policy: {
        rules: [
          {
            name: 'forget-after-90-days'
            type: 'Lifecycle'
            definition: {
              actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 90 } } }
              filters: { blobTypes: ['blockBlob'] }
            }
          }
        ]
      }
    }
  }
}

resource hostAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in hostRoles: {
    name: guid(account.id, prefix, role)
    scope: account
    properties: {
      principalId: identity.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

resource deadLetterAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(deadLetters::blobs::container.id, prefix, blobDataContributor)
  scope: deadLetters::blobs::container
  properties: {
    principalId: identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataContributor)
  }
}

resource uploadAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (uploaderId != '') {
  name: guid(account::blobs::packages.id, uploaderId, blobDataContributor)
  scope: account::blobs::packages
  properties: {
    principalId: uploaderId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataContributor)
  }
}

output accountId string = account.id
output accountName string = account.name
output blobEndpoint string = account.properties.primaryEndpoints.blob
output queueEndpoint string = account.properties.primaryEndpoints.queue
output tableEndpoint string = account.properties.primaryEndpoints.table
output packageContainerUrl string = '${account.properties.primaryEndpoints.blob}${account::blobs::packages.name}'
output deadLetterAccountId string = deadLetters.id
output deadLetterContainerId string = deadLetters::blobs::container.id
