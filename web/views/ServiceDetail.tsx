import { useEffect, useRef } from 'preact/hooks';
import { useLive } from '../live/poll.ts';
import { goTo } from '../live/place.ts';
import type { Explanation } from '../../shared/answers.ts';
import type { EnvironmentPlace } from '../model/place.ts';
import type { ServiceRow } from '../model/serviceRows.ts';
import type { Tone } from '../model/tone.ts';
import { Icon, ToneIcon } from './icons.tsx';
import { FailureNotice, Notice } from './parts.tsx';

interface DetailProps {
  readonly place: EnvironmentPlace;
  readonly path: string;
  readonly rows: readonly ServiceRow[];
  /** Changes with each sync. */
  readonly changed: string;
}

type Port = Explanation['ports'][number];

/** A connection is tried for each answer, so it is asked for seldom. */
const EVERY_MS = 30_000;

const toneOf: Readonly<Record<Port['hops'][number]['state'], Tone>> = {
  ok: 'ok',
  broken: 'bad',
  unknown: 'off',
  'not checked': 'off',
};

/** A service explained hop by hop, beside the view that it was chosen in. */
export function ServiceDetail({ place, path, rows, changed }: DetailProps) {
  const { service: ref } = place;
  const heading = useRef<HTMLHeadingElement>(null);
  const asked =
    ref === undefined
      ? undefined
      : `${path}/services/${encodeURIComponent(ref.namespace)}/${encodeURIComponent(ref.service)}?cluster=${encodeURIComponent(ref.cluster)}`;
  const { value, failure, refresh } = useLive<Explanation>(asked, EVERY_MS, changed);
  const close = () => {
    const { service: _closed, ...rest } = place;
    goTo(rest);
    document.getElementById('content')?.focus();
  };
  useEffect(() => heading.current?.focus(), [asked]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && document.querySelector('dialog[open]') === null) close();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [place]);
  if (ref === undefined) return null;
  const row = rows.find(
    (one) => one.service === ref.service && one.namespace === ref.namespace && one.cluster === ref.cluster,
  );
  return (
    <aside class="card detail" aria-label={`Service ${ref.namespace}/${ref.service}`}>
      <header>
        <div>
          <p class="quiet">
            {ref.cluster} / {ref.namespace}
          </p>
          <h2 ref={heading} tabIndex={-1}>
            {ref.service}
          </h2>
        </div>
        <button type="button" class="button icon-only" aria-label="Explain again" onClick={refresh}>
          <Icon name="refresh" />
        </button>
        <button type="button" class="button icon-only" aria-label="Close the explanation" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {failure?.kind === 'problem' && <FailureNotice failure={failure} />}
      {value === undefined && failure === undefined && (
        <p class="quiet">Following the way from the Internet to the service…</p>
      )}
      {value?.reason !== undefined && <Notice tone="warn" title="Nothing to explain" detail={value.reason} />}
      {value?.ports.map((port) => (
        <PortHops key={`${port.port}/${port.protocol}`} port={port} />
      ))}
      {row?.state === 'held' && <Notice tone="warn" title="Its rule is to go" detail={row.reason} />}
      {row?.state === 'kept' && <Notice tone="warn" title="Its rule stays as it is" detail={row.reason} />}
    </aside>
  );
}

function PortHops({ port }: { readonly port: Port }) {
  const { port: number, protocol, endpoint, hops, warnings } = port;
  return (
    <section class="port-hops">
      <h3>
        Port {number}/{protocol}
        {endpoint !== undefined && <code>{endpoint}</code>}
      </h3>
      <ol class="hops">
        {hops.map(({ hop, state, detail, remedy }) => (
          <li key={hop} class={`hop tone-${toneOf[state]}`} data-hop={hop} data-state={state}>
            <ToneIcon tone={toneOf[state]} />
            <div>
              <p class="hop-name">
                {hop} <span class="quiet">{state}</span>
              </p>
              <p>{detail}</p>
              {remedy !== undefined && remedy !== detail && <p class="remedy">{remedy}</p>}
            </div>
          </li>
        ))}
      </ol>
      {warnings.map((warning) => (
        <Notice key={warning} tone="warn" title="Worth knowing" detail={warning} />
      ))}
    </section>
  );
}
