import { firewallFacts, publicIpFacts } from '../actual/facts.ts';
import { owner } from '../actual/owner.ts';
import { firewallFrontends } from '../desired/publicIps.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { canonicalRange, contains, rangeOf, type IpRange } from '../model/ipRange.ts';
import { isJsonObject, objectsAt, stringAt, textsIn, type Json, type JsonObject } from '../model/json.ts';
import { positionAmong, resourceIds, resourceNames } from '../model/names.ts';

/** IP configurations that a firewall has of a larger number of frontends than the spec calls for. */
export interface RetiredConfigurations {
  /** Names of those that may go. */
  readonly free: readonly string[];
  /** Those that a DNAT rule still names: Azure refuses a rule for an address that the firewall has not. */
  readonly held: readonly { readonly name: string; readonly rule: string }[];
}

/**
 * What the firewall need not have any more. The first configuration is always wanted: it stands for all in the subnet.
 *
 * @param addresses bare, by lower-case id of the public IP
 * @param natRuleCollections every DNAT rule as it will stand when the configurations go, whoever wrote it
 */
export function retiredConfigurations(
  spec: EnvironmentSpec,
  firewall: JsonObject,
  addresses: ReadonlyMap<string, string>,
  natRuleCollections: readonly Json[],
): RetiredConfigurations {
  const { firewallIpConfiguration } = resourceNames(spec);
  const rules = natRuleCollections.filter(isJsonObject).flatMap((one) => objectsAt(one, 'properties', 'rules'));
  const retired = firewallFacts(firewall).frontends.filter(
    ({ name }) => (positionAmong(firewallIpConfiguration, name) ?? -1) >= spec.firewall.publicIpCount,
  );
  const judged = retired.map(({ name, publicIpId }) => {
    const address = rangeOf(addresses.get(publicIpId.toLowerCase()) ?? '');
    // An address that is not known might be anybody's.
    const rule = address === undefined ? rules[0] : rules.find((one) => isFor(one, address));
    return { name, rule: rule === undefined ? undefined : (stringAt(rule, 'name') ?? '') };
  });
  return {
    free: judged.filter(({ rule }) => rule === undefined).map(({ name }) => name),
    held: judged.flatMap(({ name, rule }) => (rule === undefined ? [] : [{ name, rule }])),
  };
}

function isFor(rule: JsonObject, address: IpRange): boolean {
  return textsIn(rule.destinationAddresses).some((text) => {
    const [from = '', to] = text.split('-');
    if (text === '*') return true;
    const [first, last] = [rangeOf(from), rangeOf(to ?? from)];
    // What can't be read might mean any address.
    return first === undefined || last === undefined || contains({ ...first, last: last.last }, address);
  });
}

/** What is looked at before a public IP is given back. */
interface Releasing {
  /** Raw; those of others may be among them. */
  readonly publicIps: readonly JsonObject[];
  /** Authorized ranges of every cluster of the environment. */
  readonly authorizedRanges: readonly string[];
  /** Canonical CIDRs that the nodes are known by. */
  readonly nodeRanges: readonly string[];
}

/**
 * Ids of the environment's public IPs that nothing needs any more. One that an API server still lets in stays until its lane
 * has taken it out: a released address may be anybody's tomorrow.
 */
export function retiredPublicIps(
  spec: EnvironmentSpec,
  { publicIps, authorizedRanges, nodeRanges }: Releasing,
): readonly string[] {
  const { publicIp: first } = resourceIds(spec);
  const wanted = firewallFrontends(spec).length;
  const stale = authorizedRanges
    .filter((range) => !nodeRanges.includes(canonicalRange(range)))
    .flatMap((range) => rangeOf(range) ?? [])
    // What is wider than any prefix of ours was never written for a frontend.
    .filter(({ prefixLength }) => prefixLength >= WIDEST_PREFIX);
  return publicIps.flatMap((raw) => {
    const id = stringAt(raw, 'id') ?? '';
    const position = positionAmong(first, id);
    const { address, attachedTo } = publicIpFacts(raw);
    if (position === undefined || position < wanted || owner(raw) !== spec.name || attachedTo !== undefined) return [];
    const range = rangeOf(address ?? '');
    return range !== undefined && stale.some((outer) => contains(outer, range)) ? [] : [id];
  });
}

/** Public IP prefixes are /28 to /31. */
const WIDEST_PREFIX = 28;
