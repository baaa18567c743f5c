import { subnetIn, subnetPrefixes, type ActualAdoption } from '../actual/adopted.ts';
import { lastSegment, parentId } from '../model/armId.ts';
import { canonicalLocation } from '../model/cloud.ts';
import type { AdoptedResources, AdoptSpec, EnvironmentSpec } from '../model/environmentSpec.ts';
import { deepFreeze } from '../model/freeze.ts';
import { stringAt, stringsAt } from '../model/json.ts';

/** The spec of an adopting environment with what its ids led to: location, network and firewall are as they were found. */
export function adoptedSpec(
  spec: EnvironmentSpec & { readonly adopt: AdoptSpec },
  actual: ActualAdoption,
  found: AdoptedResources,
): EnvironmentSpec {
  const { firewall } = actual;
  if (firewall === undefined) throw new Error('What is adopted has a firewall.');
  const [cluster] = found.clusters;
  const [subnet] = cluster?.subnets ?? [];
  const network = actual.networks[parentId(subnet?.id ?? found.firewallSubnet).toLowerCase()];
  const [firewallPrefix = spec.network.firewallSubnet.prefix] = subnetPrefixes(
    subnetIn(actual.networks, found.firewallSubnet),
  );
  return deepFreeze({
    ...spec,
    location: canonicalLocation(stringAt(firewall, 'location') ?? spec.location),
    network: {
      ...spec.network,
      addressSpace: stringsAt(network, 'properties', 'addressSpace', 'addressPrefixes')[0] ?? spec.network.addressSpace,
      clusterSubnet: {
        name: lastSegment(subnet?.id ?? spec.network.clusterSubnet.name),
        prefix: subnet?.prefixes[0] ?? spec.network.clusterSubnet.prefix,
      },
      firewallSubnet: { name: lastSegment(found.firewallSubnet), prefix: firewallPrefix },
    },
    firewall: {
      ...spec.firewall,
      rules: found.policy === undefined ? 'classic' : 'policy',
      zones: stringsAt(firewall, 'zones'),
      publicIpCount: Math.max(1, actual.frontends.length),
    },
    cluster: { ...spec.cluster, name: cluster?.name ?? spec.cluster.name },
    adopt: { ...spec.adopt, found },
  });
}
