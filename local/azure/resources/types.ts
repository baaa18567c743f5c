import { eventSubscriptions } from '../eventGrid/eventSubscriptions.ts';
import { systemTopics } from '../eventGrid/systemTopics.ts';
import { azureFirewalls } from './azureFirewalls.ts';
import { firewallPolicies } from './firewallPolicies.ts';
import { managedClusters } from './managedClusters.ts';
import { networkInterfaces } from './networkInterfaces.ts';
import { publicIpAddresses } from './publicIpAddresses.ts';
import { publicIpPrefixes } from './publicIpPrefixes.ts';
import type { ResourceType } from './resourceType.ts';
import { routeTables } from './routeTables.ts';
import { ruleCollectionGroups } from './ruleCollectionGroups.ts';
import { virtualMachines } from './virtualMachines.ts';
import { virtualNetworks } from './virtualNetworks.ts';

/** The types that are written asynchronously, by lower-cased type. */
export const resourceTypes: ReadonlyMap<string, ResourceType> = new Map(
  [
    ...[virtualNetworks, publicIpPrefixes, publicIpAddresses, routeTables, azureFirewalls, managedClusters],
    ...[firewallPolicies, ruleCollectionGroups, systemTopics, eventSubscriptions],
    ...[networkInterfaces, virtualMachines],
  ].map((type) => [type.type.toLowerCase(), type]),
);
