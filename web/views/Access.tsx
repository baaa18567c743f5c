import { useRef, useState } from 'preact/hooks';
import { act, type Failure } from '../live/api.ts';
import { useNow } from '../live/now.ts';
import { serverNow } from '../live/serverClock.ts';
import type { EnvironmentAnswer } from '../../shared/answers.ts';
import { duration, secondsUntil } from '../model/format.ts';
import { ActButton, Ago, Badge, FailureNotice, Notice } from './parts.tsx';

type Grant = NonNullable<EnvironmentAnswer['access']>['grants'][number];

/** Who reaches the API servers, until when, and by what ranges. */
export function Access({ environment, path }: { readonly environment: EnvironmentAnswer; readonly path: string }) {
  const { access, spec } = environment;
  const [failure, setFailure] = useState<Failure>();
  if (access === undefined) {
    return (
      <p class="card empty-state quiet">
        {spec.cluster.private
          ? 'The API server is private: there are no ranges to grant.'
          : 'Access is granted once the cluster stands.'}
      </p>
    );
  }
  const lists = access.clusters ?? [{ ...access, cluster: environment.clusters[0]?.name ?? '' }];
  return (
    <div class="columns">
      <section class="card access" aria-labelledby="grants-title">
        <header>
          <h2 id="grants-title">Grants</h2>
          {access.state === 'working' && <Badge tone="busy">Being written</Badge>}
        </header>
        {failure !== undefined && <FailureNotice failure={failure} />}
        {access.problem !== undefined && (
          <Notice tone="warn" title="Ranges" detail={access.problem.message} remedy={access.problem.remedy} />
        )}
        {access.grants.length === 0 && spec.access.developers.length === 0 && (
          <p class="quiet">Nobody is let in but what Gatehouse itself needs.</p>
        )}
        <ul class="grants">
          {access.grants.map((grant) => (
            <li key={grant.label} data-grant={grant.label}>
              <GrantFacts grant={grant} />
              <ActButton
                label={`Revoke ${grant.label}`}
                act={() => act('DELETE', `${path}/grants/${encodeURIComponent(grant.label)}`)}
                done={`The grant ${grant.label} is being revoked.`}
                onFailure={setFailure}
              >
                Revoke
              </ActButton>
            </li>
          ))}
          {spec.access.developers.map((grant) => (
            <li key={grant.label}>
              <GrantFacts grant={grant} />
              <span class="tag">by the spec</span>
            </li>
          ))}
        </ul>
        <GrantForm path={path} onFailure={setFailure} />
      </section>
      {lists.map(({ cluster, ranges = [], lastLook }) => (
        <section key={cluster} class="card" aria-labelledby={`ranges-${cluster}`}>
          <header>
            <h2 id={`ranges-${cluster}`}>Ranges of {cluster}</h2>
            {lastLook !== undefined && (
              <p class="quiet">
                as they were <Ago time={lastLook} />; each sync compares them
              </p>
            )}
          </header>
          <ul class="ranges">
            {ranges.map((range) => (
              <li key={range}>
                <code>{range}</code>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function GrantFacts({ grant }: { readonly grant: Grant }) {
  const now = useNow();
  const { label, cidr, expires } = grant;
  const left = expires === undefined ? undefined : secondsUntil(expires, now);
  return (
    <span class="grant-facts">
      <strong>{label}</strong>
      <code>{cidr}</code>
      {left === undefined ? (
        <span class="quiet">until revoked</span>
      ) : (
        <span
          class={left < 900 ? 'countdown soon' : 'countdown'}
          data-countdown
          title={new Date(expires ?? '').toLocaleString()}
        >
          {left <= 0 ? 'is ending' : `${duration(left)} left`}
        </span>
      )}
    </span>
  );
}

const spans: readonly (readonly [string, number | undefined])[] = [
  ['1 hour', 1],
  ['8 hours', 8],
  ['1 day', 24],
  ['7 days', 168],
  ['until revoked', undefined],
];

function GrantForm({
  path,
  onFailure,
}: {
  readonly path: string;
  readonly onFailure: (failure: Failure | undefined) => void;
}) {
  const [label, setLabel] = useState('');
  const [cidr, setCidr] = useState('');
  const [hours, setHours] = useState('8');
  const form = useRef<HTMLFormElement>(null);
  const grant = async () => {
    // The browser says which field is missing.
    if (form.current?.reportValidity() === false) return undefined;
    const expires = hours === '' ? {} : { expires: new Date(serverNow() + Number(hours) * 3_600_000).toISOString() };
    return act('PUT', `${path}/grants/${encodeURIComponent(label.trim())}`, { cidr: cidr.trim(), ...expires });
  };
  return (
    <form ref={form} class="grant-form" onSubmit={(event) => event.preventDefault()}>
      <TextField name="Label" example="alice" value={label} onInput={setLabel} />
      <TextField name="Address or range" example="198.51.100.7" value={cidr} onInput={setCidr} />
      <label>
        For
        <select value={hours} onChange={(event) => setHours(event.currentTarget.value)}>
          {spans.map(([text, value]) => (
            <option key={text} value={value ?? ''}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <ActButton
        kind="primary"
        act={grant}
        done={`${label} is being let in.`}
        onDone={() => {
          setLabel('');
          setCidr('');
        }}
        onFailure={onFailure}
      >
        Grant access
      </ActButton>
    </form>
  );
}

function TextField({
  name,
  example,
  value,
  onInput,
}: {
  readonly name: string;
  readonly example: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
}) {
  return (
    <label>
      {name}
      <input
        value={value}
        required
        autoComplete="off"
        placeholder={example}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}
