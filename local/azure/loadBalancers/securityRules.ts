import { at, objectAt, objectsAt, stringAt, type JsonObject } from '../json.ts';
import type { BalancedService } from '../clusterHost.ts';
import { baseName } from './loadBalancerBody.ts';

const FIRST_PRIORITY = 500;
/** The last of the priorities a rule can have: what is closed comes after all that is open. */
const FIRST_CLOSED_PRIORITY = 4000;

/**
 * The network security group with a service's rules in place of those it had. Without source ranges a public service is
 * open to the Internet, and an internal one needs no rule: the virtual network's own default lets it in.
 *
 * @param sources what the service says, or undefined when it says nothing
 */
export function withSecurityRules(
  group: JsonObject,
  service: BalancedService,
  address: string,
  sources: readonly string[] | undefined,
): JsonObject {
  const others = withoutSecurityRules(group, service.uid);
  const open = sources ?? (service.internal ? [] : ['Internet']);
  const rules = [
    ...(open.length === 0 ? [] : service.ports.map((port) => ({ port, access: 'Allow', prefixes: open }))),
    ...(sources === undefined ? [] : service.ports.map((port) => ({ port, access: 'Deny', prefixes: ['*'] }))),
  ];
  const taken = new Set(securityRules(group).map((rule) => at(rule, 'properties', 'priority')));
  const added = rules.map(({ port: { port, protocol }, access, prefixes }) => {
    const name = `${baseName(service.uid)}-${protocol}-${port}-${access === 'Allow' ? 'allow' : 'deny_all'}`;
    const known = securityRules(group).find((rule) => rule['name'] === name);
    const first = access === 'Allow' ? FIRST_PRIORITY : FIRST_CLOSED_PRIORITY;
    const priority = at(known, 'properties', 'priority') ?? nextFree(taken, first);
    taken.add(priority);
    return {
      name,
      id: `${stringAt(group, 'id')}/securityRules/${name}`,
      type: 'Microsoft.Network/networkSecurityGroups/securityRules',
      properties: {
        provisioningState: 'Succeeded',
        protocol: protocol === 'TCP' ? 'Tcp' : protocol === 'UDP' ? 'Udp' : '*',
        sourcePortRange: '*',
        ...(prefixes.length === 1
          ? { sourceAddressPrefix: prefixes[0], sourceAddressPrefixes: [] }
          : { sourceAddressPrefixes: prefixes }),
        destinationAddressPrefix: address,
        destinationPortRange: String(port),
        access,
        priority,
        direction: 'Inbound',
      },
    };
  });
  const place = securityRules(group).findIndex((rule) => !securityRules(others).includes(rule));
  return replaced(others, securityRules(others).toSpliced(place < 0 ? Infinity : place, 0, ...added));
}

export function withoutSecurityRules(group: JsonObject, uid: string): JsonObject {
  const prefix = `${baseName(uid)}-`;
  return replaced(
    group,
    securityRules(group).filter((rule) => !(stringAt(rule, 'name') ?? '').startsWith(prefix)),
  );
}

export function securityRules(group: JsonObject): readonly JsonObject[] {
  return objectsAt(group, 'properties', 'securityRules');
}

function replaced(group: JsonObject, rules: readonly JsonObject[]): JsonObject {
  return { ...group, properties: { ...objectAt(group, 'properties'), securityRules: rules } };
}

function nextFree(taken: ReadonlySet<unknown>, first: number): number {
  let priority = first;
  while (taken.has(priority)) priority++;
  return priority;
}
