import type { MapScene } from '../model/mapScene.ts';
import type { MapTarget } from '../model/mapTargets.ts';
import type { Tone } from '../model/tone.ts';

const toneWords: Readonly<Record<Tone, string>> = {
  ok: 'in order',
  busy: 'being changed',
  warn: 'waits for somebody, or can’t be read',
  bad: 'not in order',
  off: 'not there or not published',
};

/** Says everything that the map shows. */
export function MapInWords({ scene }: { readonly scene: MapScene }) {
  const { frontends, firewall, egress, routes, targets, isAdopted } = scene;
  return (
    <details class="in-words">
      <summary>The map in words</summary>
      <ol>
        <li>
          From the Internet to the {frontends.addresses.length === 1 ? 'frontend' : 'frontends'}{' '}
          {frontends.addresses.join(', ')}: {toneWords[frontends.tone]}.
        </li>
        <li>
          Firewall {firewall.name} ({firewall.facts.join(', ')}
          {isAdopted ? ', adopted' : ''}): {toneWords[firewall.tone]}.
        </li>
        <li>
          {routes.names.length === 1 ? 'Route table' : 'Route tables'} {routes.names.join(', ')}:{' '}
          {toneWords[routes.tone]}.
        </li>
        {targets.map((target) => (
          <TargetInWords key={target.name} target={target} />
        ))}
        <li>
          Out of the clusters through the firewall: {egress.lines.join(', ')}: {toneWords[egress.tone]}.
        </li>
      </ol>
    </details>
  );
}

const kindWords: Readonly<Record<MapTarget['kind'], string>> = { cluster: 'Cluster', jumpbox: 'Jumpbox' };

function TargetInWords({ target }: { readonly target: MapTarget }) {
  const { kind, name, subnet, tone, isAdopted, entries, empty } = target;
  return (
    <li>
      {kindWords[kind]} {name} in {subnet}
      {isAdopted ? ' (adopted)' : ''}: {toneWords[tone]}.{' '}
      {entries.length === 0 && `${empty.charAt(0).toUpperCase()}${empty.slice(1)}.`}
      {entries.length > 0 && (
        <ul>
          {entries.map(({ key, title, subtitle, from, target: to, tone: entryTone }) => (
            <li key={key}>
              {title} ({subtitle}): {toneWords[entryTone]}
              {from
                .map(({ frontend, port, count }) =>
                  port === undefined ? `; ${count} on ${frontend}` : `; ${frontend}:${port}`,
                )
                .join('')}
              {to === undefined ? '' : ` to ${to}`}.
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
