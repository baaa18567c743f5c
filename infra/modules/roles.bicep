// The custom role that the app gets, and one that lets it bring events to itself. A role's name is unique in the tenant, so it carries the
// app's: two apps of one tenant have a role each.
targetScope = 'subscription'

@description('The app\'s name, which tells these roles from those of another app.')
param appName string

@description('`create`: builds, changes and removes environments. `sync`: keeps those that stand.')
param access 'create' | 'sync'

@description('Names (GUIDs) of the two role definitions.')
param appRoleName string
param eventsRoleName string

@description('Ids of the subscriptions in which the role is assigned.')
param subscriptionIds string[]

var role = access == 'create' ? loadJsonContent('../roles/creator.json') : loadJsonContent('../roles/syncer.json')

// Whoever creates an event subscription needs write access to what events and dead letters go to: Event Grid checks it at creation
// (https://learn.microsoft.com/azure/event-grid/security-authorization). Assigned on the app's group alone.
var eventActions = [
  'Microsoft.EventGrid/systemTopics/eventSubscriptions/read'
  'Microsoft.EventGrid/systemTopics/eventSubscriptions/write'
  'Microsoft.EventGrid/systemTopics/read'
  'Microsoft.EventGrid/systemTopics/write'
  'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action'
  'Microsoft.ManagedIdentity/userAssignedIdentities/read'
  'Microsoft.Storage/storageAccounts/blobServices/containers/read'
  'Microsoft.Storage/storageAccounts/blobServices/containers/write'
  'Microsoft.Web/sites/functions/read'
  'Microsoft.Web/sites/functions/write'
]

resource app 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: appRoleName
  properties: {
    roleName: '${role.name} (${appName})'
    description: role.description
    type: 'CustomRole'
    assignableScopes: map(subscriptionIds, id => '/subscriptions/${id}')
    permissions: [
      {
        actions: role.actions
        notActions: role.notActions
        dataActions: role.dataActions
        notDataActions: role.notDataActions
      }
    ]
  }
}

resource events 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: eventsRoleName
  properties: {
    roleName: 'Gatehouse Events (${appName})'
    description: 'Brings the events of a subscription to the app: its topic, its event subscription, its dead letters.'
    type: 'CustomRole'
    assignableScopes: [subscription().id]
    permissions: [{ actions: eventActions, notActions: [], dataActions: [], notDataActions: [] }]
  }
}
