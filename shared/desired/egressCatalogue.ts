import type { Cloud } from '../model/cloud.ts';
import type { EgressPresetName } from '../model/environmentSpec.ts';
import { requiredNames, requiredNamesSource } from './requiredEgress.ts';

/** What a catalogue entry's texts may refer to. */
interface CataloguePlace {
  readonly location: string;
  /** Of the cluster. */
  readonly subnetPrefix: string;
}

export interface ApplicationRule {
  readonly name: string;
  /** `http:80` or `https:443`. */
  readonly protocols: readonly string[];
  readonly sources: readonly string[];
  /** Either these or tags: a rule takes one of the two. */
  readonly fqdns?: readonly string[];
  readonly fqdnTags?: readonly string[];
}

export interface NetworkRule {
  readonly name: string;
  readonly protocols: readonly string[];
  readonly sources: readonly string[];
  /** Either these (ranges, service tags) or names. */
  readonly destinations?: readonly string[];
  readonly fqdns?: readonly string[];
  readonly ports: readonly string[];
}

/** A named list of what a kind of node or add-on has to reach. */
export interface EgressPreset {
  /** The page of Microsoft's documentation that the names come from. */
  readonly source: string;
  /** The state of Microsoft's documentation that the names come from (year and month); absent where it gives none. */
  readonly asOf: Readonly<Partial<Record<Cloud, string>>>;
  /** Names of the collections and their priority, which is unique per kind of rule and never changes. */
  readonly applicationCollection?: { readonly name: string; readonly priority: number };
  readonly networkCollection?: { readonly name: string; readonly priority: number };
  readonly application: (place: CataloguePlace, cloud: Cloud) => readonly ApplicationRule[];
  readonly network?: (place: CataloguePlace, cloud: Cloud) => readonly NetworkRule[];
  /** Rules that are kept as the article has them, and that AKS needs no longer in a cloud. */
  readonly needless?: Readonly<Partial<Record<Cloud, readonly { readonly rule: string; readonly why: string }[]>>>;
}

/**
 * The state of the catalogue as a whole, year and month. A change to what any preset lets out gets a new one: firewalls that were written
 * with an older one differ by it, and nobody has edited them.
 */
export const catalogueVersion = '2026-11';

const everyCloud = { public: '2026-11', government: '2023-06', china: '2023-06' };
const https = ['https:443'];
const http = ['http:80'];
const anywhere = ['*'];

/** The nodes' own needs. Where a cloud has no FQDN tag that is documented to cover them, the names are spelled out. */
const aks: EgressPreset = {
  source: requiredNamesSource,
  asOf: everyCloud,
  // The pages of the other clouds still name these as required.
  needless: {
    public: [
      { rule: 'apiudp (UDP 1194)', why: 'nodes reach the control plane over HTTPS, by konnectivity' },
      { rule: 'apitcp (TCP 9000)', why: 'nodes reach the control plane over HTTPS, by konnectivity' },
      { rule: 'time (UDP 123)', why: 'nodes made since March 2021 take the time from their host' },
    ],
  },
  applicationCollection: { name: 'aksfwar', priority: 100 },
  networkCollection: { name: 'aksfwnr', priority: 100 },
  application: ({ location }, cloud) => {
    const rule = { name: 'fqdn', sources: anywhere, protocols: [...http, ...https] };
    switch (cloud) {
      case 'public':
        return [{ ...rule, fqdnTags: ['AzureKubernetesService'] }];
      case 'government':
      case 'china':
        return [{ ...rule, fqdns: requiredNames(cloud, location).map(({ fqdn }) => fqdn) }];
    }
  },
  network: ({ location }, cloud) => {
    const tcpPorts = cloud === 'china' ? ['9000', '22'] : ['9000'];
    const destinations = [`AzureCloud.${location}`];
    return [
      { name: 'apiudp', protocols: ['UDP'], sources: anywhere, destinations, ports: ['1194'] },
      { name: 'apitcp', protocols: ['TCP'], sources: anywhere, destinations, ports: tcpPorts },
      { name: 'time', protocols: ['UDP'], sources: anywhere, fqdns: ['ntp.ubuntu.com'], ports: ['123'] },
    ];
  },
};

/** Storage and container registries, as the article opens them for its example. */
const article: EgressPreset = {
  source: 'https://learn.microsoft.com/azure/aks/limit-egress-traffic',
  asOf: everyCloud,
  applicationCollection: { name: 'aksfwarweb', priority: 101 },
  application: ({ subnetPrefix }, cloud) => {
    const storage: Record<Cloud, readonly string[]> = {
      public: ['*.blob.storage.azure.net', '*.blob.core.windows.net'],
      government: ['*.blob.core.usgovcloudapi.net'],
      china: ['*.blob.core.chinacloudapi.cn'],
    };
    const registries = ['ghcr.io', '*.docker.io', '*.docker.com', '*.githubusercontent.com'];
    return [
      { name: 'storage', protocols: https, sources: [subnetPrefix], fqdns: storage[cloud] },
      { name: 'website', protocols: https, sources: [subnetPrefix], fqdns: registries },
    ];
  },
};

