/**
 * The fields of the objects, as far as a server must know them: their types, which lists merge by which keys, and
 * which maps and lists are replaced as one. Strategic merge, server-side apply and decoding all go by it.
 */
export type Schema =
  | { readonly type: 'string' | 'integer' | 'boolean' | 'integerOrString' | 'any' }
  | ObjectSchema
  /** Of strings. An atomic map is one value; any other merges key by key. */
  | { readonly type: 'map'; readonly atomic: boolean }
  | ListSchema;

export interface ObjectSchema {
  readonly type: 'object';
  /** As in the Go types, which messages quote. */
  readonly name: string;
  readonly fields: Readonly<Record<string, Schema>>;
}

export interface ListSchema {
  readonly type: 'list';
  readonly items: Schema;
  /** Elements with the same values here are one in server-side apply. */
  readonly keys?: Readonly<Record<string, string | undefined>>;
  /** Elements with the same value here are one in a strategic merge patch. */
  readonly mergeKey?: string;
  /** A list of distinct values that merges value by value. */
  readonly set?: boolean;
}

const string = { type: 'string' } as const;
const integer = { type: 'integer' } as const;
const boolean = { type: 'boolean' } as const;
const any = { type: 'any' } as const;
const integerOrString = { type: 'integerOrString' } as const;
const map = { type: 'map', atomic: false } as const;
const strings = { type: 'list', items: string } as const;

function object(name: string, fields: Readonly<Record<string, Schema>>): ObjectSchema {
  return { type: 'object', name, fields };
}

/** The fields that every object has; lists of `keys` name the value that stands in when an element lacks the key. */
const metadata = object('ObjectMeta', {
  name: string,
  generateName: string,
  namespace: string,
  selfLink: string,
  uid: string,
  resourceVersion: string,
  generation: integer,
  creationTimestamp: string,
  deletionTimestamp: string,
  deletionGracePeriodSeconds: integer,
  labels: map,
  annotations: map,
  ownerReferences: { type: 'list', items: any, keys: { uid: undefined }, mergeKey: 'uid' },
  finalizers: { type: 'list', items: string, set: true },
  managedFields: { type: 'list', items: any },
});

const conditions: ListSchema = { type: 'list', items: any, keys: { type: undefined }, mergeKey: 'type' };

function kind(name: string, fields: Readonly<Record<string, Schema>>): ObjectSchema {
  return object(name, { apiVersion: string, kind: string, metadata, ...fields });
}

const servicePort = object('ServicePort', {
  name: string,
  protocol: string,
  appProtocol: string,
  port: integer,
  targetPort: integerOrString,
  nodePort: integer,
});

const ingress = object('LoadBalancerIngress', {
  ip: string,
  hostname: string,
  ipMode: string,
  ports: { type: 'list', items: object('PortStatus', { port: integer, protocol: string, error: string }) },
});

export const serviceSchema = kind('Service', {
  spec: object('ServiceSpec', {
    ports: { type: 'list', items: servicePort, keys: { port: undefined, protocol: 'TCP' }, mergeKey: 'port' },
    selector: { type: 'map', atomic: true },
    clusterIP: string,
    clusterIPs: strings,
    type: string,
    externalIPs: strings,
    sessionAffinity: string,
    loadBalancerIP: string,
    loadBalancerSourceRanges: strings,
    externalName: string,
    externalTrafficPolicy: string,
    healthCheckNodePort: integer,
    publishNotReadyAddresses: boolean,
    sessionAffinityConfig: object('SessionAffinityConfig', {
      clientIP: object('ClientIPConfig', { timeoutSeconds: integer }),
    }),
    ipFamilies: strings,
    ipFamilyPolicy: string,
    allocateLoadBalancerNodePorts: boolean,
    loadBalancerClass: string,
    internalTrafficPolicy: string,
    trafficDistribution: string,
  }),
  status: object('ServiceStatus', {
    loadBalancer: object('LoadBalancerStatus', { ingress: { type: 'list', items: ingress } }),
    conditions,
  }),
});

export const namespaceSchema = kind('Namespace', {
  spec: object('NamespaceSpec', { finalizers: strings }),
  status: object('NamespaceStatus', { phase: string, conditions }),
});

const objectReference = object('ObjectReference', {
  kind: string,
  namespace: string,
  name: string,
  uid: string,
  apiVersion: string,
  resourceVersion: string,
  fieldPath: string,
});

export const eventSchema = kind('Event', {
  involvedObject: objectReference,
  reason: string,
  message: string,
  source: object('EventSource', { component: string, host: string }),
  firstTimestamp: string,
  lastTimestamp: string,
  count: integer,
  type: string,
  eventTime: string,
  series: object('EventSeries', { count: integer, lastObservedTime: string }),
  action: string,
  related: objectReference,
  reportingComponent: string,
  reportingInstance: string,
});
