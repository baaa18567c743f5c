import type { SpecDraft } from './schema.ts';

type FirewallDraft = Pick<SpecDraft['firewall'], 'tier' | 'dnsProxy'>;

/** Whether the firewall has a DNS proxy: unless it is told otherwise, wherever its tier has one. */
export const hasDnsProxy = ({ tier, dnsProxy }: FirewallDraft): boolean => dnsProxy ?? tier !== 'Basic';

const MANAGEMENT_SUBNET = '10.42.3.0/26';

/** The range of the subnet that a firewall of the Basic tier is managed through; undefined for other tiers. */
export const managementRange = ({ firewall, network }: Pick<SpecDraft, 'firewall' | 'network'>): string | undefined =>
  firewall.tier === 'Basic' ? (network.managementSubnet?.prefix ?? MANAGEMENT_SUBNET) : undefined;
