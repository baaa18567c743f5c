import { bareAddress } from '../model/ipRange.ts';
import {
  isJsonObject,
  isList,
  jsonAt,
  objectsAt,
  stringAt,
  stringsAt,
  type Json,
  type JsonObject,
} from '../model/json.ts';
import { clusterOfRuleName, type DnatProtocol } from '../model/natRule.ts';

/** A rule that Gatehouse has written: it has one of our names and lies in the environment's collection. */
export interface OwnedRule {
  /** Lower-case. */
  readonly name: string;
  /** Lower-case. */
  readonly cluster: string;
  readonly raw: JsonObject;
}

/** A rule of anybody else, wherever it lies. */
export interface ForeignRule {
  /** `collection/rule`. */
  readonly id: string;
  readonly raw: JsonObject;
}

export interface NatRules {
  /** As Azure answers them, with everything that isn't ours. */
  readonly collections: readonly Json[];
  /** The environment's collection, if there is one. */
  readonly collection?: JsonObject;
  readonly owned: readonly OwnedRule[];
  readonly foreign: readonly ForeignRule[];
}

/** The DNAT rules of a classic firewall, told apart by owner. Azure compares the names of collections and rules case-insensitively. */
export function natRules(firewall: JsonObject, environment: string): NatRules {
  const listed = jsonAt(firewall, 'properties', 'natRuleCollections');
  const collections = isList(listed) ? listed : [];
  const owned: OwnedRule[] = [];
  const foreign: ForeignRule[] = [];
  const collection = collections.filter(isJsonObject).find((one) => isNamed(one, environment));
  for (const one of collections) {
    if (!isJsonObject(one)) continue;
    for (const raw of objectsAt(one, 'properties', 'rules')) {
      const name = stringAt(raw, 'name') ?? '';
      const cluster = one === collection ? clusterOfRuleName(name) : undefined;
      if (cluster !== undefined) owned.push({ name: name.toLowerCase(), cluster, raw });
      else foreign.push({ id: `${stringAt(one, 'name') ?? ''}/${name}`, raw });
    }
  }
  return { collections, ...(collection !== undefined && { collection }), owned, foreign };
}

function isNamed(collection: JsonObject, name: string): boolean {
  return stringAt(collection, 'name')?.toLowerCase() === name.toLowerCase();
}

/** Where a rule lies on the firewall. */
export interface RulePlace {
  readonly frontend: string;
  readonly port: number;
  readonly protocol: DnatProtocol;
}

/** The one place that a rule takes; undefined for a rule that takes several, as Gatehouse writes none. */
export function placeOf(rule: JsonObject): RulePlace | undefined {
  const [address, ...addresses] = stringsAt(rule, 'destinationAddresses');
  const [text, ...ports] = stringsAt(rule, 'destinationPorts');
  const [protocol, ...protocols] = stringsAt(rule, 'protocols');
  if (address === undefined || text === undefined || protocol === undefined) return undefined;
  if (addresses.length + ports.length + protocols.length > 0 || !/^\d{1,5}$/.test(text)) return undefined;
  const kind = protocol.toUpperCase();
  if (kind !== 'TCP' && kind !== 'UDP') return undefined;
  return { frontend: bareAddress(address), port: Number(text), protocol: kind };
}
