import { chinaRegions, governmentRegions, publicRegions, type Regions } from './regions.ts';

/** Which cloud local Azure stands in for, by the names that Azure itself gives them. */
export const cloudNames = ['AzureCloud', 'AzureUSGovernment', 'AzureChinaCloud'] as const;
export type CloudName = (typeof cloudNames)[number];

/** What one cloud has otherwise than another. */
export interface CloudFacts {
  readonly name: CloudName;
  readonly resourceManager: string;
  /** Whom ARM takes tokens for, besides its own application's id. */
  readonly audiences: readonly string[];
  readonly login: string;
  readonly suffixes: { readonly keyVaultDns: string; readonly storage: string };
  readonly regions: Regions;
}

/** As `https://management.azure.com/metadata/endpoints?api-version=2022-09-01` names them (az cloud list --output json). */
const clouds: Readonly<Record<CloudName, Omit<CloudFacts, 'name'>>> = {
  AzureCloud: {
    resourceManager: 'https://management.azure.com',
    audiences: ['https://management.core.windows.net', 'https://management.azure.com'],
    login: 'https://login.microsoftonline.com',
    suffixes: { keyVaultDns: 'vault.azure.net', storage: 'core.windows.net' },
    regions: publicRegions,
  },
  AzureUSGovernment: {
    resourceManager: 'https://management.usgovcloudapi.net',
    audiences: ['https://management.core.usgovcloudapi.net', 'https://management.usgovcloudapi.net'],
    login: 'https://login.microsoftonline.us',
    suffixes: { keyVaultDns: 'vault.usgovcloudapi.net', storage: 'core.usgovcloudapi.net' },
    regions: governmentRegions,
  },
  AzureChinaCloud: {
    resourceManager: 'https://management.chinacloudapi.cn',
    audiences: ['https://management.core.chinacloudapi.cn', 'https://management.chinacloudapi.cn'],
    login: 'https://login.chinacloudapi.cn',
    suffixes: { keyVaultDns: 'vault.azure.cn', storage: 'core.chinacloudapi.cn' },
    regions: chinaRegions,
  },
};

export const cloudFacts = (name: CloudName): CloudFacts => ({ name, ...clouds[name] });

/** The cloud that a location belongs to. */
const cloudOf = (location: string): CloudName =>
  cloudNames.find((name) => Object.hasOwn(clouds[name].regions, location)) ?? 'AzureCloud';

/** What the API server of a cluster lies below. */
export function clusterDomain(location: string): string {
  switch (cloudOf(location)) {
    case 'AzureCloud':
      return `${location}.azmk8s.io`;
    case 'AzureUSGovernment':
      return `${location}.cx.aks.containerservice.azure.us`;
    case 'AzureChinaCloud':
      return `${location}.cx.prod.service.azk8s.cn`;
  }
}

/** What the names of public addresses lie below. */
export function addressDomain(location: string): string {
  const domains = {
    AzureCloud: 'cloudapp.azure.com',
    AzureUSGovernment: 'cloudapp.usgovcloudapi.net',
    AzureChinaCloud: 'cloudapp.chinacloudapi.cn',
  };
  return `${location}.${domains[cloudOf(location)]}`;
}
