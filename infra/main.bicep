// Puts Gatehouse into a subscription: the app, what it stands on, and what it may do. docs/deploy.md tells how.
//
// Plain resources rather than Azure Verified Modules: those come from a registry at each build, and this template is to compile, and to be
// checked, without one.
targetScope = 'subscription'

@minLength(2)
@maxLength(16)
@description('Name of this app (letters, digits, dashes), with which the names of its resources begin.')
param name string

@description('Where its resources are. Environments may be elsewhere.')
param location string

@description('Its resource group.')
param resourceGroupName string = '${name}-gatehouse-rg'

@description('Tags on each resource.')
param tags { *: string } = {}

@description('`flex`: Flex Consumption. `premium`: Elastic Premium, where Flex Consumption is not to be had.')
param plan 'flex' | 'premium' = 'flex'

@minValue(1)
@maxValue(1000)
@description('Instances at the most; Premium takes 20 of them.')
param maximumInstances int = 40

@description('ARM ids of subscriptions or resource groups: what specs may name, and where the app gets its role. Empty: the whole subscription.')
param allowedScopes string[] = []

@description('`create`: builds, changes and removes environments. `sync`: keeps those that stand, and creates nothing.')
param access 'create' | 'sync' = 'create'

@description('`keys`: callers have a function key. `entra`: they sign in, and have an app role.')
param authMode 'keys' | 'entra' = 'keys'

@description('Client id of the app registration, for `entra`.')
param entraClientId string = ''

@description('Where Durable Functions keeps its state: `storage` (queues and tables), or `scheduler` (Durable Task Scheduler).')
param backend 'storage' | 'scheduler' = 'storage'

@description('Address space of the app\'s network, /26 or wider.')
param addressSpace string = '10.255.255.0/26'

@description('Whether the storage of the task hub is reached through private endpoints only.')
param privateEndpoints bool = false

@description('Replication of the storage accounts.')
param storageRedundancy 'Standard_LRS' | 'Standard_ZRS' | 'Standard_GRS' = 'Standard_LRS'

@description('URIs of Key Vault secrets by the names that specs call them (GATEHOUSE_SECRET_…); the identity needs Key Vault Secrets User on each.')
param secretUris { *: string } = {}

@description('Where alerts are mailed to; empty: they are shown in the portal alone.')
param alertEmail string = ''

@minValue(30)
@maxValue(730)
@description('Days that logs are kept.')
param logRetentionDays int = 30

@minValue(-1)
@description('Gigabytes of logs a day at the most; -1: no limit.')
param logDailyCapGigabytes int = 1

var prefix = toLower(name)
var suffix = uniqueString(subscription().id, name, location)
var appName = '${prefix}-gatehouse-${suffix}'
var allTags = union(tags, { 'azd-env-name': name })

var scopes = empty(allowedScopes) ? [subscription().id] : map(allowedScopes, scope => trim(scope))
// What a role can be assigned in is a subscription (/subscriptions/{id}) or a group (/subscriptions/{id}/resourceGroups/{name}).
var scopeParts = map(
  scopes,
  scope =>
    contains([3, 5], length(split(scope, '/')))
      ? split(scope, '/')
      : fail('allowedScopes: ${scope} is neither a subscription nor a resource group.')
)
var subscriptionScopes = map(filter(scopeParts, parts => length(parts) == 3), parts => parts[2])
var groupScopes = map(filter(scopeParts, parts => length(parts) == 5), parts => {
  subscriptionId: parts[2]
  group: parts[4]
})
var appRoleName = guid(subscription().id, appName, access)
var eventsRoleName = guid(subscription().id, appName, 'events')
var appRoleId = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', appRoleName)
var eventsRoleId = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', eventsRoleName)
var condition = access == 'create' ? loadTextContent('roles/grants.condition') : ''

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: resourceGroupName
  location: location
  tags: allTags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: { prefix: prefix, location: location, tags: allTags }
}

module network 'modules/network.bicep' = {
  scope: group
  params: { prefix: prefix, location: location, tags: allTags, plan: plan, addressSpace: addressSpace }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    prefix: prefix
    suffix: suffix
    location: location
    tags: allTags
    identity: identity.outputs.identity
    redundancy: storageRedundancy
    private: privateEndpoints
    uploaderId: plan == 'premium' ? deployer().objectId : ''
  }
}

