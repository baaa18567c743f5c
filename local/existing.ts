import { groupId, lastSegment } from '../shared/model/armId.ts';
import type { AdoptSpec } from '../shared/model/environmentSpec.ts';
import { parseSpecText } from '../shared/model/specText.ts';
import type { Clock } from './clock.ts';
import { owner } from './owner.ts';

type Body = Readonly<Record<string, unknown>>;

/** What stands before anybody adopts it. */
export interface ExistingEnvironment {
  /** Full ARM ids. */
  readonly firewall: string;
  readonly clusters: readonly string[];
  /** Full ARM id of the firewall's policy; absent: a classic firewall. */
  readonly policy?: string;
  /** Full ARM id of what the policy inherits its egress rules from. */
  readonly basePolicy?: string;
  /** What its owner has left out of the article. */
  readonly without?: readonly ('egress' | 'dnsProxy' | 'routes' | 'association' | 'dnsServers' | 'authorizedRanges')[];
  readonly location?: string;
}

/**
 * What a spec's ids stand for in the local cloud, where nobody has built it: a classic firewall, or one with a policy where the
 * spec's file is named so.
 */
function existingFor(
  { firewall, clusters }: Pick<ExistingEnvironment, 'firewall' | 'clusters'>,
  file: string,
): ExistingEnvironment {
  const policy = `${groupId(firewall)}/providers/Microsoft.Network/firewallPolicies/${lastSegment(firewall)}-policy`;
  return { firewall, clusters, ...(file.includes('policy') ? { policy } : {}) };
}

/** What a spec (JSON or YAML) adopts; undefined where it adopts nothing. What is wrong with it otherwise is for the app to tell. */
export function adoptedBy(text: string): AdoptSpec | undefined {
  const parsed = parseSpecText(text, 'application/yaml');
  const { adopt } = ((parsed.ok ? parsed.value : undefined) ?? {}) as { readonly adopt?: Partial<AdoptSpec> };
  return typeof adopt?.firewall === 'string' && Array.isArray(adopt.clusters) ? (adopt as AdoptSpec) : undefined;
}

/**
 * Builds what a spec adopts; what stands already, such as after a restart, is left as it is.
 *
 * @param file the spec's name, which says whether the firewall goes by a policy
 * @param begun told before anything is built
 */
export async function buildWhatIsAdopted(
  azure: { readonly origin: string },
  clock: Clock,
  { adopt, file }: { readonly adopt: AdoptSpec; readonly file: string },
  begun?: () => void,
): Promise<void> {
  const stands = (id: string) => fetch(`${azure.origin}/_local/state${id}`).then(({ ok }) => ok);
  const standing = await Promise.all([adopt.firewall, ...adopt.clusters].map(stands));
  if (standing.every(Boolean)) return;
  begun?.();
  await buildExisting(azure, clock, existingFor(adopt, file));
}

const NETWORK_API = '2023-11-01';

/**
 * Builds what an environment adopts, as a team would have: the firewall in a network of its own (the hub), each cluster that
 * lies in another resource group in a spoke that is peered with it, others in the hub. Nothing carries Gatehouse's tag.
 *
 * @throws Error when local Azure refuses a write
 */
