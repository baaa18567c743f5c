import { firewallFacts } from '../actual/facts.ts';
import { subnetIn, tableOf, type ActualAdoption } from '../actual/adopted.ts';
import {
  desiredAdoptedAssociation,
  desiredAdoptedFirewall,
  desiredAdoptedResolvers,
  desiredAdoptedRoutes,
  type AdoptingSpec,
} from '../desired/adopted.ts';
import { parentId } from '../model/armId.ts';
import type { AdoptedResources, AdoptedSubnet, AdoptFix } from '../model/environmentSpec.ts';
import { isJsonObject, objectsAt, stringAt, type JsonObject } from '../model/json.ts';
import type { DesiredResource } from '../model/resource.ts';
import { adoptionGaps, answersNames, defaultRouteOf, frontendsWithoutRoute } from './adoptionGaps.ts';

/** A part of somebody else's resource that is kept as `adopt.fix` asks for, and the resource as it is. */
export interface AdoptionFix {
  readonly desired: DesiredResource;
  readonly actual: JsonObject;
}

/** What is adopted, as it is now. */
export interface CurrentAdoption {
  readonly actual: ActualAdoption;
  /** Absent: it was never found whole. */
  readonly found: AdoptedResources | undefined;
}

/** The spec with what its ids lead to by now: a cluster may have got pools in further subnets. */
export const current = (spec: AdoptingSpec, adoption: CurrentAdoption | undefined): AdoptingSpec =>
  adoption?.found === undefined ? spec : { ...spec, adopt: { ...spec.adopt, found: adoption.found } };

/** What is kept of the firewall itself; undefined where nothing is asked for, or its policy has the rules. */
export function firewallFix(spec: AdoptingSpec, { firewall }: ActualAdoption): AdoptionFix | undefined {
  const { fix, found } = spec.adopt;
  const asked = fix.includes('egress') || fix.includes('dnsProxy');
  if (firewall === undefined || found?.policy !== undefined || !asked) return undefined;
  return { desired: desiredAdoptedFirewall(spec, firewall), actual: firewall };
}

/** What is kept of the route tables. */
export function routeFixes(spec: AdoptingSpec, actual: ActualAdoption): readonly AdoptionFix[] {
  const privateIp = actual.firewall === undefined ? undefined : firewallFacts(actual.firewall).privateIp;
  if (!spec.adopt.fix.includes('routes') || privateIp === undefined) return [];
  const wanted = spec.adopt.fix.includes('association') ? spec.adopt.routeTable : undefined;
  const tables = [
    ...subnetsOf(spec).map((subnet) => tableOf(actual, subnet)),
    wanted === undefined ? undefined : actual.routeTables[wanted.toLowerCase()],
  ].filter((table) => table !== undefined);
  return [...new Set(tables)].map((table) => {
    // What others have routed is left to them; what we have put there is kept as it should be.
    const foreign = withoutOwnRoutes(table, spec.name);
    const missing = {
      ...(defaultRouteOf(foreign) === undefined ? { firewallPrivateIp: privateIp } : {}),
      frontends: frontendsWithoutRoute(foreign, actual.frontends),
    };
    return { desired: desiredAdoptedRoutes(spec, stringAt(table, 'id') ?? '', missing), actual: table };
  });
}

function withoutOwnRoutes(table: JsonObject, environment: string): JsonObject {
  const properties = table['properties'];
  const routes = objectsAt(table, 'properties', 'routes').filter(
    (route) => !isOwnRoute(stringAt(route, 'name') ?? '', environment),
  );
  return { ...table, properties: { ...(isJsonObject(properties) ? properties : {}), routes } };
}

const isOwnRoute = (name: string, environment: string): boolean =>
  [`${environment}-fwrn`, `${environment}-fwinternet-`].some((own) => name.toLowerCase().startsWith(own));

/**
 * What is kept of subnets and networks. A subnet gets its table only once the firewall lets its nodes out and the table leads
 * there: everything that they send goes that way from then on. A network asks the firewall for names only once its proxy
 * answers: nothing in it, whosever it is, would resolve anything otherwise.
 */
export function networkFixes(spec: AdoptingSpec, actual: ActualAdoption): readonly AdoptionFix[] {
  const { fix, routeTable } = spec.adopt;
  const privateIp = actual.firewall === undefined ? undefined : firewallFacts(actual.firewall).privateIp;
  const subnets = subnetsOf(spec);
  const associations =
    fix.includes('association') && routeTable !== undefined && leadsOut(spec, actual, routeTable)
      ? subnets
          .filter((subnet) => tableOf(actual, subnet) === undefined)
          .map((subnet) => fixOf(desiredAdoptedAssociation(subnet, routeTable), subnetIn(actual.networks, subnet.id)))
      : [];
  const resolvers =
    fix.includes('dnsServers') && privateIp !== undefined && answersNames(actual)
      ? onePerNetwork(subnets).map((subnet) =>
          fixOf(desiredAdoptedResolvers(subnet, privateIp), actual.networks[parentId(subnet.id).toLowerCase()]),
        )
      : [];
  return [...associations, ...resolvers].flat();
}

const fixOf = (desired: DesiredResource, actual: JsonObject | undefined): readonly AdoptionFix[] =>
  actual === undefined ? [] : [{ desired, actual }];

/** Whether what goes by a table passes the firewall, and the firewall lets out what nodes need. */
function leadsOut(spec: AdoptingSpec, actual: ActualAdoption, routeTable: string): boolean {
  const { firewall } = actual;
  const table = actual.routeTables[routeTable.toLowerCase()];
  if (firewall === undefined || table === undefined) return false;
  const { privateIp } = firewallFacts(firewall);
  const leadsToFirewall = stringAt(defaultRouteOf(table), 'properties', 'nextHopIpAddress') === privateIp;
  const open: readonly (AdoptFix | undefined)[] = adoptionGaps(spec, actual).map((gap) => gap.fix);
  return leadsToFirewall && !open.includes('egress');
}

const subnetsOf = ({ adopt }: AdoptingSpec): readonly AdoptedSubnet[] =>
  (adopt.found?.clusters ?? []).flatMap(({ subnets }) => subnets);

const onePerNetwork = (subnets: readonly AdoptedSubnet[]): readonly AdoptedSubnet[] => [
  ...new Map(subnets.map((subnet) => [parentId(subnet.id).toLowerCase(), subnet])).values(),
];
