import { natRules } from '../actual/natRules.ts';
import type { JsonObject } from '../model/json.ts';
import type { Publication, PublicationFacts, SkipCode, SkippedPort } from '../model/publication.ts';
import type { LoadBalancerService, ServiceList } from '../model/service.ts';
import { contains, rangeOf } from '../model/ipRange.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { PublicationPlan } from './publicationPlan.ts';

/** The way from a service to the Internet and back, in the order in which it is built. */
type HopName = 'service' | 'load balancer' | 'source ranges' | 'publication' | 'rule' | 'return route' | 'connectivity';

interface Hop {
  readonly hop: HopName;
  /** `unknown`: an earlier hop is broken, or nobody could look. */
  readonly state: 'ok' | 'broken' | 'unknown' | 'not checked';
  readonly detail: string;
  /** What to do about a broken one. */
  readonly remedy?: string;
}

interface ExplainedPort {
  readonly port: number;
  readonly protocol: string;
  /** `address:port` on the Internet, where there is one. */
  readonly endpoint?: string;
  readonly hops: readonly Hop[];
  /** The first broken hop; absent when the way is whole as far as it was looked at. */
  readonly broken?: HopName;
  /** What doesn't stop traffic but will surprise its owner. */
  readonly warnings: readonly string[];
}

export interface Explanation {
  readonly cluster: string;
  readonly namespace: string;
  readonly service: string;
  readonly found: boolean;
  /** Why there is nothing to explain. */
  readonly reason?: string;
  readonly ports: readonly ExplainedPort[];
}

/** What a connection to a publication came to; nobody tried when it is missing. */
interface ProbeAnswer {
  readonly result: 'connected' | 'refused' | 'timeout' | 'not checked';
  readonly reason?: string;
}

export interface ExplainInput {
  readonly spec: EnvironmentSpec;
  readonly list: ServiceList;
  readonly namespace: string;
  readonly service: string;
  readonly firewall: JsonObject;
  readonly facts: PublicationFacts;
  /** Planned from the same observation. */
  readonly plan: PublicationPlan;
  /** By the name of the rule. */
  readonly probes?: Readonly<Record<string, ProbeAnswer>>;
}

/** Each port of a service, hop by hop: what is in place, what is broken first, and what to do about it. */
export function explainService(input: ExplainInput): Explanation {
  const { list, namespace, service: name } = input;
  const base = { cluster: list.cluster, namespace, service: name };
  if (list.state !== 'complete') {
    const reason = `The services of ${list.cluster} could not be listed: ${list.reason}`;
    return { ...base, found: false, reason, ports: [] };
  }
  const service = list.services.find((one) => one.namespace === namespace && one.name === name);
  if (service === undefined) {
    const reason = `${list.cluster} has no service ${namespace}/${name}.`;
    return { ...base, found: false, reason, ports: [] };
  }
  const present = new Set(natRules(input.firewall, input.spec.name).owned.map((rule) => rule.name));
  const { plan } = input;
  const publications = new Map([...plan.unchanged, ...plan.updated, ...plan.created].map((one) => [one.ruleName, one]));
  const skips = new Map(plan.skipped.map((one) => [one.ruleName, one]));
  const ports = service.ports.map((port): ExplainedPort => {
    const publication = publications.get(port.ruleName);
    const hops = withUnknown(
      hopsOf({ service, publication, skip: skips.get(port.ruleName), isPresent: present.has(port.ruleName), input }),
    );
    const broken = hops.find(({ state }) => state === 'broken')?.hop;
    return {
      port: port.port,
      protocol: port.protocol,
      ...(publication !== undefined && { endpoint: `${publication.rule.frontend}:${publication.rule.port}` }),
      hops,
      ...(broken !== undefined && { broken }),
      warnings: publication?.warnings ?? [],
    };
  });
  return { ...base, found: true, ports };
}

interface PortFacts {
  readonly service: LoadBalancerService;
  readonly publication: Publication | undefined;
  readonly skip: SkippedPort | undefined;
  readonly isPresent: boolean;
  readonly input: ExplainInput;
}

function hopsOf(port: PortFacts): readonly Hop[] {
  return [
    serviceHop(port),
    addressHop(port),
    sourcesHop(port),
    publicationHop(port),
    ruleHop(port),
    routeHop(port),
    probeHop(port),
  ];
}

/** What comes after a broken hop can't be said to be in order. */
function withUnknown(hops: readonly Hop[]): readonly Hop[] {
  const first = hops.findIndex(({ state }) => state === 'broken');
  if (first < 0) return hops;
  return hops.map((hop, index) => {
    if (index <= first || hop.state === 'ok') return hop;
    return { hop: hop.hop, state: 'unknown', detail: `depends on the hop "${hops[first]?.hop ?? ''}"` };
  });
}

