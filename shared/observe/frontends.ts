import { firewallFacts, publicIpFacts, publicIpPrefixFacts } from '../actual/facts.ts';
import { publicIpOf, type PublicIps } from '../azure/publicIps.ts';
import { readResource } from '../azure/resource.ts';
import { frontendRanges } from '../desired/frontendRanges.ts';
import { firewallFrontends } from '../desired/publicIps.ts';
import { apiVersions } from '../model/apiVersions.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { JsonObject } from '../model/json.ts';
import { positionAmong, resourceIds } from '../model/names.ts';

interface WantedFrontend {
  readonly publicIpId: string;
  /** Whether there is such a public IP. */
  readonly exists: boolean;
  /** Absent until Azure has allocated it. */
  readonly address?: string;
}

/** The public addresses of a firewall: those that the spec calls for, and those that it has. */
export interface ObservedFrontends {
  /** In the order of the spec. */
  readonly wanted: readonly WantedFrontend[];
  /** In the order of the firewall's IP configurations; undefined for one that Azure does not tell. */
  readonly inUse: readonly (string | undefined)[];
  /** Bare, of every one of them that is known, by lower-case id of the public IP. */
  readonly addresses: ReadonlyMap<string, string>;
  /** What routes lead straight to the Internet: the wanted addresses, and what the firewall still has of ours. Canonical. */
  readonly internetRanges: readonly string[];
  /** What the nodes are known by: those, and every other address that the firewall has, whoever gave it. Canonical. */
  readonly nodeRanges: readonly string[];
}

/**
 * Looks up the addresses of a firewall's public IPs, and the ranges of the prefixes that ours come from.
 *
 * @param firewall raw; undefined where there is none
 * @param known public IPs that have been listed; others are read
 * @throws ArmError
 */
export async function observeFrontends(
  spec: EnvironmentSpec,
  firewall: JsonObject | undefined,
  known: PublicIps,
): Promise<ObservedFrontends> {
  const { publicIp: first } = resourceIds(spec);
  const usedIds = firewall === undefined ? [] : firewallFacts(firewall).frontends.map(({ publicIpId }) => publicIpId);
  // An adopted firewall is to have what it has.
  const ids = spec.adopt === undefined ? firewallFrontends(spec).map(({ publicIpId }) => publicIpId) : usedIds;
  const found = await publicIpsNamed([...ids, ...usedIds], known);
  const addressOf = (id: string) => {
    const raw = found.get(id.toLowerCase());
    return raw === undefined ? undefined : publicIpFacts(raw).address;
  };
  const ownIds = [...ids, ...usedIds.filter((id) => positionAmong(first, id) !== undefined)];
  const prefixes = await rangesOfPrefixes(
    ownIds.map((id) => found.get(id.toLowerCase())).filter((raw) => raw !== undefined),
  );
  const addressesOf = (list: readonly string[]) => list.map(addressOf).filter((one) => one !== undefined);
  const wantedOf = (publicIpId: string): WantedFrontend => {
    const address = addressOf(publicIpId);
    return { publicIpId, exists: found.has(publicIpId.toLowerCase()), ...(address !== undefined && { address }) };
  };
  return {
    wanted: ids.map(wantedOf),
    inUse: usedIds.map(addressOf),
    addresses: new Map([...found.keys()].map((id) => [id, addressOf(id)] as const).filter(isKnown)),
    internetRanges: frontendRanges(addressesOf(ownIds), prefixes),
    nodeRanges: frontendRanges(addressesOf([...ownIds, ...usedIds]), prefixes),
  };
}

const isKnown = (entry: readonly [string, string | undefined]): entry is readonly [string, string] =>
  entry[1] !== undefined;

async function publicIpsNamed(ids: readonly string[], known: PublicIps): Promise<PublicIps> {
  const unique = new Map(ids.map((id) => [id.toLowerCase(), id]));
  const read = await Promise.all([...unique].map(async ([key, id]) => [key, await publicIpOf(id, known)] as const));
  return new Map(read.flatMap(([id, raw]) => (raw === undefined ? [] : [[id, raw]])));
}

async function rangesOfPrefixes(publicIps: readonly JsonObject[]): Promise<readonly string[]> {
  const ids = publicIps.flatMap((raw) => publicIpFacts(raw).prefixId ?? []);
  const unique = new Map(ids.map((id) => [id.toLowerCase(), id]));
  const read = await Promise.all([...unique.values()].map((id) => readResource(id, apiVersions.network)));
  return read.flatMap((raw) => (raw === undefined ? [] : (publicIpPrefixFacts(raw).range ?? [])));
}
