import { clusterSubnetIds, firewallSubnetId, type ActualAdoption } from '../actual/adopted.ts';
import { sameId } from '../actual/compare.ts';
import { owner } from '../actual/owner.ts';
import { ownGroup, type RulePolicy } from '../actual/rulePolicy.ts';
import { ownGroupCollectionNames } from '../desired/ruleCollectionGroup.ts';
import { parentId } from '../model/armId.ts';
import type { AdoptedResources, AdoptSpec } from '../model/environmentSpec.ts';
import { overlaps, rangeOf } from '../model/ipRange.ts';
import { jsonAt, objectsAt, stringAt, stringsAt, type JsonObject } from '../model/json.ts';
import { ownershipTag } from '../model/names.ts';
import type { Problem } from '../model/problem.ts';
import { isWithin } from '../model/spec/scopes.ts';

/** What keeps an environment from adopting. */
export interface AdoptionProblems {
  /** Another environment has it: no two may write the same. */
  readonly claimed: readonly Problem[];
  readonly blocked: readonly Problem[];
}

/** Everything that stands in the way of an adoption; what only is missing is told by {@link adoptionGaps}. */
export function adoptionProblems(environment: string, adopt: AdoptSpec, actual: ActualAdoption): AdoptionProblems {
  const clusters = adopt.clusters.map((id, index) => ({
    path: `adopt.clusters.${index}`,
    id,
    cluster: actual.clusters[id.toLowerCase()],
  }));
  const resources = [{ path: 'adopt.firewall', id: adopt.firewall, resource: actual.firewall }].concat(
    clusters.map(({ path, id, cluster }) => ({ path, id, resource: cluster })),
  );
  const network = networkOf(actual);
  return {
    claimed: resources.flatMap(({ path, id, resource }) => claimedBy(environment, path, id, resource)),
    blocked: [
      ...resources.flatMap(({ path, id, resource }) => (resource === undefined ? [missing(path, id)] : [])),
      ...tableProblems(adopt, actual),
      ...firewallProblems(adopt, actual.firewall),
      ...clusters.flatMap(({ path, cluster }) =>
        cluster === undefined ? [] : placeProblems(path, cluster, network, actual),
      ),
      ...overlapProblems(actual),
    ],
  };
}

/** What would be written beside firewall and clusters has to lie where the app may write, as the ids of the spec do. */
export function scopeProblems(
  { fix }: AdoptSpec,
  found: AdoptedResources,
  allowedScopes: readonly string[],
): readonly Problem[] {
  const subnets = found.clusters.flatMap((cluster) => cluster.subnets);
  const written = [
    ['adopt.firewall', found.policy === undefined ? [] : [found.policy]],
    ['adopt.fix', fix.includes('routes') ? subnets.flatMap(({ routeTable }) => routeTable ?? []) : []],
    [
      'adopt.fix',
      fix.includes('association') || fix.includes('dnsServers') ? subnets.map(({ id }) => parentId(id)) : [],
    ],
  ] as const;
  return written.flatMap(([path, ids]) =>
    [...new Set(ids)]
      .filter((id) => !allowedScopes.some((scope) => isWithin(id, scope)))
      .map((id) => ({
        path,
        message: `${id}, which would be written to, lies outside the scopes that the app may use`,
        remedy: 'Have its owner add it, its resource group or its subscription to GATEHOUSE_ALLOWED_SCOPES.',
      })),
  );
}

/** A rule collection group of the environment's name that holds nothing of ours is somebody else's. */
export function groupProblems(environment: string, policy: RulePolicy): readonly Problem[] {
  const collections = objectsAt(ownGroup(policy, environment), 'properties', 'ruleCollections');
  const ours = [environment, ...ownGroupCollectionNames].map((name) => name.toLowerCase());
  const isOurs = collections.some((one) => ours.includes(stringAt(one, 'name')?.toLowerCase() ?? ''));
  if (collections.length === 0 || isOurs) return [];
  return [
    {
      path: 'name',
      message: `${policy.id} has a rule collection group "${environment}" already, with rules of somebody else`,
      remedy: 'Choose another name for the environment: its rule collection group bears it.',
    },
  ];
}

function claimedBy(environment: string, path: string, id: string, resource: JsonObject | undefined): Problem[] {
  const claim = resource && owner(resource);
  if (claim === undefined || claim === environment) return [];
  return [
    {
      path,
      message: `${id} belongs to the environment ${claim}, as its tag ${ownershipTag} says`,
      remedy:
        'Leave it to that environment. Where that is gone, take the tag off: ' +
        `az tag update --resource-id ${id} --operation Delete --tags ${ownershipTag}=${claim}`,
    },
  ];
}

const missing = (path: string, id: string): Problem => ({
  path,
  message: `${id} does not exist`,
  remedy: 'Check the id: `az resource show --ids ID` finds what exists.',
});

function tableProblems({ routeTable }: AdoptSpec, { routeTables }: ActualAdoption): Problem[] {
  if (routeTable === undefined || routeTables[routeTable.toLowerCase()] !== undefined) return [];
  return [missing('adopt.routeTable', routeTable)];
}

