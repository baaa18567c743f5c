import type { Cloud } from './cloud.ts';
import type { EgressPresetName } from './spec/types.ts';

/** Presets whose names are documented for the cloud; `desired/egressCatalogue` holds the names themselves. */
export const presetsOfCloud: Readonly<Record<Cloud, readonly EgressPresetName[]>> = {
  public: ['aks', 'article', 'ubuntu-updates', 'gpu', 'windows', 'monitor', 'defender', 'policy', 'key-vault'],
  government: ['aks', 'article', 'ubuntu-updates', 'gpu', 'windows', 'defender', 'policy', 'key-vault'],
  china: ['aks', 'article', 'ubuntu-updates', 'gpu', 'windows', 'defender', 'policy', 'key-vault'],
};
