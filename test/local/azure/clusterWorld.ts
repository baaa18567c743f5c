import type { BalancedService, ClusterCloud, ClusterFacts, ClusterHost } from '../../../local/azure/clusterHost.ts';
import { asText, at, objectsAt, stringAt, type Json, type JsonObject } from '../../../local/azure/json.ts';
import { aFirewall, aNetwork, aPublicIp, GROUP, NETWORK, startClient, SUBSCRIPTION, type Client } from './client.ts';

export const CLUSTER = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/c`;
export const NODES = `${SUBSCRIPTION}/resourceGroups/MC_g_c_eastus`;
export const NODE_SUBNET = `${NETWORK}/virtualNetworks/v/subnets/nodes`;
export const ROUTES = `${NETWORK}/routeTables/r`;
export const FIREWALL = `${NETWORK}/azureFirewalls/f`;

/** Local Azure with a cluster in a network of its own, seen from where a cloud controller sees it. */
export interface ClusterWorld {
  readonly client: Client;
  readonly cloud: ClusterCloud;
  /** What was started and removed, in order. */
  readonly lifecycle: readonly string[];
  /** What a command in the cluster lists. */
  services: readonly JsonObject[];
  ensure(service?: Partial<BalancedService>): string;
  remove(service?: Partial<BalancedService>): void;
  loadBalancer(name: 'kubernetes' | 'kubernetes-internal'): Promise<Json>;
}

const aService = (changes: Partial<BalancedService> = {}): BalancedService => ({
  namespace: 'default',
  name: 'web',
  uid: `00000000-0000-4000-8000-${[...(changes.name ?? 'web')]
    .map((letter) => letter.charCodeAt(0).toString(16))
    .join('')
    .padStart(12, '0')
    .slice(-12)}`,
  internal: false,
  ports: [{ protocol: 'TCP', port: 80, nodePort: 30080 }],
  requestedIp: undefined,
  sourceRanges: [],
  annotations: {},
  ...changes,
});

export const aCluster = (properties: JsonObject = {}): JsonObject => ({
  location: 'eastus',
  identity: { type: 'SystemAssigned' },
  properties: {
    dnsPrefix: 'c',
    agentPoolProfiles: [
      { name: 'nodepool1', count: 3, vmSize: 'Standard_DS2_v2', mode: 'System', vnetSubnetID: NODE_SUBNET },
    ],
    ...properties,
  },
});

/** A network, an empty cluster in it, and a firewall with a route table when asked for. */
export async function startClusterWorld({ firewall = false } = {}): Promise<ClusterWorld> {
  let cloud: ClusterCloud | undefined;
  const lifecycle: string[] = [];
  const world = { services: [] as readonly JsonObject[] };
  const host: ClusterHost = {
    start: ({ name }: ClusterFacts) => Promise.resolve(void lifecycle.push(`started ${name}`)),
    remove: (id) => Promise.resolve(void lifecycle.push(`removed ${id.split('/').at(-1)}`)),
    kubeconfig: (id, user) => `kubeconfig of ${id.split('/').at(-1)} for ${user}`,
    services: () => world.services,
    setFaults: () => true,
    close: () => Promise.resolve(),
  };
  const client = await startClient({
    clusters: (given) => {
      cloud = given;
      return host;
    },
  });
  if (cloud === undefined) throw new Error('Local Azure did not start its cluster host.');
  const given = cloud;
  await client.apply('PUT', GROUP, { location: 'eastus' });
  await client.apply('PUT', `${NETWORK}/virtualNetworks/v`, aNetwork());
  if (firewall) await addFirewall(client);
  await client.apply('PUT', CLUSTER, aCluster());
  return Object.assign(world, {
    client,
    cloud: given,
    lifecycle,
    ensure: (changes: Partial<BalancedService> = {}) => given.ensureLoadBalancer(CLUSTER, aService(changes)).ip,
    remove: (changes: Partial<BalancedService> = {}) => given.deleteLoadBalancer(CLUSTER, aService(changes)),
    loadBalancer: (name: string) => client.get(`${NODES}/providers/Microsoft.Network/loadBalancers/${name}`),
  });
}

async function addFirewall(client: Client): Promise<void> {
  await client.apply('PUT', `${NETWORK}/publicIPAddresses/p`, aPublicIp());
  await client.apply('PUT', FIREWALL, aFirewall());
  const hop = { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.42.2.4' };
  await client.apply('PUT', ROUTES, { location: 'eastus', properties: { routes: [{ name: 'out', properties: hop }] } });
  const subnet = await client.get(NODE_SUBNET);
  await client.apply('PUT', NODE_SUBNET, {
    properties: { ...(at(subnet, 'properties') as JsonObject), routeTable: { id: ROUTES } },
  });
}

/** Frontends as `address` by name, a public one by its public IP's name. */
export function frontends(loadBalancer: Json): readonly (string | undefined)[] {
  return objectsAt(loadBalancer, 'properties', 'frontendIPConfigurations').map(
    (one) =>
      stringAt(one, 'properties', 'privateIPAddress') ??
      stringAt(one, 'properties', 'publicIPAddress', 'id')?.split('/').at(-1),
  );
}

/** Rules as `Tcp 80`. */
export function ruleTexts(loadBalancer: Json): readonly string[] {
  return objectsAt(loadBalancer, 'properties', 'loadBalancingRules').map(
    (rule) => `${stringAt(rule, 'properties', 'protocol')} ${asText(at(rule, 'properties', 'frontendPort'))}`,
  );
}
