import type { JsonObject } from '../json.ts';
import { zonesOf } from './zones.ts';

/** Some of the public cloud's regions. */
const regions: Readonly<Record<string, string>> = {
  eastus: 'East US',
  eastus2: 'East US 2',
  centralus: 'Central US',
  southcentralus: 'South Central US',
  westus2: 'West US 2',
  westus3: 'West US 3',
  canadacentral: 'Canada Central',
  brazilsouth: 'Brazil South',
  northeurope: 'North Europe',
  westeurope: 'West Europe',
  uksouth: 'UK South',
  francecentral: 'France Central',
  germanywestcentral: 'Germany West Central',
  swedencentral: 'Sweden Central',
  switzerlandnorth: 'Switzerland North',
  uaenorth: 'UAE North',
  southafricanorth: 'South Africa North',
  centralindia: 'Central India',
  southeastasia: 'Southeast Asia',
  eastasia: 'East Asia',
  japaneast: 'Japan East',
  koreacentral: 'Korea Central',
  australiaeast: 'Australia East',
};

/** The locations of a subscription. */
export const locationsBody = (subscription: string): JsonObject => ({
  value: Object.entries(regions).map(([name, displayName]) => ({
    id: `/subscriptions/${subscription}/locations/${name}`,
    name,
    type: 'Region',
    displayName,
    regionalDisplayName: displayName,
    metadata: { regionType: 'Physical' },
    availabilityZoneMappings: zonesOf(name).map((zone) => ({ logicalZone: zone, physicalZone: `${name}-az${zone}` })),
  })),
});
