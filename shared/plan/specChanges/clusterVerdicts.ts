import type { EnvironmentSpec } from '../../model/environmentSpec.ts';
import { compareVersions, minorOf } from '../kubernetesVersion.ts';
import type { Verdict } from './specChange.ts';
import { another, anotherPool, inPlace } from './verdicts.ts';

/** A cluster that is no longer named would keep rules and ranges that nobody answers for. */
export function adoptedClusters(before: readonly string[] = [], after: readonly string[] = []): Verdict {
  const kept = new Set(after.map((id) => id.toLowerCase()));
  const dropped = before.find((id) => !kept.has(id.toLowerCase()));
  if (dropped === undefined) return { applied: 'in place' };
  return {
    applied: 'refused',
    message: `${dropped} can't be left out: its rules and ranges would stay`,
    remedy: 'Delete this environment, which takes them back, and adopt the clusters that remain.',
  };
}

type Entra = EnvironmentSpec['cluster']['entra'];

/** AKS turns Entra on for a cluster that lives, and not off again. */
export function entra(_before: Entra, after: Entra): Verdict {
  if (after !== undefined) return { applied: 'in place' };
  return { applied: 'refused', message: "Entra can't be taken from a cluster again", remedy: another };
}

type NodePools = EnvironmentSpec['cluster']['nodePools'];

/** Pools come and change their number of nodes; their machines are as they were made. Gatehouse takes no machine away that runs anything. */
export function nodePools(before: NodePools = [], after: NodePools = []): Verdict {
  for (const pool of after) {
    const old = before.find(({ name }) => name === pool.name);
    if (old === undefined || samePool(old, pool)) continue;
    return {
      applied: 'refused',
      message: `the machines and the system of the node pool "${pool.name}" can't be changed in place`,
      remedy: anotherPool,
    };
  }
  const gone = before.filter(({ name }) => !after.some((pool) => pool.name === name)).map(({ name }) => name);
  if (gone.length === 0) return inPlace();
  return {
    applied: 'in place',
    note: `Drain and delete what the spec no longer has: az aks nodepool delete --name ${gone.join(', ')}.`,
  };
}

type NodePool = NonNullable<NodePools>[number];

const samePool = (a: NodePool, b: NodePool): boolean =>
  JSON.stringify(withoutSize(a)) === JSON.stringify(withoutSize(b));

function withoutSize({ mode: _mode, nodeCount: _count, ...pool }: NodePool) {
  return pool;
}

/** AKS goes up one minor version at a time, and never down (https://learn.microsoft.com/azure/aks/upgrade-aks-cluster). */
export function kubernetesVersion(before: string | undefined, after: string | undefined): Verdict {
  if (after === undefined) return { applied: 'in place', note: 'The cluster stays at the version that it has.' };
  if (before === undefined) return inPlace();
  if (compareVersions(after, before) < 0) {
    return {
      applied: 'refused',
      message: `Kubernetes ${after} is older than ${before}, and AKS does not go back`,
      remedy: `Keep ${before} or give a newer one. ${another}`,
    };
  }
  const next = minorOf(before) + 1;
  if (minorOf(after) <= next) return { applied: 'in place', note: 'Every node is replaced, one after the other.' };
  return {
    applied: 'refused',
    message: `AKS goes up one minor version at a time, not from ${before} to ${after}`,
    remedy: `Go to 1.${next} first.`,
  };
}
