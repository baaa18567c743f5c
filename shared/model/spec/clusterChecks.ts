import type { Problem } from '../problem.ts';
import type { Checked } from './checked.ts';
import { checkedClusters, clusterListProblems, toldOf } from './clusterList.ts';
import { FIRST_POOL, linuxSkus, SYSTEM_ASSIGNED } from './clusterTypes.ts';
import { isWithin } from './scopes.ts';

/** A route table holds 400 routes; with kubenet each node has one, beside those of the firewall. */
const MAX_KUBENET_NODES = 390;
/** AKS prefixes the names of Windows machines, which have 15 letters at the most. */
const MAX_WINDOWS_POOL_NAME = 6;

/** What of each cluster's parts does not fit together, and how the clusters do. */
export function clusterProblems(checked: Checked): readonly Problem[] {
  const ofEach = checkedClusters(checked).flatMap((cluster) =>
    toldOf(cluster, [
      ...podRangeProblems(cluster),
      ...nodePoolProblems(cluster),
      ...identityProblems(cluster),
      ...entraProblems(cluster),
      ...kubenetProblems(cluster),
    ]),
  );
  return [...clusterListProblems(checked), ...ofEach];
}

function podRangeProblems({ draft, sound }: Checked): readonly Problem[] {
  const { cni, podCidr } = draft.cluster;
  if (!sound('cluster.cni') || !sound('cluster.podCidr') || cni !== 'azure' || podCidr === undefined) return [];
  return [
    {
      path: 'cluster.podCidr',
      message: "with the azure CNI pods take addresses of the cluster's subnet, and have no range of their own",
      remedy: 'Leave it out, or set cluster.cni to azure-overlay.',
    },
  ];
}

type Pool = NonNullable<Checked['draft']['cluster']['nodePools']>[number];
type PoolFault = Problem | undefined;

function nodePoolProblems({ draft, sound }: Checked): readonly Problem[] {
  const { nodePools = [], cni } = draft.cluster;
  return nodePools.flatMap((pool, index) => {
    const path = `cluster.nodePools.${index}`;
    if (!sound(path)) return [];
    const twin = pool.name === FIRST_POOL || nodePools.findIndex(({ name }) => name === pool.name) < index;
    const faults: readonly PoolFault[] = [
      twin
        ? {
            path: `${path}.name`,
            message: `the name "${pool.name}" is used twice: the first pool is ${FIRST_POOL}`,
            remedy: 'Give each node pool its own name.',
          }
        : undefined,
      pool.mode === 'System' && pool.nodeCount === 0
        ? { path: `${path}.nodeCount`, message: 'a System pool has at least one node', remedy: 'Give at least 1.' }
        : undefined,
      skuFault(pool, path),
      ...(pool.osType === 'Windows' && sound('cluster.cni') ? windowsFaults(pool, path, cni) : []),
    ];
    return faults.filter((fault) => fault !== undefined);
  });
}

function skuFault({ osType, osSku }: Pool, path: string): PoolFault {
  if (osSku === undefined) return undefined;
  const isLinux = linuxSkus.some((sku) => sku === osSku);
  if (isLinux === (osType === 'Linux')) return undefined;
  return {
    path: `${path}.osSku`,
    message: `${osSku} is not for ${osType}`,
    remedy: isLinux ? 'Set osType to Linux, or choose Windows2022.' : 'Set osType to Windows, or choose Ubuntu.',
  };
}

function windowsFaults({ name, mode }: Pool, path: string, cni: string): readonly PoolFault[] {
  return [
    cni === 'kubenet'
      ? {
          path: `${path}.osType`,
          message: 'kubenet takes no Windows nodes',
          remedy: 'Set cluster.cni to azure-overlay or azure.',
        }
      : undefined,
    mode === 'System'
      ? {
          path: `${path}.mode`,
          message: 'what AKS itself runs needs Linux nodes',
          remedy: 'Use User for a pool of Windows nodes.',
        }
      : undefined,
    name.length > MAX_WINDOWS_POOL_NAME
      ? {
          path: `${path}.name`,
          message: `"${name}" is too long for a pool of Windows nodes`,
          remedy: `Use at most ${MAX_WINDOWS_POOL_NAME} letters and digits.`,
        }
      : undefined,
  ];
}

function identityProblems({ draft, sound, context }: Checked): readonly Problem[] {
  const { identity, kubeletIdentity, servicePrincipal } = draft.cluster;
  const problems: Problem[] = [];
  if (servicePrincipal !== undefined && identity !== undefined) {
    problems.push({
      path: 'cluster.identity',
      message: 'a cluster acts either as an identity or as a service principal',
      remedy: 'Leave out cluster.identity or cluster.servicePrincipal.',
    });
  }
  const isUserAssigned = servicePrincipal === undefined && identity !== undefined && identity !== SYSTEM_ASSIGNED;
  if (kubeletIdentity !== undefined && sound('cluster.identity') && !isUserAssigned) {
    problems.push({
      path: 'cluster.kubeletIdentity',
      message: "AKS takes an identity of one's own for the nodes only with a user-assigned one for the control plane",
      remedy: 'Set cluster.identity to user-assigned or to the id of one, or leave this out.',
    });
  }
  for (const [field, id] of Object.entries({ identity, kubeletIdentity })) {
    if (id?.startsWith('/') !== true || context.allowedScopes.some((scope) => isWithin(id, scope))) continue;
    problems.push({
      path: `cluster.${field}`,
      message: `${id} lies outside the scopes that the app may use`,
      remedy: 'Choose one within GATEHOUSE_ALLOWED_SCOPES, or have its scope added there.',
    });
  }
  return problems;
}

function entraProblems({ draft, sound }: Checked): readonly Problem[] {
  const { entra } = draft.cluster;
  if (entra === undefined || !sound('cluster.entra') || !sound('cluster.entra.adminGroups')) return [];
  if (entra.azureRbac || entra.adminGroups.length > 0) return [];
  return [
    {
      path: 'cluster.entra.adminGroups',
      message:
        'nobody of Entra could do anything in the cluster: it has neither a group of administrators nor Azure RBAC',
      remedy: "Name a group that the app's identity is a member of, or set cluster.entra.azureRbac to true.",
    },
  ];
}

function kubenetProblems({ draft, sound }: Checked): readonly Problem[] {
  const { cni, identity = SYSTEM_ASSIGNED, servicePrincipal, nodeCount, nodePools = [] } = draft.cluster;
  if (!sound('cluster.cni') || cni !== 'kubenet') return [];
  const problems: Problem[] = [];
  if (sound('cluster.identity') && servicePrincipal === undefined && identity === SYSTEM_ASSIGNED) {
    problems.push({
      path: 'cluster.identity',
      message:
        "kubenet on a route table of one's own needs a user-assigned identity: AKS writes its pods' routes there",
      remedy: 'Set cluster.identity to user-assigned (Gatehouse makes one), or to the id of an existing one.',
    });
  }
  const nodes = nodePools.reduce((sum, pool) => sum + pool.nodeCount, nodeCount);
  if (sound('cluster.nodeCount') && sound('cluster.nodePools') && nodes > MAX_KUBENET_NODES) {
    problems.push({
      path: 'cluster.nodeCount',
      message: `with kubenet each of the ${nodes} nodes takes a route, and a route table holds 400`,
      remedy: `Use at most ${MAX_KUBENET_NODES} nodes, or set cluster.cni to azure-overlay.`,
    });
  }
  return problems;
}
