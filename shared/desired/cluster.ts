import { v5 as uuidV5 } from 'uuid';
import { apiVersions } from '../model/apiVersions.ts';
import type { ClusterSpec, EnvironmentSpec } from '../model/environmentSpec.ts';
import { addressAt, trustedRange } from '../model/ipRange.ts';
import type { JsonObject } from '../model/json.ts';
import { resourceIds, resourceNames } from '../model/names.ts';
import type { DesiredResource } from '../model/resource.ts';
import { authorizedRanges } from './authorizedRanges.ts';
import { desiredNodePool, nodePoolsOf } from './nodePools.ts';
import { tagged } from './resourceGroup.ts';

/** AKS' convention for its cluster DNS: the tenth address of the service CIDR. */
const DNS_SERVICE_ADDRESS = 10;
/** Built-in role, the same GUID in every tenant. */
const NETWORK_CONTRIBUTOR = '4d97b98b-1d4f-4787-a291-c67834d212e7';
const ROLE_ASSIGNMENT_NAMESPACE = 'b1f0a3de-5f6c-5d7e-8a55-2c6f3c1d9e40';

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
  },
): DesiredResource {
  const names = resourceNames(spec);
  const ids = resourceIds(spec);
  const { cluster } = spec;
  return {
    kind: 'cluster',
    id: ids.cluster,
    apiVersion: apiVersions.containerService,
    body: {
      ...tagged(spec),
      identity: { type: 'SystemAssigned' },
      properties: {
        ...(cluster.version !== undefined && { kubernetesVersion: cluster.version }),
        dnsPrefix: names.dnsPrefix,
        nodeResourceGroup: names.nodeResourceGroup,
        enableRBAC: true,
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
        apiServerAccessProfile: {
          authorizedIPRanges: authorizedRanges({ ...facts, grants: standingGrants(spec, facts.now) }),
        },
      },
    },
  };
}

/** Overlay is a mode of the azure CNI rather than a plugin of its own. */
function networkPlugin({ cni, podCidr }: ClusterSpec): JsonObject {
  return {
    ...(cni === 'azure-overlay' ? { networkPlugin: 'azure', networkPluginMode: 'overlay' } : { networkPlugin: cni }),
    ...(podCidr !== undefined && { podCidr }),
  };
}

function standingGrants({ access }: EnvironmentSpec, now: Date | undefined) {
  return access.developers.filter(
    ({ expires }) => expires === undefined || (now !== undefined && Date.parse(expires) > now.getTime()),
  );
}

/**
 * Network Contributor for the cluster's identity on its subnet and route table: it joins nodes and internal load balancers
 * to the one and reads the other. `az aks create` assigns this by itself, the API does not. The names are made from
 * scope, role and principal, so that assigning twice is one assignment.
 */
export function desiredRoleAssignments(spec: EnvironmentSpec, principalId: string): readonly DesiredResource[] {
  const { clusterSubnet, routeTable } = resourceIds(spec);
  return [clusterSubnet, routeTable].map((scope) => {
    const name = uuidV5(`${scope}|${NETWORK_CONTRIBUTOR}|${principalId}`.toLowerCase(), ROLE_ASSIGNMENT_NAMESPACE);
    return {
      kind: 'roleAssignment',
      id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
      apiVersion: apiVersions.authorization,
      body: {
        properties: {
          roleDefinitionId: `/subscriptions/${spec.subscription}/providers/Microsoft.Authorization/roleDefinitions/${NETWORK_CONTRIBUTOR}`,
          principalId,
          // Without it Azure looks the principal up in Entra, where a new one takes minutes to appear.
          principalType: 'ServicePrincipal',
        },
      },
    };
  });
}
