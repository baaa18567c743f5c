import { matchesAction } from '../authorization/actionPattern.ts';
import type { Azure } from '../azure.ts';
import { ArmError } from '../errors.ts';
import type { Answer } from '../http.ts';
import { objectAt, objectsAt, stringAt, stringsAt, type JsonObject } from '../json.ts';
import { sameId } from '../resourceId.ts';
import type { Store } from '../store.ts';

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

/** Whether a built-in role (by its GUID) holds an action. */
export function roleHolds(name: string, action: string): boolean {
  const role = Object.values(builtIn).find((one) => one.name === name.toLowerCase());
  const matches = (pattern: string) => matchesAction(pattern, action);
  return role !== undefined && role.actions.some(matches) && !(role.notActions ?? []).some(matches);
}

/** A role by its GUID, built-in or custom, as it reads at a subscription; undefined where there is none. */
export function roleDefinition(store: Store, name: string, subscription = ''): JsonObject | undefined {
  return (
    store.roleDefinitions.get(name.toLowerCase()) ??
    builtInRoles(subscription).find((role) => role['name'] === name.toLowerCase())
  );
}

/** The roles, by an optional `$filter` of `roleName eq '…'`. */
export function listRoleDefinitions(store: Store, subscription: string, filter: string | null): JsonObject {
  const wanted = /roleName\s+eq\s+'([^']*)'/i.exec(filter ?? '')?.[1];
  const value = [...builtInRoles(subscription), ...store.roleDefinitions.values()].filter(
    (role) => wanted === undefined || sameId(roleNameOf(role), wanted),
  );
  return { value };
}

/** Creates or replaces a custom role of a subscription: https://learn.microsoft.com/azure/role-based-access-control/custom-roles (of 2025-03). */
export function putRoleDefinition(azure: Azure, subscription: string, name: string, sent: JsonObject): Answer {
  const properties = objectAt(sent, 'properties');
  const roleName = stringAt(properties, 'roleName') ?? '';
  if (roleName === '' || stringsAt(properties, 'assignableScopes').length === 0) {
    throw new ArmError(
      400,
      'InvalidRoleDefinition',
      'A role definition needs roleName, permissions and assignableScopes.',
    );
  }
  if (isBuiltIn(name)) {
    throw new ArmError(400, 'RoleDefinitionCannotBeUpdated', `The built-in role '${name}' can't be changed.`);
  }
  const permissions = objectsAt(properties, 'permissions');
  const actions = permissions.flatMap((one) => [...stringsAt(one, 'actions'), ...stringsAt(one, 'notActions')]);
  const strange = actions.find((action) => !/^(?:\*|Microsoft\.[A-Za-z]+)(?:\/[A-Za-z*]+)+$|^\*$/.test(action));
  if (strange !== undefined) {
    throw new ArmError(
      400,
      'InvalidActionOrNotAction',
      `'${strange}' does not match any of the actions supported by the providers.`,
    );
  }
  const other = [...azure.store.roleDefinitions.values()].find(
    (role) => role['name'] !== name.toLowerCase() && sameId(roleNameOf(role), roleName),
  );
  if (other !== undefined) {
    throw new ArmError(
      409,
      'RoleDefinitionWithSameNameExists',
      `A custom role with the same name already exists in this directory. Use a different name: '${roleName}'.`,
    );
  }
  const role = shown(subscription, name.toLowerCase(), { ...properties, type: 'CustomRole' });
  azure.store.commit([['roleDefinitions', name.toLowerCase(), role]]);
  return { status: 201, body: role };
}

const isBuiltIn = (name: string): boolean => Object.values(builtIn).some((role) => role.name === name.toLowerCase());

const roleNameOf = (role: JsonObject): string => stringAt(role, 'properties', 'roleName') ?? '';

function builtInRoles(subscription: string): readonly JsonObject[] {
  return Object.entries(builtIn).map(([roleName, { name, actions, notActions = [] }]) =>
    shown(subscription, name, {
      roleName,
      type: 'BuiltInRole',
      description: '',
      assignableScopes: ['/'],
      permissions: [{ actions, notActions, dataActions: [], notDataActions: [] }],
    }),
  );
}

const shown = (subscription: string, name: string, properties: JsonObject): JsonObject => ({
  id: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${name}`,
  type: 'Microsoft.Authorization/roleDefinitions',
  name,
  properties,
});
