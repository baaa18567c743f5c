import type { DriftAnswer, EnvironmentAnswer, ServicesAnswer } from '../../shared/answers.ts';
import { editsIn } from './attention.ts';
import { lastSegment } from './format.ts';
import { mapEntries, MOST_DRAWN_SERVICES, type MapEntry } from './mapEntries.ts';
import { clusterTone, jumpboxTone, partTones } from './mapParts.ts';
import { hashOf } from './place.ts';
import type { ServiceRow } from './serviceRows.ts';
import type { Tone } from './tone.ts';

/** What stands behind the firewall in a subnet of its own: a cluster, or the jumpbox. */
export interface MapTarget {
  readonly kind: 'cluster' | 'jumpbox';
  readonly name: string;
  readonly tone: Tone;
  readonly subnet: string;
  readonly subnetTone: Tone;
  /** Name of the route table that its way out goes by; undefined where there is none. */
  readonly routeTable: string | undefined;
  readonly isAdopted: boolean;
  readonly isPrivate: boolean;
  readonly entries: readonly MapEntry[];
  /** What it says where there are no entries. */
  readonly empty: string;
  /** What of it goes out through the firewall. */
  readonly residents: string;
}

/** @param services absent while there is nothing to read them from */
export function mapTargets(
  environment: EnvironmentAnswer,
  rows: readonly ServiceRow[],
  services?: ServicesAnswer,
  drift?: DriftAnswer,
): readonly MapTarget[] {
  const { spec, clusters } = environment;
  const jumpbox = spec.jumpbox === undefined ? [] : [jumpboxTarget(environment, spec.jumpbox, services, drift)];
  return [...clusters.map((cluster) => clusterTarget(environment, cluster, rows, services, drift)), ...jumpbox];
}

function clusterTarget(
  environment: EnvironmentAnswer,
  cluster: EnvironmentAnswer['clusters'][number],
  rows: readonly ServiceRow[],
  services?: ServicesAnswer,
  drift?: DriftAnswer,
): MapTarget {
  const { name, isAdopted, isPrivate, subnets } = cluster;
  return {
    kind: 'cluster',
    name,
    tone: clusterTone(environment, cluster, drift),
    subnet: subnets.map(({ id, prefixes }) => `${lastSegment(id)} ${prefixes.join(', ')}`).join(' · '),
    subnetTone: partTones(environment, drift).subnet,
    routeTable: subnets.flatMap(({ routeTable }) => (routeTable === undefined ? [] : [lastSegment(routeTable)]))[0],
    isAdopted,
    isPrivate,
    entries: mapEntries(
      environment.name,
      rows.filter((row) => row.cluster === name),
      rows.length > MOST_DRAWN_SERVICES,
    ),
    empty: services === undefined ? withoutServices(environment.state) : 'no services of type LoadBalancer',
    residents: 'nodes and pods',
  };
}

/** What is said of services where none have been read. */
function withoutServices(state: EnvironmentAnswer['state']): string {
  switch (state) {
    case 'ready':
      return 'looking for services';
    case 'provisioning':
    case 'failed':
      return 'services are published once it is ready';
    case 'deleting':
    case 'deleted':
      return 'services are no longer published';
    case 'releasing':
    case 'released':
      return 'services are no longer looked at';
  }
}

function jumpboxTarget(
  environment: EnvironmentAnswer,
  { subnet, sources }: NonNullable<EnvironmentAnswer['spec']['jumpbox']>,
  services?: ServicesAnswer,
  drift?: DriftAnswer,
): MapTarget {
  const { name, resources } = environment;
  const tone = jumpboxTone(environment, drift);
  const rule = services?.jumpbox?.rule;
  const isEdited = editsIn(drift).some(({ check, what }) => check === 'dnatRules' && what === rule?.name);
  const ruleTone = isEdited ? 'bad' : tone;
  return {
    kind: 'jumpbox',
    name: lastSegment(resources.jumpbox),
    tone,
    subnet: `${lastSegment(resources.jumpboxSubnet)} ${subnet}`,
    subnetTone: partTones(environment, drift).subnet,
    routeTable: lastSegment(resources.routeTable),
    isAdopted: false,
    isPrivate: false,
    entries:
      rule === undefined
        ? []
        : [
            {
              key: rule.name,
              title: 'SSH',
              subtitle: `from ${sources.join(', ')}`,
              tone: ruleTone,
              href: hashOf({ kind: 'environment', name, view: 'access' }),
              target: `${rule.translatedAddress}:${rule.translatedPort}`,
              from: [{ frontend: rule.frontend, count: 1, tone: ruleTone, port: rule.port }],
            },
          ],
    empty: 'no way in yet',
    residents: 'the machine',
  };
}
