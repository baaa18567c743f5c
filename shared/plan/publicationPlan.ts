import { dnatRuleOf, natRules, rulesIn, type OwnedRule } from '../actual/natRules.ts';
import { portLimit } from '../desired/frontendPorts.ts';
import { desiredPublications } from '../desired/publications.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { bareAddress } from '../model/ipRange.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type {
  DeletedRule,
  HeldDeletions,
  KeptRule,
  ListProblem,
  Publication,
  PublicationConflict,
  PublicationFacts,
  SkippedPort,
  UpdatedPublication,
} from '../model/publication.ts';
import type { ServiceList } from '../model/service.ts';
import { compared } from './compared.ts';
import { guardDeletions } from './deletionGuard.ts';
import { firewallPlaces } from './firewallPlaces.ts';
import { planJumpboxRule, withJumpboxRule, type JumpboxRulePlan } from './jumpboxRulePlan.ts';
import { isDnatCollection, withRules } from './natRuleBody.ts';
import { placePublications, type LostRule } from './publicationPlacement.ts';
import { fatesOf, matchRules, type Kept } from './ruleFates.ts';
import { readLists } from './serviceLists.ts';
import { writtenRules } from './writtenRules.ts';

export interface PublicationPlanInput {
  readonly spec: EnvironmentSpec;
  /** One per cluster, in any order. */
  readonly lists: readonly ServiceList[];
  /** The firewall as ARM answers it. */
  readonly firewall: JsonObject;
  readonly facts: PublicationFacts;
  /** The hash of the held deletions that somebody has approved. */
  readonly approved?: string;
}

/** What a sync makes of the services. With `ingress.policy: report` it is what one would do, and no rule of theirs is written. */
export interface PublicationPlan {
  readonly created: readonly Publication[];
  readonly updated: readonly UpdatedPublication[];
  readonly unchanged: readonly Publication[];
  readonly deleted: readonly DeletedRule[];
  /** Every other port of a LoadBalancer service, with the reason. */
  readonly skipped: readonly SkippedPort[];
  readonly conflicts: readonly PublicationConflict[];
  /** Rules that stay though nothing calls for them as they are. */
  readonly kept: readonly KeptRule[];
  readonly held?: HeldDeletions;
  readonly problems: readonly ListProblem[];
  /** Absent: there is no jumpbox, and no rule to one. */
  readonly jumpbox?: JumpboxRulePlan;
  /** `properties.natRuleCollections` to write; absent when nothing is to be written. */
  readonly natRuleCollections?: readonly Json[];
}

/**
 * The rules that the services call for against the rules that are there. Pure, and the same whatever the order of lists,
 * services and rules; planning what has been planned changes nothing.
 *
 * | a rule in our collection | its service port | result |
 * | --- | --- | --- |
 * | not of our name | | foreign: stays byte for byte |
 * | ours, of a cluster whose list failed or is partial | unknown | kept |
 * | ours | wants a publication | unchanged, or updated; see placePublications for its place |
 * | ours | is skipped for something that may pass (no address, invalid ranges, …) | kept |
 * | ours | is skipped for good (opted out, not allowed, …), or is gone | deleted; kept by `upsert-only` |
 * | ours, more of them than `ingress.maxDeletes` | gone | held until approved |
 * | ours, and the list of its cluster is empty | gone? | held until approved |
 * | none | wants a publication | created where there is a place, else skipped |
 */
export function planPublications({ spec, lists, firewall, facts, approved }: PublicationPlanInput): PublicationPlan {
  const rules = natRules(firewall, spec.name);
  const { services, problems, states } = readLists(lists, rules.owned);
  const { wanted, skipped } = desiredPublications(services, spec, facts);
  const { matched, newcomers, unclaimed } = matchRules(wanted, rules.owned);
  const fates = fatesOf(unclaimed, skipped, states);
  const guarded = guardDeletions(fates.candidates, rules.owned.length, spec, approved);
  const kept = [...fates.kept, ...guarded.kept];
  const mayDelete = spec.ingress.policy !== 'upsert-only';
  const frontends = facts.frontends.map(bareAddress);
  const foreign = firewallPlaces(frontends);
  for (const { id, raw } of rules.foreign) foreign.addRule(raw, id);
  const jumpbox = planJumpboxRule(spec, rules, foreign, frontends);
  const placement = placePublications({
    matched,
    newcomers,
    frontends,
    foreign,
    ...(jumpbox?.body !== undefined && { jumpbox: jumpbox.body }),
    kept: kept.map(({ owned: rule }) => rule),
    isAllowedPort: portLimit(spec),
    mayDelete,
  });
  if (!mayDelete) kept.push(...placement.lost.map(keptRule));
  const written = writtenRules(rules, placement, kept);
  const usable = rules.collection === undefined || isDnatCollection(rules.collection);
  const writesServices = written.changed && spec.ingress.policy !== 'report';
  const writes = usable && (writesServices || (jumpbox !== undefined && jumpbox.action !== 'none'));
  const ofServices = writesServices ? written.rules : rulesIn(rules.collection);
  return {
    created: written.created,
    updated: written.updated,
    unchanged: written.unchanged,
    deleted: [
      ...guarded.deleted.map(({ owned, deletion }) => ({ ...deletion, ...standing(owned) })),
      ...(mayDelete ? placement.lost : []).map(deletionOf),
    ].toSorted(byName),
    skipped: [...skipped, ...placement.skipped],
    conflicts: placement.conflicts.toSorted((a, b) => compared(a.ruleName, b.ruleName)),
    kept: kept.map(({ owned, kept: told }) => ({ ...told, ...standing(owned) })).toSorted(byName),
    ...(guarded.held !== undefined && { held: guarded.held }),
    problems: [
      ...problems,
      ...(usable ? [] : [unusableCollection(spec.name)]),
      ...(jumpbox?.problem === undefined ? [] : [jumpbox.problem]),
    ],
    ...(jumpbox !== undefined && { jumpbox }),
    ...(writes && {
      natRuleCollections: withRules(rules, spec.name, withJumpboxRule(ofServices, rules.jumpbox, jumpbox)),
    }),
  };
}

function standing(owned: OwnedRule): Pick<DeletedRule, 'name' | 'rule'> {
  const rule = dnatRuleOf(owned);
  return { name: owned.name, ...(rule !== undefined && { rule }) };
}

function deletionOf({ owned, code, reason }: LostRule): DeletedRule {
  return { ...standing(owned), code, reason };
}

function keptRule({ owned, code, reason }: LostRule): Kept {
  return { owned, kept: { name: owned.name, code, reason } };
}

function unusableCollection(name: string): ListProblem {
  const message = `The firewall has a NAT rule collection "${name}" whose action is not DNAT, so no rule can be written into it. Rename or remove it.`;
  return { code: 'collection-unusable', message };
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return compared(a.name, b.name);
}
