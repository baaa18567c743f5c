import type { DriftAnswer, EnvironmentAnswer, ShownStep } from '../../shared/answers.ts';
import { editsIn } from './attention.ts';
import { gravest, type Tone } from './tone.ts';

/** The parts of an environment that its map shows beside services. */
type MapPart = SharedPart | 'cluster';
/** Those that there is one of. */
type SharedPart = 'frontends' | 'firewall' | 'egress' | 'routes' | 'subnet';

type StepName = ShownStep['name'];
type Check = DriftAnswer['findings'][number]['check'];

/** What each part stands by; steps of the creation and of the deletion alike. */
const stepsOfPart: Readonly<Record<SharedPart, readonly StepName[]>> = {
  frontends: ['publicIpPrefixes', 'publicIp', 'frontendRanges'],
  firewall: ['firewall', 'firewallPolicy'],
  egress: ['firewall', 'ruleCollectionGroup'],
  routes: ['routeTable', 'routes'],
  subnet: ['virtualNetwork', 'networkRouting'],
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
export function partTones(environment: EnvironmentAnswer, drift?: DriftAnswer): Readonly<Record<SharedPart, Tone>> {
  const drifted = new Set(editsIn(drift).map(partOf));
  const toneOf = (part: SharedPart): Tone => toneBy(environment, stepsOfPart[part], drifted.has(part));
  return {
    frontends: toneOf('frontends'),
    firewall: toneOf('firewall'),
    egress: toneOf('egress'),
    routes: toneOf('routes'),
    subnet: toneOf('subnet'),
  };
}

/** How a cluster is. Steps of all but the first one say whose they are: `cluster:green`. */
export function clusterTone(
  environment: EnvironmentAnswer,
  { name, id }: EnvironmentAnswer['clusters'][number],
  drift?: DriftAnswer,
): Tone {
  const isDrifted = editsIn(drift).some(
    (finding) => partOf(finding) === 'cluster' && finding.resource.toLowerCase() === id.toLowerCase(),
  );
  return toneBy(environment, [environment.clusters[0]?.name === name ? 'cluster' : `cluster:${name}`], isDrifted);
}

/** How the jumpbox is, machine and network interface together. */
export function jumpboxTone(environment: EnvironmentAnswer, drift?: DriftAnswer): Tone {
  const { jumpbox, jumpboxInterface } = environment.resources;
  const own = [jumpbox, jumpboxInterface].map((id) => id.toLowerCase());
  const isDrifted = editsIn(drift).some(({ resource }) => own.includes(resource.toLowerCase()));
  return toneBy(environment, ['jumpboxInterface', 'jumpbox'], isDrifted);
}

function toneBy({ state, steps }: EnvironmentAnswer, names: readonly StepName[], isDrifted: boolean): Tone {
  if (state === 'ready') return isDrifted ? 'bad' : 'ok';
  const own = steps.filter(({ name }) => names.includes(name));
  // What has no step of its own was there before.
  return own.length === 0 ? 'ok' : gravest(own.map((step) => stepTone(step, state)));
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
