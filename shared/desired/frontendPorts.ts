import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { MAX_DNAT_PORT } from '../model/natRule.ts';
import { annotationNames } from '../model/serviceAnnotations.ts';
import type { LoadBalancerService, ServicePort } from '../model/service.ts';
import { refused, type Refusal } from './refusal.ts';

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

type FrontendPorts =
  | { readonly ok: true; /** Absent: each port is its own. */ readonly ports?: ReadonlyMap<ServicePort, number> }
  | { readonly ok: false; readonly refusal: Refusal };

const ownPorts: FrontendPorts = { ok: true };

/** Which port on the frontend each service port gets; a mapped name or number stands for all of its protocols. */
export function frontendPorts(service: LoadBalancerService): FrontendPorts {
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

/** @param frontendPort the port that it would have on the frontend; undefined when a port map leaves it out */
export function refusalOfPort(
  port: ServicePort,
  frontendPort: number | undefined,
  isAllowedPort: (port: number) => boolean,
): Refusal | undefined {
  if (port.protocol !== 'TCP' && port.protocol !== 'UDP') {
    return refused('unsupported-protocol', `Azure Firewall translates TCP and UDP, not ${port.protocol}.`);
  }
  if (port.noLoadBalancerRule) {
    const reason = `the load balancer has no rule for the port (service.beta.kubernetes.io/port_${port.port}_no_lb_rule). Take the annotation off to have it published.`;
    return refused('no-load-balancer-rule', reason);
  }
  if (frontendPort === undefined) {
    return refused('not-in-port-map', `${annotationNames.ports} doesn't list the port. Add it to have it published.`);
  }
  if (port.port > MAX_DNAT_PORT || frontendPort > MAX_DNAT_PORT) {
    const reason = `the firewall translates ports 1 to ${MAX_DNAT_PORT}. Give the service a port in that range.`;
    return refused('port-out-of-range', reason);
  }
  if (!isAllowedPort(frontendPort)) {
    const reason = `the spec doesn't allow port ${frontendPort} on a frontend (ingress.allowedPorts). Map it to one of those by ${annotationNames.ports}.`;
    return refused('port-not-allowed', reason);
  }
  return undefined;
}
