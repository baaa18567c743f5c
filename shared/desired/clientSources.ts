import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { contains, rangeOf, trustedRange, type IpRange } from '../model/ipRange.ts';
import type { PublicationFacts, SkipCode } from '../model/publication.ts';
import { annotationNames } from '../model/serviceAnnotations.ts';
import type { LoadBalancerService, ServiceAddress } from '../model/service.ts';
import { blockOf, canonicalSources, sourceText } from '../model/sourceRanges.ts';

/** Who may come, or why nobody may. */
export type ClientSources =
  | { readonly ok: true; readonly sources: readonly string[]; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly code: SkipCode; readonly reason: string };

/** Decides on the sources of services; made once per plan, since most services share what it prepares. */
export interface SourcePolicy {
  /** Private addresses, and public ones that the network uses for itself. */
  readonly isInternal: (address: ServiceAddress) => boolean;
  readonly sourcesOf: (service: LoadBalancerService, internal: boolean) => ClientSources;
}

/**
 * The sources of a service's rules: its annotation, else what its load balancer is told, else the spec's default.
 *
 * The firewall itself is taken out, because owners have to list it for the load balancer, which sees the firewall as the
 * client of everything that comes through it. What is left is cut down to what the spec allows. Nothing ever widens: an
 * unreadable list is no list of everybody.
 */
export function sourcePolicy(spec: EnvironmentSpec, facts: PublicationFacts): SourcePolicy {
  const { allowedSources, defaultSources } = spec.ingress;
  const addressSpace = trustedRange(spec.network.addressSpace);
  const allowed = allowedSources === 'all' ? undefined : allowedSources.map(specRange);
  const firewall = ranges(facts.firewallRanges);
  const frontends = ranges(facts.frontends);
  const firewallSubnets = firewall.filter((one) => !frontends.some(({ cidr }) => cidr === one.cidr));
  const own = [...frontends, ...firewallSubnets];
  const ownBlocks = own.map(({ first, last }) => ({ first: blockOf(first), last: blockOf(last) }));
  const mayHoldOwn = (firstBlock: number, lastBlock: number) => {
    for (const { first, last } of ownBlocks) if (first <= lastBlock && firstBlock <= last) return true;
    return false;
  };
  const isOwn = (range: IpRange) => own.some((outer) => contains(outer, range));
  const defaults = {
    public: fromDefault(defaultSources.public.map(specRange), allowed, 'public'),
    internal: fromDefault(defaultSources.internal.map(specRange), allowed, 'internal'),
  };

  const sourcesOf = (service: LoadBalancerService, internal: boolean): ClientSources => {
    const { annotations, sourceRanges } = service;
    const asked = annotations.sources.state === 'none' ? sourceRanges : annotations.sources;
    if (asked.state === 'none') return internal ? defaults.internal : defaults.public;
    if (asked.state === 'invalid') {
      const reason = `${asked.reason}. Correct it; until then nothing is opened, and a rule that is there stays as it is.`;
      return { ok: false, code: 'invalid-sources', reason };
    }
    const unseen = unseenClient(sourceRanges, internal ? firewallSubnets : frontends);
    const warnings = unseen === undefined ? noWarnings : [unseen];
    const isClear = asked.texts.length > 0 && !mayHoldOwn(asked.firstBlock, asked.lastBlock);
    if (isClear && allowed === undefined) return { ok: true, sources: asked.texts, warnings };
    const clients = isClear ? asked.ranges : asked.ranges.filter((range) => !isOwn(range));
    if (clients.length === 0) {
      const reason = `${asked.from} names no client range besides the firewall itself. Add the ranges that clients come from.`;
      return { ok: false, code: 'no-client-range', reason };
    }
    return limited(clients, allowed, asked.from, warnings);
  };
  const [firstBlock, lastBlock] = [blockOf(addressSpace.first), blockOf(addressSpace.last)];
  const isInternal = ({ isPrivate, block, range }: ServiceAddress) =>
    isPrivate || (firstBlock <= block && block <= lastBlock && contains(addressSpace, range));
  return { isInternal, sourcesOf };
}

function fromDefault(
  sources: readonly IpRange[],
  allowed: readonly IpRange[] | undefined,
  kind: 'public' | 'internal',
): ClientSources {
  if (sources.length === 0) {
    const reason =
      `the service names no sources, and ${kind} load balancers have none by default. ` +
      `Name them in ${annotationNames.sources}.`;
    return { ok: false, code: 'no-client-range', reason };
  }
  const open = sources.some(({ prefixLength }) => prefixLength === 0) && allowed === undefined;
  const warning = `The port is open to the whole Internet: the service names no sources (${annotationNames.sources}).`;
  return limited(sources, allowed, `ingress.defaultSources.${kind}`, open ? [warning] : []);
}

function limited(
  clients: readonly IpRange[],
  allowed: readonly IpRange[] | undefined,
  from: string,
  warnings: readonly string[],
): ClientSources {
  if (allowed === undefined) return { ok: true, sources: rangesText(clients), warnings };
  const within = clients.flatMap((client) => {
    if (allowed.some((outer) => contains(outer, client))) return [client];
    return allowed.filter((inner) => contains(client, inner));
  });
  if (within.length === 0) {
    const reason = `the spec allows none of the sources that ${from} names. Name sources within ingress.allowedSources.`;
    return { ok: false, code: 'sources-not-allowed', reason };
  }
  const cut = clients.some((client) => !within.includes(client));
  const warning = `The sources of ${from} are cut down to those that the spec allows (ingress.allowedSources).`;
  return { ok: true, sources: rangesText(within), warnings: cut ? [...warnings, warning] : warnings };
}

/**
 * After DNAT an internal load balancer sees an address of the firewall's subnet as client, a public one a frontend: a list
 * that lacks it lets nobody in who comes through the firewall.
 */
function unseenClient(
  sourceRanges: LoadBalancerService['sourceRanges'],
  firewall: readonly IpRange[],
): string | undefined {
  if (sourceRanges.state !== 'valid') return undefined;
  const missing = firewall.find((seen) => !sourceRanges.ranges.some((range) => contains(range, seen)));
  if (missing === undefined) return undefined;
  return `${sourceRanges.from} lacks ${missing.cidr}, which the load balancer sees as the client of what comes through the firewall: add it.`;
}

const noWarnings: readonly string[] = [];

function rangesText(clients: readonly IpRange[]): readonly string[] {
  return canonicalSources(clients).map(sourceText);
}

function specRange(text: string): IpRange {
  return trustedRange(text === '*' ? '0.0.0.0/0' : text);
}

function ranges(texts: readonly string[]): readonly IpRange[] {
  return texts.flatMap((text) => rangeOf(text) ?? []);
}
