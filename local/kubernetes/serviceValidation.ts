import { isIP, isIPv4 } from 'node:net';
import {
  at,
  numberAt,
  objectAt,
  objectsAt,
  sameJson,
  stringAt,
  stringsAt,
  type Json,
  type JsonObject,
} from './json.ts';
import { dns1123LabelProblem, dns1123SubdomainProblem } from './names.ts';
import type { KubernetesObject } from './objects.ts';
import { isHeadless, usesNodePorts } from './serviceDefaults.ts';
import { problem, type FieldProblem } from './statuses.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const PORT_RANGE = 'must be between 1 and 65535, inclusive';
const SOURCE_RANGES_ANNOTATION = 'service.beta.kubernetes.io/load-balancer-source-ranges';

/** What the API refuses in a service (defaults filled in) with 422, in its order and words. */
export function serviceProblems(service: KubernetesObject, before?: KubernetesObject): readonly FieldProblem[] {
  const spec = objectAt(service, 'spec');
  return [
    ...typeProblems(spec),
    ...portsProblems(spec),
    ...choiceProblems(spec),
    ...clusterIpProblems(spec),
    ...sourceRangeProblems(service, spec),
    ...classProblems(spec),
    ...(before === undefined ? [] : changeProblems(spec, objectAt(before, 'spec'))),
  ];
}

function typeProblems(spec: JsonObject): readonly FieldProblem[] {
  const type = stringAt(spec, 'type') ?? '';
  if (!TYPES.includes(type)) return [problem.notSupported('spec.type', type, TYPES)];
  if (type !== 'ExternalName') return [];
  const externalName = stringAt(spec, 'externalName')?.replace(/\.$/, '');
  if (externalName === undefined || externalName === '') return [problem.required('spec.externalName')];
  const why = dns1123SubdomainProblem(externalName);
  return why === undefined ? [] : [problem.invalid('spec.externalName', externalName, why)];
}

function portsProblems(spec: JsonObject): readonly FieldProblem[] {
  const ports = objectsAt(spec, 'ports');
  if (ports.length === 0) {
    return isHeadless(spec) || spec.type === 'ExternalName' ? [] : [problem.required('spec.ports')];
  }
  return ports.flatMap((port, index) => {
    const earlier = ports.slice(0, index);
    const field = `spec.ports[${index}]`;
    return [
      ...portNameProblems(port, `${field}.name`, ports.length > 1, earlier),
      ...portProblems(port, field, stringAt(spec, 'type') ?? ''),
      ...(earlier.some((other) => other.port === port.port && other.protocol === port.protocol)
        ? [problem.duplicate(field, { port: port.port, protocol: port.protocol })]
        : []),
    ];
  });
}

function portNameProblems(
  port: JsonObject,
  field: string,
  required: boolean,
  earlier: readonly JsonObject[],
): readonly FieldProblem[] {
  const name = stringAt(port, 'name') ?? '';
  if (name === '') return required ? [problem.required(field)] : [];
  const why = dns1123LabelProblem(name);
  if (why !== undefined) return [problem.invalid(field, name, why)];
  return earlier.some((other) => other.name === name) ? [problem.duplicate(field, name)] : [];
}

function portProblems(port: JsonObject, field: string, type: string): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  const number = numberAt(port, 'port') ?? 0;
  if (!isPort(number)) problems.push(problem.invalid(`${field}.port`, number, PORT_RANGE));
  const protocol = stringAt(port, 'protocol') ?? '';
  if (!PROTOCOLS.includes(protocol)) problems.push(problem.notSupported(`${field}.protocol`, protocol, PROTOCOLS));
  const target = port.targetPort;
  if (typeof target === 'number' && target !== number && !isPort(target)) {
    problems.push(problem.invalid(`${field}.targetPort`, target, PORT_RANGE));
  }
  if (
    typeof target === 'string' &&
    !(/^[a-z0-9-]{1,15}$/.test(target) && /[a-z]/.test(target) && !/^-|-$|--/.test(target))
  ) {
    const why =
      target.length > 15
        ? 'must be no more than 15 characters'
        : 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-), and at least one letter (a-z)';
    problems.push(problem.invalid(`${field}.targetPort`, target, why));
  }
  if (port.nodePort !== undefined && !usesNodePorts(type)) {
    problems.push(problem.forbidden(`${field}.nodePort`, `may not be used when \`type\` is '${type}'`));
  }
  return problems;
}

function isPort(value: number): boolean {
  return value >= 1 && value <= 65_535;
}

