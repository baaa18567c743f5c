import { apiVersions } from '../model/apiVersions.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { JsonObject } from '../model/json.ts';
import { resourceIds, resourceNames } from '../model/names.ts';
import type { DesiredResource } from '../model/resource.ts';
import { egressCollections, ownCollectionNames } from './egress.ts';
import { firewallFrontends } from './publicIps.ts';
import { tagged } from './resourceGroup.ts';

/**
 * The firewall in one body: IP configurations, DNS proxy, threat intelligence and every egress rule, or the policy that holds
 * them. Once it has an IP configuration each write takes minutes, so it is written once.
 *
 * @param retired names of IP configurations of ours that may go; others than the spec calls for stay
 */
export function desiredFirewall(spec: EnvironmentSpec, retired: readonly string[] = []): DesiredResource {
  const ids = resourceIds(spec);
  const { zones, tier } = spec.firewall;
  return {
    kind: 'firewall',
    id: ids.firewall,
    apiVersion: apiVersions.network,
    ownCollections: { ...ownCollectionNames, ipConfigurations: retired },
    body: {
      ...tagged(spec),
      ...(zones.length > 0 && { zones }),
      properties: {
        sku: { name: 'AZFW_VNet', tier },
        ...settingsOf(spec),
        ipConfigurations: firewallFrontends(spec).map(({ ipConfiguration, publicIpId }, index) => ({
          name: ipConfiguration,
          properties: {
            // The first one stands for all of them in the subnet; Azure refuses it in the others.
            ...(index === 0 && { subnet: { id: ids.firewallSubnet } }),
            publicIPAddress: { id: publicIpId },
          },
        })),
        ...(tier === 'Basic' && { managementIpConfiguration: managementIpConfiguration(spec) }),
        ...rulesOf(spec),
      },
    },
  };
}

/** A firewall with a policy has neither settings nor rules of its own beside it: Azure ignores the former and refuses the latter. */
function settingsOf({ firewall }: EnvironmentSpec): JsonObject {
  if (firewall.rules === 'policy') return {};
  return {
    threatIntelMode: firewall.threatIntel,
    // The Basic tier refuses to hear of DNS.
    ...(firewall.tier !== 'Basic' && { additionalProperties: dnsSettings(firewall) }),
  };
}

/** FQDNs in network rules are resolved by the proxy. The property bag of a classic firewall holds texts only. */
function dnsSettings({ dnsProxy, dnsServers }: EnvironmentSpec['firewall']): JsonObject {
  return {
    'Network.DNS.EnableProxy': String(dnsProxy),
    ...(dnsServers !== undefined && { 'Network.DNS.Servers': dnsServers.join() }),
  };
}

/** Azure manages a firewall of the Basic tier through a subnet and a public address apart from its traffic. */
function managementIpConfiguration(spec: EnvironmentSpec): JsonObject {
  const ids = resourceIds(spec);
  return {
    name: resourceNames(spec).managementIpConfiguration,
    properties: { subnet: { id: ids.managementSubnet }, publicIPAddress: { id: ids.managementPublicIp } },
  };
}

function rulesOf(spec: EnvironmentSpec): JsonObject {
  if (spec.firewall.rules === 'policy') return { firewallPolicy: { id: resourceIds(spec).firewallPolicy } };
  const { application, network } = egressCollections(spec);
  return { networkRuleCollections: network, applicationRuleCollections: application };
}
