import { addressCount, contains, overlaps, prefixLengthFor, trustedRange, type IpRange } from '../ipRange.ts';
import { firewallSubnetName, managementSubnetName } from '../names.ts';
import type { Problem } from '../problem.ts';
import type { Checked } from './checked.ts';
import { checkedClusters, placedClusters, toldOf } from './clusterList.ts';
import { podRange } from './clusterDefaults.ts';
import { managementRange } from './firewallDefaults.ts';
import { defaultMaxPods } from './clusterTypes.ts';

/** The first four addresses and the last of each subnet are Azure's. */
const RESERVED_ADDRESSES = 5;
const ADDRESSES_PER_NODE = 256;
/** AKS uses these itself: neither the network nor services nor pods may lie there. */
const rangesOfAks = ['169.254.0.0/16', '172.30.0.0/16', '172.31.0.0/16', '192.0.2.0/24'].map(trustedRange);
/** Azure gives these names a meaning of their own. */
const reservedSubnetNames = [
  firewallSubnetName,
  managementSubnetName,
  'AzureBastionSubnet',
  'GatewaySubnet',
  'RouteServerSubnet',
].map((name) => name.toLowerCase());

interface NamedRange {
  readonly path: string;
  readonly title: string;
  readonly range: IpRange;
}

/** What is wrong with how the ranges of network, services and pods lie to each other. */
export function networkProblems(checked: Checked): readonly Problem[] {
  const ranges = soundRanges(checked);
  return [
    ...strayProblems(ranges),
    ...overlapProblems(ranges),
    ...reservedRangeProblems(ranges),
    ...ingressSubnetProblems(checked),
    ...checkedClusters(checked).flatMap((cluster) =>
      toldOf(cluster, [...clusterSubnetProblems(cluster), ...podRangeSizeProblems(cluster)]),
    ),
  ];
}

interface Ranges {
  readonly addressSpace: NamedRange | undefined;
  readonly subnets: readonly NamedRange[];
  /**
   * Services and pods of each cluster: they live inside it and must stay clear of the network. Those of different clusters may
   * be alike (https://learn.microsoft.com/azure/aks/azure-cni-overlay).
   */
  readonly inClusters: readonly (readonly NamedRange[])[];
}

function soundRanges(checked: Checked): Ranges {
  const { draft, sound } = checked;
  const named = (path: string, title: string, cidr: string | undefined): NamedRange | undefined =>
    cidr !== undefined && sound(path) ? { path, title, range: trustedRange(cidr) } : undefined;
  const { network, jumpbox } = draft;
  const clusters = checkedClusters(checked);
  const subnets = [
    ...clusters.map((one) =>
      named(
        one.at('network.clusterSubnet.prefix'),
        one.ofIt('the subnet', "the cluster's subnet"),
        one.draft.network.clusterSubnet.prefix,
      ),
    ),
    named('network.firewallSubnet.prefix', "the firewall's subnet", network.firewallSubnet.prefix),
    named('network.managementSubnet.prefix', "the firewall's management subnet", managementRange(draft)),
    named('network.ingressSubnet.prefix', 'the ingress subnet', network.ingressSubnet?.prefix),
    named('jumpbox.subnet', "the jumpbox's subnet", jumpbox?.subnet),
  ];
  const inClusters = clusters.map((one) => [
    named(one.at('cluster.serviceCidr'), one.ofIt('the service CIDR'), one.draft.cluster.serviceCidr),
    named(one.at('cluster.podCidr'), one.ofIt('the pod CIDR'), podRange(one.draft.cluster)),
  ]);
  return {
    addressSpace: named('network.addressSpace', 'the address space', network.addressSpace),
    subnets: subnets.filter((range) => range !== undefined),
    inClusters: inClusters.map((ranges) => ranges.filter((range) => range !== undefined)),
  };
}

function strayProblems({ addressSpace, subnets }: Ranges): readonly Problem[] {
  if (addressSpace === undefined) return [];
  return subnets
    .filter(({ range }) => !contains(addressSpace.range, range))
    .map(({ path, title, range }) => ({
      path,
      message: `${title} ${range.cidr} lies outside the address space ${addressSpace.range.cidr}`,
      remedy: 'Choose a range within network.addressSpace, or widen that.',
    }));
}

function overlapProblems({ addressSpace, subnets, inClusters }: Ranges): readonly Problem[] {
  const networkRanges = addressSpace === undefined ? subnets : [addressSpace, ...subnets];
  const pairs = [
    ...pairsOf(subnets),
    ...inClusters.flatMap(pairsOf),
    // One problem per range is enough, though what overlaps a subnet overlaps its address space too.
    ...inClusters.flat().flatMap((range) => {
      const other = networkRanges.find((one) => overlaps(one.range, range.range));
      return other === undefined ? [] : [[other, range] as const];
    }),
  ];
  return pairs
    .filter(([a, b]) => overlaps(a.range, b.range))
    .map(([a, b]) => ({
      path: b.path,
      message: `${b.title} ${b.range.cidr} overlaps ${a.title} ${a.range.cidr}`,
      remedy: `Move it clear of ${a.range.cidr}.`,
    }));
}

