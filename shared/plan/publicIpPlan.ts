import { sameId } from '../actual/compare.ts';
import { publicIpFacts, publicIpPrefixFacts } from '../actual/facts.ts';
import { owner } from '../actual/owner.ts';
import { desiredPublicIp, desiredPublicIpPrefix, firewallFrontends } from '../desired/publicIps.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { LARGEST_PREFIX_ADDRESSES } from '../model/azureLimits.ts';
import { stringAt, type JsonObject } from '../model/json.ts';
import { numbered, positionAmong, resourceIds } from '../model/names.ts';
import { prefixLengthFor } from '../model/ipRange.ts';
import type { DesiredResource } from '../model/resource.ts';
import { planResource } from './mergeResource.ts';
import type { ActualResources } from './plan.ts';
import type { ResourcePlan } from './resourcePlan.ts';

/** What is wanted of one resource, and the resource as it is. */
interface Compared {
  readonly desired: DesiredResource;
  /** Raw; absent where there is none. */
  readonly actual?: JsonObject;
}

/** What the spec calls for, by what is there. */
interface WantedPublicIps {
  readonly prefixes: readonly Compared[];
  /** One for each frontend, in order, and that of the management of a Basic firewall. */
  readonly publicIps: readonly Compared[];
}

interface PublicIpPlan {
  readonly prefixes: readonly ResourcePlan[];
  readonly publicIps: readonly ResourcePlan[];
}

/** What has to happen to the prefixes and public IPs of the firewall. */
export function publicIpPlan(spec: EnvironmentSpec, actual: ListedPublicIps): PublicIpPlan {
  const { prefixes, publicIps } = wantedPublicIps(spec, actual);
  const plan = (one: Compared) => planResource(one.desired, one.actual, spec.name);
  return { prefixes: prefixes.map(plan), publicIps: publicIps.map(plan) };
}

type ListedPublicIps = Pick<ActualResources, 'publicIps' | 'publicIpPrefixes'>;

/**
 * Where the public addresses come from. Neither a prefix nor what comes from it can be changed once it is made, so what is
 * there stays as it is:
 *
 * | frontend | comes from |
 * | --- | --- |
 * | there already | wherever it came from |
 * | missing, and a prefix of ours has room | that prefix |
 * | missing, with others | new prefixes: /28 for each sixteen, and the smallest that takes the rest |
 * | missing, the only one left | no prefix: it is a range of its own either way |
 *
 * @param actual raw, as ARM lists them; others may be among them
 */
export function wantedPublicIps(
  spec: EnvironmentSpec,
  { publicIps = [], publicIpPrefixes: prefixes = [] }: ListedPublicIps,
): WantedPublicIps {
  const { publicIpPrefix, managementPublicIp } = resourceIds(spec);
  const known = prefixes
    .flatMap((raw): Slots[] => {
      const id = stringAt(raw, 'id') ?? '';
      const position = positionAmong(publicIpPrefix, id);
      if (position === undefined || owner(raw) !== spec.name) return [];
      return [{ id, position, room: roomIn(id, raw, publicIps) }];
    })
    .toSorted((a, b) => a.position - b.position);
  const frontends = firewallFrontends(spec).map(({ publicIpId }) => publicIpId);
  const missing = frontends.filter((id) => find(publicIps, id) === undefined);
  const places = known.flatMap(({ id, room }) => Array.from({ length: room }, () => id));
  const made: DesiredResource[] = [];
  for (let left = missing.length - places.length, number = 0; left > 1; number++) {
    const id = numbered(publicIpPrefix, number);
    if (known.some((one) => sameId(one.id, id))) continue;
    const size = Math.min(left, LARGEST_PREFIX_ADDRESSES);
    made.push(desiredPublicIpPrefix(spec, id, prefixLengthFor(size)));
    places.push(...Array.from({ length: size }, () => id));
    left -= size;
  }
  const prefixOf = new Map(missing.map((id, index) => [id, places[index]]));
  return {
    prefixes: [...known.map(({ id }) => desiredPublicIpPrefix(spec, id)), ...made].map((one) =>
      compared(one, prefixes),
    ),
    publicIps: [...frontends, ...(spec.firewall.tier === 'Basic' ? [managementPublicIp] : [])].map((id) =>
      compared(desiredPublicIp(spec, id, prefixOf.get(id)), publicIps),
    ),
  };
}

function compared(desired: DesiredResource, list: readonly JsonObject[]): Compared {
  const actual = find(list, desired.id);
  return { desired, ...(actual !== undefined && { actual }) };
}

/** Addresses that a prefix still has to give. */
interface Slots {
  readonly id: string;
  readonly position: number;
  readonly room: number;
}

function roomIn(id: string, raw: JsonObject, publicIps: readonly JsonObject[]): number {
  const used = publicIps.filter((one) => sameId(publicIpFacts(one).prefixId ?? '', id)).length;
  return Math.max(0, publicIpPrefixFacts(raw).addresses - used);
}

function find(list: readonly JsonObject[], id: string): JsonObject | undefined {
  return list.find((raw) => sameId(stringAt(raw, 'id') ?? '', id));
}
