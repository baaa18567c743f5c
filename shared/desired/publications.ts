import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { bareAddress, contains, rangeOf } from '../model/ipRange.ts';
import { MAX_DNAT_PORT } from '../model/natRule.ts';
import type { PublicationFacts, SkipCode, SkippedPort, WantedPublication } from '../model/publication.ts';
import { annotationNames } from '../model/serviceAnnotations.ts';
import type { LoadBalancerService, ServicePort } from '../model/service.ts';
import { sourcePolicy, type SourcePolicy } from './clientSources.ts';

export interface DesiredPublications {
  readonly wanted: readonly WantedPublication[];
  readonly skipped: readonly SkippedPort[];
}

/** Why something is not published, and whether a rule that is there stays until that is resolved. */
interface Refusal {
  readonly code: SkipCode;
  readonly reason: string;
}

/** These may pass by themselves or are mistakes: taking the rule away would turn them into an outage. */
const keepsRule: ReadonlySet<SkipCode> = new Set<SkipCode>([
  'invalid-annotation',
  'invalid-sources',
  'unknown-frontend',
  'no-address',
  'ipv6-only',
  'not-a-load-balancer-frontend',
  'load-balancers-unknown',
  'no-route-to-internet',
]);

/**
 * What the services ask the firewall for: every port of every LoadBalancer service either wants a publication or has a
 * reason why not. Services of other types are passed over, unless they ask for it.
 *
 * @param services of complete lists; any order
 */
export function desiredPublications(
  services: readonly LoadBalancerService[],
  spec: EnvironmentSpec,
  facts: PublicationFacts,
): DesiredPublications {
  const context = contextOf(spec, facts);
  const wanted: WantedPublication[] = [];
  const skipped: SkippedPort[] = [];
  for (const service of services) {
    if (!service.isLoadBalancer && service.annotations.expose.state !== 'asked') continue;
    const { cluster, namespace, name, createdAt } = service;
    const judged = judgeService(service, context);
    for (const port of service.ports) {
      const { protocol, ruleName } = port;
      const ref = { cluster, namespace, service: name, port: port.port, protocol, ruleName };
      const skip = (refusal: Refusal) =>
        skipped.push({ ...ref, code: refusal.code, reason: refusal.reason, keepsRule: keepsRule.has(refusal.code) });
      if (!judged.ok) {
        skip(judged.refusal);
        continue;
      }
      const frontendPort = judged.ports === undefined ? port.port : judged.ports.get(port);
      const verdict = judgePort(port, frontendPort, context);
      if (verdict.ok) wanted.push({ ...ref, createdAt, ...verdict.place, ...judged.target });
      else skip(verdict.refusal);
    }
  }
  return { wanted, skipped };
}

interface Context {
  readonly spec: EnvironmentSpec;
  readonly namespaces: ReadonlySet<string> | undefined;
  readonly isAllowedPort: (port: number) => boolean;
  readonly frontends: readonly string[];
  readonly loadBalancers: ReadonlyMap<string, ReadonlySet<string>>;
  /** Those with a route → Internet. */
  readonly routedFrontends: readonly string[];
  readonly sources: SourcePolicy;
}

function contextOf(spec: EnvironmentSpec, facts: PublicationFacts): Context {
  const { namespaces } = spec.ingress;
  const frontends = facts.frontends.map(bareAddress);
  const routes = facts.routesToInternet.flatMap((prefix) => rangeOf(prefix) ?? []);
  const isRouted = (address: string) => {
    const range = rangeOf(address);
    return range !== undefined && routes.some((route) => contains(route, range));
  };
  return {
    spec,
    namespaces: namespaces === 'all' ? undefined : new Set(namespaces),
    isAllowedPort: portLimit(spec),
    frontends,
    routedFrontends: frontends.filter(isRouted),
    loadBalancers: new Map(
      Object.entries(facts.loadBalancers).map(([cluster, addresses]) => [cluster, new Set(addresses.map(bareAddress))]),
    ),
    sources: sourcePolicy(spec, facts),
  };
}

/** Whether services may have the port on a frontend, by `ingress.allowedPorts`. */
export function portLimit(spec: EnvironmentSpec): (port: number) => boolean {
  const { allowedPorts } = spec.ingress;
  if (allowedPorts === 'all' || allowedPorts.includes('*')) return () => true;
  const limits = allowedPorts.map((text) => {
    const [first = NaN, last = first] = text.split('-').map(Number);
    return { first, last };
  });
  return (port) => limits.some(({ first, last }) => first <= port && port <= last);
}

