import { isPrivate, rangeOf, type IpRange } from './ipRange.ts';
import { isJsonObject, jsonAt, objectsAt, stringAt, stringsAt, type Json } from './json.ts';
import { dnatRuleName, type DnatRuleKey } from './natRule.ts';
import { annotationNames, parseExpose, parsePortMap, type Expose, type PortMap } from './serviceAnnotations.ts';
import { isService } from './serviceShape.ts';
import { blockOf, invalidSources, noSources, parseSources, type SourceRanges } from './sourceRanges.ts';

/** A service as far as its publication depends on it, normalised. JSON-able. */
export interface LoadBalancerService {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** `namespace/name/cluster`: sorts as API servers list. */
  readonly key: string;
  /** ISO 8601; empty when the API server gave none. */
  readonly createdAt: string;
  /** The same in seconds since 1970; a service without it counts as the youngest. */
  readonly createdAtSeconds: number;
  /** `deletionTimestamp` is set: its rules go, though finalizers may keep it and its address for minutes. */
  readonly deleting: boolean;
  /** By `spec.type` alone: after LoadBalancer → ClusterIP the status may still hold an address. */
  readonly isLoadBalancer: boolean;
  /** Set: another controller's. */
  readonly loadBalancerClass: string | undefined;
  readonly ports: readonly ServicePort[];
  /** Of `status.loadBalancer.ingress`; IPv4 first, in the order given. */
  readonly ingressIps: readonly string[];
  /** The first IPv4 address of them. */
  readonly address: ServiceAddress | undefined;
  /** There are addresses, and none is IPv4. */
  readonly hasIpv6Only: boolean;
  /** Who may come by what the load balancer itself is told. */
  readonly sourceRanges: SourceRanges;
  readonly annotations: ServiceAnnotations;
}

export interface ServiceAddress {
  readonly ip: string;
  readonly isPrivate: boolean;
  /** See {@link blockOf}. */
  readonly block: number;
  readonly range: IpRange;
}

export interface ServicePort {
  readonly name: string | undefined;
  /** The service port, which is the load balancer's as well; never the node port. */
  readonly port: number;
  /** As Kubernetes has it: TCP, UDP or SCTP. */
  readonly protocol: string;
  /** The load balancer has no rule for the port (`port_{n}_no_lb_rule`). */
  readonly noLoadBalancerRule: boolean;
  /** The name that a rule for the port has. Made here, since its hash costs more than the rest of a plan. */
  readonly ruleName: string;
}

/** `gatehouse.dev/…`, parsed. */
interface ServiceAnnotations {
  readonly expose: Expose;
  readonly ports: PortMap;
  readonly sources: SourceRanges;
  /** Address of a frontend, or its position counted from 1, as given. */
  readonly frontend: string | undefined;
}

/** What a cluster answered when asked for its services. Only a complete list says that a service is gone. */
export type ServiceList =
  | {
      readonly cluster: string;
      readonly state: 'complete';
      /** Every service of the cluster, whatever its type: one without any at all is suspicious, as `default/kubernetes` always exists. */
      readonly services: readonly LoadBalancerService[];
    }
  | {
      readonly cluster: string;
      readonly state: 'partial' | 'failed';
      readonly reason: string;
      /** What to do about it, where somebody knows. */
      readonly remedy?: string;
      readonly services: readonly [];
    };

const azureAllowedRanges = 'service.beta.kubernetes.io/azure-allowed-ip-ranges';
const azureAllowedTags = 'service.beta.kubernetes.io/azure-allowed-service-tags';
const sourceRangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';

/**
 * Reads a v1 Service as the API server answers it.
 *
 * @returns undefined for what is no service: a list that holds such a thing can't be trusted as a whole
 */
