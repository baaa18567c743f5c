import type { DriftAnswer, EnvironmentAnswer, ServicesAnswer } from '../../shared/answers.ts';
import { counted, lastSegment } from './format.ts';
import { mapEntries, MOST_DRAWN_SERVICES, type MapEntry } from './mapEntries.ts';
import { clusterTone, partTones } from './mapParts.ts';
import type { ServiceRow } from './serviceRows.ts';
import type { Tone } from './tone.ts';

/** What a map shows, before it has places. */
export interface MapScene {
  readonly environment: string;
  readonly isAdopted: boolean;
  readonly frontends: { readonly tone: Tone; readonly addresses: readonly string[] };
  readonly firewall: { readonly tone: Tone; readonly name: string; readonly facts: readonly string[] };
  readonly routes: { readonly tone: Tone; readonly name: string };
  readonly egress: { readonly tone: Tone; readonly lines: readonly string[] };
  readonly clusters: readonly SceneCluster[];
}

export interface SceneCluster {
  readonly name: string;
  readonly tone: Tone;
  readonly subnet: string;
  readonly subnetTone: Tone;
  readonly isAdopted: boolean;
  readonly isPrivate: boolean;
  readonly entries: readonly MapEntry[];
  /** What it says where there are no entries. */
  readonly empty: string;
}

/** @param services absent while there is nothing to read them from */
export function mapScene(
  environment: EnvironmentAnswer,
  rows: readonly ServiceRow[],
  services?: ServicesAnswer,
  drift?: DriftAnswer,
): MapScene {
  const { name, spec, resources, clusters, state } = environment;
  const tones = partTones(environment, drift);
  const isCrowded = rows.length > MOST_DRAWN_SERVICES;
  const isAdopted = spec.adopt !== undefined;
  const { tier, rules, publicIpCount } = spec.firewall;
  const waiting = state === 'ready' ? 'looking for services' : 'no services yet';
  return {
    environment: name,
    isAdopted,
    frontends: {
      tone: tones.frontends,
      addresses:
        services?.frontends ??
        Array.from({ length: publicIpCount }, (_, index) =>
          publicIpCount === 1 ? 'public IP' : `public IP ${index + 1}`,
        ),
    },
    firewall: {
      tone: tones.firewall,
      name: lastSegment(resources.firewall),
      facts: [tier, rules === 'policy' ? 'policy' : 'classic rules'],
    },
    routes: { tone: tones.routes, name: lastSegment(resources.routeTable) },
    egress: { tone: tones.egress, lines: egressLines(spec, isAdopted) },
    clusters: clusters.map((cluster) => ({
      name: cluster.name,
      tone: clusterTone(environment, cluster, drift),
      subnet: cluster.subnets.map(({ id, prefixes }) => `${lastSegment(id)} ${prefixes.join(', ')}`).join(' · '),
      subnetTone: tones.subnet,
      isAdopted: cluster.isAdopted,
      isPrivate: cluster.isPrivate,
      entries: mapEntries(
        name,
        rows.filter((row) => row.cluster === cluster.name),
        isCrowded,
      ),
      empty: services === undefined ? waiting : 'no services of type LoadBalancer',
    })),
  };
}

function egressLines({ egress, adopt }: EnvironmentAnswer['spec'], isAdopted: boolean): readonly string[] {
  if (isAdopted && adopt?.fix.includes('egress') !== true) return ['as its owner has it'];
  const own = egress.allow.application.length + egress.allow.network.length;
  return [
    ...egress.presets.map((preset) => `preset ${preset}`),
    ...(own === 0 ? [] : [counted(own, 'rule of the spec', 'rules of the spec')]),
  ];
}
