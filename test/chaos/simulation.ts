import { at, objectsAt, stringAt, type JsonObject } from '../../local/azure/json.ts';
import type { EnvironmentStatus } from '../../shared/model/environmentStatus.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { actOnce, approve, still } from './people.ts';
import { seeded, type Random } from './random.ts';
import { createWatch, type Watch } from './watch.ts';
import { change, clear } from './weather.ts';
import { ids, stands } from './world.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** How long people and weather go on, in simulated days. */
  readonly days: number;
  /** Runs the app as it was built. */
  readonly built?: boolean;
  /** Told what happens, line by line. */
  readonly log?: (line: string) => void;
}

/** What came of one run. */
export interface Outcome {
  readonly seed: number;
  /** Everything that must not have happened. */
  readonly violations: readonly string[];
  /** What people did, by kind, and how often. */
  readonly acts: Readonly<Record<string, number>>;
  /** Requests that were struck by a fault. */
  readonly faults: number;
  /** Writes of the app that Azure accepted. */
  readonly writes: number;
  readonly syncs: number;
  readonly driftRepairs: number;
  /** How often egress and ranges were looked at. */
  readonly looks: number;
}

const HOUR_MS = 3_600_000;
/** Simulated life is looked at every third hour, so that a week takes seconds; deployed apps look every quarter of an hour. */
const DRIFT_PERIOD_MS = 3 * HOUR_MS;
const ACT_MS = HOUR_MS;
/** The longest operation that weather leaves behind. */
const AFTERMATH_MS = 4 * HOUR_MS;
/** Later than any wall: what is granted ends in simulated time alone. */
const START = Date.UTC(2035, 0, 1);

/**
 * Simulated weeks of one environment: services come, change and go, people edit by hand, everything that can fail does; then
 * calm returns, and within two drift periods everything is as it should be. Never, at no request, are the nodes cut off or the
 * API server locked or opened by what the app does.
 */
export async function simulate({
  seed,
  days,
  built = false,
  log = () => undefined,
}: SimulationOptions): Promise<Outcome> {
  process.env['GATEHOUSE_DRIFT_SCHEDULE'] = '0 0 */3 * * *';
  process.env['GATEHOUSE_SERVICE_POLL'] = '0 30 1-23/3 * * *';
  const random = seeded(seed);
  const failures: string[] = [];
  let watching: Watch | undefined = undefined;
  const cloud = await startTestCloud({
    start: START,
    seed,
    built,
    // Every fifth runs on timers that fire early, as those of Azure Storage do.
    ...(seed % 5 === 0 ? { queueLagMs: 300 } : {}),
    onRequest: (request) => watching?.request(request),
    log: (message) => log(`  app: ${message}`),
  });
  const watch = createWatch({ inEffect: (id) => cloud.azure.inEffect(id), now: () => cloud.clock.now() });
  watching = watch;
  const say = (what: string) => log(`${new Date(cloud.clock.now()).toISOString()} ${what}`);
  const scene = { cloud, random, watch };
  const acts: Record<string, number> = {};
  try {
    await live(scene, days, acts, say);
    say('calm');
    await still(cloud, () => clear(cloud));
    // Who has asked for an environment asks again until there is one.
    for (let state = (await shown(cloud))?.state; state !== 'ready'; state = (await shown(cloud))?.state) {
      await bringUp(cloud, state, say);
      await cloud.clock.sleep(HOUR_MS);
      if (cloud.clock.now() > START + (days + 3) * 24 * HOUR_MS) break;
    }
    // What stalls is outwaited; what is held is looked at and released, as often as there is something.
    await cloud.clock.sleep(AFTERMATH_MS);
    while (await still(cloud, () => approve(scene))) await cloud.clock.sleep(HOUR_MS);
    await cloud.clock.sleep(2 * DRIFT_PERIOD_MS + HOUR_MS / 2);
    failures.push(...(await judge(cloud, watch)));
    const { counts } = (await shown(cloud)) ?? { counts: undefined };
    return {
      seed,
      violations: [...watch.violations, ...failures],
      acts,
      faults: watch.faults,
      writes: watch.writes,
      syncs: counts?.syncs ?? 0,
      driftRepairs: counts?.driftRepairs ?? 0,
      looks: watch.looks,
    };
  } finally {
    await cloud.close();
  }
}

interface Scene {
  readonly cloud: TestCloud;
  readonly random: Random;
  readonly watch: Watch;
}

/** The days themselves. The environment is created in whatever weather there is; where it fails, somebody retries. */
async function live(scene: Scene, days: number, acts: Record<string, number>, say: (what: string) => void) {
  const { cloud, random } = scene;
  const end = cloud.clock.now() + days * 24 * HOUR_MS;
  let weatherUntil = cloud.clock.now();
  while (cloud.clock.now() < end) {
    if (cloud.clock.now() >= weatherUntil) {
      const weather = await still(cloud, () => change(scene));
      weatherUntil = weather.until;
      say(`weather: ${weather.kinds.join(', ') || 'fair'}`);
    }
    const state = (await shown(cloud))?.state;
    if (state === 'ready') {
      const act = await actOnce(scene);
      if (act !== undefined) {
        acts[act] = (acts[act] ?? 0) + 1;
        say(act);
      }
    } else await bringUp(cloud, state, say);
    await cloud.clock.sleep(Math.max(1000, random.wait(ACT_MS)));
  }
}

