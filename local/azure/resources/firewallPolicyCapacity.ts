import { networkError } from '../errors.ts';
import { objectsAt, stringAt, stringsAt, type JsonObject } from '../json.ts';
import { isBelow, sameId } from '../resourceId.ts';
import { groupsOf } from './firewallPolicyLinks.ts';
import { natRulesIn } from './ruleCollectionOrder.ts';
import type { World } from './resourceType.ts';

const MAX_FRONTENDS_AND_DNAT_DESTINATIONS = 250;

/**
 * Throws when a firewall would have too many frontends and unique DNAT destinations together, by its policy's rules; those of
 * a base policy are not inherited. `written` is a group that is about to be, in place of what is stored under its id.
 */
export function checkDnatCapacity(
  world: World,
  firewall: JsonObject,
  written?: { readonly id: string; readonly body: JsonObject },
): void {
  const frontends = objectsAt(firewall, 'properties', 'ipConfigurations').length;
  const policyId = stringAt(firewall, 'properties', 'firewallPolicy', 'id');
  if (frontends === 0 || policyId === undefined) return;
  const stored = groupsOf(world, policyId)
    .filter(({ id }) => written === undefined || !sameId(id, written.id))
    .map(({ body }) => body);
  const own = written !== undefined && isBelow(written.id, policyId) ? [written.body] : [];
  const destinations = new Set(natRulesIn([...stored, ...own]).map(destinationOf));
  const used = frontends + destinations.size;
  if (used <= MAX_FRONTENDS_AND_DNAT_DESTINATIONS) return;
  throw networkError(
    400,
    'FirewallPolicyDnatRulesLimitExceeded',
    `${stringAt(firewall, 'id') ?? ''}: the number of public IP addresses and unique DNAT destinations is ${used}, which ` +
      `exceeds the limit of ${MAX_FRONTENDS_AND_DNAT_DESTINATIONS}.`,
  );
}

function destinationOf(rule: JsonObject): string {
  const parts = ['destinationAddresses', 'destinationPorts', 'ipProtocols'].map((name) => stringsAt(rule, name));
  return parts.map((part) => [...part].sort().join(',')).join(' ');
}