function choiceProblems(spec: JsonObject): readonly FieldProblem[] {
  const choices: readonly (readonly [string, readonly string[]])[] = [
    ['sessionAffinity', ['ClientIP', 'None']],
    ['externalTrafficPolicy', ['Cluster', 'Local']],
    ['internalTrafficPolicy', ['Cluster', 'Local']],
    ['ipFamilyPolicy', ['PreferDualStack', 'RequireDualStack', 'SingleStack']],
  ];
  const problems = choices.flatMap(([field, supported]) =>
    spec[field] === undefined || supported.includes(stringAt(spec, field) ?? '')
      ? []
      : [problem.notSupported(`spec.${field}`, spec[field], supported)],
  );
  const external = usesNodePorts(stringAt(spec, 'type')) || stringsAt(spec, 'externalIPs').length > 0;
  if (spec.externalTrafficPolicy !== undefined && !external) {
    const why = 'may only be set for externally-accessible services';
    problems.push(problem.invalid('spec.externalTrafficPolicy', spec.externalTrafficPolicy, why));
  }
  if (stringsAt(spec, 'ipFamilies').includes('IPv6')) {
    problems.push(problem.invalid('spec.ipFamilies[0]', 'IPv6', 'not configured on this cluster'));
  }
  if (spec.ipFamilyPolicy === 'RequireDualStack') {
    const why = 'this cluster is not configured for dual-stack services';
    problems.push(problem.invalid('spec.ipFamilyPolicy', 'RequireDualStack', why));
  }
  return problems;
}

function clusterIpProblems(spec: JsonObject): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  const [clusterIp, clusterIps] = [stringAt(spec, 'clusterIP'), stringsAt(spec, 'clusterIPs')];
  if (spec.type === 'ExternalName' && clusterIp !== undefined) {
    problems.push(problem.forbidden('spec.clusterIPs', "may not be set when `type` is 'ExternalName'"));
  } else if (clusterIp !== undefined && clusterIp !== 'None' && !isIPv4(clusterIp)) {
    const why = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
    problems.push(problem.invalid('spec.clusterIPs[0]', clusterIp, why));
  }
  if (clusterIp !== undefined && clusterIps[0] !== undefined && clusterIps[0] !== clusterIp) {
    problems.push(problem.invalid('spec.clusterIPs', [...clusterIps], 'first value must match `clusterIP`'));
  }
  if (clusterIp === 'None' && usesNodePorts(stringAt(spec, 'type'))) {
    problems.push(
      problem.invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${asText(spec.type)} services`),
    );
  }
  stringsAt(spec, 'externalIPs').forEach((ip, index) => {
    const why = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
    if (isIP(ip) === 0) problems.push(problem.invalid(`spec.externalIPs[${index}]`, ip, why));
  });
  return problems;
}

/** Ranges are trimmed and may have host bits, as the real server lets them; they are stored as they came. */
function sourceRangeProblems(service: KubernetesObject, spec: JsonObject): readonly FieldProblem[] {
  const fromSpec = stringsAt(spec, 'loadBalancerSourceRanges');
  const annotation = stringAt(service, 'metadata', 'annotations', SOURCE_RANGES_ANNOTATION)?.trim();
  const fromAnnotation = annotation === undefined || annotation === '' ? [] : annotation.split(',');
  const [field, ranges] =
    fromSpec.length > 0
      ? (['spec.LoadBalancerSourceRanges', fromSpec] as const)
      : ([`metadata.annotations[${SOURCE_RANGES_ANNOTATION}]`, fromAnnotation] as const);
  if (ranges.length === 0) return [];
  if (spec.type !== 'LoadBalancer') {
    return [problem.forbidden(field, "may only be used when `type` is 'LoadBalancer'")];
  }
  if (ranges.every((range) => isCidr(range.trim()))) return [];
  const why = 'must be a list of IP ranges. For example, 10.240.0.0/24,10.250.0.0/24';
  return [problem.invalid(field, fromSpec.length > 0 ? [...ranges] : (annotation ?? ''), why)];
}

function isCidr(text: string): boolean {
  const match = /^(.+)\/(\d{1,3})$/.exec(text);
  if (match === null) return false;
  const family = isIP(match[1] ?? '');
  return family !== 0 && Number(match[2]) <= (family === 4 ? 32 : 128);
}

function classProblems(spec: JsonObject): readonly FieldProblem[] {
  if (spec.loadBalancerClass === undefined || spec.type === 'LoadBalancer') return [];
  return [problem.forbidden('spec.loadBalancerClass', "may only be used when `type` is 'LoadBalancer'")];
}

function changeProblems(spec: JsonObject, old: JsonObject): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  const fixedIp = old.type !== 'ExternalName' && spec.type !== 'ExternalName' && old.clusterIP !== undefined;
  if (fixedIp && spec.clusterIP !== old.clusterIP) {
    problems.push(problem.invalid('spec.clusterIPs[0]', at(spec, 'clusterIP') ?? '', 'may not change once set'));
  }
  const bothBalanced = old.type === 'LoadBalancer' && spec.type === 'LoadBalancer';
  if (bothBalanced && !sameJson(spec.loadBalancerClass, old.loadBalancerClass)) {
    problems.push(problem.invalid('spec.loadBalancerClass', spec.loadBalancerClass ?? null, 'may not change once set'));
  }
  return problems;
}

function asText(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
