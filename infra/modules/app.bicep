// The function app itself, on Flex Consumption or Elastic Premium, with every setting it reads.

import { tagSet, appIdentity } from 'types.bicep'

param name string
param location string
param tags tagSet
param identity appIdentity
param plan 'flex' | 'premium'
param subnetId string

@description('ARM ids that specs may name something in.')
param allowedScopes string[]

@description('Subscription that is taken where a spec names none.')
param subscriptionId string

@description('What the app comes from, as a CIDR.')
param outboundRange string

@description('Storage of the host, the task hub and the package.')
param storage { blobEndpoint: string, queueEndpoint: string, tableEndpoint: string, packageContainerUrl: string }

@description('ARM id of the container for events that could not be delivered.')
param deadLetterContainerId string
param insightsConnectionString string

@description('Durable Task Scheduler, where it is the backend; null: the storage account is.')
param scheduler { connection: string, taskHub: string }?

@description('Who may call: holders of function keys, or identities with an app role.')
param authMode 'keys' | 'entra'

@description('Client id of the app registration; needed for `entra`.')
param entraClientId string

@description('Instances at the most.')
param maximumInstances int

@description('URIs of Key Vault secrets by the names that specs call them (GATEHOUSE_SECRET_…).')
param secretUris { *: string }

// The app knows the endpoints of each cloud; another name than these has no Gatehouse.
var clouds = { AzureCloud: 'public', AzureUSGovernment: 'government', AzureChinaCloud: 'china' }

var commonSettings = {
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.clientId};Authorization=AAD'
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  AZURE_CLIENT_ID: identity.clientId
  // The host signs in with the identity; endpoints in place of the account's name, so that each cloud has its own.
  AzureWebJobsStorage__blobServiceUri: storage.blobEndpoint
  AzureWebJobsStorage__clientId: identity.clientId
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__queueServiceUri: storage.queueEndpoint
  AzureWebJobsStorage__tableServiceUri: storage.tableEndpoint
  GATEHOUSE_ALLOWED_SCOPES: join(allowedScopes, ',')
  GATEHOUSE_AUTH: authMode
  GATEHOUSE_CLOUD: clouds[environment().name]
  GATEHOUSE_EVENTS_DEADLETTER: deadLetterContainerId
  GATEHOUSE_EVENTS_FUNCTION_ID: resourceId('Microsoft.Web/sites/functions', name, 'loadBalancerChanged')
  GATEHOUSE_EVENTS_IDENTITY: identity.id
  GATEHOUSE_EVENTS_RESOURCE_GROUP: resourceGroup().name
  GATEHOUSE_OUTBOUND_RANGES: outboundRange
  GATEHOUSE_SUBSCRIPTION: subscriptionId
}

var schedulerSettings = scheduler == null
  ? {}
  : { DURABLE_TASK_SCHEDULER_CONNECTION_STRING: scheduler!.connection, TASKHUB_NAME: scheduler!.taskHub }

// App Service signs people in with an assertion of the managed identity, so the app registration needs no secret
// (https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad).
var entraSettings = authMode == 'keys' ? {} : { OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: identity.clientId }

// Premium keeps its content in Azure Files, which takes keys only; without a share it runs from the package in the container, which it reads
// with the identity (https://learn.microsoft.com/azure/azure-functions/run-functions-from-deployment-package).
var premiumSettings = plan == 'flex'
  ? {}
  : {
      FUNCTIONS_EXTENSION_VERSION: '~4'
      FUNCTIONS_WORKER_RUNTIME: 'node'
      WEBSITE_RUN_FROM_PACKAGE: '${storage.packageContainerUrl}/gatehouse.zip'
      WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID: identity.id
    }

var secretSettings = mapValues(secretUris, uri => '@Microsoft.KeyVault(SecretUri=${uri})')
var settings = union(commonSettings, schedulerSettings, entraSettings, premiumSettings, secretSettings)
var appSettings = map(items(settings), setting => { name: setting.key, value: setting.value })

resource farm 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: '${name}-plan'
  location: location
  tags: tags
  kind: plan == 'flex' ? 'functionapp' : 'elastic'
  sku: plan == 'flex' ? { name: 'FC1', tier: 'FlexConsumption' } : { name: 'EP1', tier: 'ElasticPremium' }
  properties: { reserved: true, maximumElasticWorkerCount: plan == 'flex' ? null : min(maximumInstances, 20) }
}

resource site 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  // azd finds the app of the service `app` (azure.yaml) by this tag.
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    serverFarmId: farm.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identity.id
    virtualNetworkSubnetId: subnetId
    // Flex Consumption sends everything through the network by itself.
    outboundVnetRouting: plan == 'flex' ? null : { allTraffic: true }
    siteConfig: union(
      { appSettings: appSettings, http20Enabled: true, minTlsVersion: '1.2', scmMinTlsVersion: '1.2' },
      plan == 'flex'
        ? {}
        : {
            ftpsState: 'Disabled'
            functionsRuntimeScaleMonitoringEnabled: true
            healthCheckPath: '/api/health'
            linuxFxVersion: 'NODE|24'
            minimumElasticInstanceCount: 1
            use32BitWorkerProcess: false
          }
    )
    functionAppConfig: plan == 'premium'
      ? null
      : {
          deployment: {
            storage: {
              type: 'blobContainer'
              value: storage.packageContainerUrl
              authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id }
            }
          }
          runtime: { name: 'node', version: '24' }
          scaleAndConcurrency: { instanceMemoryMB: 2048, maximumInstanceCount: maximumInstances }
        }
  }

  // Nobody deploys with a password.
  resource scmPassword 'basicPublishingCredentialsPolicies' = { name: 'scm', properties: { allow: false } }
  resource ftpPassword 'basicPublishingCredentialsPolicies' = { name: 'ftp', properties: { allow: false } }

  resource authentication 'config' = if (authMode == 'entra') {
    name: 'authsettingsV2'
    properties: {
      platform: { enabled: true }
      globalValidation: {
        requireAuthentication: true
        // 401 rather than a redirect: most callers are programs. People sign in at /.auth/login/aad.
        unauthenticatedClientAction: 'Return401'
        // Health tells states only. Event Grid comes with the key of its extension, which the host checks; the webhooks of
        // Durable Functions are not among these: its client reaches them inside the instance.
        excludedPaths: ['/api/health', '/api/ui', '/runtime/webhooks/eventgrid', '/runtime/webhooks/EventGrid']
      }
      httpSettings: { requireHttps: true }
      identityProviders: {
        azureActiveDirectory: {
          enabled: true
          registration: {
            clientId: entraClientId == ''
              ? fail('authMode entra needs entraClientId: the client id of the app registration.')
              : entraClientId
            clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'
            openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
          }
          validation: { allowedAudiences: ['api://${entraClientId}', entraClientId] }
        }
      }
      login: { tokenStore: { enabled: false } }
    }
  }
}

output id string = site.id
output endpoint string = 'https://${site.properties.defaultHostName}'
