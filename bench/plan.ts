// `npm run bench:plan`: how long planning publications takes, services parsed beforehand. In the everyday case one service
// in ten has a load balancer, as in a large cluster, and a quarter of those a rule; in the stress case every service has
// one and wants a rule, among as many rules as there are services.
import { parseEnvironmentSpec, type EnvironmentSpec } from '../shared/model/environmentSpec.ts';
import type { JsonObject } from '../shared/model/json.ts';
import type { PublicationFacts } from '../shared/model/publication.ts';
import { parseService, type LoadBalancerService } from '../shared/model/service.ts';
import { planPublications, type PublicationPlanInput } from '../shared/plan/publicationPlan.ts';
import { median, percentile, round } from './statistics.ts';

const RUNS = 60;
const WARM_UPS = 15;
/** The contract's numbers. */
const MOST_P95_MS = 25;
const MOST_STRESS_P95_MS = 50;
const MOST_GROWTH = 12;

const cluster = 'aks-egress';
const spec = benchSpec();
const frontends = Array.from({ length: 20 }, (_, index) => `20.62.10.${index + 30}`);

const everyday = scene({ services: 10_000, loadBalancers: 1_000, published: 250, foreign: 5_000 });
const stress = scene({ services: 10_000, loadBalancers: 10_000, published: 250, foreign: 9_750 });
const stressSmall = scene({ services: 1_000, loadBalancers: 1_000, published: 25, foreign: 975 });

const rows = measured([
  { title: '10 000 services, 1 000 load balancers, 250 rules, 5 000 foreign rules', input: everyday },
  { title: '10 000 services and load balancers, 250 rules, 9 750 foreign rules', input: stress },
  { title: ' 1 000 services and load balancers, 25 rules, 975 foreign rules', input: stressSmall },
]);
const [day, big, small] = rows;

console.log('median ms   p95 ms  unchanged  created  deleted  skipped');
for (const { title, median, p95, plan } of rows) {
  const counts = [plan.unchanged, plan.created, plan.deleted, plan.skipped].map((list) =>
    String(list.length).padStart(9),
  );
  console.log(`${median.toFixed(1).padStart(9)}${p95.toFixed(1).padStart(9)}${counts.join('')}  ${title}`);
}

const figures = {
  p95Ms: round(day?.p95 ?? Infinity, 2),
  stressP95Ms: round(big?.p95 ?? Infinity, 2),
  growth: round((big?.median ?? Infinity) / (small?.median ?? 1), 2),
  memoryMB: round(memoryOf(everyday), 2),
};
const ok = figures.p95Ms <= MOST_P95_MS && figures.stressP95Ms <= MOST_STRESS_P95_MS && figures.growth <= MOST_GROWTH;
console.log(`\nMemory that one plan of the everyday case allocates: ${figures.memoryMB} MB. ${RUNS} runs each.`);
console.log(JSON.stringify({ bench: 'plan', figures, ok }));
process.exit(ok ? 0 : 1);

interface Size {
  readonly services: number;
  readonly loadBalancers: number;
  /** Rules that are there for the first of them. */
  readonly published: number;
  /** Rules of others, of every form. */
  readonly foreign: number;
}

function scene({ services, loadBalancers, published, foreign }: Size): PublicationPlanInput {
  // In the order in which an API server lists.
  const parsed = Array.from({ length: services }, (_, index) => service(index, index < loadBalancers)).toSorted(
    (a, b) => (a.key < b.key ? -1 : 1),
  );
  const facts: PublicationFacts = {
    frontends,
    loadBalancers: { [cluster]: parsed.flatMap(({ ingressIps }) => ingressIps) },
    routesToInternet: { [cluster]: frontends.map((address) => `${address}/32`) },
    firewallRanges: ['10.42.2.0/24', ...frontends.map((address) => `${address}/32`)],
  };
  const rules = parsed.filter(({ uid }) => Number(uid) < published).map(ownedRule);
  const owned = { name: spec.name, properties: { priority: 1000, action: { type: 'Dnat' }, rules } };
  const others = {
    name: 'theirs',
    properties: {
      priority: 100,
      action: { type: 'Dnat' },
      rules: Array.from({ length: foreign }, (_, i) => foreignRule(i)),
    },
  };
  const firewall: JsonObject = { properties: { natRuleCollections: [others, owned] } };
  return { spec, lists: [{ cluster, state: 'complete', services: parsed }], firewall, facts };
}

