import { placeOf, type OwnedRule, type RulePlace } from '../actual/natRules.ts';
import type { DnatRule } from '../model/natRule.ts';
import type { PublicationConflict, SkipCode, WantedPublication } from '../model/publication.ts';
import { compared } from './compared.ts';
import { firewallPlaces, type FirewallPlaces } from './firewallPlaces.ts';
import { destinationKey } from './natRuleBody.ts';

/** A publication with its place on the firewall. */
export interface Placed {
  readonly wanted: WantedPublication;
  readonly rule: DnatRule;
  readonly owned?: OwnedRule;
}

/** A publication without one. A rule that it has goes, since there is no place where it could stay. */
export interface Unplaced {
  readonly wanted: WantedPublication;
  readonly owned?: OwnedRule;
  readonly code: SkipCode;
  readonly reason: string;
}

export interface Placement {
  readonly placed: readonly Placed[];
  readonly unplaced: readonly Unplaced[];
  readonly conflicts: readonly PublicationConflict[];
}

export interface PlacementInput {
  readonly wanted: readonly WantedPublication[];
  readonly owned: ReadonlyMap<string, OwnedRule>;
  readonly frontends: readonly string[];
  /** Of others; looked at, never written into. */
  readonly foreign: FirewallPlaces;
  /** Rules of ours that stay whatever is placed. */
  readonly kept: readonly OwnedRule[];
  readonly isAllowedPort: (port: number) => boolean;
  /** What foreign and kept rules take of Azure's limit. */
  readonly destinations: ReadonlySet<string>;
  /** Whether a rule that has lost its place goes; else it stays as it is. */
  readonly mayDelete: boolean;
}

/** Azure Firewall takes at most so many frontends and DNAT destinations together. */
const MAX_FRONTENDS_AND_DESTINATIONS = 250;

/** A publication whose rule lies elsewhere than where it should. */
interface Mover {
  readonly wanted: WantedPublication;
  readonly owned: OwnedRule;
  /** Where it may stay when the place that it asks for is taken; undefined when nobody asked for where it is. */
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
  const parts = divided(input);
  const used = new Set(input.destinations);
  for (const { place } of parts.incumbents) used.add(keyOf(place));
  const room = MAX_FRONTENDS_AND_DESTINATIONS - input.frontends.length - used.size - parts.movers;
  const staying = new Set<Queued>();
  const lost = new Set<Queued>();
  for (;;) {
    const { placement, failed } = placeRound(input, parts, room, staying, lost);
    if (failed.length === 0) return placement;
    for (const mover of failed) (mover.current === undefined ? lost : staying).add(mover);
  }
}

type Queued = Mover | { readonly wanted: WantedPublication; readonly owned?: undefined };

interface Incumbent {
  readonly wanted: WantedPublication;
  readonly owned: OwnedRule;
  readonly place: RulePlace;
}

interface Divided {
  readonly incumbents: readonly Incumbent[];
  /** Movers and newcomers, the oldest service first. */
  readonly queue: readonly Queued[];
  readonly movers: number;
}

function divided({ wanted, owned, frontends, kept, isAllowedPort }: PlacementInput): Divided {
  const known = new Set(frontends);
  const newcomers: Queued[] = [];
  const withRule: { wanted: WantedPublication; owned: OwnedRule; place: RulePlace | undefined }[] = [];
  for (const one of wanted) {
    const rule = owned.get(one.ruleName);
    if (rule === undefined) {
      newcomers.push({ wanted: one });
      continue;
    }
    const place = placeOf(rule.raw);
    const tenable = place !== undefined && known.has(place.frontend) && place.protocol === one.protocol;
    withRule.push({ wanted: one, owned: rule, place: tenable ? place : undefined });
  }
  withRule.sort((a, b) => byAge(a.wanted, b.wanted));
  const claimed = new Set<string>();
  const incumbents: Incumbent[] = [];
  const astray: typeof withRule = [];
  for (const one of withRule) {
    const { place } = one;
    if (place !== undefined && isWhereItShouldBe(one.wanted, place) && !claimed.has(keyOf(place))) {
      claimed.add(keyOf(place));
      incumbents.push({ wanted: one.wanted, owned: one.owned, place });
    } else {
      astray.push(one);
    }
  }
  for (const { raw } of kept) {
    const place = placeOf(raw);
    if (place !== undefined) claimed.add(keyOf(place));
  }
  const movers = astray.map(({ wanted, owned, place }): Mover => {
    const free = place !== undefined && !claimed.has(keyOf(place)) && isAllowedPort(place.port);
    if (free) claimed.add(keyOf(place));
    return { wanted, owned, current: free ? place : undefined };
  });
  const queue = [...movers, ...newcomers].sort((a, b) => byAge(a.wanted, b.wanted));
  return { incumbents, queue, movers: movers.length };
}

/** A route that is missing for a while is no reason to move; another frontend that the service asks for is. */
function isWhereItShouldBe(wanted: WantedPublication, { frontend, port }: RulePlace): boolean {
  return port === wanted.frontendPort && (!wanted.asksForFrontend || wanted.frontends.includes(frontend));
}

interface Round {
  readonly placement: Placement;
  /** Movers that found no place, to be settled before the next round. */
  readonly failed: readonly Mover[];
}

