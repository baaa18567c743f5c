import { v5 as uuidV5 } from 'uuid';
import { groupId, parentId } from './armId.ts';
import type { AdoptSpec } from './spec/adoptTypes.ts';
import type { EnvironmentSpec } from './spec/types.ts';

/** What an environment may be called; its name is also its lane's instance id and the prefix of every resource name. */
export const environmentNamePattern = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;

/** The tag that says which environment a resource belongs to. */
export const ownershipTag = 'gatehouse-environment';

/** The network rule to the API servers, among those that the spec allows. */
export const API_SERVER_RULE = 'gatehouse-api-server';

/** The DNAT rule to the jumpbox, in the environment's collection beside those of services; no service's rule is without dots. */
export const JUMPBOX_RULE = 'gatehouse-jumpbox';

/** Azure insists on this name for the subnet that a firewall lives in. */
export const firewallSubnetName = 'AzureFirewallSubnet';

/** Azure insists on this name for the subnet that a firewall of the Basic tier is managed through. */
export const managementSubnetName = 'AzureFirewallManagementSubnet';

/** AKS refuses longer names of the node resource group. */
const MAX_NODE_RESOURCE_GROUP_LENGTH = 80;
const NODE_RESOURCE_GROUP_NAMESPACE = '0d3b5d9e-8c0a-5b53-9f5e-6d1f2f0a7c11';

export interface ResourceNames {
  readonly resourceGroup: string;
  readonly virtualNetwork: string;
  readonly clusterSubnet: string;
  readonly firewallSubnet: string;
  /** Of the first one; see {@link numbered} for further ones. */
  readonly publicIp: string;
  readonly publicIpPrefix: string;
  readonly routeTable: string;
  readonly firewall: string;
  readonly firewallIpConfiguration: string;
  /** Of the Basic tier. */
  readonly managementPublicIp: string;
  readonly managementIpConfiguration: string;
  readonly firewallPolicy: string;
  readonly routeToFirewall: string;
  readonly routeToInternet: string;
  readonly cluster: string;
  readonly nodeResourceGroup: string;
  readonly dnsPrefix: string;
  readonly jumpbox: string;
  readonly jumpboxDisk: string;
  readonly jumpboxInterface: string;
  /** Its own by its name alone: subnets carry no tags. */
  readonly jumpboxSubnet: string;
}

/** What the names are made from; a spec is one. */
export type NamedSpec = Pick<EnvironmentSpec, 'name' | 'subscription' | 'location'> & {
  readonly network: { readonly clusterSubnet: { readonly name: string } };
  readonly cluster: { readonly name: string };
  readonly clusters?: readonly { readonly name: string }[];
  readonly adopt?: AdoptSpec;
};

/** The article's names, with the environment's name as prefix. */
export function resourceNames(spec: NamedSpec): ResourceNames {
  const resourceGroup = `${spec.name}-rg`;
  return {
    resourceGroup,
    virtualNetwork: `${spec.name}-vnet`,
    clusterSubnet: spec.network.clusterSubnet.name,
    firewallSubnet: firewallSubnetName,
    publicIp: `${spec.name}-fwpublicip`,
    publicIpPrefix: `${spec.name}-fwipprefix`,
    routeTable: `${spec.name}-fwrt`,
    firewall: `${spec.name}-fw`,
    firewallIpConfiguration: `${spec.name}-fwconfig`,
    managementPublicIp: `${spec.name}-fwmanagementip`,
    managementIpConfiguration: `${spec.name}-fwmanagementconfig`,
    firewallPolicy: `${spec.name}-fwpolicy`,
    routeToFirewall: `${spec.name}-fwrn`,
    routeToInternet: `${spec.name}-fwinternet`,
    cluster: spec.cluster.name,
    nodeResourceGroup: nodeResourceGroupName(resourceGroup, spec.cluster.name, spec.location),
    dnsPrefix: dnsPrefix(
      isFirstCluster(spec) ? spec.cluster.name : shortened(spec.cluster.name),
      resourceGroup,
      spec.subscription,
    ),
    jumpbox: `${spec.name}-jumpbox`,
    jumpboxDisk: `${spec.name}-jumpbox-osdisk`,
    jumpboxInterface: `${spec.name}-jumpbox-nic`,
    jumpboxSubnet: `${spec.name}-jumpbox-subnet`,
  };
}

/** Whether the spec's cluster is the only one, or the first of the list: it has the names that a single one has. */
export const isFirstCluster = ({
  cluster,
  clusters: [first = cluster] = [],
}: Pick<NamedSpec, 'cluster' | 'clusters'>): boolean => first.name === cluster.name;

export interface ResourceIds {
  readonly resourceGroup: string;
  readonly virtualNetwork: string;
  readonly clusterSubnet: string;
  readonly firewallSubnet: string;
  /** Of the first one; see {@link numbered} for further ones. */
  readonly publicIp: string;
  readonly publicIpPrefix: string;
  readonly managementSubnet: string;
  readonly managementPublicIp: string;
  readonly routeTable: string;
  readonly firewall: string;
  readonly firewallPolicy: string;
  readonly cluster: string;
  readonly nodeResourceGroup: string;
  readonly jumpbox: string;
  readonly jumpboxInterface: string;
  readonly jumpboxSubnet: string;
}

