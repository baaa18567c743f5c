import { clusterFacts } from '../actual/facts.ts';
import { tableOf, type ActualAdoption } from '../actual/adopted.ts';
import { sameId } from '../actual/compare.ts';
import type { RulePolicy } from '../actual/rulePolicy.ts';
import { publicIpsOfSubscription } from '../azure/publicIps.ts';
import { readResource } from '../azure/resource.ts';
import { isAdopting, type AdoptingSpec } from '../desired/adopted.ts';
import { apiVersions } from '../model/apiVersions.ts';
import { clustersOf, type ClusterPlace } from '../model/clusters.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { JsonObject } from '../model/json.ts';
import { resourceIds } from '../model/names.ts';
import type { CurrentAdoption } from '../plan/adoptionFixes.ts';
import type { ActualJumpbox } from '../plan/drift/comparison.ts';
import { retiredPublicIps } from '../plan/retiredFrontends.ts';
import { observeAdoption } from './adoption.ts';
import { ingressFacts, readBalancers, type IngressFacts } from './ingressFacts.ts';
import { observeJumpbox } from './jumpbox.ts';
import { observeRulePolicy } from './rulePolicy.ts';
import { observeServices, type ObserveServicesOptions, type ObservedServices } from './services.ts';

/** Everything that ingress and drift are judged by, as Azure and Kubernetes answer it now. */
export interface ObservedIngress extends IngressFacts {
  /** Raw; absent where there is none. */
  readonly firewall?: JsonObject;
  /** What the firewall goes by; absent: it is classic. */
  readonly policy?: RulePolicy;
  /** Raw, of an environment that was created. */
  readonly routeTable?: JsonObject;
  readonly virtualNetwork?: JsonObject;
  /** Of an environment that has adopted: everything that its ids lead to by now. */
  readonly adoption?: CurrentAdoption;
  readonly clusters: readonly ObservedCluster[];
  /** One per cluster. */
  readonly services: readonly ObservedServices[];
  /** Where the spec calls for one. */
  readonly jumpbox?: ActualJumpbox;
  /** Ids of public IPs of ours that nothing needs any more. */
  readonly retiredPublicIps: readonly string[];
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
 * top of it, kept for some minutes. A firewall policy and the list of its groups are two more, and so are the
 * two parts of a jumpbox.
 *
 * A cluster whose services or load balancers can't be read is no reason not to look at the rest: nothing of it changes.
 *
 * @throws ArmError when firewall, policy, cluster, routes, network or public IPs can't be read; GatehouseError when the firewall's
 *   own address is not known
 */
export async function observeIngress(spec: EnvironmentSpec, options: ObserveServicesOptions): Promise<ObservedIngress> {
  return isAdopting(spec) ? observeAdopted(spec, options) : observeCreated(spec, options);
}

async function observeCreated(spec: EnvironmentSpec, options: ObserveServicesOptions): Promise<ObservedIngress> {
  const ids = resourceIds(spec);
  const names = Object.keys(apiVersionOf) as readonly ReadName[];
  const [read, policy, publicIps, jumpbox, clusters] = await Promise.all([
    Promise.all(names.map(async (name) => [name, await readResource(ids[name], apiVersionOf[name])] as const)),
    observeRulePolicy(spec),
    publicIpsOfSubscription(spec.subscription),
    observeJumpbox(spec),
    Promise.all(
      clustersOf(spec).map(async (place) => {
        const [cluster, surroundings] = await Promise.all([
          readResource(place.id, apiVersions.containerService),
          readSurroundings(place, options),
        ]);
        return { ...surroundings, cluster };
      }),
    ),
  ]);
  const resources: ReadResources = Object.fromEntries(read.filter(([, resource]) => resource !== undefined));
  const routeTables = [resources.routeTable];
  const facts = await ingressFacts(
    spec,
    resources.firewall,
    publicIps,
    clusters.map(({ place, balancers }) => ({ place, balancers, routeTables })),
  );
  return {
    ...resources,
    ...(policy !== undefined && { policy }),
    ...(jumpbox !== undefined && { jumpbox }),
    clusters: clusters.map(({ place, cluster }) => ({ ...place, ...(cluster === undefined ? {} : { cluster }) })),
    services: clusters.map(({ services }) => services),
    ...facts,
    retiredPublicIps: retiredPublicIps(spec, {
      publicIps: [...publicIps.values()],
      authorizedRanges: clusters.flatMap(({ cluster }) =>
        cluster === undefined ? [] : clusterFacts(cluster).authorizedRanges,
      ),
      nodeRanges: facts.nodeRanges,
    }),
  };
}

/** The same of what exists: the networks and route tables are those of the clusters' subnets. */
async function observeAdopted(spec: AdoptingSpec, options: ObserveServicesOptions): Promise<ObservedIngress> {
  const [{ actual, found, publicIps }, surroundings] = await Promise.all([
    observeAdoption(spec.adopt),
    Promise.all(clustersOf(spec).map((place) => readSurroundings(place, options))),
  ]);
  const policy = await adoptedPolicy(spec, actual);
  const subnets = found?.clusters ?? spec.adopt.found?.clusters ?? [];
  const clusters = surroundings.map(({ place, balancers }) => ({
    place,
    balancers,
    routeTables: (subnets.find(({ id }) => sameId(id, place.id))?.subnets ?? []).map((subnet) =>
      tableOf(actual, subnet),
    ),
  }));
  return {
    ...(actual.firewall === undefined ? {} : { firewall: actual.firewall }),
    ...(policy !== undefined && { policy }),
    adoption: { actual, found: found ?? spec.adopt.found },
    clusters: clusters.map(({ place }) => {
      const cluster = actual.clusters[place.id.toLowerCase()];
      return { ...place, ...(cluster === undefined ? {} : { cluster }) };
    }),
    services: surroundings.map(({ services }) => services),
    ...(await ingressFacts(spec, actual.firewall, publicIps, clusters)),
    retiredPublicIps: [],
  };
}

/** The policy that was adopted: the firewall may go by another one by now, which is not ours to write into. */
async function adoptedPolicy(spec: AdoptingSpec, { policy }: ActualAdoption): Promise<RulePolicy | undefined> {
  const isAdopted = policy !== undefined && sameId(policy.id, spec.adopt.found?.policy ?? '');
  return isAdopted ? policy : observeRulePolicy(spec);
}

async function readSurroundings(place: ClusterPlace, options: ObserveServicesOptions) {
  const [balancers, services] = await Promise.all([readBalancers(place), observeServices(place, options)]);
  return { place, balancers, services };
}
