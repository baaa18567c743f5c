import { EventType } from '../../local/host/durable/history.ts';
import { ACCESS_LANE } from '../../orchestrations/accessLane.ts';
import { newAccessState, type AccessState } from '../../orchestrations/accessState.ts';
import type { LaneState } from '../../orchestrations/laneState.ts';
import type { EnvironmentStatus } from '../../shared/model/environmentStatus.ts';
import { standingStill, type TestCloud } from '../support/localCloud.ts';
import { CLUSTER, createShop, FIREWALL, GROUP, NETWORK } from '../support/shop.ts';

/** A life of an environment that makes its lanes go through what they can go through. */
export type Scenario = (cloud: TestCloud) => Promise<void>;

const HOUR_MS = 3_600_000;
const ACCESS_LANE_ID = 'shop.shop';
const TAGS = { 'gatehouse-environment': 'shop' };

/** What is recorded, in this order. Each begins in a cloud of its own. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  everyday,
  grants,
  heldDeletions,
  failedStep,
  busyCluster,
  deletedDuringCreation,
  brokenPass,
};

/** Creation, a service that is published, changed and removed, drift, and deletion. */
async function everyday(cloud: TestCloud): Promise<void> {
  const { shop, still } = await readyShop(cloud);
  await still(() => shop.apply('web'));
  await shop.until(published(1));
  await still(() => shop.annotate('web', { 'gatehouse.dev/sources': '198.51.100.0/24' }));
  await shop.until(({ sync }) => sync?.running === false && sync.lastChange?.report.updated === 1);
  await still(() => cloud.control('DELETE', `/state${FIREWALL}/natRuleCollections/shop`));
  await shop.until(({ counts, sync }) => counts.driftRepairs > 0 && sync?.running === false);
  await still(() => shop.remove('web'));
  await shop.until(published(0));
  await ask(cloud, 'DELETE', '/shop');
  await lanesEnd(cloud);
}

/** A grant that ends by itself, one that is revoked, one for longer than a timer of Azure Storage, and other signals beside them. */
async function grants(cloud: TestCloud): Promise<void> {
  const { still } = await readyShop(cloud);
  const inHours = (hours: number) => new Date(cloud.clock.now() + hours * HOUR_MS).toISOString();
  const grant = (label: string, cidr: string, hours: number) =>
    ask(cloud, 'PUT', `/shop/grants/${label}`, { cidr, expires: inHours(hours) });
  await grant('ana', '198.51.100.9', 1);
  await accessLaneWaits(cloud, (held) => held === 1);
  await accessLaneWaits(cloud, (held) => held === 0);
  await still(async () => {
    await grant('ben', '198.51.100.10', 240);
    await grant('cleo', '198.51.100.11', 240);
  });
  await accessLaneWaits(cloud, (held) => held === 2);
  await still(() => ask(cloud, 'DELETE', '/shop/grants/ben'));
  await accessLaneWaits(cloud, (held) => held === 1);
  await still(async () => {
    for (const path of ['sync', 'sync', 'retry']) await ask(cloud, 'POST', `/shop/${path}`);
  });
  await cloud.clock.sleep(HOUR_MS / 2);
}

/** Deletions that have to be approved. */
async function heldDeletions(cloud: TestCloud): Promise<void> {
  const { shop, still } = await readyShop(cloud, { ingress: { maxDeletes: { count: 1, percent: 0 } } });
  const names = ['a', 'b', 'c'];
  await still(async () => {
    for (const [index, name] of names.entries()) await shop.apply(name, { ports: [{ port: 8000 + index }] });
  });
  await shop.until(published(names.length));
  await still(async () => {
    for (const name of names) await shop.remove(name);
  });
  const held = await shop.until(({ sync }) => sync?.running === false && sync.report?.held?.rules === names.length);
  await ask(cloud, 'POST', '/shop/approve', { plan: held.sync?.report?.held?.hash });
  await shop.until(published(0));
}

/** A creation that fails at its network, a retry once nothing stands in the way any more, and deletion. */
async function failedStep(cloud: TestCloud): Promise<void> {
  const still = standingStill(cloud);
  const network = `/state${NETWORK}/virtualNetworks/shop-vnet`;
  await still(async () => {
    await cloud.control('PUT', `/state${GROUP}`, { location: 'eastus', tags: TAGS });
    await cloud.control('PUT', network, {
      location: 'eastus',
      tags: TAGS,
      properties: {
        addressSpace: { addressPrefixes: ['10.42.0.0/16'] },
        subnets: [{ name: 'in-the-way', properties: { addressPrefix: '10.42.2.0/25' } }],
      },
    });
    await ask(cloud, 'POST', '', { name: 'shop' });
  });
  await cloud.untilState('shop', 'failed');
  await still(async () => {
    await cloud.control('PUT', network, { properties: { subnets: [] } });
    await ask(cloud, 'POST', '/shop/retry');
  });
  await cloud.untilState('shop', 'ready');
  await ask(cloud, 'DELETE', '/shop?force=true');
  await lanesEnd(cloud);
}

