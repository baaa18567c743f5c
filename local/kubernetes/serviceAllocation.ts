import { createHash } from 'node:crypto';
import { BlockList, isIPv4 } from 'node:net';
import { compact, numberAt, objectAt, objectsAt, stringAt, type JsonObject } from './json.ts';
import type { KubernetesObject } from './objects.ts';
import { isHeadless, usesNodePorts } from './serviceDefaults.ts';
import { problem, type FieldProblem } from './statuses.ts';

const NODE_PORTS = { first: 30_000, last: 32_767 };

export interface Allocated {
  readonly service: KubernetesObject;
  readonly problems: readonly FieldProblem[];
}

/**
 * Gives the service its cluster IP and node ports, or says what it asked for that can't be had. Which ones depends on
 * its name alone as far as they are free, so that the same manifests always get the same.
 */
export function allocate(
  service: KubernetesObject,
  others: readonly KubernetesObject[],
  serviceCidr: string,
): Allocated {
  const spec = objectAt(service, 'spec');
  const problems: FieldProblem[] = [];
  const seed = `${service.metadata.namespace ?? ''}/${service.metadata.name}`;
  const type = stringAt(spec, 'type');
  const clusterIp = clusterIpOf(spec, type, seed, others, serviceCidr, problems);
  const withIp = compact({
    ...spec,
    clusterIP: clusterIp,
    clusterIPs: clusterIp === undefined ? undefined : [clusterIp],
    ipFamilies: type === 'ExternalName' ? undefined : (spec.ipFamilies ?? ['IPv4']),
    ipFamilyPolicy: type === 'ExternalName' ? undefined : (spec.ipFamilyPolicy ?? 'SingleStack'),
  });
  return { service: { ...service, spec: withNodePorts(withIp, type, seed, others, problems) }, problems };
}

function clusterIpOf(
  spec: JsonObject,
  type: string | undefined,
  seed: string,
  others: readonly KubernetesObject[],
  serviceCidr: string,
  problems: FieldProblem[],
): string | undefined {
  if (type === 'ExternalName') return undefined;
  const asked = stringAt(spec, 'clusterIP');
  if (isHeadless(spec)) return asked;
  const taken = new Set(others.map((other) => stringAt(other, 'spec', 'clusterIP')));
  if (asked === undefined) {
    const [base = '', prefix = '16'] = serviceCidr.split('/');
    // The first addresses are the API server's and the DNS service's.
    const [first, count] = [16, 2 ** (32 - Number(prefix)) - 17];
    for (let step = 0; step < count; step++) {
      const ip = addressAt(base, first + ((fraction(seed, 'ip', count) + step) % count));
      if (!taken.has(ip)) return ip;
    }
    problems.push(problem.invalid('spec.clusterIPs', [], 'failed to allocate a serviceIP: range is full'));
    return undefined;
  }
  if (!isIPv4(asked)) return asked;
  if (!cidrHolds(serviceCidr, asked)) {
    const why = `failed to allocate IP ${asked}: the provided IP (${asked}) is not in the valid range. The range of valid IPs is ${serviceCidr}`;
    problems.push(problem.invalid('spec.clusterIPs', [asked], why));
  } else if (taken.has(asked)) {
    const why = `failed to allocate IP ${asked}: provided IP is already allocated`;
    problems.push(problem.invalid('spec.clusterIPs', [asked], why));
  }
  return asked;
}

function withNodePorts(
  spec: JsonObject,
  type: string | undefined,
  seed: string,
  others: readonly KubernetesObject[],
  problems: FieldProblem[],
): JsonObject {
  const wants = usesNodePorts(type) && (type !== 'LoadBalancer' || spec.allocateLoadBalancerNodePorts !== false);
  const taken = new Set(others.flatMap(nodePortsOf));
  const ports = objectsAt(spec, 'ports');
  ports.forEach((port, index) => {
    const asked = numberAt(port, 'nodePort');
    if (asked === undefined || !usesNodePorts(type)) return;
    const field = `spec.ports[${index}].nodePort`;
    if (asked < NODE_PORTS.first || asked > NODE_PORTS.last) {
      const range = `${NODE_PORTS.first}-${NODE_PORTS.last}`;
      const why = `provided port is not in the valid range. The range of valid ports is ${range}`;
      problems.push(problem.invalid(field, asked, why));
    } else if (taken.has(asked)) problems.push(problem.invalid(field, asked, 'provided port is already allocated'));
  });
  for (const port of ports) taken.add(numberAt(port, 'nodePort') ?? 0);
  const next = (what: string) => {
    const count = NODE_PORTS.last - NODE_PORTS.first + 1;
    for (let step = 0; step < count; step++) {
      const candidate = NODE_PORTS.first + ((fraction(seed, what, count) + step) % count);
      if (taken.has(candidate)) continue;
      taken.add(candidate);
      return candidate;
    }
    throw new Error('Every node port is taken: delete services of type NodePort or LoadBalancer.');
  };
  const local = type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
  return compact({
    ...spec,
    ...(ports.length === 0
      ? {}
      : {
          ports: ports.map((port, index) =>
            wants && port.nodePort === undefined ? { ...port, nodePort: next(`port ${index}`) } : port,
          ),
        }),
    healthCheckNodePort: local ? (spec.healthCheckNodePort ?? next('health')) : undefined,
  });
}

function nodePortsOf(service: KubernetesObject): readonly number[] {
  return [
    ...objectsAt(service, 'spec', 'ports').map((port) => numberAt(port, 'nodePort')),
    numberAt(service, 'spec', 'healthCheckNodePort'),
  ].filter((port) => port !== undefined);
}

/** An IPv4 address so many after another. */
function addressAt(base: string, offset: number): string {
  const number = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) + offset;
  return [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join('.');
}

function cidrHolds(cidr: string, address: string): boolean {
  const [base = '', prefix = '32'] = cidr.split('/');
  const list = new BlockList();
  list.addSubnet(base, Number(prefix));
  return list.check(address);
}

function fraction(seed: string, what: string, count: number): number {
  return createHash('sha256').update(`${seed}|${what}`).digest().readUIntBE(0, 6) % count;
}
