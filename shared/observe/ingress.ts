import { firewallFacts, routeTableFacts } from '../actual/facts.ts';
import { ArmError } from '../azure/errors.ts';
import {
  frontendAddresses,
  listLoadBalancers,
  publicAddress,
  publicIpAddresses,
  type PublicIpAddresses,
} from '../azure/loadBalancers.ts';
import { readResource } from '../azure/resource.ts';
import { apiVersions } from '../model/apiVersions.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { GatehouseError } from '../model/errors.ts';
import { canonicalRange } from '../model/ipRange.ts';
import type { JsonObject } from '../model/json.ts';
import { resourceIds } from '../model/names.ts';
import type { PublicationFacts } from '../model/publication.ts';
import { observeServices, type ObserveServicesOptions, type ObservedServices } from './services.ts';

/** Everything that ingress and drift are judged by, as Azure and Kubernetes answer it now. */
export interface ObservedIngress {
  /** Raw; absent where there is none. */
  readonly firewall?: JsonObject;
  readonly cluster?: JsonObject;
  readonly routeTable?: JsonObject;
  readonly virtualNetwork?: JsonObject;
  /** One per cluster. */
  readonly services: readonly ObservedServices[];
  readonly facts: PublicationFacts;
  /** What could not be read although the rest could, a sentence each. */
  readonly problems: readonly string[];
}

const apiVersionOf = {
  firewall: apiVersions.network,
  cluster: apiVersions.containerService,
  routeTable: apiVersions.network,
  virtualNetwork: apiVersions.network,
} as const;

type ReadName = keyof typeof apiVersionOf;
type ReadResources = Readonly<Partial<Record<ReadName, JsonObject>>>;

/**
 * Reads what one sync or drift check needs, side by side. Six reads of Azure (firewall, cluster, route table with its
 * subnets, network with its DNS servers, load balancers, all public IPs) and the services; the kubeconfig is an action on
 * top of it, kept for some minutes.
 *
 * A cluster whose services or load balancers can't be read is no reason not to look at the rest: nothing of it changes.
 *
 * @throws ArmError when firewall, cluster, routes, network or public IPs can't be read; GatehouseError when the firewall's
 *   own address is not known
 */
export async function observeIngress(spec: EnvironmentSpec, options: ObserveServicesOptions): Promise<ObservedIngress> {
  const ids = resourceIds(spec);
  const names = Object.keys(apiVersionOf) as readonly ReadName[];
  const [read, publicIps, balancers, services] = await Promise.all([
    Promise.all(names.map(async (name) => [name, await readResource(ids[name], apiVersionOf[name])] as const)),
    publicIpAddresses(spec.subscription),
    tolerant(listLoadBalancers(ids.nodeResourceGroup)),
    observeServices({ name: spec.cluster.name, id: ids.cluster }, options),
  ]);
  const resources: ReadResources = Object.fromEntries(read.filter(([, resource]) => resource !== undefined));
  const [frontends, loadBalancers] = await Promise.all([
    firewallFrontends(resources.firewall, publicIps),
    balancerFrontends(balancers, publicIps),
  ]);
  return {
    ...resources,
    services: [services],
    facts: publicationFacts(spec, resources.routeTable, frontends, loadBalancers.addresses),
    problems: loadBalancers.problem === undefined ? [] : [loadBalancers.problem],
  };
}

interface LoadBalancers {
  /** Absent: not known. */
  readonly addresses?: readonly string[];
  readonly problem?: string;
}

async function balancerFrontends(
  balancers: readonly JsonObject[] | ArmError | undefined,
  publicIps: PublicIpAddresses,
): Promise<LoadBalancers> {
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

/**
 * The firewall's public addresses in their order.
 *
 * @throws GatehouseError when one is not known: rules judged without it would be taken for rules that lead nowhere
 */
async function firewallFrontends(
  firewall: JsonObject | undefined,
  publicIps: PublicIpAddresses,
): Promise<readonly string[]> {
  if (firewall === undefined) return [];
  const { frontends } = firewallFacts(firewall);
  const addresses = await Promise.all(frontends.map(({ publicIpId }) => publicAddress(publicIpId, publicIps)));
  const known = addresses.filter((address) => address !== undefined);
  if (known.length > 0 && known.length === frontends.length) return known;
  throw new GatehouseError(
    'FrontendUnknown',
    'The firewall has no public address, or one that Azure does not tell.',
    'Look at the IP configurations of the firewall and at its public IPs; nothing is changed until they are there.',
  );
}

function publicationFacts(
  spec: EnvironmentSpec,
  routeTable: JsonObject | undefined,
  frontends: readonly string[],
  balancers: readonly string[] | undefined,
): PublicationFacts {
  const routes = routeTable === undefined ? [] : routeTableFacts(routeTable).routes;
  return {
    frontends,
    loadBalancers: balancers === undefined ? {} : { [spec.cluster.name]: balancers },
    routesToInternet: routes
      .filter(({ nextHopType }) => nextHopType.toLowerCase() === 'internet')
      .map(({ prefix }) => canonicalRange(prefix)),
    firewallRanges: [spec.network.firewallSubnet.prefix, ...frontends.map(canonicalRange)],
  };
}
