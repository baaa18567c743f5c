import { parentId } from '../model/armId.ts';
import { apiVersions } from '../model/apiVersions.ts';
import type { AdoptedSubnet, AdoptSpec, EnvironmentSpec } from '../model/environmentSpec.ts';
import { jsonAt, objectsAt, stringAt, type JsonObject } from '../model/json.ts';
import type { DesiredResource } from '../model/resource.ts';
import { egressCollections, ownCollectionNames } from './egress.ts';

export type AdoptingSpec = EnvironmentSpec & { readonly adopt: AdoptSpec };

export const isAdopting = (spec: EnvironmentSpec): spec is AdoptingSpec => spec.adopt !== undefined;

/** Whether the spec's egress rules are kept: on what is adopted only where that is asked for. */
export const keepsEgress = ({ adopt }: Pick<EnvironmentSpec, 'adopt'>): boolean =>
  adopt === undefined || adopt.fix.includes('egress');

/**
 * The part of somebody else's firewall that `adopt.fix` asks for. Collections bear the environment's name in front: the
 * catalogue's names are the article's, and such collections may be the owner's own.
 */
export function desiredAdoptedFirewall(spec: AdoptingSpec, actual: JsonObject): DesiredResource {
  const { adopt, name } = spec;
  const own = (list: keyof typeof ownCollectionNames) => ownCollectionNames[list].map((one) => `${name}-${one}`);
  // Rules of a firewall with a policy are the policy's.
  const egress = keepsEgress(spec) && adopt.found?.policy === undefined;
  const { application, network } = egressCollections(spec);
  return {
    kind: 'firewall',
    id: adopt.firewall,
    apiVersion: apiVersions.network,
    isPart: true,
    ...(egress && {
      ownCollections: {
        applicationRuleCollections: own('applicationRuleCollections'),
        networkRuleCollections: own('networkRuleCollections'),
      },
    }),
    body: {
      properties: {
        ...(adopt.fix.includes('dnsProxy') &&
          adopt.found?.policy === undefined && { additionalProperties: { 'Network.DNS.EnableProxy': 'true' } }),
        ...(egress && {
          networkRuleCollections: placed(name, network, actual, 'networkRuleCollections'),
          applicationRuleCollections: placed(name, application, actual, 'applicationRuleCollections'),
        }),
      },
    },
  };
}

const FIRST_PRIORITY = 2000;

/** Our collections beside those of others: each keeps the priority that it has, a new one takes the first that is free. */
function placed(
  environment: string,
  collections: readonly JsonObject[],
  firewall: JsonObject,
  list: string,
): readonly JsonObject[] {
  const present = new Map(
    collectionsOf(firewall, list).map(({ name, priority }) => [name.toLowerCase(), priority] as const),
  );
  const taken = new Set(present.values());
  return collections.map((one) => {
    const name = `${environment}-${typeof one['name'] === 'string' ? one['name'] : ''}`;
    let priority = present.get(name.toLowerCase());
    if (priority === undefined) {
      priority = FIRST_PRIORITY;
      while (taken.has(priority)) priority++;
      taken.add(priority);
    }
    return { name, properties: { ...(one['properties'] as JsonObject), priority } };
  });
}

function collectionsOf(firewall: JsonObject, list: string): readonly { name: string; priority: number }[] {
  return objectsAt(firewall, 'properties', list).map((one) => {
    const priority = jsonAt(one, 'properties', 'priority');
    return { name: stringAt(one, 'name') ?? '', priority: typeof priority === 'number' ? priority : 0 };
  });
}

/** What a route table lacks of the routes that lead to the firewall, and past it to the Internet. */
export function desiredAdoptedRoutes(
  { name }: AdoptingSpec,
  table: string,
  missing: { readonly firewallPrivateIp?: string; readonly frontends: readonly string[] },
): DesiredResource {
  const { firewallPrivateIp, frontends } = missing;
  const toFirewall = {
    name: `${name}-fwrn`,
    properties: {
      addressPrefix: '0.0.0.0/0',
      nextHopType: 'VirtualAppliance',
      nextHopIpAddress: firewallPrivateIp,
    },
  };
  const routes = [
    ...(firewallPrivateIp === undefined ? [] : [toFirewall]),
    ...frontends.map((address) => ({
      name: `${name}-fwinternet-${address.replaceAll('.', '-')}`,
      properties: { addressPrefix: `${address}/32`, nextHopType: 'Internet' },
    })),
  ];
  return {
    kind: 'routeTable',
    id: table,
    apiVersion: apiVersions.network,
    isPart: true,
    body: { properties: { routes } },
  };
}

/** The association of a subnet with a route table. */
export const desiredAdoptedAssociation = (subnet: AdoptedSubnet, table: string): DesiredResource => ({
  kind: 'subnet',
  id: subnet.id,
  apiVersion: apiVersions.network,
  isPart: true,
  body: { properties: { routeTable: { id: table } } },
});

/** The resolvers of the network that a subnet lies in. */
export const desiredAdoptedResolvers = (subnet: AdoptedSubnet, firewallPrivateIp: string): DesiredResource => ({
  kind: 'virtualNetwork',
  id: parentId(subnet.id),
  apiVersion: apiVersions.network,
  isPart: true,
  body: { properties: { dhcpOptions: { dnsServers: [firewallPrivateIp] } } },
});
