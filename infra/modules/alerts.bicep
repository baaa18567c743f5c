// What somebody should hear of. The queries read the metrics that docs/telemetry.md lists, and the host's own log.

import { tagSet } from 'types.bicep'

param prefix string
param location string
param tags tagSet
param workspaceId string
param deadLetterAccountId string

@description('Where alerts are mailed to; empty: they are shown in the portal alone.')
param email string

// OpenTelemetry's attributes are in Properties. Gauges are read where there is one: unlike a counter's increase, a gauge means the same
// whichever instance has sent it.
var rules = [
  {
    name: 'failed-syncs'
    title: 'Syncs fail'
    description: 'Steps of an environment have failed for half an hour. `gatehouse status NAME` names the step, the reason and the remedy.'
    severity: 2
    window: 'PT30M'
    every: 'PT10M'
    query: 'AppMetrics | where Name == "gatehouse_failed_steps" | summarize Fewest = min(Min), Looks = count() by Environment = tostring(Properties.environment) | where Fewest > 0 and Looks > 1'
  }
  {
    name: 'no-sync'
    title: 'An environment has not been synced for long'
    description: 'No sync ended well for an hour, though the drift check asks for one every 15 minutes. Its lane may be broken: `gatehouse status NAME`, then `gatehouse sync NAME`.'
    severity: 2
    window: 'PT1H'
    every: 'PT15M'
    query: 'AppMetrics | where Name == "gatehouse_last_sync_timestamp_seconds" | summarize Last = max(Max), Seen = max(TimeGenerated) by Environment = tostring(Properties.environment) | where Seen > ago(15m) and Last < datetime_diff("second", now(), datetime(1970-01-01)) - 3600'
  }
  {
    name: 'timers-silent'
    title: 'The drift timer does not run'
    description: 'No drift check began for an hour, so nothing is found or repaired: the app does not start, or its storage can not be reached. Look at GET /api/health.'
    severity: 1
    window: 'PT1H'
    every: 'PT15M'
    query: 'AppRequests | where Name == "driftTimer" | count | where Count == 0'
  }
  {
    name: 'held-deletions'
    title: 'Deletions are held'
    description: 'More rules would be deleted at once than the spec lets pass. `gatehouse services NAME` shows them, `gatehouse approve NAME` releases exactly these.'
    severity: 3
    window: 'PT15M'
    every: 'PT15M'
    query: 'AppMetrics | where Name == "gatehouse_held_deletions" | summarize arg_max(TimeGenerated, Max) by Environment = tostring(Properties.environment) | where Max > 0'
  }
  {
    name: 'failed-orchestrations'
    title: 'Orchestrations fail'
    description: 'An orchestration ended with an error that none of its steps explains. The next signal starts a broken lane again; the log tells what broke it.'
    severity: 2
    window: 'PT30M'
    every: 'PT10M'
    query: 'union (AppMetrics | where Name == "gatehouse_dead_lanes" and Max > 0 | project TimeGenerated), (AppTraces | where SeverityLevel >= 3 and Properties has "Host.Triggers.DurableTask" | project TimeGenerated)'
  }
]

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = if (email != '') {
  name: '${prefix}-alerts'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'gatehouse'
    emailReceivers: [{ name: 'mail', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource queries 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for rule in rules: {
    name: '${prefix}-${rule.name}'
    location: location
    tags: tags
    properties: {
      displayName: 'Gatehouse: ${rule.title}'
      description: rule.description
      severity: rule.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: rule.every
      windowSize: rule.window
      autoMitigate: true
      // A new workspace has no rows to check the query against.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: email == '' ? [] : [group.id] }
    }
  }
]

// The account holds dead letters and nothing else, so that whatever is written there is one. Unlike the topic's own metric, this one
// exists before the first environment has made the topic.
resource deadLettered 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: '${prefix}-dead-letters'
  location: 'global'
  tags: tags
  properties: {
    description: 'Events could not be delivered for a day. Changes of services are still found, by the light pass every two minutes; look at what Event Grid says about the endpoint.'
    severity: 3
    enabled: true
    scopes: ['${deadLetterAccountId}/blobServices/default']
    evaluationFrequency: 'PT15M'
    windowSize: 'PT1H'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'writes'
          metricNamespace: 'Microsoft.Storage/storageAccounts/blobServices'
          metricName: 'Transactions'
          dimensions: [{ name: 'ApiName', operator: 'Include', values: ['PutBlob', 'PutBlockList', 'AppendBlock'] }]
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: email == '' ? [] : [{ actionGroupId: group.id }]
  }
}