export async function buildExisting(
  azure: { readonly origin: string },
  clock: Clock,
  { firewall, clusters, policy, basePolicy, without = [], location = 'eastus' }: ExistingEnvironment,
): Promise<void> {
  const call = await owner(azure, clock);
  const put = (id: string, body: Body, apiVersion = NETWORK_API) =>
    call('PUT', `${id}?api-version=${apiVersion}`, body);
  const has = (part: (typeof without)[number]) => !without.includes(part);
  const network = (group: string) => `${group}/providers/Microsoft.Network`;
  const hubGroup = groupId(firewall);
  const hub = `${network(hubGroup)}/virtualNetworks/${lastSegment(firewall)}-vnet`;
  const firewallSubnet = `${hub}/subnets/AzureFirewallSubnet`;
  const publicIp = `${network(hubGroup)}/publicIPAddresses/${lastSegment(firewall)}-ip`;
  for (const group of new Set([firewall, ...clusters].map(groupId))) await put(group, { location }, '2021-04-01');

  const places = clusters.map((id, index) => {
    const isSpoke = groupId(id).toLowerCase() !== hubGroup.toLowerCase();
    const vnet = isSpoke ? `${network(groupId(id))}/virtualNetworks/${lastSegment(id)}-vnet` : hub;
    const name = `${lastSegment(id)}-subnet`;
    return {
      id,
      vnet,
      isSpoke,
      subnet: `${vnet}/subnets/${name}`,
      name,
      prefix: isSpoke ? `10.${100 + index}.0.0/22` : `10.50.${4 * (index + 1)}.0/22`,
      space: isSpoke ? `10.${100 + index}.0.0/16` : '10.50.0.0/16',
      table: `${network(groupId(id))}/routeTables/${lastSegment(id)}-routes`,
    };
  });
  const inHub = places.filter(({ isSpoke }) => !isSpoke);
  await put(hub, {
    location,
    properties: {
      addressSpace: { addressPrefixes: ['10.50.0.0/16'] },
      subnets: [
        { name: 'AzureFirewallSubnet', properties: { addressPrefix: '10.50.0.0/26' } },
        ...inHub.map(({ name, prefix }) => ({ name, properties: { addressPrefix: prefix } })),
      ],
    },
  });
  for (const { vnet, space, name, prefix } of places.filter(({ isSpoke }) => isSpoke)) {
    const subnets = [{ name, properties: { addressPrefix: prefix } }];
    await put(vnet, { location, properties: { addressSpace: { addressPrefixes: [space] }, subnets } });
    const peering = (other: string) => ({
      properties: { remoteVirtualNetwork: { id: other }, allowForwardedTraffic: true },
    });
    await put(`${vnet}/virtualNetworkPeerings/to-hub`, peering(hub));
    await put(`${hub}/virtualNetworkPeerings/to-${lastSegment(vnet)}`, peering(vnet));
  }
  await put(publicIp, {
    location,
    sku: { name: 'Standard' },
    properties: { publicIPAllocationMethod: 'Static', publicIPAddressVersion: 'IPv4' },
  });
  if (policy !== undefined) {
    if (basePolicy !== undefined) await put(basePolicy, { location, properties: { sku: { tier: 'Standard' } } });
    await put(policy, {
      location,
      properties: {
        sku: { tier: 'Standard' },
        ...(has('dnsProxy') && { dnsSettings: { enableProxy: true } }),
        ...(basePolicy !== undefined && { basePolicy: { id: basePolicy } }),
      },
    });
    if (has('egress'))
      await put(`${basePolicy ?? policy}/ruleCollectionGroups/platform`, { properties: platformGroup });
  }
  await put(firewall, {
    location,
    properties: {
      sku: { name: 'AZFW_VNet', tier: 'Standard' },
      ...(policy === undefined
        ? {
            threatIntelMode: 'Alert',
            ...(has('dnsProxy') && { additionalProperties: { 'Network.DNS.EnableProxy': 'true' } }),
            ...(has('egress') && { applicationRuleCollections: [classicEgress] }),
          }
        : { firewallPolicy: { id: policy } }),
      ipConfigurations: [
        { name: 'hub', properties: { subnet: { id: firewallSubnet }, publicIPAddress: { id: publicIp } } },
      ],
    },
  });
  const { properties: built } = (await call('GET', `${firewall}?api-version=${NETWORK_API}`)) as {
    properties: { ipConfigurations: { properties: { privateIPAddress: string } }[] };
  };
  const privateIp = built.ipConfigurations[0]?.properties.privateIPAddress ?? '';
  const frontend = (
    (await call('GET', `${publicIp}?api-version=${NETWORK_API}`)) as { properties: { ipAddress: string } }
  ).properties.ipAddress;

  for (const { id, vnet, subnet, table, prefix } of places) {
    const routes = [
      {
        name: 'everything',
        properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: privateIp },
      },
      { name: 'answers', properties: { addressPrefix: `${frontend}/32`, nextHopType: 'Internet' } },
    ];
    // AKS takes no cluster into a subnet whose table leads nowhere: what its owner has left out goes afterwards.
    await put(table, { location, properties: { routes } });
    if (has('association')) {
      await put(subnet, { properties: { addressPrefix: prefix, routeTable: { id: table } } });
    }
    if (has('dnsServers')) {
      const read = (await call('GET', `${vnet}?api-version=${NETWORK_API}`)) as { properties: Body };
      await put(vnet, { ...read, properties: { ...read.properties, dhcpOptions: { dnsServers: [privateIp] } } });
    }
    await put(
      id,
      {
        location,
        identity: { type: 'SystemAssigned' },
        properties: {
          dnsPrefix: lastSegment(id),
          agentPoolProfiles: [
            {
              name: 'system',
              mode: 'System',
              type: 'VirtualMachineScaleSets',
              osType: 'Linux',
              count: 2,
              vmSize: 'Standard_DS2_v2',
              vnetSubnetID: subnet,
            },
          ],
          networkProfile: {
            networkPlugin: 'azure',
            outboundType: has('association') ? 'userDefinedRouting' : 'loadBalancer',
            loadBalancerSku: 'standard',
          },
          ...(has('authorizedRanges') && {
            apiServerAccessProfile: { authorizedIPRanges: [`${frontend}/32`, '203.0.113.10/32'] },
          }),
        },
      },
      '2023-11-01',
    );
    if (!has('routes')) await put(table, { location, properties: { routes: [] } });
  }
}

const everything = { sourceAddresses: ['*'], fqdnTags: ['AzureKubernetesService'] };

/** Under the very name that the article and the catalogue use: it is its owner's all the same. */
const classicEgress = {
  name: 'aksfwar',
  properties: {
    priority: 100,
    action: { type: 'Allow' },
    rules: [{ name: 'aks', protocols: [{ protocolType: 'Https', port: 443 }], ...everything }],
  },
};

const platformGroup = {
  priority: 300,
  ruleCollections: [
    {
      ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
      name: 'aks',
      priority: 300,
      action: { type: 'Allow' },
      rules: [
        {
          ruleType: 'ApplicationRule',
          name: 'aks',
          protocols: [{ protocolType: 'Https', port: 443 }],
          ...everything,
        },
      ],
    },
  ],
};
