import { rulesIn, type NatRules } from '../actual/natRules.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { DnatRule } from '../model/natRule.ts';
import type { Publication, UpdatedPublication, WantedPublication } from '../model/publication.ts';
import { mergedNatRule, natRuleBody } from './natRuleBody.ts';
import type { Placement } from './publicationPlacement.ts';
import type { Kept } from './ruleFates.ts';

export interface WrittenRules {
  readonly rules: readonly Json[];
  readonly changed: boolean;
  readonly created: readonly Publication[];
  readonly updated: readonly UpdatedPublication[];
  readonly unchanged: readonly Publication[];
}

/** The rules of our collection: each stays in its place, new ones come last. */
export function writtenRules(rules: NatRules, placement: Placement, kept: readonly Kept[]): WrittenRules {
  const present = rulesIn(rules.collection);
  const bodies: (Json | undefined)[] = [...present];
  for (const { position } of rules.owned) bodies[position] = undefined;
  for (const { owned } of kept) bodies[owned.position] = owned.raw;
  const created: Publication[] = [];
  const updated: UpdatedPublication[] = [];
  const unchanged: Publication[] = [];
  const added: JsonObject[] = [];
  for (const { wanted, rule, owned } of placement.placed.toSorted((a, b) => a.wanted.order - b.wanted.order)) {
    const publication = publicationOf(wanted, rule);
    if (owned === undefined) {
      const { cluster, namespace, service, port } = wanted;
      created.push(publication);
      added.push(natRuleBody(rule, `${cluster}/${namespace}/${service}, port ${port}`));
      continue;
    }
    const { body, changed } = mergedNatRule(rule, owned.raw);
    bodies[owned.position] = body;
    if (changed.length === 0) unchanged.push(publication);
    else updated.push({ ...publication, changed });
  }
  const stay = bodies.filter((body) => body !== undefined);
  const changed = created.length > 0 || updated.length > 0 || stay.length < present.length;
  return { rules: [...stay, ...added], changed, created, updated, unchanged };
}

function publicationOf(wanted: WantedPublication, rule: DnatRule): Publication {
  const { cluster, namespace, service, port, protocol, ruleName, warnings } = wanted;
  return { cluster, namespace, service, port, protocol, ruleName, rule, warnings };
}
