import { apiVersions } from '../model/apiVersions.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { numbered, resourceIds, resourceNames } from '../model/names.ts';
import type { DesiredResource } from '../model/resource.ts';
import { tagged } from './resourceGroup.ts';

/** One public address of the firewall: the public IP, and the IP configuration by which the firewall has it. */
interface FirewallFrontend {
  readonly publicIpId: string;
  readonly ipConfiguration: string;
}

/** The frontends that the spec calls for, in order. The first ones stay the same ones when their number changes. */
export function firewallFrontends(spec: EnvironmentSpec): readonly FirewallFrontend[] {
  const { publicIp } = resourceIds(spec);
  const { firewallIpConfiguration } = resourceNames(spec);
  return Array.from({ length: spec.firewall.publicIpCount }, (_, index) => ({
    publicIpId: numbered(publicIp, index),
    ipConfiguration: numbered(firewallIpConfiguration, index),
  }));
}

/**
 * A firewall in zones takes no address without zones. An address in more than one zone is one in all of them, which does for
 * a firewall in a single one as well (https://github.com/Azure/terraform-azurerm-caf-enterprise-scale/issues/447).
 */
function zonesOf({ firewall }: EnvironmentSpec): { readonly zones?: readonly string[] } {
  return firewall.zones.length === 0 ? {} : { zones: ['1', '2', '3'] };
}

/** Whether there is more than the one public IP that every environment has. */
export const hasSeveralPublicIps = ({ firewall }: EnvironmentSpec): boolean =>
  firewall.publicIpCount > 1 || firewall.tier === 'Basic';

/**
 * A static public address. Azure Firewall takes no other than the Standard SKU.
 *
 * @param prefixId the prefix that a new one is to come from; an address never changes where it comes from
 */
export function desiredPublicIp(
  spec: EnvironmentSpec,
  id = resourceIds(spec).publicIp,
  prefixId?: string,
): DesiredResource {
  return {
    kind: 'publicIp',
    id,
    apiVersion: apiVersions.network,
    body: {
      ...tagged(spec),
      sku: { name: 'Standard' },
      ...zonesOf(spec),
      properties: {
        publicIPAllocationMethod: 'Static',
        publicIPAddressVersion: 'IPv4',
        idleTimeoutInMinutes: 4,
        ...(prefixId !== undefined && { publicIPPrefix: { id: prefixId } }),
      },
    },
  };
}

/**
 * A range of public addresses that lie side by side, so that one route and one authorized range cover them all.
 *
 * @param prefixLength of a new one; a prefix never changes its size
 */
export function desiredPublicIpPrefix(spec: EnvironmentSpec, id: string, prefixLength?: number): DesiredResource {
  return {
    kind: 'publicIpPrefix',
    id,
    apiVersion: apiVersions.network,
    body: {
      ...tagged(spec),
      sku: { name: 'Standard' },
      ...zonesOf(spec),
      properties: { publicIPAddressVersion: 'IPv4', ...(prefixLength !== undefined && { prefixLength }) },
    },
  };
}
