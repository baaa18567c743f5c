import { clusterViews } from '../model/clusters.ts';
import type { ClusterSpec, EnvironmentSpec } from '../model/environmentSpec.ts';
import { contains, trustedRange } from '../model/ipRange.ts';
import type { Json } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import { compareVersions, minorOf } from './kubernetesVersion.ts';

/** One field of a spec that a new spec says otherwise, and whether a living environment can follow. */
export type SpecChange = ChangeInPlace | RefusedChange;

interface Changed {
  /** Dotted, as in the spec: `cluster.nodeCount`. */
  readonly path: string;
  /** Absent: the field is new. */
  readonly before?: Json;
  /** Absent: the field goes. */
  readonly after?: Json;
}

interface ChangeInPlace extends Changed {
  readonly applied: 'in place';
  /** What else comes of it. */
  readonly note?: string;
}

interface RefusedChange extends Changed {
  readonly applied: 'refused';
  readonly message: string;
  readonly remedy: string;
}

type Verdict = Pick<ChangeInPlace, 'applied' | 'note'> | Pick<RefusedChange, 'applied' | 'message' | 'remedy'>;

/** Judges a field that differs. */
type Rule<Value> = (before: Value, after: Value) => Verdict;

/** A rule for each field, however deep it lies: a field of the spec that nobody has judged fails the type check. */
type Rules<Section> = {
  readonly [Key in keyof Section]-?: Rule<Section[Key]> | RulesBelow<NonNullable<Section[Key]>>;
};
type RulesBelow<Section> = Section extends readonly unknown[] ? never : Section extends object ? Rules<Section> : never;

const inPlace = (): Verdict => ({ applied: 'in place' });
const refused = (message: string, remedy: string) => (): Verdict => ({ applied: 'refused', message, remedy });

const another = 'Start another environment with it, move over, and delete this one.';
const anotherPool = 'Add a node pool with it under cluster.nodePools.';
const fixed = (what: string, remedy = another) => refused(`${what} can't be changed in place`, remedy);

/** Azure changes nothing that the first boot has made of a machine (`PropertyChangeNotAllowed`); it comes and goes as a whole. */
const ofJumpbox =
  (what: string) =>
  (before: string | undefined, after: string | undefined): Verdict =>
    before === undefined || after === undefined
      ? inPlace()
      : fixed(what, 'Take jumpbox out of the spec, and put it in again once the machine is gone.')();

/** Of each cluster. */
const clusterRules: Rules<ClusterSpec> = {
  name: fixed('the name of a cluster'),
  nodeCount: inPlace,
  nodeSize: fixed('the size of the machines of a node pool', anotherPool),
  osSku: fixed('the system of the nodes', anotherPool),
  maxPods: fixed('the number of pods of a node', anotherPool),
  zones: fixed('the zones of a node pool', anotherPool),
  nodePools,
  version: kubernetesVersion,
  cni: fixed("the cluster's network plugin"),
  podCidr: fixed('the pod CIDR'),
  identity: fixed("the cluster's identity"),
  kubeletIdentity: fixed("the identity of a cluster's nodes"),
  servicePrincipal: {
    clientId: fixed("the cluster's service principal"),
    objectId: fixed("the cluster's service principal"),
    secretName: fixed("the secret of the cluster's service principal", 'Rotate it with az aks update-credentials.'),
  },
  entra,
  serviceCidr: fixed('the service CIDR'),
  private: fixed('whether the API server is private'),
};

/** Of the subnet of each. */
const subnetRules: Rules<EnvironmentSpec['network']['clusterSubnet']> = {
  name: fixed('the subnet of the nodes'),
  prefix: fixed('the range of a subnet with nodes in it'),
};

