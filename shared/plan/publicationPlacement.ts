import { placeOf, type OwnedRule, type RulePlace } from '../actual/natRules.ts';
import { MAX_FRONTENDS_AND_DESTINATIONS } from '../model/azureLimits.ts';
import type { JsonObject } from '../model/json.ts';
import { JUMPBOX_RULE } from '../model/names.ts';
import type { DnatRule } from '../model/natRule.ts';
import type { PublicationConflict, SkipCode, SkippedPort, WantedPublication } from '../model/publication.ts';
import { conflictAt, skippedFor } from './conflicts.ts';
import { firewallPlaces, type FirewallPlaces } from './firewallPlaces.ts';
import type { Matched } from './ruleFates.ts';

/** A publication with its place on the firewall. */
interface Placed {
  readonly wanted: WantedPublication;
  readonly rule: DnatRule;
  /** The rule that it has already. */
  readonly owned: OwnedRule | undefined;
}

/** A rule that lies where nobody asked for it, and whose service finds no other place. */
export interface LostRule {
  readonly owned: OwnedRule;
  readonly code: SkipCode;
  readonly reason: string;
}

export interface Placement {
  readonly placed: readonly Placed[];
  /** Publications without a place. */
  readonly skipped: readonly SkippedPort[];
  readonly lost: readonly LostRule[];
  readonly conflicts: readonly PublicationConflict[];
}

export interface PlacementInput {
  readonly matched: readonly Matched[];
  /** In the order of namespace and name. */
  readonly newcomers: readonly WantedPublication[];
  readonly frontends: readonly string[];
  /** Of others; looked at, never written into. */
  readonly foreign: FirewallPlaces;
  /** The rule to the jumpbox: whatever it takes, no service has. */
  readonly jumpbox?: JsonObject;
  /** Rules of ours that stay whatever is placed. */
  readonly kept: readonly OwnedRule[];
  readonly isAllowedPort: (port: number) => boolean;
  /** Whether a rule that has lost its place goes; else it stays as it is. */
  readonly mayDelete: boolean;
}

/** A publication that looks for a place, with the rule that it has elsewhere, if any. */
interface Seeker {
  readonly wanted: WantedPublication;
  readonly owned: OwnedRule | undefined;
  /** Where its rule may stay when the place that it asks for is taken; undefined when nobody asked for where it is. */
  readonly current: RulePlace | undefined;
}

/**
 * Gives every publication a place: who has one keeps it, then the oldest service chooses first.
 *
 * | the publication's rule | its place | result |
 * | --- | --- | --- |
 * | where it should be | free of kept rules | stays, even where a foreign rule has come in later (a conflict is reported) |
 * | elsewhere, or none | free | gets it |
 * | elsewhere | taken | stays where it is if the spec allows it, with its sources and target brought up to date; else goes |
 * | none | taken by another service, or by a foreign rule | none: the loser is reported |
 * | none | free, but the firewall is full | none |
 *
 * Movers give their old places up first, so that two can swap; one that has to stay takes it back, and the others choose
 * again. Places are only ever taken back, so this ends, and what it ends in is its own result when planned again.
 */
export function placePublications(input: PlacementInput): Placement {
  const { frontends, newcomers } = input;
  const { incumbents, movers, destinations } = divided(input);
  const room = MAX_FRONTENDS_AND_DESTINATIONS - frontends.length - destinations - movers.length;
  const full = `Azure Firewall takes ${MAX_FRONTENDS_AND_DESTINATIONS} frontends and DNAT destinations together, and all are used. Unpublish what is not needed, or put an ingress controller in front.`;
  if (room + movers.length <= 0) {
    const { placement } = settled({ input, incumbents, queue: movers, room, full });
    return {
      ...placement,
      skipped: [...placement.skipped, ...newcomers.map((one) => skippedFor(one, 'capacity', full))],
    };
  }
  const seekers = newcomers.map((wanted): Seeker => ({ wanted, owned: undefined, current: undefined }));
  const queue = [...movers, ...seekers].sort((a, b) => a.wanted.createdAtSeconds - b.wanted.createdAtSeconds);
  return settled({ input, incumbents, queue, room, full }).placement;
}

