import type { DriftAnswer, EnvironmentAnswer, ShownStep } from './answers.ts';
import { editsIn } from './attention.ts';
import { gravest, type Tone } from './tone.ts';

/** The parts of an environment that its map shows beside clusters and services. */
export type MapPart = 'frontends' | 'firewall' | 'egress' | 'routes' | 'subnet' | 'cluster';

type StepName = ShownStep['name'];
type Check = DriftAnswer['findings'][number]['check'];

/** What each part stands by; steps of the creation and of the deletion alike. */
const stepsOfPart: Readonly<Record<MapPart, readonly StepName[]>> = {
  frontends: ['publicIpPrefixes', 'publicIp', 'frontendRanges'],
  firewall: ['firewall', 'firewallPolicy'],
  egress: ['firewall', 'ruleCollectionGroup'],
  routes: ['routeTable', 'routes'],
  subnet: ['virtualNetwork', 'networkRouting'],
  cluster: ['cluster'],
};

const partOfCheck: Partial<Readonly<Record<Check, MapPart>>> = {
  egressRules: 'egress',
  egressCatalogue: 'egress',
  egressCoverage: 'egress',
  threatIntelligence: 'firewall',
  dnsProxy: 'firewall',
  firewallConfiguration: 'firewall',
  policyConfiguration: 'firewall',
  routes: 'routes',
  publicIps: 'frontends',
  dnsServers: 'subnet',
  routeTableAssociation: 'subnet',
  subnets: 'subnet',
  authorizedRanges: 'cluster',
  clusterConfiguration: 'cluster',
  clusterAsBuilt: 'cluster',
};

const partOfType: Readonly<Record<string, MapPart>> = {
  azurefirewalls: 'firewall',
  firewallpolicies: 'firewall',
  rulecollectiongroups: 'firewall',
  publicipaddresses: 'frontends',
  publicipprefixes: 'frontends',
  routetables: 'routes',
  virtualnetworks: 'subnet',
  subnets: 'subnet',
  managedclusters: 'cluster',
};

/** The part that a difference is on; undefined for rules of services, which have their own lines. */
export function partOf({
  check,
  resource,
}: Pick<DriftAnswer['findings'][number], 'check' | 'resource'>): MapPart | undefined {
  if (check === 'dnatRules') return undefined;
  const known = partOfCheck[check];
  if (known !== undefined) return known;
  const segments = resource.toLowerCase().split('/');
  return segments.toReversed().flatMap((segment) => partOfType[segment] ?? [])[0];
}

/** How each part is: of an environment that stands by drift, of one that is built or torn down by its steps. */
export function partTones({ state, steps }: EnvironmentAnswer, drift?: DriftAnswer): Readonly<Record<MapPart, Tone>> {
  const drifted = new Set(editsIn(drift).map(partOf));
  const toneOf = (part: MapPart): Tone => {
    const ofPart = steps.filter(({ name }) => stepsOfPart[part].includes(name));
    if (state === 'ready') return drifted.has(part) ? 'bad' : 'ok';
    // What has no step of its own was there before.
    if (ofPart.length === 0) return 'ok';
    return gravest(ofPart.map((step) => stepTone(step, state)));
  };
  return {
    frontends: toneOf('frontends'),
    firewall: toneOf('firewall'),
    egress: toneOf('egress'),
    routes: toneOf('routes'),
    subnet: toneOf('subnet'),
    cluster: toneOf('cluster'),
  };
}

/** A part that is torn down goes from ok to off. */
function stepTone({ state }: ShownStep, environment: EnvironmentAnswer['state']): Tone {
  const isGoing = environment === 'deleting' || environment === 'deleted';
  switch (state) {
    case 'pending':
      return isGoing ? 'ok' : 'off';
    case 'running':
      return 'busy';
    case 'done':
      return isGoing ? 'off' : 'ok';
    case 'failed':
      return 'bad';
  }
}