function service(index: number, isLoadBalancer: boolean): LoadBalancerService {
  const raw = {
    metadata: {
      name: `service-${String(index).padStart(5, '0')}`,
      namespace: `team-${String(index % 100).padStart(2, '0')}`,
      uid: String(index),
      creationTimestamp: new Date(1_700_000_000_000 + (index % 1000) * 60_000).toISOString(),
      annotations: { 'gatehouse.dev/sources': `203.0.113.${index % 256}, 198.51.100.0/24` },
    },
    spec: {
      type: isLoadBalancer ? 'LoadBalancer' : 'ClusterIP',
      ports: [{ name: 'https', port: portOf(index), protocol: 'TCP' }],
    },
    status: isLoadBalancer ? { loadBalancer: { ingress: [{ ip: addressOf(index) }] } } : {},
  };
  const parsed = parseService(raw, cluster);
  if (parsed === undefined) throw new Error('The bench made a service that can not be read.');
  return parsed;
}

function addressOf(index: number): string {
  return `20.${(index >> 16) + 1}.${(index >> 8) & 255}.${index & 255}`;
}

/** As many services on each port as there are frontends, so that thousands of rules have places of their own. */
function portOf(index: number): number {
  return 1024 + Math.floor(index / frontends.length);
}

/** The rule that the service has already, as Azure answers it. */
function ownedRule({ key, ports, ingressIps, uid }: LoadBalancerService): JsonObject {
  const index = Number(uid);
  return {
    name: ports[0]?.ruleName ?? '',
    description: `${key}, port ${portOf(index)}`,
    protocols: ['TCP'],
    sourceAddresses: ['198.51.100.0/24', `203.0.113.${index % 256}/32`],
    sourceIpGroups: [],
    destinationAddresses: [frontends[index % frontends.length] ?? ''],
    destinationPorts: [String(portOf(index))],
    translatedAddress: ingressIps[0] ?? '',
    translatedPort: String(portOf(index)),
  };
}

function foreignRule(index: number): JsonObject {
  const first = 20_000 + index;
  return {
    name: `rule-${index}`,
    protocols: index % 5 === 0 ? ['Any'] : ['TCP', 'UDP'],
    sourceAddresses: ['*'],
    destinationAddresses: [frontends[index % frontends.length] ?? ''],
    destinationPorts: [index % 7 === 0 ? `${first}-${first + 3}` : String(first)],
    translatedAddress: '10.42.1.4',
    translatedPort: '80',
  };
}

interface Case {
  readonly title: string;
  readonly input: PublicationPlanInput;
}

/**
 * The cases take turns, so that none finds its own data in the processor's caches: in production minutes and everything
 * else that the app does lie between two plans.
 */
function measured(cases: readonly Case[]) {
  const runs = cases.map(({ title, input }) => ({
    title,
    input,
    times: [] as number[],
    plan: planPublications(input),
  }));
  for (let turn = 0; turn < WARM_UPS + RUNS; turn++) {
    for (const run of runs) {
      const start = performance.now();
      run.plan = planPublications(run.input);
      if (turn >= WARM_UPS) run.times.push(performance.now() - start);
    }
  }
  return runs.map(({ title, times, plan }) => ({
    title,
    median: median(times),
    p95: percentile(times, 0.95),
    plan,
  }));
}

/** Growth of the heap over one plan, in MB; the largest of a few, since a collection in between hides some. */
function memoryOf(input: PublicationPlanInput): number {
  const grown = Array.from({ length: 10 }, () => {
    const before = process.memoryUsage().heapUsed;
    planPublications(input);
    return process.memoryUsage().heapUsed - before;
  });
  return Math.max(...grown) / 2 ** 20;
}

function benchSpec(): EnvironmentSpec {
  const subscription = '00000000-0000-0000-0000-0000000000aa';
  const parsed = parseEnvironmentSpec(
    { name: cluster, subscription },
    { allowedScopes: [`/subscriptions/${subscription}`], outboundRanges: ['203.0.113.10/32'] },
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.spec;
}
