import { clusterFacts, routeTableFacts } from '../actual/facts.ts';
import type { RulePolicy } from '../actual/rulePolicy.ts';
import { ArmError } from '../azure/errors.ts';
import { frontendAddresses, listLoadBalancers } from '../azure/loadBalancers.ts';
import { publicIpsOfSubscription, type PublicIps } from '../azure/publicIps.ts';
import { readResource } from '../azure/resource.ts';
import { apiVersions } from '../model/apiVersions.ts';
import { clustersOf, type ClusterPlace } from '../model/clusters.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { GatehouseError } from '../model/errors.ts';
import { canonicalRange } from '../model/ipRange.ts';
import type { JsonObject } from '../model/json.ts';
import { resourceIds } from '../model/names.ts';
import type { PublicationFacts } from '../model/publication.ts';
import { retiredPublicIps } from '../plan/retiredFrontends.ts';
import { observeFrontends, type ObservedFrontends } from './frontends.ts';
import { observeRulePolicy } from './rulePolicy.ts';
import { observeServices, type ObserveServicesOptions, type ObservedServices } from './services.ts';

/** Everything that ingress and drift are judged by, as Azure and Kubernetes answer it now. */
export interface ObservedIngress {
  /** Raw; absent where there is none. */
  readonly firewall?: JsonObject;
  /** What the firewall goes by; absent: it is classic. */
  readonly policy?: RulePolicy;
  readonly routeTable?: JsonObject;
  readonly virtualNetwork?: JsonObject;
  readonly clusters: readonly ObservedCluster[];
  /** One per cluster. */
  readonly services: readonly ObservedServices[];
  readonly facts: PublicationFacts;
  /** Canonical CIDRs of the firewall's public addresses that routes lead straight to the Internet. */
  readonly internetRanges: readonly string[];
  /** Canonical CIDRs that the nodes are known by: every public address that the firewall has or is to have. */
  readonly nodeRanges: readonly string[];
  /** Of the firewall's public IPs, bare, by lower-case id. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Ids of public IPs of ours that nothing needs any more. */
  readonly retiredPublicIps: readonly string[];
  /** What could not be read although the rest could, a sentence each. */
  readonly problems: readonly string[];
}

/** A cluster behind the firewall. */
export interface ObservedCluster extends ClusterPlace {
  /** Raw; absent where there is none. */
  readonly cluster?: JsonObject;
}

const apiVersionOf = {
  firewall: apiVersions.network,
  routeTable: apiVersions.network,
  virtualNetwork: apiVersions.network,
} as const;

type ReadName = keyof typeof apiVersionOf;
type ReadResources = Readonly<Partial<Record<ReadName, JsonObject>>>;

/**
 * Reads what one sync or drift check needs, side by side. Six reads of Azure (firewall, cluster, route table with its
 * subnets, network with its DNS servers, load balancers, all public IPs) and the services; the kubeconfig is an action on
 * top of it, kept for some minutes. A firewall policy and the list of its groups are two more.
 *
 * A cluster whose services or load balancers can't be read is no reason not to look at the rest: nothing of it changes.
 *
 * @throws ArmError when firewall, policy, cluster, routes, network or public IPs can't be read; GatehouseError when the firewall's
 *   own address is not known
 */
export async function observeIngress(spec: EnvironmentSpec, options: ObserveServicesOptions): Promise<ObservedIngress> {
  const ids = resourceIds(spec);
  const names = Object.keys(apiVersionOf) as readonly ReadName[];
  const [read, policy, publicIps, clusters] = await Promise.all([
    Promise.all(names.map(async (name) => [name, await readResource(ids[name], apiVersionOf[name])] as const)),
    observeRulePolicy(spec),
    publicIpsOfSubscription(spec.subscription),
    Promise.all(clustersOf(spec).map((place) => readCluster({ ...place, isPrivate: spec.cluster.private }, options))),
  ]);
  const resources: ReadResources = Object.fromEntries(read.filter(([, resource]) => resource !== undefined));
  const [firewallAddresses, loadBalancers] = await Promise.all([
    firewallAddressesOf(spec, resources.firewall, publicIps),
    Promise.all(
      clusters.map(async ({ place, balancers }) => ({ place, ...(await balancerFrontends(balancers, publicIps)) })),
    ),
  ]);
  return {
    ...resources,
    ...(policy !== undefined && { policy }),
    clusters: clusters.map(({ place, cluster }) => ({ ...place, ...(cluster === undefined ? {} : { cluster }) })),
    services: clusters.map(({ services }) => services),
    facts: publicationFacts(spec, resources.routeTable, firewallAddresses, loadBalancers),
    internetRanges: firewallAddresses.internetRanges,
    nodeRanges: firewallAddresses.nodeRanges,
    addresses: firewallAddresses.addresses,
    retiredPublicIps: retiredPublicIps(spec, {
      publicIps: [...publicIps.values()],
      authorizedRanges: clusters.flatMap(({ cluster }) =>
        cluster === undefined ? [] : clusterFacts(cluster).authorizedRanges,
      ),
      nodeRanges: firewallAddresses.nodeRanges,
    }),
    problems: loadBalancers.flatMap(({ problem }) => problem ?? []),
  };
}

