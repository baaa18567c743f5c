import type { CloudFacts } from '../clouds.ts';
import { ArmError } from '../errors.ts';

/** `East US` and `eastus` are the same location. */
export function normalLocation(location: string): string {
  return location.replaceAll(' ', '').toLowerCase();
}

/** Reads the location a PUT names. Throws `LocationRequired` and `LocationNotAvailableForResourceType`. */
export function checkLocation(location: unknown, type: string, { regions }: CloudFacts): string {
  if (typeof location !== 'string' || location === '') {
    throw new ArmError(400, 'LocationRequired', 'The location property is required for this definition.');
  }
  const normal = normalLocation(location);
  // Topics of a subscription lie where Azure Resource Manager does: everywhere.
  if (normal === 'global' && type === 'Microsoft.EventGrid/systemTopics') return normal;
  if (!Object.hasOwn(regions, normal)) {
    const group = type === 'Microsoft.Resources/resourceGroups';
    throw new ArmError(
      400,
      group ? 'LocationNotAvailableForResourceGroup' : 'LocationNotAvailableForResourceType',
      `The provided location '${location}' is not available for ${group ? 'resource group' : `resource type '${type}'`}. ` +
        `List of available regions is '${Object.keys(regions).join(',')}'.`,
    );
  }
  return normal;
}

const NETWORK_NAME = /^\w(?:[\w.-]{0,78}\w)?$/;

/** The rule for names of network resources and their children. */
export function checkNetworkName(name: string): void {
  if (NETWORK_NAME.test(name)) return;
  throw new ArmError(
    400,
    'InvalidResourceName',
    `Resource name ${name} is invalid. The name can be up to 80 characters long. It must begin with a word character, ` +
      "and it must end with a word character or with '_'. The name may contain word characters or '.', '-', '_'.",
    { details: [] },
  );
}

export function checkGroupName(name: string): void {
  if (/^[\w().-]{1,90}$/.test(name) && !name.endsWith('.')) return;
  throw new ArmError(
    400,
    'InvalidResourceGroupName',
    `The provided resource group name '${name}' has these invalid characters: a name is up to 90 letters, digits, '_', ` +
      "'(', ')', '-' and '.', and doesn't end in '.'.",
  );
}
