// `npm run bench:plan`: how long planning publications takes, services parsed beforehand. The everyday case has few rules
// of our own on a firewall full of others' rules; the stress case has as many rules as services, far beyond Azure's limit.
import { parseEnvironmentSpec, type EnvironmentSpec } from '../shared/model/environmentSpec.ts';
import type { JsonObject } from '../shared/model/json.ts';
import type { PublicationFacts } from '../shared/model/publication.ts';
import { parseService, type LoadBalancerService } from '../shared/model/service.ts';
import { planPublications, type PublicationPlan, type PublicationPlanInput } from '../shared/plan/publicationPlan.ts';

const RUNS = 60;
const WARM_UPS = 15;
/** The contract's numbers. */
const MOST_P95_MS = 25;
const MOST_STRESS_P95_MS = 50;
const MOST_GROWTH = 12;

const cluster = 'aks-egress';
const spec = benchSpec();
const frontends = Array.from({ length: 20 }, (_, index) => `20.62.10.${index + 30}`);

const everyday = scene(10_000, 250, 5_000);
const stress = scene(10_000, 5_000, 5_000);
const stressSmall = scene(1_000, 500, 500);

const rows = [
  { title: '10 000 services, 250 publications, 5 000 foreign rules', ...measured(everyday) },
  { title: '10 000 services, 5 000 publications, 5 000 foreign rules', ...measured(stress) },
  { title: ' 1 000 services, 500 publications, 500 foreign rules', ...measured(stressSmall) },
];
const [day, big, small] = rows.map(({ p95 }) => p95);

console.log('median ms   p95 ms  unchanged  created  deleted  skipped');
for (const { title, median, p95, plan } of rows) {
  const counts = [plan.unchanged, plan.created, plan.deleted, plan.skipped].map((list) =>
    String(list.length).padStart(9),
  );
  console.log(`${median.toFixed(1).padStart(9)}${p95.toFixed(1).padStart(9)}${counts.join('')}  ${title}`);
}

const figures = {
  p95Ms: round(day ?? Infinity),
  stressP95Ms: round(big ?? Infinity),
  growth: round((big ?? Infinity) / (small ?? 1)),
  memoryMB: round(memoryOf(everyday)),
};
const ok = figures.p95Ms <= MOST_P95_MS && figures.stressP95Ms <= MOST_STRESS_P95_MS && figures.growth <= MOST_GROWTH;
console.log(`\nMemory that one plan of the everyday case allocates: ${figures.memoryMB} MB. ${RUNS} runs each.`);
console.log(JSON.stringify({ bench: 'plan', figures, ok }));
process.exit(ok ? 0 : 1);

/** Services that all want port 443 or 80, of which the first have their rules already, among foreign rules of every form. */
function scene(services: number, published: number, foreign: number): PublicationPlanInput {
  // In the order in which an API server lists.
  const parsed = Array.from({ length: services }, (_, index) => service(index)).toSorted((a, b) =>
    a.key < b.key ? -1 : 1,
  );
  const facts: PublicationFacts = {
    frontends,
    loadBalancers: { [cluster]: parsed.flatMap(({ ingressIps }) => ingressIps) },
    routesToInternet: frontends.map((address) => `${address}/32`),
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

function service(index: number): LoadBalancerService {
  const raw = {
    metadata: {
      name: `service-${String(index).padStart(5, '0')}`,
      namespace: `team-${String(index % 100).padStart(2, '0')}`,
      uid: String(index),
      creationTimestamp: new Date(1_700_000_000_000 + (index % 1000) * 60_000).toISOString(),
      annotations: { 'gatehouse.dev/sources': `203.0.113.${index % 256}, 198.51.100.0/24` },
    },
    spec: { type: 'LoadBalancer', ports: [{ name: 'https', port: portOf(index), protocol: 'TCP' }] },
    status: { loadBalancer: { ingress: [{ ip: `20.${(index >> 16) + 1}.${(index >> 8) & 255}.${index & 255}` }] } },
  };
  const parsed = parseService(raw, cluster);
  if (parsed === undefined) throw new Error('The bench made a service that can not be read.');
  return parsed;
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

function measured(input: PublicationPlanInput): { median: number; p95: number; plan: PublicationPlan } {
  let plan = planPublications(input);
  const times: number[] = [];
  for (let run = 0; run < WARM_UPS + RUNS; run++) {
    const start = performance.now();
    plan = planPublications(input);
    if (run >= WARM_UPS) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
  return { median: at(0.5), p95: at(0.95), plan };
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

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