async function bringUp(cloud: TestCloud, state: string | undefined, say: (what: string) => void): Promise<void> {
  if (state === undefined) {
    const { status } = await cloud.call('POST', '/environments', { name: 'shop' });
    say(`create: ${status}`);
  } else if (state === 'failed') {
    const status = await shown(cloud);
    const problems = status?.steps.filter(({ problem }) => problem !== undefined) ?? [];
    say(`retry after ${problems.map(({ name, problem }) => `${name}: ${problem?.code ?? ''}`).join(', ')}`);
    await cloud.call('POST', '/environments/shop/retry');
  }
}

async function shown(cloud: TestCloud): Promise<EnvironmentStatus | undefined> {
  const { status, body } = await still(cloud, () => cloud.call('GET', '/environments/shop'));
  return status === 200 ? (body as unknown as EnvironmentStatus) : undefined;
}

/** Everything that must hold once calm has returned. */
async function judge(cloud: TestCloud, watch: Watch): Promise<string[]> {
  const wrong: string[] = [];
  const status = await shown(cloud);
  if (status?.state !== 'ready')
    return [`the environment is ${status?.state ?? 'gone'}: ${JSON.stringify(status?.steps)}`];
  const { lastResult, running, report } = status.sync ?? {};
  if (lastResult !== 'done' || running === true)
    wrong.push(`the last sync: ${JSON.stringify(status.sync)} ${JSON.stringify(status.findings.slice(0, 2))}`);
  if (report?.held !== undefined) wrong.push(`something is still held: ${JSON.stringify(report.held)}`);
  const access = (status as unknown as { access?: { state: string; problem?: object } }).access;
  if (access?.state !== 'waiting' || access.problem !== undefined) wrong.push(`access: ${JSON.stringify(access)}`);

  const drift = await cloud.call('GET', '/environments/shop/drift');
  const findings = (drift.body?.['findings'] ?? []) as { check: string }[];
  // Whether a grant has ended is judged by the wall there, which stands where simulated time began.
  const left = findings.filter(({ check }) => check !== 'authorizedRanges');
  if (drift.status !== 200 || left.length > 0) wrong.push(`drift is left: ${drift.text.slice(0, 600)}`);

  const resourceOf = (id: string) => cloud.azure.inEffect(id);
  for (const object of watch.foreign) {
    if (!stands(resourceOf(object.resource), object)) wrong.push(`${object.list}/${object.name} is gone or changed`);
  }
  wrong.push(...(await judgeServices(cloud, resourceOf(ids.firewall))));
  const dead = cloud.host.durable.query({ runtimeStatus: ['Failed'] }).instances;
  for (const { instanceId, output } of dead) wrong.push(`${instanceId} is dead: ${JSON.stringify(output)}`);
  for (const lane of ['shop', 'shop.shop']) {
    const runtime = cloud.host.durable.status(lane)?.runtimeStatus;
    if (runtime !== 'Running') wrong.push(`the lane ${lane} is ${runtime ?? 'gone'}`);
  }
  return wrong;
}

/** Judged by the services themselves: whoever is public and unopposed is reachable, and no rule is without its service. */
async function judgeServices(cloud: TestCloud, firewall: JsonObject | undefined): Promise<string[]> {
  const wrong: string[] = [];
  const services = (cloud.clusters.find(ids.cluster)?.list('services') ?? []) as unknown as readonly JsonObject[];
  const balanced = services.filter((service) => at(service, 'spec', 'type') === 'LoadBalancer');
  const own = objectsAt(firewall, 'properties', 'natRuleCollections').find(({ name }) => name === 'shop');
  const rules = objectsAt(own, 'properties', 'rules');
  for (const rule of rules) {
    const [, , service] = (stringAt(rule, 'name') ?? '').split('.');
    if (!balanced.some((one) => stringAt(one, 'metadata', 'name') === service))
      wrong.push(`the rule ${stringAt(rule, 'name') ?? ''} has no service`);
  }
  const places = balanced.flatMap((service) => objectsAt(service, 'spec', 'ports').map(placeOf));
  const frontend = stringAt(cloud.azure.inEffect(ids.publicIp), 'properties', 'ipAddress') ?? '';
  for (const service of balanced) {
    const name = stringAt(service, 'metadata', 'name') ?? '';
    const annotations = Object.keys((at(service, 'metadata', 'annotations') ?? {}) as object);
    // What asks for something of its own is the business of other tests.
    if (annotations.length > 0) continue;
    for (const port of objectsAt(service, 'spec', 'ports')) {
      if (places.filter((place) => place === placeOf(port)).length > 1) continue;
      const packet = {
        from: '198.51.101.7',
        to: frontend,
        port: port['port'],
        protocol: stringAt(port, 'protocol') ?? 'TCP',
      };
      const probe = (await cloud.control('POST', '/probe', packet)) as { reachable: boolean; reason?: string };
      if (!probe.reachable) wrong.push(`${name} can't be reached at ${placeOf(port)}: ${probe.reason ?? ''}`);
    }
  }
  return wrong;
}

const placeOf = (port: JsonObject) => `${JSON.stringify(port['port'])}/${stringAt(port, 'protocol') ?? 'TCP'}`;