const ubuntuUpdates: EgressPreset = {
  source: requiredNamesSource,
  asOf: everyCloud,
  applicationCollection: { name: 'ubuntu-updates', priority: 110 },
  application: ({ subnetPrefix }) => [
    {
      name: 'packages',
      protocols: http,
      sources: [subnetPrefix],
      fqdns: ['security.ubuntu.com', 'azure.archive.ubuntu.com', 'changelogs.ubuntu.com'],
    },
    { name: 'snapshots', protocols: https, sources: [subnetPrefix], fqdns: ['snapshot.ubuntu.com'] },
  ],
};

const gpu: EgressPreset = {
  source: requiredNamesSource,
  asOf: everyCloud,
  applicationCollection: { name: 'gpu', priority: 120 },
  application: ({ subnetPrefix }) => [
    {
      name: 'drivers',
      protocols: https,
      sources: [subnetPrefix],
      fqdns: ['nvidia.github.io', 'us.download.nvidia.com', 'download.docker.com'],
    },
  ],
};

const windows: EgressPreset = {
  source: requiredNamesSource,
  asOf: everyCloud,
  applicationCollection: { name: 'windows', priority: 130 },
  application: ({ subnetPrefix }) => [
    {
      name: 'binaries',
      protocols: https,
      sources: [subnetPrefix],
      fqdns: ['onegetcdn.azureedge.net', 'go.microsoft.com'],
    },
    {
      name: 'updates',
      protocols: http,
      sources: [subnetPrefix],
      fqdns: ['*.mp.microsoft.com', 'www.msftconnecttest.com', 'ctldl.windowsupdate.com'],
    },
  ],
};

const monitor: EgressPreset = {
  source: requiredNamesSource,
  asOf: { public: '2026-11' },
  applicationCollection: { name: 'monitor', priority: 140 },
  networkCollection: { name: 'monitor', priority: 140 },
  application: ({ location, subnetPrefix }) => [
    {
      name: 'endpoints',
      protocols: https,
      sources: [subnetPrefix],
      fqdns: [
        '*.ods.opinsights.azure.com',
        '*.oms.opinsights.azure.com',
        'dc.services.visualstudio.com',
        '*.in.applicationinsights.azure.com',
        '*.monitoring.azure.com',
        'login.microsoftonline.com',
        'global.handler.control.monitor.azure.com',
        `${location}.handler.control.monitor.azure.com`,
        '*.ingest.monitor.azure.com',
        '*.metrics.ingest.monitor.azure.com',
      ],
    },
  ],
  network: ({ subnetPrefix }) => [
    {
      name: 'service-tag',
      protocols: ['TCP'],
      sources: [subnetPrefix],
      destinations: ['AzureMonitor'],
      ports: ['443'],
    },
  ],
};

const defender: EgressPreset = {
  source: requiredNamesSource,
  asOf: everyCloud,
  applicationCollection: { name: 'defender', priority: 150 },
  application: ({ subnetPrefix }, cloud) => {
    const fqdns: Record<Cloud, readonly string[]> = {
      public: [
        'login.microsoftonline.com',
        '*.ods.opinsights.azure.com',
        '*.oms.opinsights.azure.com',
        '*.cloud.defender.microsoft.com',
      ],
      government: ['login.microsoftonline.us', '*.ods.opinsights.azure.us', '*.oms.opinsights.azure.us'],
      china: ['login.microsoftonline.cn', '*.ods.opinsights.azure.cn', '*.oms.opinsights.azure.cn'],
    };
    return [{ name: 'endpoints', protocols: https, sources: [subnetPrefix], fqdns: fqdns[cloud] }];
  },
};

const policy: EgressPreset = {
  source: requiredNamesSource,
  asOf: everyCloud,
  applicationCollection: { name: 'policy', priority: 160 },
  application: ({ subnetPrefix }, cloud) => {
    const fqdns: Record<Cloud, readonly string[]> = {
      public: ['data.policy.core.windows.net', 'store.policy.core.windows.net', 'dc.services.visualstudio.com'],
      government: ['data.policy.azure.us', 'store.policy.azure.us'],
      china: ['data.policy.azure.cn', 'store.policy.azure.cn'],
    };
    return [{ name: 'endpoints', protocols: https, sources: [subnetPrefix], fqdns: fqdns[cloud] }];
  },
};

const keyVault: EgressPreset = {
  source: requiredNamesSource,
  asOf: everyCloud,
  applicationCollection: { name: 'key-vault', priority: 170 },
  application: ({ subnetPrefix }, cloud) => {
    const domain: Record<Cloud, string> = {
      public: 'vault.azure.net',
      government: 'vault.usgovcloudapi.net',
      china: 'vault.azure.cn',
    };
    const fqdns = [domain[cloud], `*.${domain[cloud]}`];
    return [{ name: 'vaults', protocols: https, sources: [subnetPrefix], fqdns }];
  },
};

/** Which clouds each preset is documented for stands in `model/cloud`. */
export const egressCatalogue: Readonly<Record<EgressPresetName, EgressPreset>> = {
  aks,
  article,
  'ubuntu-updates': ubuntuUpdates,
  gpu,
  windows,
  monitor,
  defender,
  policy,
  'key-vault': keyVault,
};