interface Scene {
  readonly input: PlacementInput;
  readonly incumbents: readonly Incumbent[];
  /** Who looks for a place, the oldest service first. */
  readonly queue: readonly Seeker[];
  /** Destinations that are still to be had for newcomers. */
  readonly room: number;
  /** What to tell them when there are none. */
  readonly full: string;
}

/** Rounds until no mover has to be told to stay, or that it is lost. */
function settled(scene: Scene): Round {
  const staying = new Set<Seeker>();
  const lost = new Set<Seeker>();
  for (;;) {
    const round = placeRound(scene, staying, lost);
    if (round.failed.length === 0) return round;
    for (const mover of round.failed) (mover.current === undefined ? lost : staying).add(mover);
  }
}

interface Incumbent extends Matched {
  readonly place: RulePlace;
}

interface Divided {
  readonly incumbents: readonly Incumbent[];
  readonly movers: readonly Seeker[];
  /** What everybody but movers and newcomers takes of Azure's limit. */
  readonly destinations: number;
}

function divided({ matched, frontends, foreign, jumpbox, kept, isAllowedPort }: PlacementInput): Divided {
  const known = new Set(frontends);
  const claimed = firewallPlaces(frontends);
  if (jumpbox !== undefined) claimed.addRule(jumpbox, JUMPBOX_RULE);
  const incumbents: Incumbent[] = [];
  const astray: { readonly one: Matched; readonly place: RulePlace | undefined }[] = [];
  for (const one of matched.toSorted((a, b) => a.wanted.createdAtSeconds - b.wanted.createdAtSeconds)) {
    const { wanted, owned } = one;
    const found = placeOf(owned.raw);
    const tenable = found !== undefined && known.has(found.frontend) && found.protocol === wanted.protocol;
    const place = tenable ? found : undefined;
    if (place !== undefined && isWhereItShouldBe(wanted, place) && !isTaken(claimed, place)) {
      claimed.add(place.frontend, place.port, place.protocol, owned.name);
      incumbents.push({ wanted, owned, place });
    } else {
      astray.push({ one, place });
    }
  }
  for (const { raw, name } of kept) claimed.addRule(raw, name);
  const shared = incumbents.filter(({ place: { frontend, port, protocol } }) =>
    foreign.hasDestination(frontend, port, protocol),
  );
  const destinations = foreign.destinations() + claimed.destinations() - shared.length;
  const movers = astray.map(({ one: { wanted, owned }, place }): Seeker => {
    const free = place !== undefined && !isTaken(claimed, place) && isAllowedPort(place.port);
    if (free) claimed.add(place.frontend, place.port, place.protocol, owned.name);
    return { wanted, owned, current: free ? place : undefined };
  });
  return { incumbents, movers, destinations };
}

/** A route that is missing for a while is no reason to move; another frontend that the service asks for is. */
function isWhereItShouldBe(wanted: WantedPublication, { frontend, port }: RulePlace): boolean {
  return port === wanted.frontendPort && (!wanted.asksForFrontend || wanted.frontends.includes(frontend));
}

interface Round {
  readonly placement: Placement;
  /** Movers that found no place, to be settled before the next round. */
  readonly failed: readonly Seeker[];
}

