import { eventColumns, namespaceColumns, serviceColumns, type Column } from './columns.ts';
import type { JsonObject } from './json.ts';
import { dns1035LabelProblem, dns1123LabelProblem, dns1123SubdomainProblem } from './names.ts';
import type { KubernetesObject } from './objects.ts';
import { eventSchema, namespaceSchema, serviceSchema, type ObjectSchema } from './schemas.ts';
import { withServiceDefaults } from './serviceDefaults.ts';
import { serviceProblems } from './serviceValidation.ts';
import type { FieldProblem } from './statuses.ts';

/** A kind of object: what discovery tells of it, and how its objects are judged, completed and printed. */
export interface ResourceType {
  /** The plural name in paths. */
  readonly resource: string;
  readonly singular: string;
  readonly kind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly hasStatus: boolean;
  /** Without them a subresource or operation answers 405. */
  readonly verbs: readonly string[];
  readonly schema: ObjectSchema;
  readonly columns: readonly Column[];
  /** Paths that a field selector may name, beside metadata.name and metadata.namespace. */
  readonly selectableFields: readonly string[];
  readonly nameProblem: (name: string) => string | undefined;
  readonly withDefaults: (object: KubernetesObject) => KubernetesObject;
  /** What is wrong with the object (defaults filled in) beside its metadata. */
  readonly problems: (object: KubernetesObject, before?: KubernetesObject) => readonly FieldProblem[];
}

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

const services: ResourceType = {
  resource: 'services',
  singular: 'service',
  kind: 'Service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  hasStatus: true,
  verbs: VERBS,
  schema: serviceSchema,
  columns: serviceColumns,
  selectableFields: [],
  nameProblem: dns1035LabelProblem,
  withDefaults: withServiceDefaults,
  problems: serviceProblems,
};

const namespaces: ResourceType = {
  resource: 'namespaces',
  singular: 'namespace',
  kind: 'Namespace',
  shortNames: ['ns'],
  categories: [],
  namespaced: false,
  hasStatus: true,
  verbs: VERBS.filter((verb) => verb !== 'deletecollection'),
  schema: namespaceSchema,
  columns: namespaceColumns,
  selectableFields: ['status.phase'],
  nameProblem: dns1123LabelProblem,
  withDefaults: (namespace) => ({
    ...namespace,
    metadata: {
      ...namespace.metadata,
      labels: { ...namespace.metadata.labels, 'kubernetes.io/metadata.name': namespace.metadata.name },
    },
    spec: namespace.spec ?? { finalizers: ['kubernetes'] },
    status: namespace.status ?? { phase: 'Active' },
  }),
  problems: () => [],
};

const events: ResourceType = {
  resource: 'events',
  singular: 'event',
  kind: 'Event',
  shortNames: ['ev'],
  categories: [],
  namespaced: true,
  hasStatus: false,
  verbs: VERBS,
  schema: eventSchema,
  columns: eventColumns,
  selectableFields: [
    ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
      (field) => `involvedObject.${field}`,
    ),
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  nameProblem: dns1123SubdomainProblem,
  withDefaults: (event) => event,
  problems: () => [],
};

export const resourceTypes: readonly ResourceType[] = [events, namespaces, services];

/** The type of a plural name; the ones named here exist. */
export function typeOf(resource: 'services' | 'namespaces' | 'events'): ResourceType {
  return { services, namespaces, events }[resource];
}

/** `kind` and `apiVersion`, which lists leave out of their items. */
export function headOf(type: ResourceType): JsonObject {
  return { kind: type.kind, apiVersion: 'v1' };
}