/** Reads a cluster, its load balancers and its services side by side. @throws ArmError when the cluster can't be read */
async function readCluster(
  { isPrivate, ...place }: ClusterPlace & { readonly isPrivate: boolean },
  options: ObserveServicesOptions,
) {
  const [cluster, balancers, services] = await Promise.all([
    readResource(place.id, apiVersions.containerService),
    tolerant(listLoadBalancers(place.nodeResourceGroup)),
    observeServices({ ...place, isPrivate }, options),
  ]);
  return { place, cluster, balancers, services };
}

interface LoadBalancers {
  readonly place: ClusterPlace;
  /** Absent: not known. */
  readonly addresses?: readonly string[];
  readonly problem?: string;
}

async function balancerFrontends(
  balancers: readonly JsonObject[] | ArmError | undefined,
  publicIps: PublicIps,
): Promise<Omit<LoadBalancers, 'place'>> {
  // Without the cluster's group there is no cluster, which is somebody else's to tell.
  if (balancers === undefined) return {};
  if (balancers instanceof ArmError) return { problem: `The load balancers can't be read: ${balancers.message}` };
  const addresses = await tolerant(frontendAddresses(balancers, publicIps));
  return addresses instanceof ArmError
    ? { problem: `A public IP of the load balancers can't be read: ${addresses.message}` }
    : { addresses };
}

async function tolerant<T>(read: Promise<T>): Promise<T | ArmError> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ArmError) return error;
    throw error;
  }
}

interface FirewallAddresses extends Pick<ObservedFrontends, 'internetRanges' | 'nodeRanges' | 'addresses'> {
  /** What services are published at: the addresses that the spec calls for. */
  readonly frontends: readonly string[];
  readonly inUse: readonly string[];
}

const noAddresses: FirewallAddresses = {
  frontends: [],
  inUse: [],
  internetRanges: [],
  nodeRanges: [],
  addresses: new Map(),
};

/**
 * The firewall's public addresses. Services are published at ours, even while somebody has put another in its place: the
 * same write that publishes puts it back. Where drift is only to be reported, they are published at what it has of ours.
 *
 * @throws GatehouseError when one is not known: rules judged without it would be taken for rules that lead nowhere
 */
async function firewallAddressesOf(
  spec: EnvironmentSpec,
  firewall: JsonObject | undefined,
  publicIps: PublicIps,
): Promise<FirewallAddresses> {
  if (firewall === undefined) return noAddresses;
  const { wanted, inUse: used, ...ranges } = await observeFrontends(spec, firewall, publicIps);
  const inUse = used.filter((address) => address !== undefined);
  const own = wanted.flatMap(({ address }) => address ?? []);
  const frontends = spec.drift.action === 'repair' ? own : own.filter((address) => inUse.includes(address));
  if (own.length === wanted.length && frontends.length > 0 && inUse.length === used.length)
    return { frontends, inUse, ...ranges };
  throw new GatehouseError(
    'FrontendUnknown',
    'The firewall has not the public address that the spec calls for, or one that Azure does not tell.',
    'Look at the IP configurations of the firewall and at its public IPs; nothing is changed until they are there.',
  );
}

function publicationFacts(
  spec: EnvironmentSpec,
  routeTable: JsonObject | undefined,
  { frontends, inUse }: FirewallAddresses,
  balancers: readonly LoadBalancers[],
): PublicationFacts {
  const routes = routeTable === undefined ? [] : routeTableFacts(routeTable).routes;
  const toInternet = routes
    .filter(({ nextHopType }) => nextHopType.toLowerCase() === 'internet')
    .map(({ prefix }) => canonicalRange(prefix));
  return {
    frontends,
    loadBalancers: Object.fromEntries(
      balancers.flatMap(({ place, addresses }) => (addresses === undefined ? [] : [[place.name, addresses]])),
    ),
    routesToInternet: Object.fromEntries(balancers.map(({ place }) => [place.name, toInternet])),
    firewallRanges: [spec.network.firewallSubnet.prefix, ...new Set([...frontends, ...inUse].map(canonicalRange))],
  };
}
