import type { EgressPresetName } from './spec/types.ts';

export type Cloud = 'public' | 'government' | 'china';

/** The cloud that a location belongs to; names of services differ between clouds. */
export function cloudOf(location: string): Cloud {
  if (location.startsWith('usgov') || location.startsWith('usdod')) return 'government';
  if (location.startsWith('china')) return 'china';
  return 'public';
}

/** Presets whose names are documented for the cloud; `desired/egressCatalogue` holds the names themselves. */
export const presetsOfCloud: Readonly<Record<Cloud, readonly EgressPresetName[]>> = {
  public: ['aks', 'article', 'ubuntu-updates', 'gpu', 'windows', 'monitor', 'defender', 'policy', 'key-vault'],
  government: ['aks', 'article', 'ubuntu-updates', 'gpu', 'windows', 'defender', 'policy', 'key-vault'],
  china: ['aks', 'article', 'ubuntu-updates', 'gpu', 'windows', 'defender', 'policy', 'key-vault'],
};

/** `East US` and `eastus` are the same place; ARM answers with either. */
export function canonicalLocation(location: string): string {
  return location.replaceAll(' ', '').toLowerCase();
}
