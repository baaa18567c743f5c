import { ArmError } from '../errors.ts';

/**
 * Types that templates may hold, with API versions that Azure has: those of Gatehouse's own templates, as the Bicep CLI
 * 0.49.2 knows them (November 2026). Azure has many more; a type of another namespace is not judged right by this table.
 */
const versions: Readonly<Record<string, readonly string[]>> = {
  'Microsoft.Authorization/roleAssignments': ['2022-04-01'],
  'Microsoft.Authorization/roleDefinitions': ['2022-04-01'],
  'Microsoft.DurableTask/schedulers': ['2025-11-01', '2026-02-01'],
  'Microsoft.DurableTask/schedulers/taskHubs': ['2025-11-01', '2026-02-01'],
  'Microsoft.Insights/actionGroups': ['2023-01-01'],
  'Microsoft.Insights/components': ['2020-02-02'],
  'Microsoft.Insights/metricAlerts': ['2018-03-01', '2026-01-01'],
  'Microsoft.Insights/scheduledQueryRules': ['2023-12-01', '2026-03-01'],
  'Microsoft.Insights/workbooks': ['2023-06-01'],
  'Microsoft.ManagedIdentity/userAssignedIdentities': ['2023-01-31', '2024-11-30'],
  'Microsoft.Network/natGateways': ['2025-01-01', '2025-05-01'],
  'Microsoft.Network/networkSecurityGroups': ['2025-01-01', '2025-05-01'],
  'Microsoft.Network/privateDnsZones': ['2020-06-01', '2024-06-01'],
  'Microsoft.Network/privateDnsZones/virtualNetworkLinks': ['2020-06-01', '2024-06-01'],
  'Microsoft.Network/privateEndpoints': ['2025-01-01', '2025-05-01'],
  'Microsoft.Network/privateEndpoints/privateDnsZoneGroups': ['2025-01-01', '2025-05-01'],
  'Microsoft.Network/publicIPAddresses': ['2025-01-01', '2025-05-01'],
  'Microsoft.Network/virtualNetworks': ['2025-01-01', '2025-05-01'],
  'Microsoft.Network/virtualNetworks/subnets': ['2025-01-01', '2025-05-01'],
  'Microsoft.OperationalInsights/workspaces': ['2025-02-01', '2025-07-01'],
  'Microsoft.Resources/deployments': ['2022-09-01', '2025-04-01'],
  'Microsoft.Resources/resourceGroups': ['2025-04-01'],
  'Microsoft.Storage/storageAccounts': ['2025-06-01'],
  'Microsoft.Storage/storageAccounts/blobServices': ['2025-06-01'],
  'Microsoft.Storage/storageAccounts/blobServices/containers': ['2025-06-01'],
  'Microsoft.Storage/storageAccounts/managementPolicies': ['2025-06-01'],
  'Microsoft.Web/serverfarms': ['2024-11-01', '2025-03-01'],
  'Microsoft.Web/sites': ['2024-11-01', '2025-03-01'],
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': ['2024-11-01', '2025-03-01'],
  'Microsoft.Web/sites/config': ['2024-11-01', '2025-03-01'],
};

/** Throws what ARM says to a type that it doesn't know, or doesn't know in that version. */
export function requireKnownType(type: string, apiVersion: string): void {
  const sameType = ([known]: readonly [string, unknown]) => known.toLowerCase() === type.toLowerCase();
  const known = Object.entries(versions).find(sameType)?.[1];
  if (known?.includes(apiVersion) === true) return;
  const [namespace = '', ...rest] = type.split('/');
  const hasNamespace = Object.keys(versions).some((one) => one.toLowerCase().startsWith(`${namespace.toLowerCase()}/`));
  if (!hasNamespace)
    throw new ArmError(404, 'InvalidResourceNamespace', `The resource namespace '${namespace}' is invalid.`);
  if (known === undefined) {
    const message = `The resource type '${rest.join('/')}' could not be found in the namespace '${namespace}' for api version '${apiVersion}'.`;
    throw new ArmError(400, 'InvalidResourceType', message);
  }
  const message = `No registered resource provider found for API version '${apiVersion}' for type '${rest.join('/')}'. The supported api-versions are '${known.join(', ')}'.`;
  throw new ArmError(400, 'NoRegisteredProviderFound', message);
}
