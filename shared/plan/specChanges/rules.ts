import type { ClusterSpec, EnvironmentSpec } from '../../model/environmentSpec.ts';
import { adoptedClusters, entra, kubernetesVersion, nodePools } from './clusterVerdicts.ts';
import {
  dnsProxyOn,
  dnsServersGiven,
  firewallTier,
  growingRange,
  jumpboxSize,
  ofJumpbox,
  onlyAdded,
} from './networkVerdicts.ts';
import type { Rule } from './specChange.ts';
import { anotherPool, fixed, inPlace, refused } from './verdicts.ts';

/** A rule for each field, however deep it lies: a field of the spec that nobody has judged fails the type check. */
type Rules<Section> = {
  readonly [Key in keyof Section]-?: Rule<Section[Key]> | RulesBelow<NonNullable<Section[Key]>>;
};
type RulesBelow<Section> = Section extends readonly unknown[] ? never : Section extends object ? Rules<Section> : never;

/** Of each cluster. */
export const clusterRules: Rules<ClusterSpec> = {
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
export const subnetRules: Rules<EnvironmentSpec['network']['clusterSubnet']> = {
  name: fixed('the subnet of the nodes'),
  prefix: fixed('the range of a subnet with nodes in it'),
};

/** What can follow a new spec while the environment lives, and what can't. Reads as the specification of a spec update. */
export const rules: Rules<Omit<EnvironmentSpec, 'clusters'>> = {
  name: refused('the name of an environment stays', 'Change the environment of that name, or start another one.'),
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
