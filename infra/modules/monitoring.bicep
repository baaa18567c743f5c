// Application Insights that takes telemetry from identities only, on a workspace of its own.

import { tagSet, appIdentity } from 'types.bicep'

param prefix string
param location string
param tags tagSet
param identity appIdentity

@minValue(30)
@maxValue(730)
param retentionDays int

@description('Gigabytes a day that the workspace takes; what comes beyond is dropped until the next day. -1: no limit.')
param dailyCapGigabytes int

// Monitoring Metrics Publisher: what an identity needs to send telemetry to Application Insights
// (https://learn.microsoft.com/azure/azure-monitor/app/azure-ad-authentication).
var metricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: '${prefix}-logs'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    workspaceCapping: { dailyQuotaGb: dailyCapGigabytes }
    features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: '${prefix}-insights'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    DisableLocalAuth: true
    WorkspaceResourceId: workspace.id
  }
}

resource publishing 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, prefix, metricsPublisher)
  scope: insights
  properties: {
    principalId: identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisher)
  }
}

output workspaceId string = workspace.id
output insightsId string = insights.id
output connectionString string = insights.properties.ConnectionString