function pairsOf(ranges: readonly NamedRange[]): readonly (readonly [NamedRange, NamedRange])[] {
  return ranges.flatMap((a, index) => ranges.slice(index + 1).map((b) => [a, b] as const));
}

function reservedRangeProblems({ addressSpace, inClusters }: Ranges): readonly Problem[] {
  const ranges = [...(addressSpace === undefined ? [] : [addressSpace]), ...inClusters.flat()];
  return ranges.flatMap(({ path, title, range }) => {
    const reserved = rangesOfAks.find((other) => overlaps(other, range));
    if (reserved === undefined) return [];
    return [
      {
        path,
        message: `${title} ${range.cidr} overlaps ${reserved.cidr}, which AKS keeps for itself`,
        remedy: 'Choose another private range, such as one in 10.0.0.0/8.',
      },
    ];
  });
}

function ingressSubnetProblems({ draft, sound }: Checked): readonly Problem[] {
  const path = 'network.ingressSubnet.name';
  const { ingressSubnet } = draft.network;
  if (ingressSubnet === undefined || !sound(path)) return [];
  const name = ingressSubnet.name.toLowerCase();
  const remedy = 'Choose another name, such as ingress-subnet.';
  if (reservedSubnetNames.includes(name))
    return [{ path, message: `"${ingressSubnet.name}" has a meaning of its own in Azure`, remedy }];
  if (!placedClusters(draft).some(({ subnet }) => subnet.name.toLowerCase() === name)) return [];
  return [{ path, message: `"${ingressSubnet.name}" is the name of a cluster's subnet`, remedy }];
}

function clusterSubnetProblems({ draft, sound }: Checked): readonly Problem[] {
  const problems: Problem[] = [];
  const { name, prefix } = draft.network.clusterSubnet;
  if (sound('network.clusterSubnet.name') && reservedSubnetNames.includes(name.toLowerCase())) {
    problems.push({
      path: 'network.clusterSubnet.name',
      message: `"${name}" has a meaning of its own in Azure`,
      remedy: 'Choose another name, such as aks-subnet.',
    });
  }
  const pools = soundPools(draft, sound);
  const path = 'network.clusterSubnet.prefix';
  if (!sound(path) || pools === undefined) return problems;
  const range = trustedRange(prefix);
  const { cni } = draft.cluster;
  const addressesOf = ({ maxPods = defaultMaxPods[cni] }: Pool) => (cni === 'azure' ? maxPods + 1 : 1);
  const needed = pools.reduce((sum, pool) => sum + (pool.nodeCount + 1) * addressesOf(pool), RESERVED_ADDRESSES);
  const available = addressCount(range);
  if (available < needed) {
    const sums = pools.map((pool) => {
      const perNode = cni === 'azure' ? ` × (${addressesOf(pool) - 1} pods + 1)` : '';
      return `(${pool.nodeCount} + 1 for upgrades)${perNode}`;
    });
    const nodes = pools.reduce((sum, { nodeCount }) => sum + nodeCount, 0);
    problems.push({
      path,
      message:
        `${range.cidr} has ${available} addresses, and ${nodes} nodes need ${needed}: ` +
        `${sums.join(' + ')} + ${RESERVED_ADDRESSES} reserved by Azure`,
      remedy: `Use a /${prefixLengthFor(needed)} or wider, or fewer nodes${cni === 'azure' ? ', or cluster.cni azure-overlay' : ''}.`,
    });
  }
  return problems;
}

/** Each node takes a /24 of the pods' range, one more of each pool while it is upgraded. */
function podRangeSizeProblems({ draft, sound }: Checked): readonly Problem[] {
  const pools = soundPools(draft, sound);
  const range = podRange(draft.cluster);
  if (pools === undefined || range === undefined || draft.cluster.cni === 'azure' || !sound('cluster.podCidr')) {
    return [];
  }
  const available = addressCount(trustedRange(range)) / ADDRESSES_PER_NODE;
  const needed = pools.reduce((sum, { nodeCount }) => sum + nodeCount + 1, 0);
  if (available >= needed) return [];
  return [
    {
      path: 'cluster.podCidr',
      message: `${range} has room for ${available} nodes of a /24 each, and ${needed} are needed while nodes are upgraded`,
      remedy: `Use a /${prefixLengthFor(needed * ADDRESSES_PER_NODE)} or wider, or fewer nodes.`,
    },
  ];
}

interface Pool {
  readonly nodeCount: number;
  readonly maxPods?: number;
}

/** All pools of the cluster; undefined where their size or the network plugin can't be judged. */
function soundPools({ cluster }: Checked['draft'], sound: Checked['sound']): readonly Pool[] | undefined {
  const fields = ['cluster.nodeCount', 'cluster.cni', 'cluster.nodePools', 'cluster.maxPods'];
  return fields.every(sound) ? [cluster, ...(cluster.nodePools ?? [])] : undefined;
}
