import type { DriftAnswer, ServicesAnswer } from '../../shared/answers.ts';
import type { ServiceRef } from './place.ts';
import type { Tone } from './tone.ts';

/**
 * | state | what it means |
 * | --- | --- |
 * | published | its rule stands |
 * | pending | the next sync writes its rule |
 * | drifted | somebody has changed or deleted its rule |
 * | blocked | it asks to be published, and can't be |
 * | held | its rule is to go once somebody approves |
 * | kept | its rule stays as it is, since nobody knows what it should be: services can't be read, or ask for what can't be |
 * | unpublished | it doesn't ask, or may not |
 */
export const serviceStates = ['published', 'pending', 'drifted', 'blocked', 'held', 'kept', 'unpublished'] as const;
export type ServiceState = (typeof serviceStates)[number];

/** One port of a service, or a rule without one. */
export interface ServiceRow extends ServiceRef {
  /** The name of its rule, which is one of a kind. */
  readonly key: string;
  readonly port: number;
  readonly protocol: string;
  readonly state: ServiceState;
  readonly frontend?: string;
  readonly frontendPort?: number;
  /** Address and port of the load balancer. */
  readonly target?: string;
  readonly sources: readonly string[];
  /** Why it is not as it should be. */
  readonly reason?: string;
  readonly warnings: readonly string[];
  /** What a search looks through, in lower case. */
  readonly text: string;
}

export const serviceTone: Readonly<Record<ServiceState, Tone>> = {
  published: 'ok',
  pending: 'busy',
  drifted: 'bad',
  blocked: 'bad',
  held: 'warn',
  kept: 'warn',
  unpublished: 'off',
};

type Skipped = ServicesAnswer['skipped'][number];

/** Reasons that are somebody's choice; every other one stands in a service's way. */
const choices: readonly Skipped['code'][] = [
  'being-deleted',
  'not-a-load-balancer',
  'foreign-load-balancer-class',
  'opted-out',
  'not-asked-for',
  'not-in-port-map',
  'namespace-not-allowed',
  'port-not-allowed',
];

type Publication = ServicesAnswer['created'][number];
type Row = Omit<ServiceRow, 'text'>;

/** Every service port with what became of it, by name. */
export function serviceRows(services: ServicesAnswer, drift: DriftAnswer | undefined): readonly ServiceRow[] {
  const drifted = new Set(
    (drift?.findings ?? []).flatMap(({ check, what, reason }) =>
      check === 'dnatRules' && reason !== 'services' ? [what] : [],
    ),
  );
  const standing = (['unchanged', 'updated', 'created'] as const).flatMap((list) =>
    services[list].map((one) => publicationRow(one, drifted.has(one.ruleName) ? 'drifted' : stateIn(list))),
  );
  const skipped = services.skipped.map(skippedRow);
  const ports = new Map(skipped.map((row) => [row.key, row]));
  const leftOver = [...services.kept, ...services.deleted].map((rule): Row => {
    const { name, code, reason } = rule;
    const state = services.deleted.some((one) => one === rule) ? 'pending' : code === 'held' ? 'held' : 'kept';
    return {
      ...(ports.get(name) ?? namedRow(name)),
      ...(rule.rule === undefined ? {} : factsOf(rule.rule)),
      state,
      // The page has a button where the reason asks for a hash.
      reason:
        state === 'held' ? (services.held?.reason ?? reason) : state === 'pending' ? `Is deleted: ${reason}` : reason,
    };
  });
  const rows = new Map([...skipped, ...leftOver, ...standing].map((row) => [row.key, row]));
  return [...rows.values()].map((row) => ({ ...row, text: searchText(row) })).sort(byName);
}

const stateIn = (list: 'unchanged' | 'updated' | 'created'): ServiceState =>
  list === 'unchanged' ? 'published' : 'pending';

type ServicePort = Pick<ServiceRow, 'cluster' | 'namespace' | 'service' | 'port' | 'protocol'>;

const portOf = ({ cluster, namespace, service, port, protocol }: ServicePort): ServicePort => ({
  cluster,
  namespace,
  service,
  port,
  protocol,
});

function publicationRow({ ruleName, rule, warnings, ...ref }: Publication, state: ServiceState): Row {
  return {
    key: ruleName,
    ...portOf(ref),
    state,
    ...factsOf(rule),
    ...(state === 'drifted' ? { reason: 'Its rule was changed or deleted behind Gatehouse’s back.' } : {}),
    ...(state === 'pending' ? { reason: 'The next sync writes its rule.' } : {}),
    warnings,
  };
}

const factsOf = ({ frontend, port, translatedAddress, translatedPort, sources }: Publication['rule']) => ({
  frontend,
  frontendPort: port,
  target: `${translatedAddress}:${translatedPort}`,
  sources,
});

function skippedRow({ ruleName, code, reason, ...ref }: Skipped): Row {
  const state = choices.includes(code) ? 'unpublished' : code === 'no-address' ? 'pending' : 'blocked';
  return { key: ruleName, ...portOf(ref), state, reason, sources: [], warnings: [] };
}

/** Rules are called `cluster.namespace.service.port.protocol`; clusters and services have no dots. */
function namedRow(name: string): Row {
  const [cluster = '', namespace = '', service = '', port = '', protocol = ''] = name.split('.');
  const ref = { cluster, namespace, service, port: Number(port) || 0, protocol: protocol.toUpperCase() };
  return { key: name, ...ref, state: 'kept', sources: [], warnings: [] };
}

const searchText = (row: Row): string =>
  [
    `${row.cluster}/${row.namespace}/${row.service}:${row.port}/${row.protocol}`,
    row.frontend === undefined ? '' : `${row.frontend}:${row.frontendPort}`,
    row.target ?? '',
    row.sources.join(' '),
    row.state,
  ]
    .join(' ')
    .toLowerCase();

const byName = (a: ServiceRow, b: ServiceRow): number =>
  compared(a.cluster, b.cluster) ||
  compared(a.namespace, b.namespace) ||
  compared(a.service, b.service) ||
  a.port - b.port ||
  compared(a.protocol, b.protocol);

const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What should be known of a published port before it is clicked on. */
export function openness({ frontend, sources, warnings }: ServiceRow): string | undefined {
  if (frontend === undefined) return undefined;
  return sources.includes('*') ? 'to everybody' : warnings.length > 0 ? 'with a warning' : undefined;
}

/** Rows that hold every word of a query; and, if one is given, are in that state. */
export function filteredRows(rows: readonly ServiceRow[], query: string, state?: ServiceState): readonly ServiceRow[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0 && state === undefined) return rows;
  return rows.filter(
    (row) => (state === undefined || row.state === state) && words.every((word) => row.text.includes(word)),
  );
}

/** How many rows are in each state. */
export function stateCounts(rows: readonly ServiceRow[]): ReadonlyMap<ServiceState, number> {
  const counts = new Map<ServiceState, number>();
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}
