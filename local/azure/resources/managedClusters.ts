import { randomUUID } from 'node:crypto';
import { aksError } from '../errors.ts';
import {
  at,
  compact,
  isObject,
  objectAt,
  objectsAt,
  omit,
  sameJson,
  stringAt,
  asText,
  type JsonObject,
} from '../json.ts';
import type { LatencyKind } from '../latencies.ts';
import { groupId, groupOf } from '../resourceId.ts';
import type { Change, Resource } from '../store.ts';
import { checkCluster } from './managedClusterChecks.ts';
import { fillProperties, managementLink } from './managedClusterDefaults.ts';
import { managedClusterShape } from './managedClusterShape.ts';
import { nodeResources } from './nodeResources.ts';
import type { ResourceType, Write } from './resourceType.ts';

const TYPE = 'Microsoft.ContainerService/managedClusters';

export const managedClusters: ResourceType = {
  type: TYPE,
  shape: managedClusterShape,
  children: [],
  busy: 'OperationNotAllowed',
  checkName(name) {
    if (/^[A-Za-z0-9](?:[\w-]{0,61}[A-Za-z0-9])?$/.test(name)) return;
    throw aksError(
      400,
      'InvalidParameter',
      `The value of parameter name is invalid: '${name}'. It must be 1–63 letters, digits, '_' and '-', and start and end with a letter or digit.`,
      'name',
    );
  },
  plan(write) {
    const properties = fillProperties(write);
    checkCluster(write, properties);
    const kind = latencyKind(write.before, properties);
    const body = {
      id: write.id.replace('/resourceGroups/', '/resourcegroups/'),
      location: write.location,
      name: write.name,
      // AKS spells its own type with a capital M.
      type: 'Microsoft.ContainerService/ManagedClusters',
      ...compact({
        eTag: write.before?.['eTag'],
        kind: 'Base',
        ...omit(write.sent, 'id', 'name', 'type', 'eTag', 'location'),
      }),
      properties,
      identity: identityOf(write),
      sku: { name: 'Base', tier: 'Free', ...objectAt(write.sent, 'sku') },
    };
    const states = {
      'managedClusters.create': 'Creating',
      'managedClusters.update': scaled(write.before, properties) ? 'Scaling' : 'Updating',
    };
    const provisioningState =
      kind === 'managedClusters.create' || kind === 'managedClusters.update' ? states[kind] : 'Updating';
    const pools = objectsAt(properties, 'agentPoolProfiles').map((pool) => ({ ...pool, provisioningState }));
    return {
      body: { ...body, properties: { ...properties, agentPoolProfiles: pools } },
      kind,
      provisioningState,
      also: write.before === undefined ? beginnings(write, body) : [],
    };
  },
  complete(body, world) {
    const properties = objectAt(body, 'properties');
    const pools = objectsAt(properties, 'agentPoolProfiles').map((pool) => ({
      ...pool,
      provisioningState: 'Succeeded',
    }));
    const { identityProfile, networkProfile, also } = nodeResources(body, world);
    const finished = { ...properties, agentPoolProfiles: pools, identityProfile, networkProfile };
    return { body: { ...body, properties: compact({ ...finished, privateLinkResources: linksOf(body) }) }, also };
  },
  deleteKind: () => 'managedClusters.delete',
  belongings: ({ id, body }) => [
    groupId(id.split('/')[2] ?? '', stringAt(body, 'properties', 'nodeResourceGroup') ?? ''),
  ],
};

function linksOf(cluster: JsonObject): JsonObject[string] {
  if (at(cluster, 'properties', 'privateLinkResources') === undefined) return undefined;
  return [{ id: `${asText(cluster['id'])}/privateLinkResources/management`, ...managementLink }];
}

/** A system-assigned identity's principal exists as soon as the PUT is accepted; a user-assigned one's before. */
function identityOf(write: Write): JsonObject | undefined {
  const sent = objectAt(write.sent, 'identity');
  const before = objectAt(write.before, 'identity');
  if (sent['type'] === 'SystemAssigned') {
    return {
      ...sent,
      principalId: before['principalId'] ?? randomUUID(),
      tenantId: write.world.tenantId,
    };
  }
  if (sent['type'] !== 'UserAssigned') return undefined;
  const identities = Object.keys(objectAt(sent, 'userAssignedIdentities')).map((id) => {
    const properties = objectAt(write.world.find(id)?.body, 'properties');
    return [id, { clientId: properties['clientId'], principalId: properties['principalId'] }];
  });
  return {
    ...omit(sent, 'principalId', 'tenantId'),
    userAssignedIdentities: Object.fromEntries(identities) as JsonObject,
  };
}

/** What exists from the moment the cluster is accepted: its principal and its node resource group. */
function beginnings(write: Write, body: JsonObject): readonly Change[] {
  const group = asText(objectAt(body, 'properties')['nodeResourceGroup']);
  const subscription = write.id.split('/')[2] ?? '';
  const id = groupId(subscription, group);
  const existing = write.world.find(id);
  if (existing !== undefined) {
    throw aksError(
      400,
      'NodeResourceGroupAlreadyExists',
      `The node resource group ${group} already exists. Please choose another name.`,
      'nodeResourceGroup',
    );
  }
  const resource: Resource = {
    id,
    type: 'Microsoft.Resources/resourceGroups',
    body: {
      id,
      name: group,
      type: 'Microsoft.Resources/resourceGroups',
      location: write.location,
      managedBy: write.id,
      tags: { 'aks-managed-cluster-name': write.name, 'aks-managed-cluster-rg': groupOf(write.id) },
      properties: { provisioningState: 'Succeeded' },
    },
  };
  const principal = stringAt(body, 'identity', 'principalId');
  return [
    ['resources', id.toLowerCase(), resource],
    ...(principal === undefined ? [] : [['principals', principal, write.world.now] as const]),
  ];
}

/** Changed authorized ranges alone are the fastest update; a changed node count is a scaling. */
function latencyKind(before: JsonObject | undefined, after: JsonObject): LatencyKind {
  if (before === undefined) return 'managedClusters.create';
  const properties = objectAt(before, 'properties');
  const names = [...new Set([...Object.keys(properties), ...Object.keys(after)])];
  const changed = names.filter((name) => !sameJson(settled(properties[name]), settled(after[name])));
  return changed.length === 1 && changed[0] === 'apiServerAccessProfile'
    ? 'managedClusters.authorizedRanges'
    : 'managedClusters.update';
}

function settled(value: JsonObject[string]): JsonObject[string] {
  return Array.isArray(value)
    ? value.map((element: JsonObject[string]) =>
        isObject(element) ? omit(element, 'provisioningState') : (element ?? null),
      )
    : value;
}

function scaled(before: JsonObject | undefined, after: JsonObject): boolean {
  const counts = (properties: JsonObject) =>
    objectsAt(properties, 'agentPoolProfiles').map((pool) => [pool['name'] ?? '', pool['count'] ?? 0]);
  return before !== undefined && !sameJson(counts(objectAt(before, 'properties')), counts(after));
}
