import { counted } from './format.ts';
import { hashOf } from './place.ts';
import type { ServiceRow } from './serviceRows.ts';
import { serviceTone } from './serviceRows.ts';
import { gravest, type Tone } from './tone.ts';

/** What stands at the right end of a map's lines: a service port, or a namespace's worth of them. */
export interface MapEntry {
  readonly key: string;
  readonly title: string;
  readonly subtitle: string;
  readonly tone: Tone;
  readonly href: string;
  /** Address of the load balancer, of a single service. */
  readonly target?: string;
  /** Lines from frontends; none for what is not published. */
  readonly from: readonly {
    readonly frontend: string;
    readonly count: number;
    readonly tone: Tone;
    readonly port?: number;
  }[];
}

/** With more service ports than these the map shows namespaces. */
export const MOST_DRAWN_SERVICES = 24;
/** With more namespaces than these of a cluster, the last ones are drawn as one. */
const MOST_DRAWN_NAMESPACES = 10;

/** The entries of one cluster. @param isCrowded whether the whole map has too many services to draw each */
export function mapEntries(environment: string, rows: readonly ServiceRow[], isCrowded: boolean): readonly MapEntry[] {
  if (!isCrowded) return rows.map((row) => entryOf(environment, row));
  const byNamespace = Map.groupBy(rows, ({ namespace }) => namespace);
  const groups = [...byNamespace].sort(([, a], [, b]) => b.length - a.length);
  const single = groups.length > MOST_DRAWN_NAMESPACES ? groups.slice(0, MOST_DRAWN_NAMESPACES - 1) : groups;
  const others = groups.slice(single.length);
  return [
    ...single.map(([namespace, members]) =>
      groupOf(environment, namespace, members, `${members[0]?.cluster ?? ''}/${namespace}/`),
    ),
    ...(others.length === 0
      ? []
      : [
          groupOf(
            environment,
            `${others.length} other namespaces`,
            others.flatMap(([, members]) => members),
            rows[0]?.cluster ?? '',
          ),
        ]),
  ];
}

function entryOf(environment: string, row: ServiceRow): MapEntry {
  const { key, namespace, service, port, protocol, state, frontend, frontendPort, target } = row;
  const tone = serviceTone[state];
  return {
    key,
    title: `${namespace}/${service}`,
    subtitle: state === 'published' ? `${port}/${protocol}` : `${port}/${protocol} · ${state}`,
    tone,
    href: hashOf({ kind: 'environment', name: environment, view: 'map', service: row }),
    ...(target === undefined ? {} : { target }),
    from:
      frontend === undefined
        ? []
        : [{ frontend, count: 1, tone, ...(frontendPort === undefined ? {} : { port: frontendPort }) }],
  };
}

function groupOf(environment: string, title: string, rows: readonly ServiceRow[], query: string): MapEntry {
  const published = rows.filter(({ frontend }) => frontend !== undefined);
  const broken = rows.filter(({ state }) => serviceTone[state] === 'bad').length;
  const tone = gravest(rows.map(({ state }) => serviceTone[state]));
  return {
    key: `${rows[0]?.cluster ?? ''}/${title}`,
    title,
    subtitle: `${counted(rows.length, 'port')}${broken === 0 ? '' : ` · ${broken} broken`}`,
    tone,
    href: hashOf({ kind: 'environment', name: environment, view: 'services', query }),
    from: [...Map.groupBy(published, ({ frontend = '' }) => frontend)].map(([frontend, members]) => ({
      frontend,
      count: members.length,
      tone: gravest(members.map(({ state }) => serviceTone[state])),
    })),
  };
}
