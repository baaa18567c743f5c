// The parameters, from the environment: `azd env set NAME value`, or the shell's own variables with az. docs/deploy.md lists them.
using 'main.bicep'

param name = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
param resourceGroupName = readEnvironmentVariable('GATEHOUSE_GROUP', '${readEnvironmentVariable('AZURE_ENV_NAME')}-gatehouse-rg')
param plan = readEnvironmentVariable('GATEHOUSE_PLAN', 'flex')
param maximumInstances = int(readEnvironmentVariable('GATEHOUSE_MAXIMUM_INSTANCES', '40'))
param allowedScopes = filter(split(readEnvironmentVariable('GATEHOUSE_ALLOWED_SCOPES', ''), ','), scope => scope != '')
param access = readEnvironmentVariable('GATEHOUSE_ACCESS', 'create')
param authMode = readEnvironmentVariable('GATEHOUSE_AUTH', 'keys')
param entraClientId = readEnvironmentVariable('GATEHOUSE_ENTRA_CLIENT_ID', '')
param backend = readEnvironmentVariable('GATEHOUSE_BACKEND', 'storage')
param addressSpace = readEnvironmentVariable('GATEHOUSE_ADDRESS_SPACE', '10.255.255.0/26')
param privateEndpoints = bool(readEnvironmentVariable('GATEHOUSE_PRIVATE_ENDPOINTS', 'false'))
param storageRedundancy = readEnvironmentVariable('GATEHOUSE_STORAGE_REDUNDANCY', 'Standard_LRS')
param alertEmail = readEnvironmentVariable('GATEHOUSE_ALERT_EMAIL', '')
param logRetentionDays = int(readEnvironmentVariable('GATEHOUSE_LOG_DAYS', '30'))
param logDailyCapGigabytes = int(readEnvironmentVariable('GATEHOUSE_LOG_CAP', '1'))
