import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { replacePlace } from '../live/place.ts';
import { counted } from '../model/format.ts';
import { listWindow } from '../model/listWindow.ts';
import { hashOf, type EnvironmentPlace } from '../model/place.ts';
import {
  filteredRows,
  openness,
  serviceStates,
  serviceTone,
  stateCounts,
  type ServiceRow,
  type ServiceState,
} from '../model/serviceRows.ts';
import { Icon, ToneIcon } from './icons.tsx';

interface ServicesProps {
  readonly place: EnvironmentPlace;
  readonly rows: readonly ServiceRow[];
  /** Whether services have been read at all. */
  readonly isRead: boolean;
  readonly clusters: number;
}

/** Pixels; the same for every row, so that a row's place follows from its number. */
const ROW_HEIGHT = 56;

/** Every service port, with a search; of hundreds only those in sight are drawn. */
export function Services({ place, rows, isRead, clusters }: ServicesProps) {
  const { query = '' } = place;
  const [state, setState] = useState<ServiceState>();
  const shown = useMemo(() => filteredRows(rows, query, state), [rows, query, state]);
  const counts = useMemo(() => stateCounts(rows), [rows]);
  const search = (text: string) =>
    replacePlace({ kind: 'environment', name: place.name, view: 'services', query: text });
  return (
    <section class="card services" aria-labelledby="services-title">
      <h2 id="services-title" class="hidden">
        Services
      </h2>
      <div class="filters">
        <label class="search">
          <Icon name="search" />
          <span class="hidden">Search services</span>
          <input
            data-search
            type="search"
            placeholder="Name, namespace, address, port"
            value={query}
            onInput={(event) => search(event.currentTarget.value)}
          />
        </label>
        <div class="chips" role="group" aria-label="State">
          {serviceStates
            .filter((one) => counts.has(one))
            .map((one) => (
              <button
                key={one}
                type="button"
                class="chip"
                aria-pressed={state === one}
                onClick={() => setState(state === one ? undefined : one)}
              >
                <ToneIcon tone={serviceTone[one]} />
                {one} <span class="chip-count">{counts.get(one)}</span>
              </button>
            ))}
        </div>
      </div>
      <p class="quiet result-count" role="status">
        {isRead
          ? `${shown.length === rows.length ? '' : `${shown.length} of `}${counted(rows.length, 'service port')}`
          : 'Reading services…'}
      </p>
      <ServiceList
        name={place.name}
        rows={shown}
        showsCluster={clusters > 1}
        {...(place.service === undefined ? {} : { selected: place.service })}
        query={query}
      />
    </section>
  );
}

interface ServiceListProps {
  readonly name: string;
  readonly rows: readonly ServiceRow[];
  readonly showsCluster: boolean;
  readonly selected?: NonNullable<EnvironmentPlace['service']>;
  readonly query: string;
}

function ServiceList({ name, rows, showsCluster, selected, query }: ServiceListProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [scrolled, setScrolled] = useState(0);
  const [seen, setSeen] = useState(640);
  useEffect(() => {
    const { current } = frame;
    if (current === null) return undefined;
    const observer = new ResizeObserver(() => setSeen(current.clientHeight));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  // A filter that leaves less may leave the list scrolled past its end.
  useEffect(() => frame.current?.scrollTo({ top: 0 }), [query]);
  const { first, end, offset, height } = listWindow(rows.length, ROW_HEIGHT, scrolled, seen);
  if (rows.length === 0) return null;
  return (
    <div
      ref={frame}
      class="service-list"
      tabIndex={0}
      role="region"
      aria-label="Service ports"
      style={{ blockSize: `${height + 1}px` }}
      onScroll={(event) => setScrolled(inSteps(event.currentTarget.scrollTop))}
    >
      <ul style={{ blockSize: `${height}px`, paddingBlockStart: `${offset}px` }}>
        {rows.slice(first, end).map((row, index) => (
          <ServiceItem
            key={row.key}
            row={row}
            href={hashOf({ kind: 'environment', name, view: 'services', service: row, query })}
            showsCluster={showsCluster}
            position={first + index + 1}
            count={rows.length}
            isSelected={
              row.service === selected?.service &&
              row.namespace === selected.namespace &&
              row.cluster === selected.cluster
            }
          />
        ))}
      </ul>
    </div>
  );
}

/** Rows are drawn beyond what is seen, so that they need not be drawn anew for every pixel. */
const inSteps = (pixels: number): number => pixels - (pixels % (4 * ROW_HEIGHT));

function ServiceItem(props: {
  readonly row: ServiceRow;
  readonly href: string;
  readonly showsCluster: boolean;
  readonly position: number;
  readonly count: number;
  readonly isSelected: boolean;
}) {
  const { row, href, showsCluster, position, count, isSelected } = props;
  const { cluster, namespace, service, port, protocol, state, frontend, frontendPort, target, reason } = row;
  const note = openness(row);
  return (
    <li aria-posinset={position} aria-setsize={count} data-service={row.key} data-state={state}>
      <a class="service" href={href} aria-current={isSelected ? 'true' : undefined}>
        <ToneIcon tone={serviceTone[state]} />
        <span class="service-name">
          <strong>{service}</strong>
          <span class="quiet">
            {showsCluster && `${cluster} / `}
            {namespace} · {port}/{protocol}
          </span>
        </span>
        <span class="service-way">
          {frontend === undefined ? (
            <span class="service-reason">{reason}</span>
          ) : (
            <>
              <code>
                {frontend}:{frontendPort}
              </code>
              <span class="quiet">
                to <code>{target}</code>
              </span>
            </>
          )}
        </span>
        <span class="service-state">
          {state}
          {note !== undefined && <span class={row.warnings.length > 0 ? 'tone-warn' : ''}>{note}</span>}
        </span>
      </a>
    </li>
  );
}