type Target = Pick<WantedPublication, 'translatedAddress' | 'sources' | 'warnings' | 'frontends' | 'asksForFrontend'>;
type JudgedService =
  | { readonly ok: true; readonly target: Target; readonly ports?: ReadonlyMap<ServicePort, number> }
  | { readonly ok: false; readonly refusal: Refusal };

/** What all ports of a service share: the first thing that stands in the way decides. */
function judgeService(service: LoadBalancerService, context: Context): JudgedService {
  const no = (refusal: Refusal): JudgedService => ({ ok: false, refusal });
  const early = refusalOfService(service, context);
  if (early !== undefined) return no(early);
  const address = service.ingressIps[0] ?? '';
  const internal = context.sources.isInternal(address);
  const ofAddress = refusalOfAddress(service, address, internal, context);
  if (ofAddress !== undefined) return no(ofAddress);
  const clients = context.sources.sourcesOf(service, internal);
  if (!clients.ok) return no(refused(clients.code, clients.reason));
  const frontend = frontendChoice(service, internal, context);
  if (!frontend.ok) return no(frontend.refusal);
  const ports = frontendPorts(service);
  if (!ports.ok) return no(ports.refusal);
  const { sources, warnings } = clients;
  const target = { translatedAddress: address, sources, warnings, ...frontend.choice };
  return { ok: true, target, ...(ports.ports !== undefined && { ports: ports.ports }) };
}

function refusalOfService(service: LoadBalancerService, { spec, namespaces }: Context): Refusal | undefined {
  const { expose } = service.annotations;
  if (service.deleting) return refused('being-deleted', 'the service is being deleted.');
  if (!service.isLoadBalancer) {
    return refused(
      'not-a-load-balancer',
      'the service asks to be exposed but is not of type LoadBalancer. Change its type.',
    );
  }
  if (service.loadBalancerClass !== undefined) {
    const reason = `the service belongs to another controller (loadBalancerClass ${service.loadBalancerClass}).`;
    return refused('foreign-load-balancer-class', reason);
  }
  if (expose.state === 'invalid') return refused('invalid-annotation', `${expose.reason}. Write "true" or "false".`);
  if (expose.state === 'refused') return refused('opted-out', `the service opts out by ${annotationNames.expose}.`);
  if (namespaces?.has(service.namespace) === false) {
    const reason = `the spec allows no services of the namespace ${service.namespace}. Add it to ingress.namespaces.`;
    return refused('namespace-not-allowed', reason);
  }
  if (spec.ingress.expose === 'annotated' && expose.state !== 'asked')
    return notAskedFor('only services that ask for it');
  if (service.hasIpv6Only) {
    return refused('ipv6-only', 'the load balancer has IPv6 addresses only. Give the service an IPv4 address.');
  }
  if (service.ingressIps.length === 0) {
    return refused('no-address', 'the load balancer has no address (yet). `kubectl describe service` says why.');
  }
  return undefined;
}

function refusalOfAddress(
  service: LoadBalancerService,
  address: string,
  internal: boolean,
  { spec, loadBalancers }: Context,
): Refusal | undefined {
  const { expose } = service.annotations;
  if (internal && expose.state !== 'asked' && spec.ingress.expose === 'public') {
    return notAskedFor('internal load balancers only where they ask for it');
  }
  const known = loadBalancers.get(service.cluster);
  if (known === undefined) {
    const reason = `the load balancers of ${service.cluster} could not be read, so ${address} can't be checked. The next sync tries again.`;
    return refused('load-balancers-unknown', reason);
  }
  if (!known.has(address)) {
    const reason = `${address} is no frontend of a load balancer in the cluster's node resource group. Wait until the cloud provider has written it.`;
    return refused('not-a-load-balancer-frontend', reason);
  }
  return undefined;
}

type FrontendChoice =
  | { readonly ok: true; readonly choice: Pick<WantedPublication, 'frontends' | 'asksForFrontend'> }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * The frontends that will do. Replies of a public load balancer must leave straight to the frontend they belong to, past
 * the default route, so only frontends with a route → Internet do; an internal one answers to the firewall itself.
 */
