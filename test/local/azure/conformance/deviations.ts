import type { Aspect, Difference } from './compare.ts';
import type { Finding } from './replay.ts';

/** Differences that one deviation explains: all that fit one of its patterns. */
interface Pattern {
  readonly aspect: Aspect;
  readonly kind: Difference['kind'];
  /** Each covers what lies below it, too. For headers, their names. */
  readonly paths: readonly string[];
  /** As findings name them, `GET azureFirewalls`; any when absent. */
  readonly requests?: readonly string[];
  /** Any when absent. */
  readonly recordings?: readonly string[];
}

/** Something in which local Azure answers otherwise than the real one did, and why it is left so. */
export interface Deviation {
  readonly id: string;
  readonly what: string;
  readonly reason: string;
  readonly patterns: readonly Pattern[];
}

const aks = ['aks-authorized-ranges', 'aks-private-cluster'];
const beforeTokenBuckets = [
  ...aks,
  ...['firewall-ip-config-2021', 'firewall-with-policy-2020', 'public-ip', 'route-table', 'virtual-network'],
];
const hub = ['firewall-with-policy-2020'];
const onClusters = ['GET managedClusters', 'LIST managedClusters', 'PUT managedClusters'];

/** The whole list: README.md shows it as a table, and the suite fails for what is not in it or no longer occurs. */
export const deviations: readonly Deviation[] = [
  {
    id: 'recorder-filter',
    what: '`Retry-After`, `x-ms-request-id` and `x-ms-ratelimit-remaining-subscription-reads` are there',
    reason: "The real service sends them; the recorder of the Azure CLI's tests drops them (`FILTER_HEADERS`).",
    patterns: [
      {
        aspect: 'header',
        kind: 'extra',
        paths: ['retry-after', 'x-ms-request-id', 'x-ms-ratelimit-remaining-subscription-reads'],
      },
    ],
  },
  {
    id: 'rate-limits-of-today',
    what: '`x-ms-ratelimit-remaining-subscription-global-reads` and `-global-writes` are there',
    reason: 'Those recordings are older than the token buckets of ARM (2024). The recordings of 2025 have them.',
    patterns: [
      {
        aspect: 'header',
        kind: 'extra',
        recordings: beforeTokenBuckets,
        paths: [
          'x-ms-ratelimit-remaining-subscription-global-reads',
          'x-ms-ratelimit-remaining-subscription-global-writes',
        ],
      },
    ],
  },
  {
    id: 'list-from-cache',
    what: 'A list of virtual networks over the subscription has an `x-ms-arm-service-request-id`',
    reason: 'Which lists ARM answers from its own cache is not known: that of route tables had one.',
    patterns: [
      {
        aspect: 'header',
        kind: 'extra',
        recordings: ['virtual-network'],
        requests: ['LIST virtualNetworks'],
        paths: ['x-ms-arm-service-request-id'],
      },
    ],
  },
  {
    id: 'notified-firewall-updates',
    what: 'Updates of a firewall say `Azure-AsyncNotification: Enabled`',
    reason: 'They did not at api-version 2020-05-01, but did in every recording from 2020-07-01 on.',
    patterns: [
      {
        aspect: 'header',
        kind: 'extra',
        recordings: hub,
        requests: ['PUT azureFirewalls'],
        paths: ['azure-asyncnotification'],
      },
    ],
  },
  {
    id: 'policies-of-today',
    what: 'A firewall policy has `size`, `sku` and, when read, the `ETag` header',
    reason: 'At api-version 2020-05-01 it had none of them; at 2022-01-01 it had all.',
    patterns: [
      { aspect: 'body', kind: 'extra', recordings: hub, paths: ['properties.size', 'properties.sku'] },
      { aspect: 'header', kind: 'extra', recordings: hub, requests: ['GET firewallPolicies'], paths: ['etag'] },
    ],
  },
  {
    id: 'policy-size',
    what: 'The `size` of policies and rule collection groups is another number',
    reason: 'It is that of the JSON here; what Azure weighs is not documented. It is for people to read.',
    patterns: [{ aspect: 'value', kind: 'other', paths: ['properties.size'] }],
  },
  {
    id: 'no-virtual-wan',
    what: 'Virtual WANs and hubs are refused, and a firewall in a hub is kept as one without IP configuration',
    reason:
      'Gatehouse builds firewalls in virtual networks only; a hub has neither subnets nor the route tables it needs.',
    patterns: [
      {
        aspect: 'status',
        kind: 'other',
        requests: ['PUT virtualWans', 'GET virtualWans', 'PUT virtualHubs', 'GET virtualHubs'],
        paths: [''],
      },
      { aspect: 'status', kind: 'missing', requests: ['POLL virtualWans', 'POLL virtualHubs'], paths: [''] },
      { aspect: 'body', kind: 'missing', recordings: hub, paths: ['properties.hubIPAddresses'] },
      {
        aspect: 'body',
        kind: 'extra',
        recordings: hub,
        requests: ['PUT azureFirewalls', 'GET azureFirewalls'],
        paths: [
          'properties.threatIntelMode',
          'properties.ipConfigurations',
          'properties.networkRuleCollections',
          'properties.applicationRuleCollections',
          'properties.natRuleCollections',
        ],
      },
    ],
  },
  {
    id: 'public-ip-tier',
    what: 'The SKU of a public IP has a `tier`',
    reason: 'At api-version 2020-06-01 it had none; at 2020-08-01 it had one.',
    patterns: [{ aspect: 'body', kind: 'extra', recordings: hub, paths: ['sku.tier'] }],
  },
  {
    id: 'private-endpoint-policies',
    what: "A subnet's `privateEndpointNetworkPolicies` are `Disabled` unless said otherwise",
    reason: 'Then the default was `Enabled`; the specification of today says `Disabled`.',
    patterns: [
      {
        aspect: 'value',
        kind: 'other',
        paths: [
          'properties.subnets[].properties.privateEndpointNetworkPolicies',
          'properties.privateEndpointNetworkPolicies',
        ],
      },
    ],
  },
  {
    id: 'no-vm-protection',
    what: 'A new network has no `enableVmProtection`',
    reason: 'The network recorded in 2021 (api-version 2021-05-01) had none any more.',
    patterns: [{ aspect: 'body', kind: 'missing', paths: ['properties.enableVmProtection'] }],
  },
  {
    id: 'aks-of-today',
    what: 'A cluster has members that came after api-version 2020-09-01',
    reason: 'Local Azure answers every api-version alike, as of today; clients of 2020 ignored what they did not know.',
    patterns: [
      {
        aspect: 'body',
        kind: 'extra',
        requests: onClusters,
        paths: [
          ...['eTag', 'kind', 'properties.currentKubernetesVersion', 'properties.azurePortalFQDN'],
          ...['properties.supportPlan', 'properties.autoUpgradeProfile', 'properties.disableLocalAccounts'],
          ...['properties.securityProfile', 'properties.storageProfile', 'properties.oidcIssuerProfile'],
          ...['properties.workloadAutoScalerProfile', 'properties.resourceUID'],
          ...['properties.networkProfile.networkDataplane', 'properties.networkProfile.podCidrs'],
          ...['properties.networkProfile.serviceCidrs', 'properties.networkProfile.ipFamilies'],
          ...['properties.agentPoolProfiles[].currentOrchestratorVersion', 'properties.agentPoolProfiles[].osSKU'],
          ...['properties.agentPoolProfiles[].kubeletDiskType', 'properties.agentPoolProfiles[].scaleDownMode'],
          'properties.agentPoolProfiles[].upgradeSettings',
        ],
      },
      {
        aspect: 'value',
        kind: 'other',
        requests: onClusters,
        paths: ['properties.agentPoolProfiles[].nodeImageVersion'],
      },
    ],
  },
  {
    id: 'aks-sku-name',
    what: "A new cluster's SKU is `Base`",
    reason: '`Basic` was renamed in 2023.',
    patterns: [{ aspect: 'value', kind: 'other', requests: onClusters, paths: ['sku.name'] }],
  },
  {
    id: 'aks-dashboard',
    what: 'The add-on `KubeDashboard` is neither switched on by itself nor given an identity',
    reason: 'AKS has retired it (1.19).',
    patterns: [
      { aspect: 'body', kind: 'missing', requests: onClusters, paths: ['properties.addonProfiles.KubeDashboard'] },
    ],
  },
  {
    id: 'aks-private-fqdn',
    what: 'A private cluster has a public FQDN beside its private one',
    reason: 'That is the default since api-version 2021-05-01 (`enablePrivateClusterPublicFQDN`).',
    patterns: [
      {
        aspect: 'body',
        kind: 'extra',
        recordings: ['aks-private-cluster'],
        paths: ['properties.fqdn', 'properties.apiServerAccessProfile.enablePrivateClusterPublicFQDN'],
      },
    ],
  },
  {
    id: 'aks-private-link',
    what: 'Lists and answers to PUT name a private link resource by `id`, as GET does, and not by `privateLinkServiceID`',
    reason: 'The service behind it is one of Microsoft; Gatehouse reads neither.',
    patterns: [
      {
        aspect: 'body',
        kind: 'missing',
        requests: ['LIST managedClusters', 'PUT managedClusters'],
        paths: ['properties.privateLinkResources[].privateLinkServiceID'],
      },
      {
        aspect: 'body',
        kind: 'extra',
        requests: ['LIST managedClusters', 'PUT managedClusters'],
        paths: ['properties.privateLinkResources[].id'],
      },
    ],
  },
  {
    id: 'aks-stages',
    what: 'While it is created, a cluster has no kubelet identity, outbound IPs, `Standard` load balancer SKU or private link `id` yet',
    reason: 'They appeared one after the other before `Succeeded`; when is not known, and Gatehouse waits for the end.',
    patterns: [
      {
        aspect: 'body',
        kind: 'missing',
        requests: ['GET managedClusters'],
        paths: [
          'properties.identityProfile',
          'properties.networkProfile.loadBalancerProfile.effectiveOutboundIPs',
          'properties.privateLinkResources[].id',
        ],
      },
      {
        aspect: 'value',
        kind: 'other',
        requests: ['GET managedClusters'],
        paths: ['properties.networkProfile.loadBalancerSku'],
      },
    ],
  },
  {
    id: 'redacted-kubeconfig',
    what: 'Kubeconfigs hold one',
    reason: 'They were blanked out in the recordings.',
    patterns: [
      { aspect: 'value', kind: 'other', requests: ['POST listClusterUserCredential'], paths: ['kubeconfigs[].value'] },
    ],
  },
];

