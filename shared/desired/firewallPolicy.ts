import { apiVersions } from '../model/apiVersions.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { jsonAt, stringAt, type JsonObject } from '../model/json.ts';
import { resourceIds } from '../model/names.ts';
import type { DesiredResource } from '../model/resource.ts';
import { tagged } from './resourceGroup.ts';

type ThreatIntelligenceMode = EnvironmentSpec['firewall']['threatIntel'];
const strictness: readonly ThreatIntelligenceMode[] = ['Off', 'Alert', 'Deny'];

/**
 * The environment's own firewall policy: what a classic firewall says of itself, its policy says for it. Rules stand in its
 * rule collection group.
 *
 * @param actual the policy as ARM answers it, where there is one
 */
export function desiredFirewallPolicy(spec: EnvironmentSpec, actual?: JsonObject): DesiredResource {
  const { tier, threatIntel, dnsProxy, dnsServers } = spec.firewall;
  return {
    kind: 'firewallPolicy',
    id: resourceIds(spec).firewallPolicy,
    apiVersion: apiVersions.network,
    body: {
      ...tagged(spec),
      properties: {
        sku: { tier },
        threatIntelMode: strictest(threatIntel, actual),
        // FQDNs in network rules are resolved by the proxy. The Basic tier refuses to hear of DNS.
        ...(tier !== 'Basic' && {
          dnsSettings: { enableProxy: dnsProxy, ...(dnsServers !== undefined && { servers: dnsServers }) },
        }),
      },
    },
  };
}

/** Somebody may have given the policy a base policy: its mode can only be overridden by a stricter one. */
function strictest(wanted: ThreatIntelligenceMode, actual: JsonObject | undefined): ThreatIntelligenceMode {
  if (jsonAt(actual, 'properties', 'basePolicy') === undefined) return wanted;
  const present = stringAt(actual, 'properties', 'threatIntelMode')?.toLowerCase();
  const position = strictness.findIndex((mode) => mode.toLowerCase() === present);
  return strictness[Math.max(position, strictness.indexOf(wanted))] ?? wanted;
}