export function parseService(raw: unknown, cluster: string): LoadBalancerService | undefined {
  if (!isJsonObject(raw) || !isService(raw)) return undefined;
  const { metadata, spec, status } = raw;
  const name = stringAt(metadata, 'name') ?? '';
  const namespace = stringAt(metadata, 'namespace') ?? '';
  const annotations = jsonAt(metadata, 'annotations');
  const sources = stringAt(annotations, annotationNames.sources);
  const addresses = objectsAt(status, 'loadBalancer', 'ingress').flatMap((entry) => stringAt(entry, 'ip') ?? []);
  const ipv4 = addresses.flatMap((text) => serviceAddress(text) ?? []);
  const [address] = ipv4;
  const ipv6 = addresses.filter((text) => text.includes(':'));
  const createdAt = stringAt(metadata, 'creationTimestamp') ?? '';
  const created = Date.parse(createdAt);
  // What every plan looks at comes first, and nothing is optional: thousands of these are walked in a few milliseconds.
  return {
    isLoadBalancer: stringAt(spec, 'type') === 'LoadBalancer',
    deleting: stringAt(metadata, 'deletionTimestamp') !== undefined,
    loadBalancerClass: stringAt(spec, 'loadBalancerClass'),
    annotations: {
      expose: parseExpose(stringAt(annotations, annotationNames.expose)),
      ports: parsePortMap(stringAt(annotations, annotationNames.ports)),
      sources: sources === undefined ? noSources : parseSources(sources.split(','), annotationNames.sources),
      frontend: stringAt(annotations, annotationNames.frontend)?.trim(),
    },
    address,
    ports: parsePorts(spec, annotations, { cluster, namespace, service: name }),
    sourceRanges: loadBalancerSources(spec, annotations),
    cluster,
    namespace,
    name,
    createdAtSeconds: Number.isNaN(created) ? YOUNGEST : Math.floor(created / 1000),
    key: `${namespace}/${name}/${cluster}`,
    uid: stringAt(metadata, 'uid') ?? '',
    createdAt,
    ingressIps: [...ipv4.map(({ ip }) => ip), ...ipv6],
    hasIpv6Only: ipv4.length === 0 && ipv6.length > 0,
  };
}

/** Far enough in the future, and still an integer of 32 bits. */
const YOUNGEST = 2 ** 31 - 1;

function serviceAddress(text: string): ServiceAddress | undefined {
  const range = text.includes('/') ? undefined : rangeOf(text);
  return range === undefined
    ? undefined
    : { ip: text.trim(), isPrivate: isPrivate(range), block: blockOf(range.first), range };
}

function parsePorts(
  spec: Json | undefined,
  annotations: Json | undefined,
  service: Pick<DnatRuleKey, 'cluster' | 'namespace' | 'service'>,
): readonly ServicePort[] {
  return objectsAt(spec, 'ports').flatMap((entry): readonly ServicePort[] => {
    const port = jsonAt(entry, 'port');
    if (typeof port !== 'number') return [];
    const protocol = (stringAt(entry, 'protocol') ?? 'TCP').toUpperCase();
    const noRule = stringAt(annotations, `service.beta.kubernetes.io/port_${port}_no_lb_rule`);
    return [
      {
        name: stringAt(entry, 'name'),
        port,
        protocol,
        noLoadBalancerRule: noRule?.trim().toLowerCase() === 'true',
        ruleName: dnatRuleName({ ...service, port, protocol }),
      },
    ];
  });
}

/**
 * Who the load balancer lets in, by field or annotation. Where several are given the cloud provider takes none or adds
 * them up; which of it was meant is not ours to guess.
 */
function loadBalancerSources(spec: Json | undefined, annotations: Json | undefined): SourceRanges {
  const tags = stringAt(annotations, azureAllowedTags) ?? '';
  if (tags.trim() !== '') {
    return invalidSources(azureAllowedTags, 'names service tags, which a DNAT rule takes no sources from');
  }
  const ofSpec = stringsAt(spec, 'loadBalancerSourceRanges');
  const lists = [
    { from: 'spec.loadBalancerSourceRanges', texts: ofSpec },
    { from: azureAllowedRanges, texts: listOf(stringAt(annotations, azureAllowedRanges)) },
    // Kubernetes looks at this older annotation only where the field is empty.
    {
      from: sourceRangesAnnotation,
      texts: ofSpec.length > 0 ? [] : listOf(stringAt(annotations, sourceRangesAnnotation)),
    },
  ].filter(({ texts }) => texts.length > 0);
  const [first, second] = lists;
  if (first === undefined) return noSources;
  if (second !== undefined) return invalidSources(first.from, `is given together with ${second.from}`);
  return parseSources(first.texts, first.from);
}

/** An annotation that is there but empty restricts nothing, as in the cloud provider. */
function listOf(text: string | undefined): readonly string[] {
  return text === undefined || text.trim() === '' ? [] : text.split(',');
}
