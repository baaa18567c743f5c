import { v5 as uuidV5 } from 'uuid';
import { apiVersions } from '../model/apiVersions.ts';
import { controlPlaneOf } from '../model/controlPlane.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { isJsonObject, jsonAt, type JsonObject } from '../model/json.ts';
import { resourceIds } from '../model/names.ts';
import type { DesiredResource } from '../model/resource.ts';
import { tagged } from './resourceGroup.ts';

/** Built-in roles, the same GUIDs in every tenant. */
const NETWORK_CONTRIBUTOR = '4d97b98b-1d4f-4787-a291-c67834d212e7';
const MANAGED_IDENTITY_OPERATOR = 'f1a07417-d97a-45cb-824c-7a7467783830';
/** Reads what is in a cluster, its secrets left out. */
const CLUSTER_READER = '7f6c6a51-bcf8-42ba-9220-52d62157d7db';
const ROLE_ASSIGNMENT_NAMESPACE = 'b1f0a3de-5f6c-5d7e-8a55-2c6f3c1d9e40';

/** A user-assigned identity in the directory. */
export interface IdentityFacts {
  readonly clientId: string;
  readonly principalId: string;
}

/** Somebody of the directory whom roles are given to; managed identities are service principals. */
export interface Principal {
  readonly objectId: string;
  readonly type: 'ServicePrincipal' | 'User';
}

/** The identity that Gatehouse makes for the control plane; undefined where the spec asks for none. */
export function desiredIdentity(spec: EnvironmentSpec): DesiredResource | undefined {
  const controlPlane = controlPlaneOf(spec);
  if (controlPlane.kind !== 'user-assigned' || !controlPlane.isOurs) return undefined;
  return {
    kind: 'identity',
    id: controlPlane.id,
    apiVersion: apiVersions.managedIdentity,
    body: { ...tagged(spec) },
  };
}

/**
 * What a cluster says of who it acts as. The secret of a service principal is not part of it: it is added where the
 * cluster is created, and Azure never tells it again.
 */
export function clusterIdentity(
  spec: EnvironmentSpec,
  kubelet: IdentityFacts | undefined,
): { readonly identity?: JsonObject; readonly properties: JsonObject } {
  const controlPlane = controlPlaneOf(spec);
  const { kubeletIdentity } = spec.cluster;
  switch (controlPlane.kind) {
    case 'system-assigned':
      return { identity: { type: 'SystemAssigned' }, properties: {} };
    case 'service-principal':
      return { properties: { servicePrincipalProfile: { clientId: controlPlane.clientId } } };
    case 'user-assigned':
      return {
        identity: { type: 'UserAssigned', userAssignedIdentities: { [controlPlane.id]: {} } },
        properties:
          kubeletIdentity === undefined || kubelet === undefined
            ? {}
            : {
                identityProfile: {
                  kubeletidentity: {
                    resourceId: kubeletIdentity,
                    clientId: kubelet.clientId,
                    objectId: kubelet.principalId,
                  },
                },
              },
      };
  }
}

/** A desired cluster with the secret of its service principal, as its creation needs it. */
export function withSecret(cluster: DesiredResource, secret: string | undefined): DesiredResource {
  const properties = jsonAt(cluster.body, 'properties');
  const profile = jsonAt(properties, 'servicePrincipalProfile');
  if (secret === undefined || !isJsonObject(properties) || !isJsonObject(profile)) return cluster;
  return {
    ...cluster,
    body: { ...cluster.body, properties: { ...properties, servicePrincipalProfile: { ...profile, secret } } },
  };
}

/**
 * Network Contributor for the cluster's identity on its subnets and route table: it joins nodes and internal load balancers
 * to the former and reads the latter (with kubenet, writes it). Managed Identity Operator on the identity that the spec gives
 * to the nodes, which the control plane puts on them. `az aks create` assigns these by itself, the API does not.
 */
export function desiredRoleAssignments(spec: EnvironmentSpec, principalId: string): readonly DesiredResource[] {
  const { virtualNetwork, clusterSubnet, routeTable } = resourceIds(spec);
  const { ingressSubnet } = spec.network;
  const ingress = ingressSubnet === undefined ? [] : [`${virtualNetwork}/subnets/${ingressSubnet.name}`];
  const { kubeletIdentity } = spec.cluster;
  return [
    ...[clusterSubnet, routeTable, ...ingress].map((scope) =>
      roleAssignment(spec, scope, NETWORK_CONTRIBUTOR, principalId),
    ),
    ...(kubeletIdentity === undefined
      ? []
      : [roleAssignment(spec, kubeletIdentity, MANAGED_IDENTITY_OPERATOR, principalId)]),
  ];
}

/**
 * What the app itself needs to list services where Azure's roles say who may: Azure Kubernetes Service RBAC Reader on the
 * cluster. Undefined where the cluster lets the app in otherwise.
 */
export function desiredReaderRole(spec: EnvironmentSpec, app: Principal): DesiredResource | undefined {
  if (!needsReaderRole(spec)) return undefined;
  return roleAssignment(spec, resourceIds(spec).cluster, CLUSTER_READER, app.objectId, app.type);
}

/** Whether the app reads the cluster by a role in Azure. */
export const needsReaderRole = ({ cluster }: EnvironmentSpec): boolean => cluster.entra?.azureRbac === true;

/** The name is made from scope, role and principal, so that assigning twice is one assignment. */
function roleAssignment(
  spec: EnvironmentSpec,
  scope: string,
  role: string,
  principalId: string,
  principalType: Principal['type'] = 'ServicePrincipal',
): DesiredResource {
  const name = uuidV5(`${scope}|${role}|${principalId}`.toLowerCase(), ROLE_ASSIGNMENT_NAMESPACE);
  return {
    kind: 'roleAssignment',
    id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
    apiVersion: apiVersions.authorization,
    body: {
      properties: {
        roleDefinitionId: `/subscriptions/${spec.subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
        principalId,
        // Without it Azure looks the principal up in Entra, where a new one takes minutes to appear.
        principalType,
      },
    },
  };
}
