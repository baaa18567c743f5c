import { networkError } from '../errors.ts';
import { stringsAt, type JsonObject } from '../json.ts';
import type { Write } from './resourceType.ts';

const ALL_ZONES = ['1', '2', '3'];
/** Regions of the public cloud without availability zones. */
const regionsWithoutZones = [
  ...['australiacentral', 'australiasoutheast', 'canadaeast', 'koreasouth', 'northcentralus', 'southindia'],
  ...['ukwest', 'westcentralus', 'westus'],
];

/** The zones that a region has. */
export const zonesOf = (location: string): readonly string[] =>
  regionsWithoutZones.includes(location) ? [] : ALL_ZONES;

/** Throws when the zones that a body names are none of its region, or others than those that it was created in. */
export function checkZones(write: Write, type: string): void {
  const wanted = stringsAt(write.sent, 'zones');
  const offered = zonesOf(write.location);
  if (wanted.length > 0 && offered.length === 0) {
    throw networkError(
      400,
      'LocationNotSupportAvailabilityZones',
      `The resource '${type}/${write.name}' does not support availability zones at location '${write.location}'.`,
    );
  }
  const unknown = wanted.filter((zone) => !offered.includes(zone));
  if (unknown.length > 0) {
    throw networkError(
      400,
      'InvalidAvailabilityZone',
      `The zone(s) '${unknown.join(',')}' for resource '${type}/${write.name}' is not supported. The supported zones for ` +
        `location '${write.location}' are '${offered.join(',')}'`,
    );
  }
  if (write.before === undefined) return;
  const shown = (zones: readonly string[]) => (zones.length === 0 ? 'NoZone' : zones.toSorted().join(', '));
  const [existing, requested] = [shown(stringsAt(write.before, 'zones')), shown(spread(wanted))];
  if (existing === requested || existing === shown(wanted)) return;
  throw networkError(
    400,
    'ResourceAvailabilityZonesCannotBeModified',
    `Resource ${write.id} has an existing availability zone constraint ${existing} and the request has availability zone ` +
      `constraint ${requested}, which do not match. Zones cannot be added/updated/removed once the resource is created. ` +
      'The resource cannot be updated from regional to zonal or vice-versa.',
  );
}

/** An address in more than one zone is one in all of them, whichever were asked for. */
export function spread(zones: readonly string[]): readonly string[] {
  return zones.length > 1 ? ALL_ZONES : zones;
}

/** The zones of a public IP or prefix as they are stored. */
export function spreadZones(sent: JsonObject): JsonObject {
  const zones = spread(stringsAt(sent, 'zones'));
  return zones.length === 0 ? {} : { zones };
}