/** What can follow a new spec while the environment lives, and what can't. Reads as the specification of a spec update. */
const rules: Rules<Omit<EnvironmentSpec, 'clusters'>> = {
  name: refused('the name of an environment stays', 'PUT to the environment of that name, or start another one.'),
  subscription: fixed('the subscription'),
  location: fixed('the location'),
  network: {
    addressSpace: growingRange,
    clusterSubnet: subnetRules,
    firewallSubnet: {
      name: fixed("the firewall's subnet"),
      prefix: fixed('the range of a subnet with a firewall in it'),
    },
    managementSubnet: fixed("the firewall's management subnet"),
    ingressSubnet: onlyAdded,
  },
  firewall: {
    tier: firewallTier,
    rules: fixed('where the rules are kept, classic or policy,'),
    // A firewall can be given other zones only while it is deallocated, which cuts the environment off.
    zones: fixed('the zones of a firewall'),
    threatIntel: inPlace,
    dnsProxy: dnsProxyOn,
    dnsServers: dnsServersGiven,
    publicIpCount: inPlace,
  },
  egress: { presets: inPlace, allow: { application: inPlace, network: inPlace }, apiServer: inPlace },
  cluster: clusterRules,
  access: { developers: inPlace },
  ingress: {
    expose: inPlace,
    namespaces: inPlace,
    allowedSources: inPlace,
    allowedPorts: inPlace,
    policy: inPlace,
    defaultSources: inPlace,
    maxDeletes: inPlace,
  },
  drift: { action: inPlace },
  jumpbox: {
    size: jumpboxSize,
    subnet: ofJumpbox('the range of a subnet with a machine in it'),
    adminUser: ofJumpbox('the user of a machine'),
    sshKey: ofJumpbox('the key that a machine was made with'),
    sources: inPlace,
    port: inPlace,
  },
  adopt: {
    firewall: fixed('the firewall that is adopted', 'Release this environment, and adopt the other firewall.'),
    clusters: adoptedClusters,
    routeTable: inPlace,
    fix: inPlace,
    // What the ids lead to is as it is found.
    found: inPlace,
  },
};

/**
 * Every field that differs, in the order of the spec. What is refused is what Azure can't change on what stands, or only by
 * cutting the environment off.
 *
 * @param before with every field that this version knows (`completedSpec`)
 */
export function specChanges(before: EnvironmentSpec, after: EnvironmentSpec): readonly SpecChange[] {
  const changes = changesBelow(rules, asSection(before), asSection(after), []);
  const isListed = before.clusters !== undefined || after.clusters !== undefined;
  if (!isListed) return changes;
  const ofFirst = ({ path }: SpecChange) => path.startsWith('cluster.') || path.startsWith('network.clusterSubnet.');
  return [
    ...changes.filter((change) => !ofFirst(change)),
    ...clusterChanges(clusterViews(before), clusterViews(after)),
  ];
}

/** What a list of clusters says otherwise, each by the rules of a single one. */
function clusterChanges(before: readonly EnvironmentSpec[], after: readonly EnvironmentSpec[]): readonly SpecChange[] {
  const find = (views: readonly EnvironmentSpec[], { cluster: { name } }: EnvironmentSpec) =>
    views.find(({ cluster }) => cluster.name.toLowerCase() === name.toLowerCase());
  const gone = before.filter((old) => find(after, old) === undefined);
  const [first] = before;
  return [
    ...gone.map(goneCluster),
    ...after.flatMap((view, index): readonly SpecChange[] => {
      const path = ['clusters', String(index)];
      const old = find(before, view);
      if (index === 0 && old !== first && !gone.includes(first!)) return [movedCluster(view, path)];
      if (old === undefined) return [addedCluster(view, path)];
      const [subnet, wantedSubnet] = [old.network.clusterSubnet, view.network.clusterSubnet];
      return [
        ...changesBelow(clusterRules, asSection(old.cluster), asSection(view.cluster), path),
        ...changesBelow(subnetRules, asSection(subnet), asSection(wantedSubnet), [...path, 'subnet']),
      ];
    }),
  ];
}

/** Whether a change is that a cluster is left out. */
export const isClusterGone = ({ path }: SpecChange): boolean => path === GONE;

const GONE = 'clusters';

function goneCluster({ cluster: { name } }: EnvironmentSpec): SpecChange {
  return {
    path: GONE,
    before: name,
    applied: 'refused',
    message: `the cluster "${name}" can't be left out: it would be deleted, with everything that runs in it`,
    remedy:
      'Keep it in the list. To be rid of it, start another environment with the other clusters, move over, and delete this one.',
  };
}

/** Azure makes it beside those that stand. */
function addedCluster({ cluster: { name } }: EnvironmentSpec, path: readonly string[]): SpecChange {
  return {
    path: path.join('.'),
    after: name,
    applied: 'in place',
    note: 'The cluster is created, in a subnet of its own.',
  };
}

/** The first one has names that the others don't have. */
function movedCluster({ cluster: { name } }: EnvironmentSpec, path: readonly string[]): SpecChange {
  return {
    path: path.join('.'),
    after: name,
    applied: 'refused',
    message: `the cluster "${name}" was not the first one, and the first one can't change`,
    remedy: 'Leave the first cluster of the list where it is, and add others after it.',
  };
}

/** What of the changes can't be made, as problems of the spec that asks for them. */
export const refusedChanges = (changes: readonly SpecChange[]): readonly Problem[] =>
  changes.flatMap((change) =>
    change.applied === 'refused' ? [{ path: change.path, message: change.message, remedy: change.remedy }] : [],
  );

