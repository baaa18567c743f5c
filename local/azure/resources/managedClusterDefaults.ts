import { clusterDomain } from '../clouds.ts';
import { randomUUID } from 'node:crypto';
import { compact, isObject, objectAt, objectsAt, omit, stringAt, stringsAt, type JsonObject } from '../json.ts';
import { canonicalText, parseRange } from '../ipv4.ts';
import { groupOf } from '../resourceId.ts';
import { fullVersion } from './kubernetesVersions.ts';
import type { Write } from './resourceType.ts';

/** What was sent with the defaults of AKS, and what only AKS says kept from before. */
export function fillProperties(write: Write): JsonObject {
  const sent = objectAt(write.sent, 'properties');
  const before = objectAt(write.before, 'properties');
  const version = fullVersion(stringAt(sent, 'kubernetesVersion') || (stringAt(before, 'kubernetesVersion') ?? ''));
  const dnsPrefix = stringAt(before, 'dnsPrefix') ?? stringAt(sent, 'dnsPrefix') ?? write.name;
  const access = accessProfile(objectAt(sent, 'apiServerAccessProfile'));
  const network = networkProfile(objectAt(sent, 'networkProfile'), before);
  return compact({
    ...omit(sent, 'apiServerAccessProfile', 'privateLinkResources', 'addonProfiles'),
    aadProfile: aadProfile(write, sent),
    addonProfiles: addons(sent),
    privateLinkResources: access?.['enablePrivateCluster'] === true ? [managementLink] : undefined,
    provisioningState: before['provisioningState'],
    powerState: { code: 'Running' },
    kubernetesVersion: version,
    currentKubernetesVersion: version,
    dnsPrefix,
    ...hostNames(write, dnsPrefix, before, access),
    agentPoolProfiles: objectsAt(sent, 'agentPoolProfiles').map((pool) => fillPool(pool, version, network, before)),
    // The secret is never told again.
    servicePrincipalProfile: { clientId: 'msi', ...omit(objectAt(sent, 'servicePrincipalProfile'), 'secret') },
    nodeResourceGroup:
      before['nodeResourceGroup'] ??
      (stringAt(sent, 'nodeResourceGroup') || `MC_${groupOf(write.id)}_${write.name}_${write.location}`),
    enableRBAC: sent['enableRBAC'] ?? true,
    supportPlan: sent['supportPlan'] ?? 'KubernetesOfficial',
    networkProfile: network,
    maxAgentPools: 100,
    apiServerAccessProfile: access,
    identityProfile: before['identityProfile'] ?? sent['identityProfile'],
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
  const domain = clusterDomain(write.location);
  const names = {
    fqdn: `${host}.hcp.${domain}`,
    azurePortalFQDN: `${host}.portal.hcp.${domain}`,
  };
  return access?.['enablePrivateCluster'] === true
    ? { ...names, privateFQDN: `${host}.${randomUUID()}.privatelink.${domain}` }
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
    loadBalancerSku: loadBalancerSku(sent, known),
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

/** How the API server of a private cluster is reached; it has an id once it exists. */
export const managementLink: JsonObject = {
  name: 'management',
  type: 'Microsoft.ContainerService/managedClusters/privateLinkResources',
  groupId: 'management',
  requiredMembers: ['management'],
};

function addons(sent: JsonObject): JsonObject | undefined {
  if (sent['addonProfiles'] === undefined) return undefined;
  const profiles = Object.entries(objectAt(sent, 'addonProfiles'));
  return Object.fromEntries(
    profiles.map(([name, profile]) => [name, { config: null, ...(isObject(profile) ? profile : {}) }]),
  );
}

/** Managed integration has nothing of the user's own but groups. */
function aadProfile(write: Write, sent: JsonObject): JsonObject | undefined {
  if (!isObject(sent['aadProfile'])) return undefined;
  return { adminUsers: null, enableAzureRBAC: false, tenantID: write.world.tenantId, ...sent['aadProfile'] };
}

/** A change of case is none: a finished cluster says `Standard`, whatever it was sent. */
function loadBalancerSku(sent: JsonObject, known: JsonObject): string {
  const before = stringAt(known, 'loadBalancerSku');
  const wanted = stringAt(sent, 'loadBalancerSku') ?? before ?? 'standard';
  return before?.toLowerCase() === wanted.toLowerCase() ? before : wanted;
}

function fillPool(pool: JsonObject, version: string, network: JsonObject, before: JsonObject): JsonObject {
  const known = objectsAt(before, 'agentPoolProfiles').find((other) => other['name'] === pool['name']);
  const manyPods = network['networkPlugin'] === 'kubenet' || network['networkPluginMode'] === 'overlay';
  const orchestratorVersion = fullVersion(stringAt(pool, 'orchestratorVersion') || version);
  return compact({
    nodeLabels: {},
    // What goes without saying isn't said.
    ...(pool['scaleSetPriority'] === 'Regular' ? omit(pool, 'scaleSetPriority', 'scaleSetEvictionPolicy') : pool),
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
    osSKU: pool['osSKU'] ?? (pool['osType'] === 'Windows' ? 'Windows2022' : 'Ubuntu'),
    nodeImageVersion: known?.['nodeImageVersion'] ?? 'AKSUbuntu-2204gen2containerd-202601.13.0',
    upgradeSettings: { maxSurge: '10%', maxUnavailable: '0', ...objectAt(pool, 'upgradeSettings') },
  });
}
