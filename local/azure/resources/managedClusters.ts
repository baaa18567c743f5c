import { randomUUID } from 'node:crypto';
import { aksError } from '../errors.ts';
import {
  compact,
  isObject,
  objectAt,
  objectsAt,
  omit,
  sameJson,
  stringAt,
  stringsAt,
  asText,
  type JsonObject,
} from '../json.ts';
import { parseRange, canonicalText } from '../ipv4.ts';
import type { LatencyKind } from '../latencies.ts';
import { groupId, groupOf } from '../resourceId.ts';
import type { Change, Resource } from '../store.ts';
import { fullVersion } from './kubernetesVersions.ts';
import { checkCluster } from './managedClusterChecks.ts';
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
      ...compact({ eTag: write.before?.['eTag'], kind: write.before?.['kind'] ?? 'Base', tags: write.sent['tags'] }),
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
    const { identityProfile, also } = nodeResources(body, world);
    return { body: { ...body, properties: { ...properties, agentPoolProfiles: pools, identityProfile } }, also };
  },
  deleteKind: () => 'managedClusters.delete',
  belongings: ({ id, body }) => [
    groupId(id.split('/')[2] ?? '', stringAt(body, 'properties', 'nodeResourceGroup') ?? ''),
  ],
};

/** What was sent with the defaults of AKS, and what only AKS says kept from before. */
function fillProperties(write: Write): JsonObject {
  const sent = objectAt(write.sent, 'properties');
  const before = objectAt(write.before, 'properties');
  const version = fullVersion(stringAt(sent, 'kubernetesVersion') || (stringAt(before, 'kubernetesVersion') ?? ''));
  const dnsPrefix = stringAt(before, 'dnsPrefix') ?? stringAt(sent, 'dnsPrefix') ?? write.name;
  const access = accessProfile(objectAt(sent, 'apiServerAccessProfile'));
  const network = networkProfile(objectAt(sent, 'networkProfile'), before);
  return compact({
    ...omit(sent, 'apiServerAccessProfile', 'privateLinkResources'),
    provisioningState: before['provisioningState'],
    powerState: { code: 'Running' },
    kubernetesVersion: version,
    currentKubernetesVersion: version,
    dnsPrefix,
    ...hostNames(write, dnsPrefix, before, access),
    agentPoolProfiles: objectsAt(sent, 'agentPoolProfiles').map((pool) => fillPool(pool, version, network, before)),
    servicePrincipalProfile: sent['servicePrincipalProfile'] ?? { clientId: 'msi' },
    nodeResourceGroup:
      before['nodeResourceGroup'] ??
      (stringAt(sent, 'nodeResourceGroup') || `MC_${groupOf(write.id)}_${write.name}_${write.location}`),
    enableRBAC: sent['enableRBAC'] ?? true,
    supportPlan: sent['supportPlan'] ?? 'KubernetesOfficial',
    networkProfile: network,
    maxAgentPools: 100,
    apiServerAccessProfile: access,
    identityProfile: before['identityProfile'],
    autoUpgradeProfile: sent['autoUpgradeProfile'] ?? { nodeOSUpgradeChannel: 'NodeImage' },
    disableLocalAccounts: sent['disableLocalAccounts'] ?? false,
    securityProfile: sent['securityProfile'] ?? {},
    storageProfile: {
      diskCSIDriver: { enabled: true },
      fileCSIDriver: { enabled: true },
      snapshotController: { enabled: true },
      ...objectAt(sent, 'storageProfile'),
    },
    oidcIssuerProfile: sent['oidcIssuerProfile'] ?? { enabled: false },
    workloadAutoScalerProfile: sent['workloadAutoScalerProfile'] ?? {},
    resourceUID: before['resourceUID'] ?? randomUUID().replaceAll('-', '').slice(0, 24),
  });
}

/** Plain addresses become /32; a profile that says nothing is left out, as AKS does when the ranges are emptied. */
function accessProfile(sent: JsonObject): JsonObject | undefined {
  const ranges = stringsAt(sent, 'authorizedIPRanges').map((text) => {
    const range = parseRange(text);
    return range !== undefined && !text.includes('/') ? canonicalText(range) : text;
  });
  const profile = compact({ ...sent, authorizedIPRanges: ranges.length === 0 ? undefined : ranges });
  const privateCluster = profile['enablePrivateCluster'] === true;
  const filled = privateCluster
    ? { privateDNSZone: 'system', enablePrivateClusterPublicFQDN: true, ...profile }
    : profile;
  return Object.keys(filled).length === 0 ? undefined : filled;
}

