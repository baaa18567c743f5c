/** The limits of a subscription per region, where no other has been set through `/_local/quotas`. */
const limits: Readonly<Record<string, number>> = {
  VirtualNetworks: 1000,
  PublicIPAddresses: 1000,
  PublicIpPrefixes: 100,
  RouteTables: 200,
  cores: 100,
  standardDSv2Family: 100,
  standardDSv3Family: 100,
  standardDSv5Family: 100,
  standardBSFamily: 100,
};

export function defaultLimit(usage: string): number {
  return limits[usage] ?? 100;
}
