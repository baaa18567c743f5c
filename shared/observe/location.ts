import { subscriptionLocations } from '../azure/access.ts';
import { cloudOf, type Cloud } from '../model/cloud.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { suggestion } from '../model/nearest.ts';
import type { Problem } from '../model/problem.ts';
import { settings } from '../settings.ts';

/** Where each cloud's Azure Resource Manager is. Other endpoints (a stand-in, a private link) say nothing of their cloud. */
const cloudOfHost: Readonly<Record<string, Cloud>> = {
  'management.azure.com': 'public',
  'management.usgovcloudapi.net': 'government',
  'management.chinacloudapi.cn': 'china',
};

/** A location must lie in the cloud that the app works in, and be one that the subscription may use. @throws ArmError */
export async function locationIsOffered({ subscription, location }: EnvironmentSpec): Promise<Problem[]> {
  const elsewhere = cloudMismatch(location, settings().armEndpoint);
  if (elsewhere !== undefined) return [elsewhere];
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

/** The problem with a location of one cloud behind another cloud's endpoint. */
export function cloudMismatch(location: string, armEndpoint: string): Problem | undefined {
  const cloud = cloudOfHost[new URL(armEndpoint).hostname];
  if (cloud === undefined || cloud === cloudOf(location)) return undefined;
  return {
    path: 'location',
    message: `Location ${location} belongs to the ${cloudOf(location)} cloud, and the app works in the ${cloud} one.`,
    remedy: `Choose a location of the ${cloud} cloud, or run an app with that cloud's GATEHOUSE_ARM_ENDPOINT.`,
  };
}
