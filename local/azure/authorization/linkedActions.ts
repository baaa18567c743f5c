import { isObject, type Json, type JsonObject } from '../json.ts';
import type { NeededAction } from './neededAction.ts';

/**
 * Where the body of a write refers to another resource, for which the writer needs an action too. ARM looks at the whole body of
 * each write, changed or not: who writes a resource back as it was read needs the actions of everything it refers to.
 */
interface LinkedAction {
  /** Of what is written; lower case. */
  readonly type: string;
  /** To the id: `[]` is each element of a list, `{}` each name in an object. Without one, the action is on what is written itself. */
  readonly path?: string;
  readonly action: string;
}

const JOIN = {
  subnet: 'Microsoft.Network/virtualNetworks/subnets/join/action',
  publicIp: 'Microsoft.Network/publicIPAddresses/join/action',
  publicIpPrefix: 'Microsoft.Network/publicIPPrefixes/join/action',
  policy: 'Microsoft.Network/firewallPolicies/join/action',
  routeTable: 'Microsoft.Network/routeTables/join/action',
  securityGroup: 'Microsoft.Network/networkSecurityGroups/join/action',
  natGateway: 'Microsoft.Network/natGateways/join/action',
  networkInterface: 'Microsoft.Network/networkInterfaces/join/action',
  ddosPlan: 'Microsoft.Network/ddosProtectionPlans/join/action',
  serviceEndpointPolicy: 'Microsoft.Network/serviceEndpointPolicies/join/action',
} as const;
const ASSIGN_IDENTITY = 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action';

/** https://learn.microsoft.com/azure/firewall/roles-permissions, of 2026-03-28. The policy of a firewall: join, a base policy likewise (inferred). */
const firewalls: readonly LinkedAction[] = [
  ...['properties.ipConfigurations[]', 'properties.managementIpConfiguration'].flatMap((place) => [
    { type: 'microsoft.network/azurefirewalls', path: `${place}.properties.subnet.id`, action: JOIN.subnet },
    { type: 'microsoft.network/azurefirewalls', path: `${place}.properties.publicIPAddress.id`, action: JOIN.publicIp },
  ]),
  { type: 'microsoft.network/azurefirewalls', path: 'properties.firewallPolicy.id', action: JOIN.policy },
  // Listed there for firewalls in a network as well, which have no hub.
  { type: 'microsoft.network/azurefirewalls', action: 'Microsoft.Network/virtualHubs/read' },
  { type: 'microsoft.network/firewallpolicies', path: 'properties.basePolicy.id', action: JOIN.policy },
  {
    type: 'microsoft.network/firewallpolicies',
    path: 'identity.userAssignedIdentities{}',
    action: ASSIGN_IDENTITY,
  },
];

const subnetLinks = [
  { path: 'routeTable.id', action: JOIN.routeTable },
  { path: 'networkSecurityGroup.id', action: JOIN.securityGroup },
  { path: 'natGateway.id', action: JOIN.natGateway },
  { path: 'serviceEndpointPolicies[].id', action: JOIN.serviceEndpointPolicy },
] as const;

/**
 * https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-subnet#permissions, of 2025-07; the DDoS plan:
 * https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/error-codes/linkedauthorizationfailed-error, of 2025-01; peerings:
 * https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering#permissions (there of a peering written alone;
 * that a network written with its peerings needs the same is inferred).
 */
const networks: readonly LinkedAction[] = [
  ...subnetLinks.flatMap(({ path, action }) => [
    { type: 'microsoft.network/virtualnetworks', path: `properties.subnets[].properties.${path}`, action },
    { type: 'microsoft.network/virtualnetworks/subnets', path: `properties.${path}`, action },
  ]),
  { type: 'microsoft.network/virtualnetworks', path: 'properties.ddosProtectionPlan.id', action: JOIN.ddosPlan },
  {
    type: 'microsoft.network/virtualnetworks',
    path: 'properties.virtualNetworkPeerings[].properties.remoteVirtualNetwork.id',
    action: 'Microsoft.Network/virtualNetworks/peer/action',
  },
  {
    type: 'microsoft.network/virtualnetworks/virtualnetworkpeerings',
    path: 'properties.remoteVirtualNetwork.id',
    action: 'Microsoft.Network/virtualNetworks/peer/action',
  },
  { type: 'microsoft.network/publicipaddresses', path: 'properties.publicIPPrefix.id', action: JOIN.publicIpPrefix },
];

