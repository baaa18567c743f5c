import { allowCollection } from '../desired/egress.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';

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

/** The same of the cluster's subnet alone. */
export const isClusterAssociation = ({ network }: EnvironmentSpec, path: string): boolean =>
  isRouteTableAssociation(path) && path.toLowerCase().includes(`[${network.clusterSubnet.name.toLowerCase()}]`);
