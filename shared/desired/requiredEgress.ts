import type { Cloud } from '../model/cloud.ts';

/** A name that the nodes of a cluster have to reach over HTTPS, on port 443. */
export interface RequiredName {
  /** A host name, or a wildcard for everything below one. */
  readonly fqdn: string;
  readonly use: string;
  /** A private cluster is reached without it. */
  readonly publicApiServer?: true;
}

/** Where the names stand. Those of the FQDN tag `AzureKubernetesService` are the public cloud's. */
export const requiredNamesSource = 'https://learn.microsoft.com/azure/aks/outbound-rules-control-egress';

/**
 * The names that AKS documents as required, in a cloud and a location. The public cloud's are what its FQDN tag covers; the others have
 * no tag that is documented to cover them.
 */
export function requiredNames(cloud: Cloud, location: string): readonly RequiredName[] {
  return [...apiServerNames(cloud, location), ...azureNames[cloud], ...packageNames(cloud)];
}

function apiServerNames(cloud: Cloud, location: string): readonly RequiredName[] {
  const apiServer = { use: 'the API server', publicApiServer: true } as const;
  switch (cloud) {
    case 'public':
      return [{ fqdn: `*.hcp.${location}.azmk8s.io`, ...apiServer }];
    case 'government':
      return [{ fqdn: `*.hcp.${location}.cx.aks.containerservice.azure.us`, ...apiServer }];
    case 'china':
      return [
        { fqdn: `*.hcp.${location}.cx.prod.service.azk8s.cn`, ...apiServer },
        { fqdn: `*.tun.${location}.cx.prod.service.azk8s.cn`, ...apiServer },
      ];
  }
}

const azureNames: Readonly<Record<Cloud, readonly RequiredName[]>> = {
  public: namesOf('management.azure.com', 'login.microsoftonline.com'),
  government: namesOf('management.usgovcloudapi.net', 'login.microsoftonline.us'),
  china: namesOf('management.chinacloudapi.cn', 'login.chinacloudapi.cn'),
};

function namesOf(management: string, login: string): readonly RequiredName[] {
  return [
    { fqdn: 'mcr.microsoft.com', use: 'images of AKS' },
    { fqdn: '*.data.mcr.microsoft.com', use: 'images of AKS' },
    { fqdn: management, use: 'Azure Resource Manager' },
    { fqdn: login, use: 'Entra' },
  ];
}

function packageNames(cloud: Cloud): readonly RequiredName[] {
  const packages = { fqdn: 'packages.microsoft.com', use: 'packages of the nodes' };
  if (cloud === 'china') return [packages, { fqdn: '*.azk8s.cn', use: 'binaries of the nodes' }];
  return [
    packages,
    { fqdn: 'acs-mirror.azureedge.net', use: 'binaries of the nodes' },
    { fqdn: 'packages.aks.azure.com', use: 'binaries of the nodes' },
  ];
}
