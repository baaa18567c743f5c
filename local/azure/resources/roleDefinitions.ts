import type { JsonObject } from '../json.ts';

/** Built-in roles that networks and clusters are usually given. */
const builtIn: Readonly<Record<string, { name: string; actions: readonly string[]; notActions?: readonly string[] }>> =
  {
    Owner: { name: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', actions: ['*'] },
    Contributor: {
      name: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
      actions: ['*'],
      notActions: ['Microsoft.Authorization/*/Delete', 'Microsoft.Authorization/*/Write'],
    },
    Reader: { name: 'acdd72a7-3385-48ef-bd42-f606fba81ae7', actions: ['*/read'] },
    'User Access Administrator': {
      name: '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
      actions: ['*/read', 'Microsoft.Authorization/*'],
    },
    'Network Contributor': {
      name: '4d97b98b-1d4f-4787-a291-c67834d212e7',
      actions: ['Microsoft.Authorization/*/read', 'Microsoft.Network/*', 'Microsoft.Resources/deployments/*'],
    },
    'Managed Identity Operator': {
      name: 'f1a07417-d97a-45cb-824c-7a7467783830',
      actions: [
        'Microsoft.ManagedIdentity/userAssignedIdentities/*/read',
        'Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action',
      ],
    },
    'Azure Kubernetes Service Cluster User Role': {
      name: '4abbcc35-e782-43d8-92c5-2d3f1bd2253f',
      actions: [
        'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action',
        'Microsoft.ContainerService/managedClusters/read',
      ],
    },
    'Azure Kubernetes Service RBAC Reader': {
      name: '7f6c6a51-bcf8-42ba-9220-52d62157d7db',
      actions: ['Microsoft.Authorization/*/read', 'Microsoft.Resources/deployments/*'],
    },
    'Azure Kubernetes Service RBAC Cluster Admin': {
      name: 'b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b',
      actions: ['Microsoft.ContainerService/managedClusters/listClusterUserCredential/action'],
    },
  };

export function isBuiltInRole(name: string): boolean {
  return Object.values(builtIn).some((role) => role.name === name.toLowerCase());
}

/** Whether a built-in role (by its GUID) holds an action. */
export function roleHolds(name: string, action: string): boolean {
  const role = Object.values(builtIn).find((one) => one.name === name.toLowerCase());
  const matches = (pattern: string) =>
    new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`, 'i').test(action);
  return role !== undefined && role.actions.some(matches) && !(role.notActions ?? []).some(matches);
}

/** The roles, by an optional `$filter` of `roleName eq '…'`. */
export function listRoleDefinitions(subscription: string, filter: string | null): JsonObject {
  const wanted = /roleName\s+eq\s+'([^']*)'/i.exec(filter ?? '')?.[1];
  const value = Object.entries(builtIn)
    .filter(([roleName]) => wanted === undefined || wanted.toLowerCase() === roleName.toLowerCase())
    .map(([roleName, { name, actions, notActions = [] }]) => ({
      id: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${name}`,
      type: 'Microsoft.Authorization/roleDefinitions',
      name,
      properties: {
        roleName,
        type: 'BuiltInRole',
        description: '',
        assignableScopes: ['/'],
        permissions: [{ actions, notActions, dataActions: [], notDataActions: [] }],
      },
    }));
  return { value };
}