/** A cluster that is busy for longer than a pass waits. */
async function busyCluster(cloud: TestCloud): Promise<void> {
  const { still } = await readyShop(cloud);
  const clusterIs = (provisioningState: string) =>
    cloud.control('PUT', `/state${CLUSTER}`, { properties: { provisioningState } });
  await still(async () => {
    await clusterIs('Updating');
    await ask(cloud, 'PUT', '/shop/grants/ana', { cidr: '198.51.100.9' });
  });
  await cloud.clock.sleep(300_000);
  await still(() => ask(cloud, 'PUT', '/shop/grants/ben', { cidr: '198.51.100.10' }));
  await cloud.clock.sleep(300_000);
  await still(() => clusterIs('Succeeded'));
  await accessLaneWaits(cloud, (held) => held === 2);
}

/** A deletion that is heard while the cluster is being created, and waits for it. */
async function deletedDuringCreation(cloud: TestCloud): Promise<void> {
  await standingStill(cloud)(() => ask(cloud, 'POST', '', { name: 'shop' }));
  await cloud.host.durable.waitFor('shop', ({ customStatus }) =>
    ((customStatus as EnvironmentStatus | null)?.steps ?? []).some(
      ({ name, state }) => name === 'cluster' && state === 'running',
    ),
  );
  await ask(cloud, 'DELETE', '/shop');
  await lanesEnd(cloud);
}

/** Passes that break off, one by somebody's hand and one in the app itself; their lanes live on. */
async function brokenPass(cloud: TestCloud): Promise<void> {
  const { shop, still } = await readyShop(cloud);
  const terminatePassOf = (lane: string) => {
    const pass = cloud.host.durable
      .history(lane)
      ?.find(({ EventType: type }) => type === EventType.subOrchestrationCreated);
    if (pass === undefined || !('InstanceId' in pass)) throw new Error(`The lane ${lane} is in no pass.`);
    cloud.host.durable.terminate(pass.InstanceId, 'by hand');
  };
  await still(() => ask(cloud, 'POST', '/shop/sync'));
  await shop.until(({ sync }) => sync?.running === true);
  await cloud.host.durable.waitFor('shop', () => cloud.host.durable.history('shop')?.some(isPass) === true);
  terminatePassOf('shop');
  await cloud.untilState('shop', 'failed');
  await still(() => ask(cloud, 'POST', '/shop/retry'));
  await cloud.untilState('shop', 'ready');
  // A pass that finds nothing to do and nothing done, which only a fault of the app can bring about.
  const { spec } = cloud.host.durable.status('shop')?.input as LaneState;
  const input: AccessState = { ...newAccessState(spec, spec.cluster.name), phase: 'applying' };
  cloud.host.durable.start({ name: ACCESS_LANE, instanceId: 'broken.shop', input });
  await accessLaneWaits(cloud, () => true, 'broken.shop');
}

/** A call of the app that has to be taken. */
async function ask(cloud: TestCloud, method: string, path = '', body?: object): Promise<void> {
  const { status, text } = await standingStill(cloud)(() => cloud.call(method, `/environments${path}`, body));
  if (status !== 202) throw new Error(`${method} ${path} answered ${status}: ${text}`);
}

const isPass = ({ EventType: type }: { readonly EventType: number }) => type === EventType.subOrchestrationCreated;

async function readyShop(cloud: TestCloud, spec: object = {}) {
  const still = standingStill(cloud);
  const shop = await createShop({ ...cloud, call: (...request) => still(() => cloud.call(...request)) }, spec);
  return { shop, still };
}

const published =
  (count: number) =>
  ({ counts, sync }: EnvironmentStatus) =>
    counts.publications === count && sync?.running === false;

/** Waits until the access lane has nothing to do and holds as many grants as wanted. */
async function accessLaneWaits(
  cloud: TestCloud,
  wanted: (grants: number) => boolean,
  lane = ACCESS_LANE_ID,
): Promise<void> {
  await cloud.host.durable.waitFor(lane, ({ customStatus }) => {
    const status = customStatus as { state: string; grants: readonly unknown[] } | null;
    return status?.state === 'waiting' && wanted(status.grants.length);
  });
}

async function lanesEnd(cloud: TestCloud): Promise<void> {
  await cloud.host.durable.waitFor('shop');
  if (cloud.host.durable.status(ACCESS_LANE_ID) !== undefined) await cloud.host.durable.waitFor(ACCESS_LANE_ID);
}
