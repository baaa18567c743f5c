import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { jsonAt, stringAt, type JsonObject } from '../model/json.ts';
import { API_SERVER_RULE } from '../model/names.ts';

/**
 * The spec with the rule that `egress.apiServer` asks for: TCP 443 from the clusters' subnets to the names of the API servers, for workloads
 * that talk to them by the address inside the cluster. AKS names an API server when it makes the cluster, and rewrites the address to the
 * public one, which no HTTP rule sees (https://learn.microsoft.com/azure/aks/outbound-rules-control-egress); so it is a network rule, and comes
 * once there is a cluster. A private API server is reached within the network.
 *
 * @param clusters raw, as ARM answers them; absent where there is none
 */
export function withApiServerRule(
  spec: EnvironmentSpec,
  clusters: readonly (JsonObject | undefined)[],
): EnvironmentSpec {
  const { egress } = spec;
  const fqdns = clusters
    .filter((one) => jsonAt(one, 'properties', 'apiServerAccessProfile', 'enablePrivateCluster') !== true)
    .flatMap((one) => stringAt(one, 'properties', 'fqdn') ?? [])
    .toSorted();
  if (!egress.apiServer || fqdns.length === 0) return spec;
  const rule = { name: API_SERVER_RULE, protocols: ['TCP' as const], destinations: [], fqdns, ports: ['443'] };
  return { ...spec, egress: { ...egress, allow: { ...egress.allow, network: [...egress.allow.network, rule] } } };
}