module endpoints 'modules/privateEndpoints.bicep' = if (privateEndpoints) {
  scope: group
  params: {
    prefix: prefix
    location: location
    tags: allTags
    networkId: network.outputs.networkId
    subnetId: network.outputs.endpointSubnetId
    storageAccountId: storage.outputs.accountId
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    prefix: prefix
    location: location
    tags: allTags
    identity: identity.outputs.identity
    retentionDays: logRetentionDays
    dailyCapGigabytes: logDailyCapGigabytes
  }
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  params: {
    prefix: prefix
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
    deadLetterAccountId: storage.outputs.deadLetterAccountId
    email: alertEmail
  }
}

module workbook 'modules/workbook.bicep' = {
  scope: group
  params: { prefix: prefix, location: location, tags: allTags, workspaceId: monitoring.outputs.workspaceId }
}

module scheduler 'modules/scheduler.bicep' = if (backend == 'scheduler') {
  scope: group
  params: {
    prefix: prefix
    suffix: suffix
    location: location
    tags: allTags
    identity: identity.outputs.identity
    allowedRange: network.outputs.outboundRange
  }
}

module app 'modules/app.bicep' = {
  scope: group
  params: {
    name: appName
    location: location
    tags: allTags
    identity: identity.outputs.identity
    plan: plan
    subnetId: network.outputs.appSubnetId
    allowedScopes: scopes
    subscriptionId: subscription().subscriptionId
    outboundRange: network.outputs.outboundRange
    storage: {
      blobEndpoint: storage.outputs.blobEndpoint
      queueEndpoint: storage.outputs.queueEndpoint
      tableEndpoint: storage.outputs.tableEndpoint
      packageContainerUrl: storage.outputs.packageContainerUrl
    }
    deadLetterContainerId: storage.outputs.deadLetterContainerId
    insightsConnectionString: monitoring.outputs.connectionString
    scheduler: backend == 'scheduler' ? { connection: scheduler!.outputs.connection, taskHub: scheduler!.outputs.taskHub } : null
    authMode: authMode
    entraClientId: entraClientId
    maximumInstances: maximumInstances
    secretUris: secretUris
  }
  // The host starts as soon as the app is there, and needs its storage by then.
  dependsOn: [endpoints]
}

module roles 'modules/roles.bicep' = {
  params: {
    appName: appName
    access: access
    appRoleName: appRoleName
    eventsRoleName: eventsRoleName
    subscriptionIds: union(subscriptionScopes, map(groupScopes, scope => scope.subscriptionId))
  }
}

// An assignment is named after its principal: one under the same name for another principal is refused (RoleAssignmentUpdateNotPermitted),
// and an app that was removed and put up again has a new one. So a what-if can't foretell these.
module subscriptionRoles 'modules/subscriptionRole.bicep' = [
  for id in subscriptionScopes: {
    scope: subscription(id)
    params: {
      #disable-next-line what-if-short-circuiting
      principalId: identity.outputs.identity.principalId
      roleDefinitionId: appRoleId
      condition: condition
    }
    dependsOn: [roles]
  }
]

module groupRoles 'modules/groupRole.bicep' = [
  for allowed in groupScopes: {
    scope: resourceGroup(allowed.subscriptionId, allowed.group)
    params: {
      #disable-next-line what-if-short-circuiting
      principalId: identity.outputs.identity.principalId
      roleDefinitionId: appRoleId
      condition: condition
    }
    dependsOn: [roles]
  }
]

module eventsRole 'modules/groupRole.bicep' = {
  scope: group
  params: {
    #disable-next-line what-if-short-circuiting
    principalId: identity.outputs.identity.principalId
    roleDefinitionId: eventsRoleId
    condition: ''
  }
  dependsOn: [roles]
}

@description('The app\'s own group.')
output AZURE_RESOURCE_GROUP string = group.name

@description('The app\'s name, e.g. for `az functionapp keys list`.')
output GATEHOUSE_APP string = appName

@description('Where it answers.')
output GATEHOUSE_URL string = '${app.outputs.endpoint}/api'

@description('The address it comes from.')
output GATEHOUSE_OUTBOUND_RANGE string = network.outputs.outboundRange

@description('Where Premium reads the package from.')
output GATEHOUSE_PACKAGES string = storage.outputs.packageContainerUrl

@description('Object id of the app\'s identity.')
output GATEHOUSE_PRINCIPAL string = identity.outputs.identity.principalId
