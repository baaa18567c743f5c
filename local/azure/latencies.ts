import { createHash } from 'node:crypto';

export interface Latency {
  readonly low: number;
  readonly default: number;
  readonly high: number;
}

/** Seconds, in Azure time, from a write's acceptance to its operation's success; `default` is the median seen. */
export const measuredLatencies = {
  'resourceGroups.put': { low: 1, default: 2, high: 2 },
  'virtualNetworks.create': { low: 1, default: 4, high: 12 },
  'virtualNetworks.update': { low: 3, default: 4, high: 4 },
  'subnets.put': { low: 0, default: 3, high: 3 },
  'publicIPAddresses.create': { low: 0, default: 3, high: 3 },
  'publicIPAddresses.delete': { low: 20, default: 20, high: 20 },
  'routeTables.put': { low: 10, default: 10, high: 12 },
  'routes.put': { low: 10, default: 10, high: 10 },
  'azureFirewalls.createWithoutIpConfiguration': { low: 0, default: 2, high: 16 },
  'azureFirewalls.updateUnallocated': { low: 0, default: 1, high: 1 },
  'azureFirewalls.allocate': { low: 132, default: 322, high: 474 },
  'azureFirewalls.addIpConfiguration': { low: 71, default: 107, high: 143 },
  'azureFirewalls.removeIpConfiguration': { low: 72, default: 130, high: 183 },
  'azureFirewalls.updateAllocated': { low: 180, default: 240, high: 305 },
  'azureFirewalls.unchanged': { low: 0, default: 0, high: 0 },
  'azureFirewalls.deleteAllocated': { low: 213, default: 300, high: 476 },
  'azureFirewalls.deleteUnallocated': { low: 1, default: 5, high: 17 },
  'firewallPolicies.put': { low: 2, default: 10, high: 15 },
  'ruleCollectionGroups.putUnattached': { low: 2, default: 10, high: 15 },
  'ruleCollectionGroups.putAttached': { low: 40, default: 90, high: 162 },
  'managedClusters.create': { low: 166, default: 308, high: 1357 },
  'managedClusters.update': { low: 78, default: 118, high: 1476 },
  'managedClusters.authorizedRanges': { low: 61, default: 90, high: 118 },
  'managedClusters.delete': { low: 120, default: 240, high: 600 },
  'userAssignedIdentities.put': { low: 1, default: 2, high: 3 },
  'roleAssignments.put': { low: 1, default: 2, high: 5 },
  'systemTopics.put': { low: 5, default: 10, high: 30 },
  'eventSubscriptions.put': { low: 5, default: 15, high: 60 },
  'loadBalancer.appear': { low: 15, default: 30, high: 120 },
  'eventGrid.delivery': { low: 1, default: 2, high: 30 },
} as const satisfies Record<string, Latency>;

/** The same for what nobody has measured: typical times, as machines and their interfaces come and go. */
const assumedLatencies = {
  'networkInterfaces.put': { low: 1, default: 2, high: 5 },
  'networkInterfaces.delete': { low: 2, default: 10, high: 15 },
  'virtualMachines.create': { low: 25, default: 45, high: 120 },
  'virtualMachines.update': { low: 10, default: 30, high: 90 },
  'virtualMachines.delete': { low: 30, default: 45, high: 120 },
} as const satisfies Record<string, Latency>;

export const latencies = { ...measuredLatencies, ...assumedLatencies };

export type LatencyKind = keyof typeof latencies;

/** A number in [0, 1) that depends on nothing but the parts. */
export function fractionOf(...parts: readonly (string | number)[]): number {
  return createHash('sha256').update(parts.join('|')).digest().readUIntBE(0, 6) / 2 ** 48;
}

/**
 * How long (seconds) the `use`-th write of this kind to this resource takes. Without a seed every write takes its
 * median; with one, half of the draws lie below the median and half above it, and the same seed always draws the same
 * for the same write, whatever else happened in between.
 */
export function drawSeconds(seed: number | undefined, kind: LatencyKind, resourceId: string, use: number): number {
  const { low, default: median, high } = latencies[kind];
  if (seed === undefined) return median;
  const fraction = fractionOf(seed, kind, resourceId.toLowerCase(), use);
  const seconds =
    fraction < 0.5 ? low + (median - low) * fraction * 2 : median + (high - median) * (fraction - 0.5) * 2;
  return Math.round(seconds * 1000) / 1000;
}
