// Durable Task Scheduler in place of storage queues and tables. The package has to be made with its host.json: infra/host.scheduler.json.

import { tagSet, appIdentity } from 'types.bicep'

param prefix string
param suffix string
param location string
param tags tagSet
param identity appIdentity

@description('Who may reach the scheduler: the app\'s own address, as a CIDR. An empty list would let nobody in.')
param allowedRange string

// Durable Task Data Contributor (https://learn.microsoft.com/azure/durable-task/scheduler/durable-task-scheduler-identity).
var dataContributor = '0ad04412-c4d5-4796-b79c-f76d14c8d402'

resource scheduler 'Microsoft.DurableTask/schedulers@2025-11-01' = {
  name: '${prefix}-${suffix}'
  location: location
  tags: tags
  properties: { ipAllowlist: [allowedRange], sku: { name: 'Consumption' } }

  resource hub 'taskHubs' = { name: 'gatehouse' }
}

resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(scheduler.id, prefix, dataContributor)
  scope: scheduler
  properties: {
    principalId: identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataContributor)
  }
}

@description('What the host is told; it holds no secret, the identity signs in.')
output connection string = 'Endpoint=${scheduler.properties.endpoint};Authentication=ManagedIdentity;ClientID=${identity.clientId}'
output taskHub string = scheduler::hub.name