function firewallProblems({ fix }: AdoptSpec, firewall: JsonObject | undefined): Problem[] {
  if (firewall === undefined) return [];
  const path = 'adopt.firewall';
  if (jsonAt(firewall, 'properties', 'virtualHub') !== undefined) {
    return [
      {
        path,
        message: 'the firewall is one of a virtual hub, whose routes the hub itself keeps',
        remedy: 'Adopt a firewall that lies in a virtual network.',
      },
    ];
  }
  if (firewallSubnetId(firewall) === undefined) {
    return [
      {
        path,
        message: 'the firewall has no IP configuration: it is stopped',
        remedy: 'Start it (allocate it with its network and public IP), then adopt it.',
      },
    ];
  }
  const isBasic = stringAt(firewall, 'properties', 'sku', 'tier')?.toLowerCase() === 'basic';
  const needsProxy = fix.filter((one) => one === 'dnsProxy' || one === 'dnsServers');
  return !isBasic || needsProxy.length === 0
    ? []
    : [
        {
          path: 'adopt.fix',
          message: `a Basic firewall has no DNS proxy, so ${needsProxy.join(' and ')} can't be had`,
          remedy: 'Take it out of adopt.fix, or use a Standard firewall.',
        },
      ];
}

/** The network that the firewall lies in. */
function networkOf({ firewall, networks }: ActualAdoption): JsonObject | undefined {
  const subnet = firewall && firewallSubnetId(firewall);
  return subnet === undefined ? undefined : networks[parentId(subnet).toLowerCase()];
}

/** A load balancer can be reached by the firewall only within its network or over a peering. */
function placeProblems(
  path: string,
  cluster: JsonObject,
  hub: JsonObject | undefined,
  { networks }: ActualAdoption,
): Problem[] {
  const subnets = clusterSubnetIds(cluster);
  if (subnets.length === 0) {
    return [
      {
        path,
        message: 'the cluster lies in a network that AKS made for it, which no firewall is on the way of',
        remedy: 'Adopt a cluster in a subnet of your own network.',
      },
    ];
  }
  const spokes = [...new Set(subnets.map((id) => parentId(id).toLowerCase()))];
  return spokes.flatMap((id) => {
    const spoke = networks[id];
    if (hub === undefined || spoke === undefined) return [];
    const hubId = stringAt(hub, 'id') ?? '';
    if (sameId(hubId, id)) return [];
    const obstacle = peeringObstacle(hub, id) ?? peeringObstacle(spoke, hubId) ?? forwardingObstacle(spoke, hubId);
    return obstacle === undefined ? [] : [{ path, ...obstacle }];
  });
}

/** Why nothing gets from one network to another; each side has its own half of a peering. */
function peeringObstacle(from: JsonObject, to: string): Omit<Problem, 'path'> | undefined {
  const fromId = stringAt(from, 'id') ?? '';
  const peering = peeringOf(from, to);
  if (peering === undefined) {
    return {
      message: `the cluster lies in another network than the firewall, and ${fromId} has no peering with ${to}`,
      remedy: 'Peer the two networks, in both directions.',
    };
  }
  const state = stringAt(peering, 'properties', 'peeringState') ?? 'unknown';
  if (state.toLowerCase() !== 'connected') {
    return {
      message: `the peering of ${fromId} with ${to} is ${state}`,
      remedy: 'Make the other half of the peering, or synchronise it: `az network vnet peering sync`.',
    };
  }
  return undefined;
}

/** What answers from the Internet comes through the firewall with an address of neither network as its source. */
function forwardingObstacle(spoke: JsonObject, hub: string): Omit<Problem, 'path'> | undefined {
  if (jsonAt(peeringOf(spoke, hub), 'properties', 'allowForwardedTraffic') === true) return undefined;
  return {
    message: `the peering of ${stringAt(spoke, 'id') ?? ''} with ${hub} does not allow forwarded traffic`,
    remedy: 'Set allowForwardedTraffic on it: `az network vnet peering update --set allowForwardedTraffic=true`.',
  };
}

const peeringOf = (network: JsonObject, other: string): JsonObject | undefined =>
  objectsAt(network, 'properties', 'virtualNetworkPeerings').find((one) =>
    sameId(stringAt(one, 'properties', 'remoteVirtualNetwork', 'id') ?? '', other),
  );

/** Two networks with the same addresses can't both lie behind one firewall. */
function overlapProblems({ networks }: ActualAdoption): Problem[] {
  const ranges = Object.values(networks).map((network) => ({
    id: stringAt(network, 'id') ?? '',
    ranges: stringsAt(network, 'properties', 'addressSpace', 'addressPrefixes').flatMap((text) => rangeOf(text) ?? []),
  }));
  return ranges.flatMap((a, index) =>
    ranges.slice(index + 1).flatMap((b): Problem[] => {
      const common = a.ranges.find((range) => b.ranges.some((other) => overlaps(range, other)));
      if (common === undefined) return [];
      return [
        {
          path: 'adopt.clusters',
          message: `the networks ${a.id} and ${b.id} overlap in ${common.cidr}`,
          remedy: 'Adopt only one of the clusters, or give one of the networks other addresses.',
        },
      ];
    }),
  );
}
