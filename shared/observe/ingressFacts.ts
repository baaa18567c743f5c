import { routeTableFacts } from '../actual/facts.ts';
import { ArmError } from '../azure/errors.ts';
import { frontendAddresses, listLoadBalancers } from '../azure/loadBalancers.ts';
import type { PublicIps } from '../azure/publicIps.ts';
import type { ClusterPlace } from '../model/clusters.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { GatehouseError } from '../model/errors.ts';
import { canonicalRange, contains, rangeOf } from '../model/ipRange.ts';
import type { JsonObject } from '../model/json.ts';
import type { PublicationFacts } from '../model/publication.ts';
import { observeFrontends, type ObservedFrontends } from './frontends.ts';

/** What is known of the load balancers in a cluster's node resource group. */
export type ListedBalancers = readonly JsonObject[] | ArmError | undefined;

/** A cluster with what its publications depend on. */
export interface ClusterSurroundings {
  readonly place: ClusterPlace;
  readonly balancers: ListedBalancers;
  /** Raw, of each of its subnets; undefined for a subnet without one. */
  readonly routeTables: readonly (JsonObject | undefined)[];
}

/** What publications are judged by, beside services and firewall. */
export interface IngressFacts extends Pick<ObservedFrontends, 'internetRanges' | 'nodeRanges' | 'addresses'> {
  readonly facts: PublicationFacts;
  /** What could not be read although the rest could, a sentence each. */
  readonly problems: readonly string[];
}

/** The load balancers of a cluster; that they can't be read is an answer as well. */
export const readBalancers = ({ nodeResourceGroup }: ClusterPlace): Promise<ListedBalancers> =>
  tolerant(listLoadBalancers(nodeResourceGroup));

/** @throws ArmError when a public IP can't be read; GatehouseError when the firewall's own address is not known */
export async function ingressFacts(
  spec: EnvironmentSpec,
  firewall: JsonObject | undefined,
  publicIps: PublicIps,
  clusters: readonly ClusterSurroundings[],
): Promise<IngressFacts> {
  const [firewallAddresses, balancers] = await Promise.all([
    firewallAddressesOf(spec, firewall, publicIps),
    Promise.all(clusters.map(async (one) => ({ ...one, ...(await balancerFrontends(one.balancers, publicIps)) }))),
  ]);
  const { frontends, inUse, internetRanges, nodeRanges, addresses } = firewallAddresses;
  return {
    facts: {
      frontends,
      loadBalancers: Object.fromEntries(
        balancers.flatMap(({ place, addresses: known }) => (known === undefined ? [] : [[place.name, known]])),
      ),
      routesToInternet: Object.fromEntries(clusters.map((one) => [one.place.name, routesToInternet(one)])),
      firewallRanges: [spec.network.firewallSubnet.prefix, ...new Set([...frontends, ...inUse].map(canonicalRange))],
    },
    internetRanges,
    nodeRanges,
    addresses,
    problems: balancers.flatMap(({ problem }) => problem ?? []),
  };
}

interface LoadBalancers {
  /** Absent: not known. */
  readonly addresses?: readonly string[];
  readonly problem?: string;
}

async function balancerFrontends(balancers: ListedBalancers, publicIps: PublicIps): Promise<LoadBalancers> {
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
  );
}

/** What leaves each subnet of a cluster straight to the Internet: nodes of any pool may answer. Canonical CIDRs. */
function routesToInternet({ routeTables }: ClusterSurroundings): readonly string[] {
  const perSubnet = routeTables.map((table) => (table === undefined ? [] : internetRoutes(table)));
  const [first = [], ...others] = perSubnet;
  return first.filter((route) => others.every((routes) => routes.some((outer) => covers(outer, route))));
}

const internetRoutes = (table: JsonObject): readonly string[] =>
  routeTableFacts(table)
    .routes.filter(({ nextHopType }) => nextHopType.toLowerCase() === 'internet')
    .map(({ prefix }) => canonicalRange(prefix));

function covers(outer: string, inner: string): boolean {
  const [a, b] = [rangeOf(outer), rangeOf(inner)];
  return outer === inner || (a !== undefined && b !== undefined && contains(a, b));
}