function hostNames(write: Write, dnsPrefix: string, before: JsonObject, access: JsonObject | undefined): JsonObject {
  const known = {
    fqdn: before['fqdn'],
    azurePortalFQDN: before['azurePortalFQDN'],
    privateFQDN: before['privateFQDN'],
  };
  if (Object.values(known).some((name) => name !== undefined)) return compact(known);
  const mark = Math.floor(write.world.fraction('fqdn', write.id.toLowerCase()) * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
  const host = `${dnsPrefix}-${mark}`;
  const names = {
    fqdn: `${host}.hcp.${write.location}.azmk8s.io`,
    azurePortalFQDN: `${host}.portal.hcp.${write.location}.azmk8s.io`,
  };
  return access?.['enablePrivateCluster'] === true
    ? { ...names, privateFQDN: `${host}.${randomUUID()}.privatelink.${write.location}.azmk8s.io` }
    : names;
}

function networkProfile(sent: JsonObject, before: JsonObject): JsonObject {
  const known = objectAt(before, 'networkProfile');
  const plugin = stringAt(sent, 'networkPlugin') ?? stringAt(known, 'networkPlugin') ?? 'azure';
  const overlay = (sent['networkPluginMode'] ?? known['networkPluginMode']) === 'overlay';
  const serviceCidr = sent['serviceCidr'] ?? known['serviceCidr'] ?? '10.0.0.0/16';
  const outboundType = sent['outboundType'] ?? known['outboundType'] ?? 'loadBalancer';
  const podCidr =
    sent['podCidr'] ?? known['podCidr'] ?? (plugin === 'kubenet' || overlay ? '10.244.0.0/16' : undefined);
  return compact({
    ...known,
    ...sent,
    networkPlugin: plugin,
    networkDataplane: sent['networkDataplane'] ?? known['networkDataplane'] ?? 'azure',
    loadBalancerSku: sent['loadBalancerSku'] ?? known['loadBalancerSku'] ?? 'standard',
    loadBalancerProfile:
      sent['loadBalancerProfile'] ??
      known['loadBalancerProfile'] ??
      (outboundType === 'loadBalancer' ? { managedOutboundIPs: { count: 1 } } : undefined),
    podCidr,
    podCidrs: podCidr === undefined ? undefined : [podCidr],
    serviceCidr,
    serviceCidrs: [serviceCidr],
    dnsServiceIP: sent['dnsServiceIP'] ?? known['dnsServiceIP'] ?? '10.0.0.10',
    outboundType,
    ipFamilies: sent['ipFamilies'] ?? known['ipFamilies'] ?? ['IPv4'],
  });
}

function fillPool(pool: JsonObject, version: string, network: JsonObject, before: JsonObject): JsonObject {
  const known = objectsAt(before, 'agentPoolProfiles').find((other) => other['name'] === pool['name']);
  const manyPods = network['networkPlugin'] === 'kubenet' || network['networkPluginMode'] === 'overlay';
  const orchestratorVersion = fullVersion(stringAt(pool, 'orchestratorVersion') || version);
  return compact({
    ...pool,
    count: pool['count'] ?? 1,
    osDiskSizeGB: pool['osDiskSizeGB'] || 128,
    osDiskType: pool['osDiskType'] ?? 'Managed',
    kubeletDiskType: pool['kubeletDiskType'] ?? 'OS',
    maxPods: pool['maxPods'] ?? (manyPods ? (network['networkPlugin'] === 'kubenet' ? 110 : 250) : 30),
    type: pool['type'] ?? 'VirtualMachineScaleSets',
    scaleDownMode: pool['scaleDownMode'] ?? 'Delete',
    powerState: { code: 'Running' },
    orchestratorVersion,
    currentOrchestratorVersion: orchestratorVersion,
    enableNodePublicIP: pool['enableNodePublicIP'] ?? false,
    mode: pool['mode'] ?? 'System',
    osType: pool['osType'] ?? 'Linux',
    osSKU: pool['osSKU'] ?? 'Ubuntu',
    nodeImageVersion: known?.['nodeImageVersion'] ?? 'AKSUbuntu-2204gen2containerd-202601.13.0',
    upgradeSettings: { maxSurge: '10%', maxUnavailable: '0', ...objectAt(pool, 'upgradeSettings') },
  });
}

/** A system-assigned identity's principal exists as soon as the PUT is accepted; a user-assigned one's before. */
function identityOf(write: Write): JsonObject | undefined {
  const sent = objectAt(write.sent, 'identity');
  const before = objectAt(write.before, 'identity');
  if (sent['type'] === 'SystemAssigned') {
    return {
      type: 'SystemAssigned',
      principalId: before['principalId'] ?? randomUUID(),
      tenantId: write.world.tenantId,
    };
  }
  if (sent['type'] !== 'UserAssigned') return undefined;
  const identities = Object.keys(objectAt(sent, 'userAssignedIdentities')).map((id) => {
    const properties = objectAt(write.world.find(id)?.body, 'properties');
    return [id, { clientId: properties['clientId'], principalId: properties['principalId'] }];
  });
  return { type: 'UserAssigned', userAssignedIdentities: Object.fromEntries(identities) as JsonObject };
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
