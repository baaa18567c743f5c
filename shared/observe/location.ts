import { subscriptionLocations } from '../azure/access.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { suggestion } from '../model/nearest.ts';
import type { Problem } from '../model/problem.ts';

/** A location must be one that the subscription may use. @throws ArmError */
export async function locationIsOffered({ subscription, location, firewall }: EnvironmentSpec): Promise<Problem[]> {
  const offered = await subscriptionLocations(subscription);
  const found = offered.find(({ name }) => name === location);
  if (found !== undefined) return zoneProblems(location, firewall.zones, found.zones);
  return [
    {
      path: 'location',
      message: `Location ${location} is not offered to subscription ${subscription}.`,
      remedy: suggestion(
        location,
        offered.map(({ name }) => name),
      ),
    },
  ];
}

/** Azure refuses a firewall in zones that its region has not. */
function zoneProblems(location: string, wanted: readonly string[], offered: readonly string[]): Problem[] {
  const missing = wanted.filter((zone) => !offered.includes(zone));
  if (missing.length === 0) return [];
  const message =
    offered.length === 0
      ? `Location ${location} has no availability zones.`
      : `Location ${location} has the availability zones ${offered.join(', ')}, and not ${missing.join(', ')}.`;
  return [{ path: 'firewall.zones', message, remedy: 'Leave the field out, or choose another location.' }];
}
