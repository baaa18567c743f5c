import { useEffect, useRef, useState } from 'preact/hooks';
import { act, type Failure } from '../live/api.ts';
import { useNow } from '../live/now.ts';
import { serverNow } from '../live/serverClock.ts';
import type { EnvironmentAnswer } from '../../shared/answers.ts';
import { duration, secondsUntil } from '../model/format.ts';
import { ActButton, Ago, Badge, FailureNotice, Notice } from './parts.tsx';

type Grant = NonNullable<EnvironmentAnswer['access']>['grants'][number];

/** What was asked for here, until the lane has done it. */
interface Asked {
  readonly kind: 'grant' | 'revoke';
  readonly label: string;
  readonly cidr: string;
}

/** Who reaches the API servers, until when, and by what ranges. */
export function Access({ environment, path }: { readonly environment: EnvironmentAnswer; readonly path: string }) {
  const { access, spec } = environment;
  const [failure, setFailure] = useState<Failure>();
  const [asked, setAsked] = useState<readonly Asked[]>([]);
  const ask = (one: Asked) => setAsked((others) => [...others.filter(({ label }) => label !== one.label), one]);
  useEffect(() => {
    const isThere = (label: string) => access?.grants.some((grant) => grant.label === label) === true;
    setAsked((current) => current.filter(({ kind, label }) => isThere(label) === (kind === 'revoke')));
  }, [access?.grants]);
  if (access === undefined) {
    return (
      <p class="card empty-state quiet">
        {spec.cluster.private
          ? 'The API server is private: there are no ranges to grant. Reach it from its network: by a VPN, a peering or a jumpbox; or run commands in it with “az aks command invoke”.'
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
              {asked.some(({ kind, label }) => kind === 'revoke' && label === grant.label) ? (
                <Badge tone="busy">Being revoked</Badge>
              ) : (
                <ActButton
                  label={`Revoke ${grant.label}`}
                  act={() => act('DELETE', `${path}/grants/${encodeURIComponent(grant.label)}`)}
                  done={`The grant ${grant.label} is being revoked.`}
                  onDone={() => ask({ kind: 'revoke', label: grant.label, cidr: grant.cidr })}
                  onFailure={setFailure}
                >
                  Revoke
                </ActButton>
              )}
            </li>
          ))}
          {asked
            .filter(({ kind, label }) => kind === 'grant' && !access.grants.some((grant) => grant.label === label))
            .map(({ label, cidr }) => (
              <li key={label}>
                <span class="grant-facts">
                  <strong>{label}</strong>
                  <code>{cidr}</code>
                </span>
                <Badge tone="busy">Being let in</Badge>
              </li>
            ))}
          {spec.access.developers.map((grant) => (
            <li key={grant.label}>
              <GrantFacts grant={grant} isOfSpec />
              <span class="tag">by the spec</span>
            </li>
          ))}
        </ul>
        <GrantForm path={path} onAsked={(label, cidr) => ask({ kind: 'grant', label, cidr })} onFailure={setFailure} />
      </section>
      {lists.map(({ cluster, ranges = [], lastLook }) => (
        <section key={cluster} class="card" aria-labelledby={`ranges-${cluster}`}>
          <header>
            <h2 id={`ranges-${cluster}`}>Ranges of {cluster}</h2>
            {lastLook !== undefined && (
              <p class="quiet">
                Read <Ago time={lastLook} />. Every sync checks that they are as wanted.
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

function GrantFacts({ grant, isOfSpec = false }: { readonly grant: Grant; readonly isOfSpec?: boolean }) {
  const now = useNow();
  const { label, cidr, expires, coveredBy } = grant;
  const left = expires === undefined ? undefined : secondsUntil(expires, now);
  return (
    <span class="grant-facts">
      <strong>{label}</strong>
      <code>{cidr}</code>
      {left === undefined ? (
        <span class="quiet">{isOfSpec ? 'until it is taken out there' : 'until revoked'}</span>
      ) : (
        <span
          class={left < 900 ? 'countdown soon' : 'countdown'}
          data-countdown
          title={new Date(expires ?? '').toLocaleString()}
        >
          {left <= 0 ? 'is ending' : `${duration(left)} left`}
        </span>
      )}
      {coveredBy !== undefined && (
        <span class="quiet">
          let in by <code>{coveredBy}</code>
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

function GrantForm(props: {
  readonly path: string;
  readonly onAsked: (label: string, cidr: string) => void;
  readonly onFailure: (failure: Failure | undefined) => void;
}) {
  const { path, onAsked, onFailure } = props;
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
      <div class="address-field">
        <TextField name="Address or range" example="198.51.100.7" value={cidr} onInput={setCidr} />
        <button
          type="button"
          class="button"
          title="auto: the address that the app sees you come from"
          onClick={() => setCidr('auto')}
        >
          My address
        </button>
      </div>
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
          onAsked(label.trim(), cidr.trim());
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
