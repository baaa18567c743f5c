import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { announce } from '../live/announcer.ts';
import { act, type Failure } from '../live/api.ts';
import { useLive } from '../live/poll.ts';
import type { DriftAnswer, EnvironmentAnswer, ServicesAnswer } from '../../shared/answers.ts';
import { attentionOf, editsIn, signsOf } from '../model/attention.ts';
import { counted } from '../model/format.ts';
import { hashOf, views, type EnvironmentPlace, type View } from '../model/place.ts';
import { serviceRows } from '../model/serviceRows.ts';
import { stateTone, stateWord } from '../model/tone.ts';
import { Access } from './Access.tsx';
import { AttentionList } from './AttentionList.tsx';
import { Drift } from './Drift.tsx';
import { History } from './History.tsx';
import { MapView } from './MapView.tsx';
import { ServiceDetail } from './ServiceDetail.tsx';
import { Services } from './Services.tsx';
import type { Wanted } from './SignIn.tsx';
import { Timeline } from './Timeline.tsx';
import { Icon } from './icons.tsx';
import { ActButton, Badge, FailureNotice, Figure, Since } from './parts.tsx';

const STATUS_EVERY_MS = 1200;
/** Read live from Azure, so seldom; whatever a sync has changed asks for it at once. */
const LIVE_EVERY_MS = 30_000;

const viewTitles: Readonly<Record<View, string>> = {
  map: 'Map',
  services: 'Services',
  drift: 'Drift',
  access: 'Access',
  history: 'History',
  steps: 'Steps',
};

interface EnvironmentProps {
  readonly place: EnvironmentPlace;
  readonly onUnauthorized: (wanted: Wanted) => void;
}

/** One environment: how it is, what should be seen to, and its views. */
export function Environment({ place, onUnauthorized }: EnvironmentProps) {
  const path = `/environments/${encodeURIComponent(place.name)}`;
  const status = useLive<EnvironmentAnswer>(path, STATUS_EVERY_MS);
  const environment = status.value;
  const isReady = environment?.state === 'ready';
  const changed = `${environment?.counts?.syncs} ${environment?.sync?.lastTime} ${environment?.approved}`;
  const services = useLive<ServicesAnswer>(isReady ? `${path}/services` : undefined, LIVE_EVERY_MS, changed);
  const drift = useLive<DriftAnswer>(isReady ? `${path}/drift` : undefined, LIVE_EVERY_MS, changed);
  const rows = useMemo(
    () => (services.value === undefined ? [] : serviceRows(services.value, drift.value)),
    [services.value, drift.value],
  );
  const [failure, setFailure] = useState<Failure>();
  const refused = [status.failure, services.failure, drift.failure].find((one) => one?.kind === 'unauthorized');
  useEffect(() => {
    if (refused?.kind === 'unauthorized') onUnauthorized(refused);
  }, [refused]);
  useAnnouncements(environment, drift.value);

  if (environment === undefined) {
    return (
      <div class="page">
        <h1>{place.name}</h1>
        {status.failure === undefined ? (
          <p class="quiet">Loading…</p>
        ) : (
          <FailureNotice
            failure={status.failure}
            since={status.failingSince}
            remedy={isMissing(status.failure) && <a href={hashOf({ kind: 'environments' })}>All environments</a>}
          />
        )}
      </div>
    );
  }
  const look = () => {
    services.refresh();
    drift.refresh();
  };
  return (
    <div class={`page environment ${place.service === undefined ? '' : 'with-detail'}`} data-view={place.view}>
      <Header
        environment={environment}
        signs={signsOf(environment, services.value, drift.value)}
        onFailure={setFailure}
      />
      {failure !== undefined && <FailureNotice failure={failure} />}
      {status.failure !== undefined && <FailureNotice failure={status.failure} since={status.failingSince} />}
      {[services, drift].map(
        (live, index) =>
          live.failure?.kind === 'problem' && isReady && <FailureNotice key={index} failure={live.failure} />,
      )}
      <AttentionList
        items={attentionOf(environment, services.value, drift.value)}
        path={path}
        syncs={environment.counts?.syncs ?? 0}
        onFailure={setFailure}
      />
      <nav class="views" aria-label="Views">
        {views.map((view) => (
          <a
            key={view}
            href={hashOf({ kind: 'environment', name: place.name, view })}
            aria-current={view === place.view ? 'page' : undefined}
          >
            {viewTitles[view]}
            <ViewCount
              view={view}
              environment={environment}
              services={rows.length}
              drift={editsIn(drift.value).length}
            />
          </a>
        ))}
        {isReady && (
          <button type="button" class="button icon-only" aria-label="Read services and drift again" onClick={look}>
            <Icon name="refresh" />
          </button>
        )}
      </nav>
      <div class={status.failure === undefined ? 'view' : 'view stale'}>
        <CurrentView {...{ place, environment, rows, path }} services={services.value} drift={drift.value} />
        {place.service !== undefined && <ServiceDetail place={place} path={path} rows={rows} changed={changed} />}
      </div>
    </div>
  );
}