function frontendChoice(service: LoadBalancerService, internal: boolean, context: Context): FrontendChoice {
  const { frontends, routedFrontends } = context;
  const asked = service.annotations.frontend;
  if (asked === undefined) {
    const usable = internal ? frontends : routedFrontends;
    if (usable.length > 0) return { ok: true, choice: { frontends: usable, asksForFrontend: false } };
    return { ok: false, refusal: noRoute(frontends[0] ?? 'the frontend') };
  }
  const address = /^\d{1,3}$/.test(asked)
    ? frontends[Number(asked) - 1]
    : frontends.find((one) => one === bareAddress(asked));
  if (address === undefined) {
    const reason =
      `${annotationNames.frontend} names "${asked}", which is no frontend of the firewall. ` +
      `Give one of ${frontends.join(', ')}, or its position counted from 1.`;
    return { ok: false, refusal: refused('unknown-frontend', reason) };
  }
  if (!internal && !routedFrontends.includes(address)) return { ok: false, refusal: noRoute(address) };
  return { ok: true, choice: { frontends: [address], asksForFrontend: true } };
}

function noRoute(frontend: string): Refusal {
  const reason = `replies of a public load balancer need a route ${frontend}/32 → Internet on the cluster's subnet, and there is none. A sync that repairs drift adds it.`;
  return refused('no-route-to-internet', reason);
}

type FrontendPorts =
  | { readonly ok: true; /** Absent: each port is its own. */ readonly ports?: ReadonlyMap<ServicePort, number> }
  | { readonly ok: false; readonly refusal: Refusal };

const ownPorts: FrontendPorts = { ok: true };

/** Which port on the frontend each service port gets; a mapped name or number stands for all of its protocols. */
function frontendPorts(service: LoadBalancerService): FrontendPorts {
  const map = service.annotations.ports;
  if (map.state === 'all') return ownPorts;
  const invalid = (what: string): FrontendPorts => ({
    ok: false,
    refusal: refused('invalid-annotation', `${what}. Write it like "8443:https,80:80".`),
  });
  if (map.state === 'invalid') return invalid(map.reason);
  const ports = new Map<ServicePort, number>();
  for (const { frontendPort, target } of map.entries) {
    const meant = service.ports.filter(({ name, port }) => name === target || String(port) === target);
    if (meant.length === 0) return invalid(`${annotationNames.ports} names ${target}, which is no port of the service`);
    for (const port of meant) {
      if (ports.has(port)) return invalid(`${annotationNames.ports} names the service port ${port.port} twice`);
      ports.set(port, frontendPort);
    }
  }
  return { ok: true, ports };
}

type JudgedPort =
  | { readonly ok: true; readonly place: Pick<WantedPublication, 'protocol' | 'frontendPort'> }
  | { readonly ok: false; readonly refusal: Refusal };

function judgePort(port: ServicePort, frontendPort: number | undefined, context: Context): JudgedPort {
  const no = (code: SkipCode, reason: string): JudgedPort => ({ ok: false, refusal: refused(code, reason) });
  if (port.protocol !== 'TCP' && port.protocol !== 'UDP') {
    return no('unsupported-protocol', `Azure Firewall translates TCP and UDP, not ${port.protocol}.`);
  }
  if (port.noLoadBalancerRule) {
    const reason = `the load balancer has no rule for the port (service.beta.kubernetes.io/port_${port.port}_no_lb_rule).`;
    return no('no-load-balancer-rule', reason);
  }
  if (frontendPort === undefined) {
    return no('not-in-port-map', `${annotationNames.ports} doesn't list the port. Add it to have it published.`);
  }
  if (port.port > MAX_DNAT_PORT || frontendPort > MAX_DNAT_PORT) {
    const reason = `the firewall translates ports 1 to ${MAX_DNAT_PORT}. Give the service a port in that range.`;
    return no('port-out-of-range', reason);
  }
  if (!context.isAllowedPort(frontendPort)) {
    const reason = `the spec doesn't allow port ${frontendPort} on a frontend (ingress.allowedPorts). Map it to one of those by ${annotationNames.ports}.`;
    return no('port-not-allowed', reason);
  }
  return { ok: true, place: { protocol: port.protocol, frontendPort } };
}

function notAskedFor(what: string): Refusal {
  return refused('not-asked-for', `the spec publishes ${what}: ${annotationNames.expose}: "true".`);
}

function refused(code: SkipCode, reason: string): Refusal {
  return { code, reason };
}
