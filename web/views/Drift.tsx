import type { DriftAnswer, EnvironmentAnswer, ShownDrift } from '../../shared/answers.ts';
import { lastSegment, valueLines } from '../model/format.ts';
import type { Tone } from '../model/tone.ts';
import { Ago, Badge } from './parts.tsx';

const reasons: Readonly<Record<NonNullable<ShownDrift['reason']>, string>> = {
  services: 'follows from a service',
  catalogue: 'newer egress catalogue',
  spec: 'left out by the spec',
};

/** What each check looks at. */
const checkWords: Readonly<Record<ShownDrift['check'], string>> = {
  presence: 'Resource',
  ownership: 'Owner',
  lastWrite: 'Last write',
  dnatRules: 'Rule of a service',
  egressRules: 'Egress rule',
  egressCatalogue: 'Egress catalogue',
  egressCoverage: 'Egress',
  threatIntelligence: 'Threat intelligence',
  dnsProxy: 'DNS proxy',
  firewallConfiguration: 'Firewall',
  policyConfiguration: 'Firewall policy',
  routes: 'Route',
  publicIps: 'Public IP addresses',
  dnsServers: 'DNS servers',
  routeTableAssociation: 'Route table of a subnet',
  subnets: 'Subnet',
  authorizedRanges: 'Authorized ranges',
  clusterConfiguration: 'Cluster',
  clusterAsBuilt: 'Cluster',
};

/** Every difference between what is wanted and what is there. */
export function Drift({
  drift,
  state,
}: {
  readonly drift: DriftAnswer | undefined;
  readonly state: EnvironmentAnswer['state'];
}) {
  if (drift === undefined) {
    return (
      <p class="quiet card empty-state">
        {state === 'ready' ? 'Comparing…' : 'There is something to compare once the environment is ready.'}
      </p>
    );
  }
  const { findings, action } = drift;
  return (
    <section class="card drift" aria-labelledby="drift-title">
      <header>
        <h2 id="drift-title">Differences</h2>
        <p class="quiet">
          {action === 'repair'
            ? 'The next sync repairs them; “Sync now” begins one.'
            : 'They are reported, and repaired by nobody.'}
        </p>
      </header>
      {findings.length === 0 ? (
        <p class="calm">
          <Badge tone="ok">Nothing differs</Badge>
        </p>
      ) : (
        <ul class="findings">
          {findings.map((finding) => (
            <Finding key={`${finding.check} ${finding.resource} ${finding.what}`} {...finding} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Finding({ check, resource, what, expected, actual, severity, reason, since, cause }: ShownDrift) {
  const tone: Tone = reason !== undefined ? 'busy' : severity === 'info' ? 'off' : 'bad';
  return (
    <li>
      <header>
        <Badge tone={tone}>{checkWords[check]}</Badge>
        {reason !== undefined && <span class="tag">{reasons[reason]}</span>}
        {since !== undefined && (
          <span class="quiet">
            <Ago time={since} />
          </span>
        )}
      </header>
      <p class="finding-what">
        <code>{what}</code> <span class="quiet">on {lastSegment(resource)}</span>
      </p>
      <dl>
        <div class="wanted">
          <dt>wanted</dt>
          <Value value={expected} />
        </div>
        <div class="found">
          <dt>found</dt>
          <Value value={actual} />
        </div>
      </dl>
      {cause !== undefined && (
        <p class="quiet">
          last changed by {cause.caller} · <Ago time={cause.time} />
        </p>
      )}
    </li>
  );
}

function Value({ value }: { readonly value: ShownDrift['expected'] }) {
  if (value === undefined) return <dd>nothing</dd>;
  return (
    <dd>
      {valueLines(value).map((line) => (
        <code key={line} class="value-line">
          {line}
        </code>
      ))}
    </dd>
  );
}