const isMissing = (failure: Failure): boolean => failure.kind === 'problem' && failure.problem.status === 404;

function CurrentView(props: {
  readonly place: EnvironmentPlace;
  readonly environment: EnvironmentAnswer;
  readonly rows: ReturnType<typeof serviceRows>;
  readonly services: ServicesAnswer | undefined;
  readonly drift: DriftAnswer | undefined;
  readonly path: string;
}) {
  const { place, environment, rows, services, drift, path } = props;
  switch (place.view) {
    case 'map':
      return (
        <>
          <MapView {...{ environment, rows, services, drift, place }} />
          {environment.state !== 'ready' && <Timeline environment={environment} />}
        </>
      );
    case 'services':
      return <Services {...{ place, rows }} isRead={services !== undefined} clusters={environment.clusters.length} />;
    case 'drift':
      return <Drift drift={drift} state={environment.state} />;
    case 'access':
      return <Access environment={environment} path={path} />;
    case 'history':
      return <History environment={environment} />;
    case 'steps':
      return <Timeline environment={environment} />;
  }
}

function ViewCount(props: {
  readonly view: View;
  readonly environment: EnvironmentAnswer;
  readonly services: number;
  readonly drift: number;
}) {
  const { view, environment, services, drift } = props;
  if (view === 'services' && services > 0) return <span class="count">{services}</span>;
  if (view === 'drift' && drift > 0) return <span class="count tone-bad">{drift}</span>;
  if (view === 'access') {
    const grants = (environment.access?.grants.length ?? 0) + environment.spec.access.developers.length;
    if (grants > 0) return <span class="count">{grants}</span>;
  }
  return null;
}

function Header(props: {
  readonly environment: EnvironmentAnswer;
  readonly signs: ReturnType<typeof signsOf>;
  readonly onFailure: (failure: Failure | undefined) => void;
}) {
  const { environment, signs, onFailure } = props;
  const { name, state, since, counts, sync, spec } = environment;
  const isMoving = stateTone(state) === 'busy';
  return (
    <header class="environment-header">
      <div class="environment-title">
        <h1>{name}</h1>
        {/* Green is for what is as it should be. */}
        <Badge tone={signs.length === 0 ? stateTone(state) : 'off'}>{stateWord(environment)}</Badge>
        {signs.map(({ tone, text }) => (
          <Badge key={text} tone={tone}>
            {text}
          </Badge>
        ))}
        {spec.adopt !== undefined && <span class="tag">adopted</span>}
      </div>
      <p class="quiet">
        {spec.location} · <Since state={state} time={since} />
        {sync?.running === true && ' · a sync is running'}
      </p>
      {counts !== undefined && (
        <dl class="figures">
          {(isMoving || state === 'failed') && (
            <Figure value={`${counts.stepsDone}/${counts.stepsTotal}`} label="Steps done" />
          )}
          {state === 'ready' && <Figure value={counts.publications} label="Publications" />}
          <Figure value={counts.firewallWrites} label="Firewall writes" />
          <Figure value={counts.syncs} label="Syncs" />
          <Figure value={counts.driftRepairs} label="Repairs" />
        </dl>
      )}
      {state === 'ready' && (
        <ActButton
          act={() => act('POST', `/environments/${encodeURIComponent(name)}/sync`)}
          done="A sync was asked for."
          onFailure={onFailure}
        >
          Sync now
        </ActButton>
      )}
    </header>
  );
}

/** Says what changes by itself, for those who don't see it. */
function useAnnouncements(environment: EnvironmentAnswer | undefined, drift: DriftAnswer | undefined): void {
  const before = useRef<{ state: string; publications: number } | undefined>(undefined);
  useEffect(() => {
    // A lane that has only just been started has told nothing yet.
    if (environment?.counts === undefined) return;
    const { name, state, counts } = environment;
    const last = before.current;
    before.current = { state, publications: counts.publications };
    if (last === undefined) return;
    if (last.state !== state) announce(`${name} is ${stateWord(environment).toLowerCase()}.`);
    else if (last.publications !== counts.publications) announce(`${counted(counts.publications, 'publication')} now.`);
  }, [environment]);
  const edits = editsIn(drift).length;
  const hadEdits = useRef(0);
  useEffect(() => {
    if (edits !== hadEdits.current) {
      announce(edits === 0 ? 'Nothing differs any more.' : `${counted(edits, 'difference')} from what is wanted.`);
    }
    hadEdits.current = edits;
  }, [edits]);
}
