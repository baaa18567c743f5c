export const cloudNames = ['public', 'government', 'china'] as const;
export type Cloud = (typeof cloudNames)[number];

/** Where a cloud is reached. */
export interface CloudEndpoints {
  /** Azure Resource Manager; it is its own audience, in each cloud. */
  readonly armEndpoint: string;
  /** Entra, where tokens come from. */
  readonly authorityHost: string;
}

/** As `az cloud list` and Azure.ResourceManager's ArmEnvironment have them. */
export const cloudEndpoints: Readonly<Record<Cloud, CloudEndpoints>> = {
  public: { armEndpoint: 'https://management.azure.com', authorityHost: 'https://login.microsoftonline.com' },
  government: {
    armEndpoint: 'https://management.usgovcloudapi.net',
    authorityHost: 'https://login.microsoftonline.us',
  },
  china: { armEndpoint: 'https://management.chinacloudapi.cn', authorityHost: 'https://login.chinacloudapi.cn' },
};

/** The cloud that an endpoint of Azure Resource Manager is of; undefined for a stand-in or a private one. */
export const cloudAt = (armEndpoint: string): Cloud | undefined =>
  cloudNames.find((name) => new URL(cloudEndpoints[name].armEndpoint).hostname === new URL(armEndpoint).hostname);

/** The cloud that a location belongs to; names of services differ between clouds. */
export function cloudOf(location: string): Cloud {
  if (location.startsWith('usgov') || location.startsWith('usdod')) return 'government';
  if (location.startsWith('china')) return 'china';
  return 'public';
}

/** `East US` and `eastus` are the same place; ARM answers with either. */
export function canonicalLocation(location: string): string {
  return location.replaceAll(' ', '').toLowerCase();
}