function placeRound(
  { input, incumbents, queue, room, full }: Scene,
  staying: ReadonlySet<Seeker>,
  lost: ReadonlySet<Seeker>,
): Round {
  const { frontends, foreign, jumpbox, kept, mayDelete } = input;
  const ours = firewallPlaces(frontends);
  if (jumpbox !== undefined) ours.addRule(jumpbox, JUMPBOX_RULE);
  const placed: Placed[] = [];
  const skipped: SkippedPort[] = [];
  const lostRules: LostRule[] = [];
  const conflicts: PublicationConflict[] = [];
  const failed: Seeker[] = [];
  const take = (wanted: WantedPublication, place: RulePlace, owned: OwnedRule | undefined) => {
    ours.add(place.frontend, place.port, place.protocol, wanted.ruleName);
    placed.push({ wanted, rule: ruleAt(wanted, place), owned });
  };
  for (const rule of kept) ours.addRule(rule.raw, rule.name);
  for (const { wanted, owned, place } of incumbents) {
    const service = ours.holderOf(place.frontend, place.port, place.protocol);
    const other = service ?? foreign.holderOf(place.frontend, place.port, place.protocol);
    if (other !== undefined) conflicts.push(conflictAt(wanted, place, service === undefined, other, true));
    take(wanted, place, owned);
  }
  for (const { wanted, owned, current } of staying) if (current !== undefined) take(wanted, current, owned);
  for (const { owned } of lost) if (owned !== undefined && !mayDelete) ours.addRule(owned.raw, owned.name);

  let left = room + (mayDelete ? lost.size : 0);
  const taken = takenPlaces();
  for (const one of queue) {
    const { wanted, owned } = one;
    const isSettled = staying.has(one) || lost.has(one);
    if (owned === undefined && left <= 0) {
      skipped.push(skippedFor(wanted, 'capacity', full));
      continue;
    }
    const frontend = isSettled || taken.has(wanted) ? undefined : freeFrontend(wanted, ours, foreign);
    if (frontend !== undefined) {
      if (owned === undefined) left--;
      take(wanted, { frontend, port: wanted.frontendPort, protocol: wanted.protocol }, owned);
      continue;
    }
    if (owned !== undefined && !isSettled) {
      failed.push(one);
      continue;
    }
    if (!isSettled) taken.add(wanted);
    const place = { frontend: wanted.frontends[0] ?? '', port: wanted.frontendPort, protocol: wanted.protocol };
    const service = ours.holderOf(place.frontend, place.port, place.protocol);
    const holder = service ?? foreign.holderOf(place.frontend, place.port, place.protocol) ?? 'another';
    const conflict = conflictAt(wanted, place, service === undefined, holder, staying.has(one));
    conflicts.push(conflict);
    if (staying.has(one)) continue;
    const code = service === undefined ? 'foreign-rule' : 'frontend-port-taken';
    skipped.push(skippedFor(wanted, code, conflict.message));
    if (owned !== undefined) lostRules.push({ owned, code, reason: conflict.message });
  }
  return { placement: { placed, skipped, lost: lostRules, conflicts }, failed };
}

/** Places only fill up within a round, so what is taken on all of the same frontends need not be looked for again. */
function takenPlaces() {
  const ports = new Map<readonly string[], Set<string>>();
  return {
    has: ({ frontends, frontendPort, protocol }: WantedPublication) =>
      ports.get(frontends)?.has(`${frontendPort}${protocol}`) === true,
    add: ({ frontends, frontendPort, protocol }: WantedPublication) => {
      const known = ports.get(frontends) ?? new Set();
      ports.set(frontends, known.add(`${frontendPort}${protocol}`));
    },
  };
}

function freeFrontend(wanted: WantedPublication, ours: FirewallPlaces, foreign: FirewallPlaces): string | undefined {
  const { frontends, frontendPort, protocol } = wanted;
  return frontends.find(
    (frontend) =>
      ours.holderOf(frontend, frontendPort, protocol) === undefined &&
      foreign.holderOf(frontend, frontendPort, protocol) === undefined,
  );
}

function ruleAt(wanted: WantedPublication, { frontend, port }: RulePlace): DnatRule {
  return {
    name: wanted.ruleName,
    frontend,
    port,
    protocol: wanted.protocol,
    sources: wanted.sources,
    translatedAddress: wanted.translatedAddress,
    translatedPort: wanted.port,
  };
}

function isTaken(places: FirewallPlaces, { frontend, port, protocol }: RulePlace): boolean {
  return places.holderOf(frontend, port, protocol) !== undefined;
}
