import { apiVersions } from '../model/apiVersions.ts';
import type { ClusterSpec, EnvironmentSpec } from '../model/environmentSpec.ts';
import { addressAt, trustedRange } from '../model/ipRange.ts';
import type { JsonObject } from '../model/json.ts';
import { resourceIds, resourceNames } from '../model/names.ts';
import type { DesiredResource } from '../model/resource.ts';
import { authorizedRanges } from './authorizedRanges.ts';
import { clusterIdentity, type IdentityFacts } from './clusterIdentity.ts';
import { desiredNodePool, nodePoolsOf } from './nodePools.ts';
import { tagged } from './resourceGroup.ts';

/** AKS' convention for its cluster DNS: the tenth address of the service CIDR. */
const DNS_SERVICE_ADDRESS = 10;

/**
 * The cluster. `userDefinedRouting` makes it rely on the subnet's route table and create no load balancer for egress; its
 * API server takes the firewall, the app and the granted developers.
 */
export function desiredCluster(
  spec: EnvironmentSpec,
  facts: {
    readonly frontends: readonly string[];
    readonly outboundRanges: readonly string[];
    /** Grants that end are let in when it is known that they have not; without it they are left to the access lane. */
    readonly now?: Date;
    /** The identity that the spec gives to the nodes, where it gives one. */
    readonly kubelet?: IdentityFacts;
  },
): DesiredResource {
  const names = resourceNames(spec);
  const ids = resourceIds(spec);
  const { cluster } = spec;
  const { identity, properties: identityProperties } = clusterIdentity(spec, facts.kubelet);
  return {
    kind: 'cluster',
    id: ids.cluster,
    apiVersion: apiVersions.containerService,
    body: {
      ...tagged(spec),
      ...(identity !== undefined && { identity }),
      properties: {
        ...(cluster.version !== undefined && { kubernetesVersion: cluster.version }),
        dnsPrefix: names.dnsPrefix,
        nodeResourceGroup: names.nodeResourceGroup,
        enableRBAC: true,
        ...identityProperties,
        ...entraProperties(cluster),
        agentPoolProfiles: nodePoolsOf(cluster).map((pool) =>
          desiredNodePool(pool, ids.clusterSubnet, cluster.version),
        ),
        networkProfile: {
          ...networkPlugin(cluster),
          outboundType: 'userDefinedRouting',
          loadBalancerSku: 'standard',
          serviceCidr: cluster.serviceCidr,
          dnsServiceIP: addressAt(trustedRange(cluster.serviceCidr), DNS_SERVICE_ADDRESS),
        },
        apiServerAccessProfile: cluster.private
          ? { enablePrivateCluster: true }
          : { authorizedIPRanges: authorizedRanges({ ...facts, grants: standingGrants(spec, facts.now) }) },
      },
    },
  };
}

/** Managed Entra integration: AKS has its own applications in every tenant. */
function entraProperties({ entra }: ClusterSpec): JsonObject {
  if (entra === undefined) return {};
  const { adminGroups, azureRbac, localAccounts } = entra;
  return {
    aadProfile: {
      managed: true,
      enableAzureRBAC: azureRbac,
      ...(adminGroups.length > 0 && { adminGroupObjectIDs: adminGroups }),
    },
    disableLocalAccounts: !localAccounts,
  };
}

/** Overlay is a mode of the azure CNI rather than a plugin of its own. */
function networkPlugin({ cni, podCidr }: ClusterSpec): JsonObject {
  return {
    ...(cni === 'azure-overlay' ? { networkPlugin: 'azure', networkPluginMode: 'overlay' } : { networkPlugin: cni }),
    ...(podCidr !== undefined && { podCidr }),
  };
}

/** A cluster that stands with these ranges let in, and nothing else of it. */
export function desiredApiServerRanges(id: string, ranges: readonly string[]): DesiredResource {
  return {
    kind: 'cluster',
    id,
    apiVersion: apiVersions.containerService,
    body: { properties: { apiServerAccessProfile: { authorizedIPRanges: ranges } } },
  };
}

function standingGrants({ access }: EnvironmentSpec, now: Date | undefined) {
  return access.developers.filter(
    ({ expires }) => expires === undefined || (now !== undefined && Date.parse(expires) > now.getTime()),
  );
}