/** The hop at which each reason for skipping a port breaks the way. */
export const hopOfCode: Readonly<Record<SkipCode, HopName>> = {
  'being-deleted': 'service',
  'not-a-load-balancer': 'service',
  'foreign-load-balancer-class': 'service',
  'unsupported-protocol': 'service',
  'opted-out': 'service',
  'not-asked-for': 'service',
  'invalid-annotation': 'service',
  'not-in-port-map': 'service',
  'namespace-not-allowed': 'service',
  'no-address': 'load balancer',
  'ipv6-only': 'load balancer',
  'not-a-load-balancer-frontend': 'load balancer',
  'load-balancers-unknown': 'load balancer',
  'no-load-balancer-rule': 'load balancer',
  'invalid-sources': 'source ranges',
  'no-client-range': 'source ranges',
  'sources-not-allowed': 'source ranges',
  'unknown-frontend': 'publication',
  'port-out-of-range': 'publication',
  'port-not-allowed': 'publication',
  'frontend-port-taken': 'publication',
  'foreign-rule': 'publication',
  capacity: 'publication',
  'no-route-to-internet': 'return route',
};

function serviceHop({ service, skip }: PortFacts): Hop {
  if (!service.isLoadBalancer && skip === undefined) {
    return {
      hop: 'service',
      state: 'broken',
      detail: 'the service is not of type LoadBalancer',
      remedy: 'Change its type to LoadBalancer.',
    };
  }
  return hopOr('service', skip, 'of type LoadBalancer, and published by spec or annotation');
}

function addressHop({ service, skip }: PortFacts): Hop {
  return hopOr('load balancer', skip, `${service.address?.ip ?? 'no address'} on a load balancer of the cluster`);
}

function sourcesHop({ publication, skip }: PortFacts): Hop {
  return hopOr('source ranges', skip, publication === undefined ? 'none yet' : publication.rule.sources.join(', '));
}

function publicationHop({ publication, skip }: PortFacts): Hop {
  if (publication === undefined) return hopOr('publication', skip, 'none yet');
  const { frontend, port, protocol, translatedAddress, translatedPort } = publication.rule;
  const detail = `${frontend}:${port}/${protocol} → ${translatedAddress}:${translatedPort}`;
  return { hop: 'publication', state: 'ok', detail };
}

function ruleHop({ publication, isPresent, input: { plan } }: PortFacts): Hop {
  if (publication === undefined) return { hop: 'rule', state: 'unknown', detail: 'no publication' };
  const differs = plan.updated.find((one) => one.ruleName === publication.ruleName);
  if (!isPresent || differs !== undefined) {
    const detail =
      differs === undefined ? 'the firewall has no such rule' : `the rule differs in ${differs.changed.join(', ')}`;
    const remedy = 'The next sync writes it; gatehouse sync starts one now.';
    return { hop: 'rule', state: 'broken', detail, remedy };
  }
  return { hop: 'rule', state: 'ok', detail: publication.ruleName };
}

function routeHop({ service, publication, skip, input: { facts } }: PortFacts): Hop {
  if (publication === undefined) return hopOr('return route', skip, 'no publication yet');
  if (service.address?.isPrivate === true) {
    return { hop: 'return route', state: 'ok', detail: 'an internal load balancer answers to the firewall itself' };
  }
  const frontend = rangeOf(publication.rule.frontend);
  const isRouted = (facts.routesToInternet[service.cluster] ?? []).some((text) => {
    const route = rangeOf(text);
    return route !== undefined && frontend !== undefined && contains(route, frontend);
  });
  if (isRouted) return { hop: 'return route', state: 'ok', detail: `${publication.rule.frontend}/32 → Internet` };
  return {
    hop: 'return route',
    state: 'broken',
    detail: `the cluster's subnet has no route ${publication.rule.frontend}/32 → Internet`,
    remedy: 'A sync that repairs drift adds it (drift.action: repair); gatehouse sync starts one now.',
  };
}

function probeHop({ publication, input: { probes } }: PortFacts): Hop {
  const probe = publication === undefined ? undefined : probes?.[publication.ruleName];
  const detail = probe?.reason ?? probe?.result ?? 'nobody tried';
  switch (probe?.result) {
    case 'connected':
      return { hop: 'connectivity', state: 'ok', detail: 'a connection was made' };
    case 'refused':
    case 'timeout':
      return {
        hop: 'connectivity',
        state: 'broken',
        detail,
        remedy: 'Look at the pods, at the load balancer’s own source ranges and at network policies in the cluster.',
      };
    case 'not checked':
    case undefined:
      return { hop: 'connectivity', state: 'not checked', detail };
  }
}

function hopOr(hop: HopName, skip: SkippedPort | undefined, detail: string): Hop {
  if (skip === undefined) return { hop, state: 'ok', detail };
  if (hopOfCode[skip.code] !== hop)
    return { hop, state: isBefore(hop, hopOfCode[skip.code]) ? 'ok' : 'unknown', detail };
  return { hop, state: 'broken', ...brokenBy(skip.reason) };
}

const order: readonly HopName[] = [
  'service',
  'load balancer',
  'source ranges',
  'publication',
  'rule',
  'return route',
  'connectivity',
];

function isBefore(a: HopName, b: HopName): boolean {
  return order.indexOf(a) < order.indexOf(b);
}

/** Reasons say in their first sentence what is wrong, and in the others what to do, if there is anything. */
function brokenBy(reason: string): Pick<Hop, 'detail' | 'remedy'> {
  const [detail = '', ...remedy] = reason.split(/(?<=\.) /);
  return { detail, ...(remedy.length > 0 && { remedy: remedy.join(' ') }) };
}
