import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import type { PublicationFacts, SkipCode, SkippedPort, WantedPublication } from '../model/publication.ts';
import { annotationNames } from '../model/serviceAnnotations.ts';
import type { LoadBalancerService, ServicePort } from '../model/service.ts';
import { sourcePolicy, type SourcePolicy } from './clientSources.ts';
import { frontendPorts, portLimit, refusalOfPort } from './frontendPorts.ts';
import { frontendChooser } from './frontends.ts';
import { refused, type Refusal } from './refusal.ts';

export interface DesiredPublications {
  readonly wanted: readonly WantedPublication[];
  readonly skipped: readonly SkippedPort[];
}

/** These may pass by themselves or are mistakes: taking the rule away would turn them into an outage. */
export const keepsRule: ReadonlySet<SkipCode> = new Set<SkipCode>([
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
    const judged = judgeService(service, context);
    for (const port of service.ports) {
      if (!judged.ok) {
        skipped.push(skippedPort(service, port, judged.refusal));
        continue;
      }
      const frontendPort = judged.ports === undefined ? port.port : judged.ports.get(port);
      const refusal = refusalOfPort(port, frontendPort, context.isAllowedPort);
      if (refusal !== undefined) skipped.push(skippedPort(service, port, refusal));
      else wanted.push(wantedPublication(service, port, frontendPort ?? port.port, judged.target, wanted.length));
    }
  }
  return { wanted, skipped };
}

function skippedPort(service: LoadBalancerService, port: ServicePort, { code, reason }: Refusal): SkippedPort {
  return {
    cluster: service.cluster,
    namespace: service.namespace,
    service: service.name,
    port: port.port,
    protocol: port.protocol,
    ruleName: port.ruleName,
    code,
    reason,
    keepsRule: keepsRule.has(code),
  };
}

function wantedPublication(
  service: LoadBalancerService,
  port: ServicePort,
  frontendPort: number,
  target: Target,
  order: number,
): WantedPublication {
  return {
    cluster: service.cluster,
    namespace: service.namespace,
    service: service.name,
    port: port.port,
    protocol: port.protocol === 'UDP' ? 'UDP' : 'TCP',
    ruleName: port.ruleName,
    order,
    createdAtSeconds: service.createdAtSeconds,
    frontendPort,
    frontends: target.frontends,
    asksForFrontend: target.asksForFrontend,
    sources: target.sources,
    translatedAddress: target.translatedAddress,
    warnings: target.warnings,
  };
}

interface Context {
  readonly spec: EnvironmentSpec;
  readonly namespaces: ReadonlySet<string> | undefined;
  readonly isAllowedPort: (port: number) => boolean;
  readonly loadBalancers: ReadonlyMap<string, ReadonlySet<string>>;
  readonly chooseFrontend: ReturnType<typeof frontendChooser>;
  readonly sources: SourcePolicy;
}

function contextOf(spec: EnvironmentSpec, facts: PublicationFacts): Context {
  const { namespaces } = spec.ingress;
  return {
    spec,
    namespaces: namespaces === 'all' ? undefined : new Set(namespaces),
    isAllowedPort: portLimit(spec),
    loadBalancers: new Map(
      Object.entries(facts.loadBalancers).map(([cluster, addresses]) => [cluster, new Set(addresses)]),
    ),
    chooseFrontend: frontendChooser(facts),
    sources: sourcePolicy(spec, facts),
  };
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
  const { address } = service;
  if (address === undefined) return no(noAddress(service));
  const internal = context.sources.isInternal(address);
  const ofAddress = refusalOfAddress(service, address.ip, internal, context);
  if (ofAddress !== undefined) return no(ofAddress);
  const clients = context.sources.sourcesOf(service, internal);
  if (!clients.ok) return no(refused(clients.code, clients.reason));
  const frontend = context.chooseFrontend(service, internal);
  if (!frontend.ok) return no(frontend.refusal);
  const ports = frontendPorts(service);
  if (!ports.ok) return no(ports.refusal);
  const { sources, warnings } = clients;
  const { frontends, asksForFrontend } = frontend.choice;
  const target = { translatedAddress: address.ip, sources, warnings, frontends, asksForFrontend };
  return ports.ports === undefined ? { ok: true, target } : { ok: true, target, ports: ports.ports };
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
  return undefined;
}

function noAddress(service: LoadBalancerService): Refusal {
  if (service.hasIpv6Only) {
    return refused('ipv6-only', 'the load balancer has IPv6 addresses only. Give the service an IPv4 address.');
  }
  return refused('no-address', 'the load balancer has no address (yet). `kubectl describe service` says why.');
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

function notAskedFor(what: string): Refusal {
  return refused('not-asked-for', `the spec publishes ${what}. Annotate it with ${annotationNames.expose}: "true".`);
}
