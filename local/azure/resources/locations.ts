import type { CloudFacts } from '../clouds.ts';
import type { JsonObject } from '../json.ts';
import { zonesOf } from './zones.ts';

/** The locations of a subscription. */
export const locationsBody = ({ regions }: CloudFacts, subscription: string): JsonObject => ({
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
