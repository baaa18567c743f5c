import { compact, numberAt, objectAt, objectsAt, omit, stringAt, type Json, type JsonObject } from './json.ts';
import type { KubernetesObject } from './objects.ts';

/** Types whose ports have node ports. */
export function usesNodePorts(type: string | undefined): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}

export function isHeadless(spec: JsonObject): boolean {
  return spec.clusterIP === 'None';
}

/** The spec with the API's defaults filled in, before anything is allocated. */
export function withServiceDefaults(service: KubernetesObject): KubernetesObject {
  const spec = objectAt(service, 'spec');
  const type = spec.type ?? 'ClusterIP';
  const hasClusterIp = type !== 'ExternalName';
  const external = type === 'NodePort' || type === 'LoadBalancer';
  const withDefaults = compact({
    ...spec,
    type,
    sessionAffinity: spec.sessionAffinity ?? 'None',
    sessionAffinityConfig:
      spec.sessionAffinity === 'ClientIP'
        ? { clientIP: { timeoutSeconds: 10_800, ...objectAt(spec, 'sessionAffinityConfig', 'clientIP') } }
        : spec.sessionAffinityConfig,
    internalTrafficPolicy: spec.internalTrafficPolicy ?? (hasClusterIp ? 'Cluster' : undefined),
    externalTrafficPolicy: spec.externalTrafficPolicy ?? (external ? 'Cluster' : undefined),
    allocateLoadBalancerNodePorts: spec.allocateLoadBalancerNodePorts ?? (type === 'LoadBalancer' ? true : undefined),
    ports: spec.ports === undefined ? undefined : objectsAt(spec, 'ports').map(withPortDefaults),
  });
  return { ...service, spec: withDefaults, status: service.status ?? { loadBalancer: {} } };
}

function withPortDefaults(port: JsonObject): JsonObject {
  const hasTarget = port.targetPort !== undefined && port.targetPort !== 0 && port.targetPort !== '';
  return compact({
    ...port,
    protocol: port.protocol ?? 'TCP',
    targetPort: hasTarget ? port.targetPort : port.port,
    nodePort: port.nodePort === 0 ? undefined : port.nodePort,
  });
}

/**
 * What an update that doesn't mention allocated values keeps of them, and what a change of type drops: the API's own
 * rules, without which `kubectl replace` and a change from LoadBalancer to ClusterIP would be refused.
 */
export function carryOver(service: KubernetesObject, before: KubernetesObject): KubernetesObject {
  const [spec, old] = [objectAt(service, 'spec'), objectAt(before, 'spec')];
  const type = stringAt(spec, 'type');
  const keepsIp = type !== 'ExternalName' && old.type !== 'ExternalName' && spec.clusterIP === undefined;
  const carried: JsonObject = {
    ...spec,
    ...(keepsIp ? { clusterIP: old.clusterIP, clusterIPs: spec.clusterIPs ?? old.clusterIPs } : {}),
    healthCheckNodePort: spec.healthCheckNodePort ?? old.healthCheckNodePort,
    ipFamilies: type === 'ExternalName' ? undefined : (spec.ipFamilies ?? old.ipFamilies),
    ipFamilyPolicy: type === 'ExternalName' ? undefined : (spec.ipFamilyPolicy ?? old.ipFamilyPolicy),
    ...(spec.ports === undefined ? {} : { ports: withOldNodePorts(objectsAt(spec, 'ports'), objectsAt(old, 'ports')) }),
  };
  return { ...service, spec: compact(type === old.type ? carried : withoutOldType(carried, old, type)) };
}

function withOldNodePorts(ports: readonly JsonObject[], old: readonly JsonObject[]): readonly Json[] {
  const taken = new Set(ports.map((port) => numberAt(port, 'nodePort')));
  return ports.map((port) => {
    const match = old.find((other) => other.port === port.port && other.protocol === port.protocol);
    if (port.nodePort !== undefined || match === undefined || taken.has(numberAt(match, 'nodePort'))) return port;
    return compact({ ...port, nodePort: match.nodePort });
  });
}

/** Drops what only the old type had, unless the caller changed it in the same breath. */
function withoutOldType(spec: JsonObject, old: JsonObject, type: string | undefined): JsonObject {
  const drop: string[] = [];
  const untouched = (field: string) => spec[field] === old[field];
  if (type !== 'LoadBalancer') {
    drop.push(...['allocateLoadBalancerNodePorts', 'loadBalancerClass'].filter(untouched));
  }
  if (!usesNodePorts(type)) drop.push(...['externalTrafficPolicy', 'healthCheckNodePort'].filter(untouched));
  if (type === 'ExternalName') drop.push('internalTrafficPolicy', 'clusterIP', 'clusterIPs');
  const kept = omit(spec, ...drop);
  if (usesNodePorts(type) || kept.ports === undefined) return kept;
  const oldNodePorts = new Set(objectsAt(old, 'ports').map((port) => numberAt(port, 'nodePort')));
  return {
    ...kept,
    ports: objectsAt(kept, 'ports').map((port) =>
      oldNodePorts.has(numberAt(port, 'nodePort')) ? omit(port, 'nodePort') : port,
    ),
  };
}
