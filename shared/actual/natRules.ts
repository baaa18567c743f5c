import { bareAddress } from '../model/ipRange.ts';
import { isJsonObject, isList, jsonAt, stringAt, textsIn, type Json, type JsonObject } from '../model/json.ts';
import { JUMPBOX_RULE } from '../model/names.ts';
import { clusterOfRuleName, type DnatProtocol, type DnatRule } from '../model/natRule.ts';

/** A rule in the environment's collection. */
export interface PlacedRule {
  readonly raw: JsonObject;
  /** Among the rules of the collection. */
  readonly position: number;
}

/** A rule that Gatehouse has written for a service: it has one of our names and lies in the environment's collection. */
export interface OwnedRule extends PlacedRule {
  /** Lower-case. */
  readonly name: string;
  /** Lower-case. */
  readonly cluster: string;
}

/** A rule of anybody else, wherever it lies. */
interface ForeignRule {
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
  /** The environment's own rule to its jumpbox. */
  readonly jumpbox?: PlacedRule;
  readonly foreign: readonly ForeignRule[];
}

/** The DNAT rules of a classic firewall, told apart by owner. Azure compares the names of collections and rules case-insensitively. */
export function natRules(firewall: JsonObject, environment: string): NatRules {
  const listed = jsonAt(firewall, 'properties', 'natRuleCollections');
  const collections = isList(listed) ? listed : [];
  const owned: OwnedRule[] = [];
  const foreign: ForeignRule[] = [];
  let jumpbox: PlacedRule | undefined;
  const collection = collections.filter(isJsonObject).find((one) => isNamed(one, environment));
  for (const one of collections) {
    if (!isJsonObject(one)) continue;
    const title = stringAt(one, 'name') ?? '';
    rulesIn(one).forEach((raw, position) => {
      if (!isJsonObject(raw)) return;
      const name = typeof raw.name === 'string' ? raw.name : '';
      const cluster = one === collection ? clusterOfRuleName(name) : undefined;
      if (cluster !== undefined) owned.push({ name: name.toLowerCase(), cluster, raw, position });
      else if (one === collection && jumpbox === undefined && name.toLowerCase() === JUMPBOX_RULE)
        jumpbox = { raw, position };
      else foreign.push({ id: `${title}/${name}`, raw });
    });
  }
  return {
    collections,
    ...(collection !== undefined && { collection }),
    owned,
    foreign,
    ...(jumpbox !== undefined && { jumpbox }),
  };
}

/** The rules of a collection as they are listed. */
export function rulesIn(collection: JsonObject | undefined): readonly Json[] {
  const listed = jsonAt(collection, 'properties', 'rules');
  return isList(listed) ? listed : [];
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
  const address = onlyOne(textsIn(rule.destinationAddresses));
  const text = onlyOne(textsIn(rule.destinationPorts));
  const protocol = onlyOne(textsIn(rule.protocols));
  if (address === undefined || text === undefined || protocol === undefined || !/^\d{1,5}$/.test(text))
    return undefined;
  const kind = protocol.toUpperCase();
  if (kind !== 'TCP' && kind !== 'UDP') return undefined;
  return { frontend: bareAddress(address), port: Number(text), protocol: kind };
}

function onlyOne(texts: readonly string[]): string | undefined {
  return texts.length === 1 ? texts[0] : undefined;
}

/** What a rule of ours does as it is; undefined where somebody has given it a form that Gatehouse doesn't write. */
export function dnatRuleOf({ name, raw }: OwnedRule): DnatRule | undefined {
  const place = placeOf(raw);
  const { translatedAddress, translatedPort, sourceAddresses } = raw;
  const port = Number(translatedPort);
  if (place === undefined || typeof translatedAddress !== 'string' || !Number.isInteger(port) || port < 1)
    return undefined;
  return { name, ...place, sources: textsIn(sourceAddresses), translatedAddress, translatedPort: port };
}
