import { apiVersions } from '../model/apiVersions.ts';
import { objectsAt, stringAt, stringsAt, type JsonObject } from '../model/json.ts';
import { readResource, listResources } from './resource.ts';

/**
 * A resource provider's registration in a subscription, e.g. `Registered` or `NotRegistered`. The SDKs register none,
 * and every write to an unregistered one is refused.
 *
 * @throws ArmError
 */
export async function providerState(subscription: string, namespace: string): Promise<string> {
  const provider = await readResource(`/subscriptions/${subscription}/providers/${namespace}`, apiVersions.resources);
  const state = provider?.['registrationState'];
  return typeof state === 'string' ? state : 'NotRegistered';
}

/** A location that a subscription may use. */
interface OfferedLocation {
  /** e.g. `eastus` */
  readonly name: string;
  /** As the subscription counts its availability zones, e.g. `1`; none where there are none. */
  readonly zones: readonly string[];
}

/** The locations that a subscription may use. @throws ArmError */
export async function subscriptionLocations(subscription: string): Promise<readonly OfferedLocation[]> {
  const locations = (await listResources(`/subscriptions/${subscription}/locations`, SUBSCRIPTIONS_API_VERSION)) ?? [];
  return locations.flatMap((location) => {
    const name = stringAt(location, 'name');
    const zones = objectsAt(location, 'availabilityZoneMappings').flatMap((one) => stringAt(one, 'logicalZone') ?? []);
    return name === undefined ? [] : [{ name, zones }];
  });
}

/**
 * Which of the actions the app's identity lacks on a resource group, by the permissions that ARM computes for the
 * caller (role assignments inherited from above included).
 *
 * @throws ArmError
 */
export async function missingActions(resourceGroupId: string, actions: readonly string[]): Promise<string[]> {
  const path = `${resourceGroupId}/providers/Microsoft.Authorization/permissions`;
  const permissions = (await listResources(path, apiVersions.authorization)) ?? [];
  return actions.filter((action) => !permissions.some((permission) => grants(permission, action)));
}

/** A role grants an action when one of its actions matches and none of its exceptions does; `*` spans segments. */
function grants(permission: JsonObject, action: string): boolean {
  const matches = (pattern: string) =>
    new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 'i').test(action);
  return stringsAt(permission, 'actions').some(matches) && !stringsAt(permission, 'notActions').some(matches);
}

/** Whether there is such a subscription for the app's identity. @throws ArmError, and what the credential throws */
export const subscriptionIsReadable = async (subscription: string): Promise<boolean> =>
  (await readResource(`/subscriptions/${subscription}`, SUBSCRIPTIONS_API_VERSION)) !== undefined;

const SUBSCRIPTIONS_API_VERSION = '2022-12-01';
