import { principalOf } from '../auth.ts';
import { aksError } from '../errors.ts';
import { at, objectAt, objectsAt, stringAt, stringsAt, type JsonObject } from '../json.ts';
import { subnetOf } from './managedClusterNetworkChecks.ts';
import type { Write } from './resourceType.ts';
import { mayDo } from './rights.ts';

/** Who a cluster acts as has to exist, and to be allowed what AKS does in its name. */
export function checkIdentity(write: Write, properties: JsonObject): void {
  checkServicePrincipal(write, properties);
  for (const id of Object.keys(objectAt(write.sent, 'identity', 'userAssignedIdentities'))) {
    if (write.world.find(id) !== undefined) continue;
    throw aksError(
      400,
      'ResourceNotFound',
      `The user assigned identity ${id} was not found.`,
      'identity.userAssignedIdentities',
    );
  }
  checkRouteTable(write, properties);
  checkKubeletIdentity(write);
  checkEntra(write, properties);
}

/** A secret is sent with the creation, and never answered. */
function checkServicePrincipal(write: Write, properties: JsonObject): void {
  const hasIdentity = stringAt(write.sent, 'identity', 'type') !== undefined;
  const clientId = stringAt(properties, 'servicePrincipalProfile', 'clientId') ?? 'msi';
  if (clientId === 'msi') {
    if (hasIdentity) return;
    throw aksError(400, 'InvalidParameter', 'Either an identity or a service principal must be given.', 'identity');
  }
  const secret = stringAt(write.sent, 'properties', 'servicePrincipalProfile', 'secret');
  if (write.before === undefined && (secret === undefined || secret === '')) {
    throw aksError(
      400,
      'InvalidParameter',
      'Required parameter servicePrincipalProfile.secret is missing (null).',
      'servicePrincipalProfile.secret',
    );
  }
}

/** The principal of the control plane; undefined while AKS has yet to make it. */
function principalOfCluster(write: Write, properties: JsonObject): string | undefined {
  const [identity] = Object.keys(objectAt(write.sent, 'identity', 'userAssignedIdentities'));
  if (identity !== undefined) return stringAt(write.world.find(identity)?.body, 'properties', 'principalId');
  const clientId = stringAt(properties, 'servicePrincipalProfile', 'clientId') ?? 'msi';
  return clientId === 'msi' ? undefined : principalOf(clientId);
}

/** With kubenet AKS writes the pods' routes into the subnet's table, if there is one. */
function checkRouteTable(write: Write, properties: JsonObject): void {
  if (stringAt(properties, 'networkProfile', 'networkPlugin') !== 'kubenet') return;
  for (const pool of objectsAt(properties, 'agentPoolProfiles')) {
    const subnet = subnetOf(write.world, stringAt(pool, 'vnetSubnetID') ?? '');
    const table = stringAt(subnet, 'properties', 'routeTable', 'id');
    if (table === undefined) continue;
    const principal = principalOfCluster(write, properties);
    if (principal === undefined) {
      throw aksError(
        400,
        'CustomRouteTableWithUnsupportedMSIType',
        'Clusters using managed identity type SystemAssigned do not support bringing your own route table. Please see https://aka.ms/aks/customrt for more information',
      );
    }
    const allowed = ['read', 'write'].every((verb) =>
      mayDo(write.world, principal, `Microsoft.Network/routeTables/${verb}`, table),
    );
    if (allowed) continue;
    throw aksError(
      400,
      'CustomRouteTableMissingPermission',
      `Managed identity or service principle must be given permission to read and write to custom route table ${table}. Please see https://aka.ms/aks/customrt for more information`,
    );
  }
}

/** An identity of one's own for the nodes: the control plane puts it on them. */
function checkKubeletIdentity(write: Write): void {
  const kubelet = stringAt(write.sent, 'properties', 'identityProfile', 'kubeletidentity', 'resourceId');
  // Whoever updates a cluster sends back the identity that it has, be it the one that AKS has made.
  if (kubelet === undefined || write.before !== undefined) return;
  const [identity] = Object.keys(objectAt(write.sent, 'identity', 'userAssignedIdentities'));
  if (identity === undefined) {
    throw aksError(
      400,
      'CustomKubeletIdentityOnlySupportedOnUserAssignedMSICluster',
      'Custom kubelet identity is only supported on user assigned MSI cluster.',
    );
  }
  if (write.world.find(kubelet) === undefined) {
    throw aksError(400, 'ResourceNotFound', `The user assigned identity ${kubelet} was not found.`, 'identityProfile');
  }
  const principal = stringAt(write.world.find(identity)?.body, 'properties', 'principalId') ?? '';
  const action = 'Microsoft.ManagedIdentity/userAssignedIdentities/kubelet/assign/action';
  if (mayDo(write.world, principal, action, kubelet)) return;
  throw aksError(
    400,
    'CustomKubeletIdentityMissingPermissionError',
    `The cluster user assigned identity must be given permission to assign kubelet identity ${kubelet}. Check access result not allowed for action Microsoft.ManagedIdentity/userAssignedIdentities/assign/action.`,
  );
}

/** Only managed integration can be had, which is never taken from a cluster again; local accounts go only with it. */
function checkEntra(write: Write, properties: JsonObject): void {
  const profile = objectAt(properties, 'aadProfile');
  const has = Object.keys(profile).length > 0;
  const refuse = (message: string, target: string) => aksError(400, 'InvalidParameter', message, target);
  if (!has && at(write.before, 'properties', 'aadProfile') !== undefined) {
    throw refuse('Disabling AAD integration of a managed cluster is not allowed.', 'aadProfile');
  }
  if (!has && properties['disableLocalAccounts'] === true) {
    throw refuse('Local accounts can be disabled only for AAD integrated clusters.', 'disableLocalAccounts');
  }
  if (!has) return;
  if (profile['managed'] !== true) {
    throw refuse('AAD legacy integration is deprecated: aadProfile.managed must be true.', 'aadProfile.managed');
  }
  for (const group of stringsAt(profile, 'adminGroupObjectIDs')) {
    if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(group)) continue;
    throw refuse(`The value '${group}' is not a valid object id.`, 'aadProfile.adminGroupObjectIDs');
  }
}
