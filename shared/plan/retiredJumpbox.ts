import { sameId } from '../actual/compare.ts';
import { owner } from '../actual/owner.ts';
import { hasJumpbox } from '../desired/jumpbox.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { objectsAt, stringAt, type JsonObject } from '../model/json.ts';
import { resourceIds, resourceNames } from '../model/names.ts';

/**
 * Whether there is a jumpbox that the spec no longer has. The network, which is read anyway, tells: our subnet for it is there with
 * our interface in it, or with nobody and still by our route table. A subnet that others use is theirs by now.
 */
export function isJumpboxRetired(spec: EnvironmentSpec, network: JsonObject | undefined): boolean {
  if (hasJumpbox(spec) || network === undefined || owner(network) !== spec.name) return false;
  const { jumpboxInterface, routeTable } = resourceIds(spec);
  const name = resourceNames(spec).jumpboxSubnet.toLowerCase();
  const subnet = objectsAt(network, 'properties', 'subnets').find(
    (one) => stringAt(one, 'name')?.toLowerCase() === name,
  );
  if (subnet === undefined) return false;
  const users = objectsAt(subnet, 'properties', 'ipConfigurations').map((one) => stringAt(one, 'id') ?? '');
  return users.length === 0
    ? sameId(stringAt(subnet, 'properties', 'routeTable', 'id') ?? '', routeTable)
    : users.some((id) => id.toLowerCase().startsWith(`${jumpboxInterface.toLowerCase()}/`));
}
