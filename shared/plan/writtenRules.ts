import type { NatRules, OwnedRule } from '../actual/natRules.ts';
import { isJsonObject, isList, jsonAt, type Json, type JsonObject } from '../model/json.ts';
import type { Publication, ServicePortRef, UpdatedPublication } from '../model/publication.ts';
import { compared } from './compared.ts';
import { mergedNatRule, natRuleBody } from './natRuleBody.ts';
import type { Placement } from './publicationPlacement.ts';

export interface WrittenRules {
  readonly rules: readonly Json[];
  readonly changed: boolean;
  readonly created: readonly Publication[];
  readonly updated: readonly UpdatedPublication[];
  readonly unchanged: readonly Publication[];
}

/** The rules of our collection: each stays in its place, new ones come last. */
export function writtenRules(rules: NatRules, placement: Placement, kept: ReadonlySet<OwnedRule>): WrittenRules {
  const bodies = new Map<JsonObject, JsonObject>();
  const created: { publication: Publication; body: JsonObject }[] = [];
  const updated: UpdatedPublication[] = [];
  const unchanged: Publication[] = [];
  for (const { wanted, rule, owned } of placement.placed) {
    const publication = { ...refOf(wanted), rule, warnings: wanted.warnings };
    if (owned === undefined) {
      const description = `${wanted.cluster}/${wanted.namespace}/${wanted.service}, port ${wanted.port}`;
      created.push({ publication, body: natRuleBody(rule, description) });
      continue;
    }
    const { body, changed } = mergedNatRule(rule, owned.raw);
    bodies.set(owned.raw, body);
    if (changed.length === 0) unchanged.push(publication);
    else updated.push({ ...publication, changed });
  }
  for (const { raw } of kept) bodies.set(raw, raw);
  created.sort((a, b) => byRuleName(a.publication, b.publication));
  const ours = new Set(rules.owned.map(({ raw }) => raw));
  const listed = jsonAt(rules.collection, 'properties', 'rules');
  const present = isList(listed) ? listed : [];
  const stay = present.flatMap((raw) => {
    if (!isJsonObject(raw) || !ours.has(raw)) return [raw];
    const body = bodies.get(raw);
    return body === undefined ? [] : [body];
  });
  return {
    rules: [...stay, ...created.map(({ body }) => body)],
    changed: created.length > 0 || updated.length > 0 || stay.length < present.length,
    created: created.map(({ publication }) => publication),
    updated,
    unchanged,
  };
}

/** The port alone, without what else is known of it. */
export function refOf({ cluster, namespace, service, port, protocol, ruleName }: ServicePortRef): ServicePortRef {
  return { cluster, namespace, service, port, protocol, ruleName };
}

export function byRuleName(a: ServicePortRef, b: ServicePortRef): number {
  return compared(a.ruleName, b.ruleName);
}
