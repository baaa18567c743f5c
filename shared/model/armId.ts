/** A full ARM id of a resource in a resource group, taken apart. */
export interface ArmId {
  /** The id as Azure spells its fixed parts; names keep their case. */
  readonly id: string;
  /** Lower-case. */
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly name: string;
}

const form =
  /^\/subscriptions\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/resourcegroups\/([\w().-]{1,90})\/providers\/([\w.]+\/\w+)\/([\w.-]{1,80})\/?$/i;

/**
 * Reads the id of a resource of one type.
 *
 * @param type as ARM spells it, e.g. `Microsoft.Network/azureFirewalls`
 * @returns undefined for what is no such id
 */
export function parseArmId(text: string, type: string): ArmId | undefined {
  const [, subscription, resourceGroup, found, name] = form.exec(text.trim()) ?? [];
  if (subscription === undefined || resourceGroup === undefined || name === undefined) return undefined;
  if (found?.toLowerCase() !== type.toLowerCase()) return undefined;
  return {
    id: `/subscriptions/${subscription.toLowerCase()}/resourceGroups/${resourceGroup}/providers/${type}/${name}`,
    subscription: subscription.toLowerCase(),
    resourceGroup,
    name,
  };
}

/** The id of the resource that a part of it (a subnet, an IP configuration) lies in. */
export const parentId = (id: string): string => id.split('/').slice(0, 9).join('/');

/** The last part of an id. */
export const lastSegment = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

/** The resource group of an id, as a full ARM id. */
export const groupId = (id: string): string => id.split('/').slice(0, 5).join('/');

/** The subscription of an id, a GUID. */
export const subscriptionOf = (id: string): string => id.split('/')[2] ?? '';