/** The rows of the table in README.md. */
export const deviationRows = deviations.map(({ id, what, reason }) => [`\`${id}\``, what, reason]);

/** The findings that no deviation explains. */
export function unlisted(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter((finding) => !everyPath().some(({ pattern, path }) => explains(pattern, path, finding)));
}

/** What is listed, path by path, but does not occur: `policy-size: value properties.size`. */
export function outdated(findings: readonly Finding[]): readonly string[] {
  return everyPath()
    .filter(({ pattern, path }) => !findings.some((finding) => explains(pattern, path, finding)))
    .map(({ id, pattern, path }) => `${id}: ${pattern.aspect} ${path}`);
}

function everyPath() {
  return deviations.flatMap(({ id, patterns }) =>
    patterns.flatMap((pattern) => pattern.paths.map((path) => ({ id, pattern, path }))),
  );
}

function explains(pattern: Pattern, path: string, finding: Finding): boolean {
  return (
    pattern.aspect === finding.aspect &&
    pattern.kind === finding.kind &&
    (pattern.recordings?.includes(finding.recording) ?? true) &&
    (pattern.requests?.includes(finding.request) ?? true) &&
    (finding.path === path || finding.path.startsWith(`${path}.`) || finding.path.startsWith(`${path}[`))
  );
}