function placeRound(
  input: PlacementInput,
  { incumbents, queue }: Divided,
  room: number,
  staying: ReadonlySet<Queued>,
  lost: ReadonlySet<Queued>,
): Round {
  const { frontends, foreign, kept, mayDelete } = input;
  const ours = firewallPlaces(frontends);
  const placed: Placed[] = [];
  const unplaced: Unplaced[] = [];
  const conflicts: PublicationConflict[] = [];
  const failed: Mover[] = [];
  const take = (wanted: WantedPublication, place: RulePlace, owned: OwnedRule | undefined) => {
    ours.add(place.frontend, place.port, place.protocol, serviceName(wanted));
    placed.push({ wanted, rule: ruleAt(wanted, place), ...(owned !== undefined && { owned }) });
  };
  for (const rule of kept) ours.addRule(rule.raw, rule.name);
  for (const { wanted, owned, place } of incumbents) {
    const service = ours.holderOf(place.frontend, place.port, place.protocol);
    const other = service ?? foreign.holderOf(place.frontend, place.port, place.protocol);
    if (other !== undefined) conflicts.push(conflictAt(wanted, place, service === undefined, other, true));
    take(wanted, place, owned);
  }
  for (const one of queue) {
    if (one.owned !== undefined && lost.has(one) && !mayDelete) ours.addRule(one.owned.raw, serviceName(one.wanted));
    if (staying.has(one) && one.owned !== undefined && one.current !== undefined) {
      take(one.wanted, one.current, one.owned);
    }
  }

  let left = room + (mayDelete ? lost.size : 0);
  const full = new Map<readonly string[], Set<string>>();
  for (const one of queue) {
    const { wanted } = one;
    const settled = staying.has(one) || lost.has(one);
    if (one.owned === undefined && left <= 0) {
      unplaced.push({ wanted, code: 'capacity', reason: capacityReason(frontends.length) });
      continue;
    }
    const port = `${wanted.frontendPort}${wanted.protocol}`;
    const frontend =
      settled || full.get(wanted.frontends)?.has(port) === true
        ? undefined
        : wanted.frontends.find((address) => isFree(ours, foreign, address, wanted));
    if (frontend !== undefined) {
      if (one.owned === undefined) left--;
      take(wanted, { frontend, port: wanted.frontendPort, protocol: wanted.protocol }, one.owned);
      continue;
    }
    if (one.owned !== undefined && !settled) {
      failed.push(one);
      continue;
    }
    if (!settled) noteFull(full, wanted.frontends, port);
    const place = { frontend: wanted.frontends[0] ?? '', port: wanted.frontendPort, protocol: wanted.protocol };
    const service = ours.holderOf(place.frontend, place.port, place.protocol);
    const holder = service ?? foreign.holderOf(place.frontend, place.port, place.protocol) ?? 'another';
    const conflict = conflictAt(wanted, place, service === undefined, holder, staying.has(one));
    conflicts.push(conflict);
    if (staying.has(one)) continue;
    const code = service === undefined ? 'foreign-rule' : 'frontend-port-taken';
    unplaced.push({ wanted, ...(one.owned && { owned: one.owned }), code, reason: conflict.message });
  }
  return { placement: { placed, unplaced, conflicts }, failed };
}

/** Places only fill up within a round, so what is taken on all of these frontends need not be looked for again. */
function noteFull(full: Map<readonly string[], Set<string>>, frontends: readonly string[], port: string): void {
  const ports = full.get(frontends);
  if (ports === undefined) full.set(frontends, new Set([port]));
  else ports.add(port);
}

function isFree(ours: FirewallPlaces, foreign: FirewallPlaces, frontend: string, wanted: WantedPublication): boolean {
  const { frontendPort, protocol } = wanted;
  return (
    ours.holderOf(frontend, frontendPort, protocol) === undefined &&
    foreign.holderOf(frontend, frontendPort, protocol) === undefined
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

/** The oldest first; a service whose age is unknown counts as the youngest. */
function byAge(a: WantedPublication, b: WantedPublication): number {
  if (a.createdAt !== b.createdAt) {
    if (a.createdAt === '') return 1;
    if (b.createdAt === '') return -1;
    return a.createdAt < b.createdAt ? -1 : 1;
  }
  return (
    compared(a.namespace, b.namespace) ||
    compared(a.service, b.service) ||
    compared(a.cluster, b.cluster) ||
    a.port - b.port ||
    compared(a.protocol, b.protocol)
  );
}

function keyOf({ frontend, port, protocol }: RulePlace): string {
  return destinationKey(frontend, port, protocol);
}

function serviceName({ cluster, namespace, service }: WantedPublication): string {
  return `${cluster}/${namespace}/${service}`;
}

function conflictAt(
  wanted: WantedPublication,
  place: RulePlace,
  isForeign: boolean,
  holder: string,
  published: boolean,
): PublicationConflict {
  const { cluster, namespace, service, port, protocol, ruleName } = wanted;
  const where = `${place.frontend}:${place.port}/${place.protocol}`;
  const who = isForeign ? `the foreign rule ${holder}` : holder;
  const remedy = isForeign
    ? 'Remove that rule, or map the service to another port.'
    : 'Map the service to another port, or give it another frontend.';
  const message = published
    ? `${where} is taken by ${who} as well; the rule of the service stays. ${remedy}`
    : `${where} is taken by ${who}. ${remedy}`;
  return {
    ...{ cluster, namespace, service, port, protocol, ruleName },
    kind: isForeign ? 'foreign-rule' : 'service',
    frontend: place.frontend,
    frontendPort: place.port,
    holder,
    published,
    message,
  };
}

function capacityReason(frontends: number): string {
  return (
    `Azure Firewall takes ${MAX_FRONTENDS_AND_DESTINATIONS} frontends and DNAT destinations together, and with ` +
    `${frontends} frontends all are used. Unpublish what is not needed, or put an ingress controller in front.`
  );
}
