// The app's identity: the only thing by which it signs in anywhere.

import { tagSet, appIdentity } from 'types.bicep'

param prefix string
param location string
param tags tagSet

resource assigned 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${prefix}-identity'
  location: location
  tags: tags
}

output identity appIdentity = {
  id: assigned.id
  clientId: assigned.properties.clientId
  principalId: assigned.properties.principalId
}
