import { allowCollection } from '../../desired/egress.ts';
import { clusterViews } from '../../model/clusters.ts';
import type { EnvironmentSpec } from '../../model/environmentSpec.ts';
import type { Difference } from '../resourcePlan.ts';

/** What a difference is about, by the path of the property. */

export const isEgress = (path: string): boolean => /^properties\.(network|application)RuleCollections\b/.test(path);

/** Of the rules that the spec spells out, whatever presets there are. */
export const isOfAllowList = (path: string): boolean => path.includes(`[${allowCollection.name}`);

export const isThreatIntelligence = (path: string): boolean => path === 'properties.threatIntelMode';

/** A classic firewall has it in its property bag, a policy among its DNS settings. */
export const isDnsProxy = (path: string): boolean => /^properties\.(additionalProperties|dnsSettings)/.test(path);

export const isPolicyReference = (path: string): boolean => path.startsWith('properties.firewallPolicy');

export const isDnsServers = (path: string): boolean => path.startsWith('properties.dhcpOptions');

/** Of a network: that of a subnet and the route table. */
export const isRouteTableAssociation = (path: string): boolean => /\.routeTable\b/.test(path);

/**
 * The environment as that cluster sees it whose subnet lacks the route table, where nothing else of the network differs: then
 * the subnet alone is written, since a network PUT sends every subnet again.
 */
export function onlyUnrouted(spec: EnvironmentSpec, differences: readonly Difference[]): EnvironmentSpec | undefined {
  if (differences.length === 0) return undefined;
  return clusterViews(spec).find(({ network: { clusterSubnet } }) =>
    differences.every(
      ({ path }) =>
        isRouteTableAssociation(path) && path.toLowerCase().includes(`[${clusterSubnet.name.toLowerCase()}]`),
    ),
  );
}