/** Full ARM ids of everything that the spec leads to, or was found to lead to. */
export function resourceIds(spec: NamedSpec): ResourceIds {
  return { ...createdIds(spec), ...(spec.adopt === undefined ? {} : adoptedIds(spec.adopt)) };
}

function createdIds(spec: NamedSpec): ResourceIds {
  const names = resourceNames(spec);
  const subscription = `/subscriptions/${spec.subscription}`;
  const resourceGroup = `${subscription}/resourceGroups/${names.resourceGroup}`;
  const network = `${resourceGroup}/providers/Microsoft.Network`;
  const virtualNetwork = `${network}/virtualNetworks/${names.virtualNetwork}`;
  return {
    resourceGroup,
    virtualNetwork,
    clusterSubnet: `${virtualNetwork}/subnets/${names.clusterSubnet}`,
    firewallSubnet: `${virtualNetwork}/subnets/${names.firewallSubnet}`,
    publicIp: `${network}/publicIPAddresses/${names.publicIp}`,
    publicIpPrefix: `${network}/publicIPPrefixes/${names.publicIpPrefix}`,
    managementSubnet: `${virtualNetwork}/subnets/${managementSubnetName}`,
    managementPublicIp: `${network}/publicIPAddresses/${names.managementPublicIp}`,
    routeTable: `${network}/routeTables/${names.routeTable}`,
    firewall: `${network}/azureFirewalls/${names.firewall}`,
    firewallPolicy: `${network}/firewallPolicies/${names.firewallPolicy}`,
    cluster: `${resourceGroup}/providers/Microsoft.ContainerService/managedClusters/${names.cluster}`,
    nodeResourceGroup: `${subscription}/resourceGroups/${names.nodeResourceGroup}`,
    jumpbox: `${resourceGroup}/providers/Microsoft.Compute/virtualMachines/${names.jumpbox}`,
    jumpboxInterface: `${network}/networkInterfaces/${names.jumpboxInterface}`,
    jumpboxSubnet: `${virtualNetwork}/subnets/${names.jumpboxSubnet}`,
  };
}

/** The name or id of the n-th of several, counted from 0: the first has the plain one, so that a single one never renames. */
export function numbered(first: string, index: number): string {
  return index === 0 ? first : `${first}-${index + 1}`;
}

/** Which of several the name or id is, counted from 0; undefined when it is none of them. Azure compares both case-insensitively. */
export function positionAmong(first: string, text: string): number | undefined {
  const [stem, name] = [first.toLowerCase(), text.toLowerCase()];
  if (name === stem) return 0;
  const number = name.startsWith(`${stem}-`) ? name.slice(stem.length + 1) : '';
  return /^([2-9]|[1-9]\d{1,2})$/.test(number) ? Number(number) - 1 : undefined;
}

/** The one rule collection group that an environment has in a firewall policy, whosever the policy is. */
export function ruleCollectionGroupId(policyId: string, environment: string): string {
  return `${policyId}/ruleCollectionGroups/${environment}`;
}

/** Of what is adopted; of several clusters the first one's. */
function adoptedIds({ firewall, clusters: [cluster = ''], routeTable, found }: AdoptSpec): Partial<ResourceIds> {
  const [first] = found?.clusters ?? [];
  const [subnet] = first?.subnets ?? [];
  const table = subnet?.routeTable ?? routeTable;
  return {
    resourceGroup: groupId(firewall),
    firewall,
    cluster,
    ...(found === undefined ? {} : { firewallSubnet: found.firewallSubnet }),
    ...(found?.policy === undefined ? {} : { firewallPolicy: found.policy }),
    ...(first === undefined ? {} : { nodeResourceGroup: first.nodeResourceGroup }),
    ...(subnet === undefined ? {} : { clusterSubnet: subnet.id, virtualNetwork: parentId(subnet.id) }),
    ...(table === undefined ? {} : { routeTable: table }),
  };
}

/** AKS' own default, `MC_<group>_<cluster>_<location>`, shortened by a hash where AKS would refuse its length. */
function nodeResourceGroupName(resourceGroup: string, cluster: string, location: string): string {
  const name = `MC_${resourceGroup}_${cluster}_${location}`;
  if (name.length <= MAX_NODE_RESOURCE_GROUP_LENGTH) return name;
  const hash = uuidV5(name, NODE_RESOURCE_GROUP_NAMESPACE).slice(0, 8);
  return `${name.slice(0, MAX_NODE_RESOURCE_GROUP_LENGTH - hash.length - 1)}_${hash}`;
}

/** What is left of a cluster's name in a DNS prefix would be alike for `production-blue` and `production-green`. */
function shortened(cluster: string): string {
  return `${cluster.slice(0, 5)}${uuidV5(cluster.toLowerCase(), NODE_RESOURCE_GROUP_NAMESPACE).slice(0, 5)}`;
}

/** As `az aks create` makes it: 10 of the cluster's name, 16 of the group's, 6 of the subscription's. */
function dnsPrefix(cluster: string, resourceGroup: string, subscription: string): string {
  const plain = (text: string) => text.replace(/[^A-Za-z0-9-]/g, '');
  const start = plain(cluster);
  const clusterPart = (/^[A-Za-z]/.test(start) ? start : `a${start}`).slice(0, 10);
  return `${clusterPart}-${plain(resourceGroup).slice(0, 16)}-${subscription.slice(0, 6)}`;
}
