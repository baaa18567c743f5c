import { subscriptionLocations } from '../azure/access.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { suggestion } from '../model/nearest.ts';
import type { Problem } from '../model/problem.ts';

/** A location must be one that the subscription may use. @throws ArmError */
export async function locationIsOffered({ subscription, location }: EnvironmentSpec): Promise<Problem[]> {
  const offered = await subscriptionLocations(subscription);
  if (offered.includes(location)) return [];
  return [
    {
      path: 'location',
      message: `Location ${location} is not offered to subscription ${subscription}.`,
      remedy: suggestion(location, offered),
    },
  ];
}
