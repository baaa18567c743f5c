import { useEffect } from 'preact/hooks';
import { useLive } from '../live/poll.ts';
import type { EnvironmentsAnswer, EnvironmentSummary } from '../../shared/answers.ts';
import { counted } from '../model/format.ts';
import { hashOf } from '../model/place.ts';
import { stateTone, stateWord } from '../model/tone.ts';
import type { Wanted } from './SignIn.tsx';
import { Badge, FailureNotice, Since } from './parts.tsx';

const EVERY_MS = 1500;

/** Every environment with its state. */
export function Environments({ onUnauthorized }: { readonly onUnauthorized: (wanted: Wanted) => void }) {
  const { value, failure, failingSince } = useLive<EnvironmentsAnswer>('/environments', EVERY_MS);
  useEffect(() => {
    if (failure?.kind === 'unauthorized') onUnauthorized(failure);
  }, [failure]);
  return (
    <div class="page">
      <h1>Environments</h1>
      {failure !== undefined && <FailureNotice failure={failure} since={failingSince} />}
      {value === undefined && failure === undefined && <p class="quiet">Loading…</p>}
      {value?.environments.length === 0 && (
        <div class="card empty-state">
          <h2>No environments yet</h2>
          <p>
            Start one with <code>{'POST /api/environments'}</code> and <code>{'{ "name": "aks-egress" }'}</code>; it
            appears here at once.
          </p>
        </div>
      )}
      {value !== undefined && value.environments.length > 0 && (
        <ul class="environments">
          {value.environments.map((environment) => (
            <li key={environment.name}>
              <EnvironmentCard {...environment} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function EnvironmentCard(environment: EnvironmentSummary) {
  const {
    name,
    state,
    location: region,
    since,
    stepsDone = 0,
    stepsTotal = 0,
    detail,
    remedy,
    isAdopted,
  } = environment;
  const isMoving = stateTone(state) === 'busy';
  const share = stepsTotal === 0 ? 0 : Math.round((100 * stepsDone) / stepsTotal);
  return (
    <article class="card environment-card" data-environment={name}>
      <header>
        <h2>
          {state === 'unreadable' ? name : <a href={hashOf({ kind: 'environment', name, view: 'map' })}>{name}</a>}
        </h2>
        <Badge tone={stateTone(state)}>{stateWord(environment)}</Badge>
        {isAdopted === true && <span class="tag">adopted</span>}
      </header>
      {isMoving && (
        <div
          class="progress"
          role="progressbar"
          aria-label={`Steps of ${name}`}
          aria-valuenow={share}
          aria-valuemin={0}
          aria-valuemax={100}
        >
          <span style={{ inlineSize: `${share}%` }} />
        </div>
      )}
      <p class="environment-facts">{isMoving ? `${stepsDone} of ${stepsTotal} steps` : facts(environment)}</p>
      {detail !== undefined && (
        <p class="environment-facts">
          {detail} {remedy}
        </p>
      )}
      <p class="quiet">
        {region}
        {since !== undefined && (
          <>
            {' · '}
            <Since state={state} time={since} />
          </>
        )}
      </p>
    </article>
  );
}

function facts({ publications = 0, drift = 0, held = 0, problems = 0 }: EnvironmentSummary): string {
  return [
    counted(publications, 'publication'),
    ...(drift === 0 ? [] : [counted(drift, 'difference')]),
    ...(held === 0 ? [] : [`${held} held`]),
    ...(problems === 0 ? [] : [counted(problems, 'problem')]),
  ].join(' · ');
}
