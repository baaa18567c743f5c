// Assigns a role in a subscription.
targetScope = 'subscription'

param principalId string
param roleDefinitionId string

@description('ABAC condition (version 2.0); empty: none.')
param condition string

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, principalId, roleDefinitionId)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleDefinitionId
    condition: condition == '' ? null : condition
    conditionVersion: condition == '' ? null : '2.0'
  }
}
