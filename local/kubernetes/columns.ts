import { at, numberAt, objectAt, objectsAt, stringAt, stringsAt, type Json } from './json.ts';
import type { KubernetesObject } from './objects.ts';

/** A column of `kubectl get`; those of priority 1 show with `-o wide` only. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer';
  readonly format: 'name' | '';
  readonly description: string;
  readonly priority: 0 | 1;
  readonly cell: (object: KubernetesObject, now: number) => Json;
}

const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name must be unique within a namespace.',
  priority: 0,
  cell: ({ metadata }) => metadata.name,
};

const ageColumn = text('Age', 'Time since the object was created.', ({ metadata }, now) =>
  age(metadata.creationTimestamp, now),
);

export const serviceColumns: readonly Column[] = [
  nameColumn,
  text('Type', 'How the service is exposed.', (service) => stringAt(service, 'spec', 'type') ?? ''),
  text('Cluster-IP', 'The virtual IP of the service.', (service) => stringAt(service, 'spec', 'clusterIP') ?? '<none>'),
  text('External-IP', 'The addresses that traffic from outside comes to.', externalIp),
  text('Port(s)', 'The exposed ports with their node ports.', (service) => {
    const ports = objectsAt(service, 'spec', 'ports').map((port) => {
      const nodePort = numberAt(port, 'nodePort');
      return `${numberAt(port, 'port')}${nodePort === undefined ? '' : `:${nodePort}`}/${stringAt(port, 'protocol')}`;
    });
    return ports.join(',') || '<none>';
  }),
  ageColumn,
  text(
    'Selector',
    'Labels of the pods that traffic goes to.',
    (service) =>
      Object.entries(objectAt(service, 'spec', 'selector'))
        .map(([key, value]) => `${key}=${typeof value === 'string' ? value : ''}`)
        .sort()
        .join(',') || '<none>',
    1,
  ),
];

export const namespaceColumns: readonly Column[] = [
  nameColumn,
  text('Status', 'The status of the namespace.', (namespace) => stringAt(namespace, 'status', 'phase') ?? ''),
  ageColumn,
];

export const eventColumns: readonly Column[] = [
  text('Last Seen', 'Time since the event was last seen.', (event, now) =>
    age(stringAt(event, 'lastTimestamp') ?? stringAt(event, 'eventTime') ?? event.metadata.creationTimestamp, now),
  ),
  text('Type', 'Normal or Warning.', (event) => stringAt(event, 'type') ?? ''),
  text('Reason', 'Why the event was made.', (event) => stringAt(event, 'reason') ?? ''),
  text('Object', 'What the event is about.', (event) => {
    const { kind, name } = objectAt(event, 'involvedObject');
    return `${typeof kind === 'string' ? kind.toLowerCase() : ''}/${typeof name === 'string' ? name : ''}`;
  }),
  text('Subobject', 'The part of the object.', (event) => stringAt(event, 'involvedObject', 'fieldPath') ?? '', 1),
  text('Source', 'Who made the event.', (event) => stringAt(event, 'source', 'component') ?? '', 1),
  text('Message', 'What happened.', (event) => (stringAt(event, 'message') ?? '').trim()),
  text(
    'First Seen',
    'Time since the event was first seen.',
    (event, now) => age(stringAt(event, 'firstTimestamp') ?? event.metadata.creationTimestamp, now),
    1,
  ),
  { ...text('Count', 'How often the event was seen.', (event) => numberAt(event, 'count') ?? 1, 1), type: 'integer' },
  { ...nameColumn, priority: 1 },
];

function text(name: string, description: string, cell: Column['cell'], priority: 0 | 1 = 0): Column {
  return { name, type: 'string', format: '', description, priority, cell };
}

function externalIp(service: KubernetesObject): string {
  const external = stringsAt(service, 'spec', 'externalIPs');
  switch (at(service, 'spec', 'type')) {
    case 'ExternalName':
      return stringAt(service, 'spec', 'externalName') ?? '<none>';
    case 'LoadBalancer': {
      const ingress = objectsAt(service, 'status', 'loadBalancer', 'ingress')
        .map((entry) => stringAt(entry, 'ip') ?? stringAt(entry, 'hostname') ?? '')
        .filter((address) => address !== '');
      return [...ingress, ...external].join(',') || '<pending>';
    }
    default:
      return external.join(',') || '<none>';
  }
}

/** The time since a timestamp as kubectl writes it: 45s, 5m30s, 90m, 3h4m, 25h, 2d4h, 8d, 1y20d. */
function age(since: string, now: number): string {
  const seconds = Math.floor((now - Date.parse(since)) / 1000);
  if (Number.isNaN(seconds)) return '<unknown>';
  if (seconds < -1) return '<invalid>';
  if (seconds < 120) return `${Math.max(0, seconds)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return pair(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return pair(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 192) return pair(days, 'd', hours % 24, 'h');
  if (days < 730) return `${days}d`;
  const years = Math.floor(days / 365);
  return years < 8 ? pair(years, 'y', days % 365, 'd') : `${years}y`;
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;
}