type Section = Readonly<Record<string, Json | undefined>>;
const asSection = (part: object): Section => part as Section;
interface AnyRules {
  readonly [key: string]: Rule<never> | AnyRules;
}

function changesBelow(
  below: AnyRules,
  before: Section,
  after: Section,
  path: readonly string[],
): readonly SpecChange[] {
  return Object.entries(below).flatMap(([key, rule]): readonly SpecChange[] => {
    const [old, wanted] = [before[key], after[key]];
    const at = [...path, key];
    if (typeof rule !== 'function') return changesBelow(rule, (old ?? {}) as Section, (wanted ?? {}) as Section, at);
    if (JSON.stringify(old) === JSON.stringify(wanted)) return [];
    const values = { ...(old !== undefined && { before: old }), ...(wanted !== undefined && { after: wanted }) };
    return [{ path: at.join('.'), ...values, ...rule(old as never, wanted as never) }];
  });
}

/** A cluster that is no longer named would keep rules and ranges that nobody answers for. */
function adoptedClusters(before: readonly string[] = [], after: readonly string[] = []): Verdict {
  const kept = new Set(after.map((id) => id.toLowerCase()));
  const dropped = before.find((id) => !kept.has(id.toLowerCase()));
  if (dropped === undefined) return { applied: 'in place' };
  return {
    applied: 'refused',
    message: `${dropped} can't be left out: its rules and ranges would stay`,
    remedy: 'Delete this environment, which takes them back, and adopt the clusters that remain.',
  };
}

/** A subnet can be added at any time; one that load balancers have frontends in stays as it is. */
function onlyAdded(before: object | undefined): Verdict {
  if (before === undefined) return { applied: 'in place' };
  return {
    applied: 'refused',
    message: "the ingress subnet can't be changed or taken away: load balancers may have their frontends in it",
    remedy: another,
  };
}

/** Nodes keep the DNS servers that they booted with: without the proxy those that run could resolve nothing any more. */
function dnsProxyOn(_before: boolean, after: boolean): Verdict {
  if (after) return { applied: 'in place', note: 'Running nodes ask their old DNS servers until they restart.' };
  return {
    applied: 'refused',
    message: "the DNS proxy can't be turned off under running nodes, which ask it until they restart",
    remedy: another,
  };
}

function dnsServersGiven(_before: readonly string[] | undefined, after: readonly string[] | undefined): Verdict {
  if (after !== undefined) return { applied: 'in place' };
  return {
    applied: 'in place',
    note: "The firewall keeps the DNS servers that it has; give an empty list to go back to Azure's own.",
  };
}

/** Azure adds to a network's address space while it lives, and takes nothing away that subnets lie in. */
function growingRange(before: string, after: string): Verdict {
  return contains(trustedRange(after), trustedRange(before))
    ? { applied: 'in place', note: 'Peerings with other networks have to be synchronised afterwards.' }
    : {
        applied: 'refused',
        message: `the address space can only be widened, and ${after} does not hold ${before}`,
        remedy: `Give a range that holds ${before}. ${another}`,
      };
}

/** Azure resizes a machine in place, and restarts it. */
function jumpboxSize(before: string | undefined, after: string | undefined): Verdict {
  if (before === undefined) return inPlace();
  if (after === undefined) return { applied: 'in place', note: 'The machine is deleted, and its disk with it.' };
  return { applied: 'in place', note: 'The jumpbox restarts.' };
}

/**
 * Azure Firewall changes between Standard and Premium, and neither to nor from Basic
 * (https://learn.microsoft.com/azure/firewall/easy-upgrade).
 */
function firewallTier(before: string, after: string): Verdict {
  if (before !== 'Basic' && after !== 'Basic') {
    return { applied: 'in place', note: 'The firewall is replaced behind its addresses; do it when traffic is low.' };
  }
  return {
    applied: 'refused',
    message: `a firewall can't go from ${before} to ${after}: Azure changes between Standard and Premium alone`,
    remedy: another,
  };
}

type Entra = EnvironmentSpec['cluster']['entra'];

/** AKS turns Entra on for a cluster that lives, and not off again. */
function entra(_before: Entra, after: Entra): Verdict {
  if (after !== undefined) return { applied: 'in place' };
  return { applied: 'refused', message: "Entra can't be taken from a cluster again", remedy: another };
}

type NodePools = EnvironmentSpec['cluster']['nodePools'];

/** Pools come and change their number of nodes; their machines are as they were made. Gatehouse takes no machine away that runs anything. */
function nodePools(before: NodePools = [], after: NodePools = []): Verdict {
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
function kubernetesVersion(before: string | undefined, after: string | undefined): Verdict {
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
