// The workbook: what the environments do, at a glance. Its content is workbook.json, in which WORKSPACE stands for the workspace's id.

import { tagSet } from 'types.bicep'

param prefix string
param location string
param tags tagSet
param workspaceId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, prefix, 'workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Gatehouse (${prefix})'
    category: 'workbook'
    sourceId: workspaceId
    serializedData: replace(loadTextContent('workbook.json'), 'WORKSPACE', workspaceId)
  }
}

output id string = workbook.id