/** https://learn.microsoft.com/azure/virtual-network/virtual-network-network-interface#permissions, of 2025-02. */
const machines: readonly LinkedAction[] = [
  {
    type: 'microsoft.network/networkinterfaces',
    path: 'properties.ipConfigurations[].properties.subnet.id',
    action: JOIN.subnet,
  },
  {
    type: 'microsoft.network/networkinterfaces',
    path: 'properties.ipConfigurations[].properties.publicIPAddress.id',
    action: JOIN.publicIp,
  },
  {
    type: 'microsoft.network/networkinterfaces',
    path: 'properties.networkSecurityGroup.id',
    action: JOIN.securityGroup,
  },
  {
    type: 'microsoft.compute/virtualmachines',
    path: 'properties.networkProfile.networkInterfaces[].id',
    action: JOIN.networkInterface,
  },
  { type: 'microsoft.compute/virtualmachines', path: 'identity.userAssignedIdentities{}', action: ASSIGN_IDENTITY },
];

/** https://learn.microsoft.com/azure/aks/concepts-identity#identity-creating-and-operating-the-cluster-permissions, of 2026-01. */
const clusters: readonly LinkedAction[] = [
  ...(
    [
      ['properties.agentPoolProfiles[].vnetSubnetID', JOIN.subnet],
      ['properties.agentPoolProfiles[].podSubnetID', JOIN.subnet],
      ['properties.apiServerAccessProfile.subnetId', JOIN.subnet],
      ['properties.networkProfile.loadBalancerProfile.outboundIPs.publicIPs[].id', JOIN.publicIp],
      ['properties.networkProfile.loadBalancerProfile.outboundIPPrefixes.publicIPPrefixes[].id', JOIN.publicIpPrefix],
      ['identity.userAssignedIdentities{}', ASSIGN_IDENTITY],
      ['properties.identityProfile.kubeletidentity.resourceId', ASSIGN_IDENTITY],
      ['properties.diskEncryptionSetID', 'Microsoft.Compute/diskEncryptionSets/read'],
      [
        'properties.addonProfiles.omsagent.config.logAnalyticsWorkspaceResourceID',
        'Microsoft.OperationalInsights/workspaces/sharedkeys/read',
      ],
    ] as const
  ).map(([path, action]) => ({ type: 'microsoft.containerservice/managedclusters', path, action })),
];

/** https://learn.microsoft.com/azure/event-grid/security-authorization#permissions-for-event-subscriptions, of 2025-07. */
const events: readonly LinkedAction[] = [
  {
    type: 'microsoft.eventgrid/systemtopics',
    path: 'properties.source',
    action: 'Microsoft.EventGrid/eventSubscriptions/write',
  },
];

const linkedActions = [...firewalls, ...networks, ...machines, ...clusters, ...events];

/** What the body of a write refers to, and what that takes; each once. */
export function linkedNeeds(type: string, id: string, body: JsonObject): readonly NeededAction[] {
  const needs = linkedActions
    .filter((linked) => linked.type === type.toLowerCase())
    .flatMap(({ path, action }) =>
      (path === undefined ? [id] : idsAt(body, path.split('.'))).map((scope) => ({ action, scope })),
    );
  return [...new Map(needs.map((need) => [`${need.action} ${need.scope}`.toLowerCase(), need])).values()];
}

function idsAt(value: Json | undefined, [step, ...further]: readonly string[]): readonly string[] {
  if (step === undefined) return typeof value === 'string' && value !== '' ? [value] : [];
  if (!isObject(value)) return [];
  const found = value[step.replace(/\[\]$|\{\}$/, '')];
  if (step.endsWith('{}')) return isObject(found) ? Object.keys(found) : [];
  if (!step.endsWith('[]')) return idsAt(found, further);
  return Array.isArray(found) ? found.flatMap((element) => idsAt(element as Json, further)) : [];
}
