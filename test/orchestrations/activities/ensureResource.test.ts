import { ensureResource } from '../../../orchestrations/activities/ensureResource.ts';
import { startStep } from '../../../orchestrations/activities/startStep.ts';
import { pollOperation } from '../../../orchestrations/activities/pollOperation.ts';
import type { StepOutcome } from '../../../orchestrations/stepRecord.ts';
import { readResource } from '../../../shared/azure/resource.ts';
import { desiredCluster } from '../../../shared/desired/cluster.ts';
import { desiredFirewall } from '../../../shared/desired/firewall.ts';
import { desiredNetworkRouting, desiredRoutes, desiredSubnetRouting } from '../../../shared/desired/network.ts';
import type { JsonObject } from '../../../shared/model/json.ts';
import type { DesiredResource } from '../../../shared/model/resource.ts';
import type { StepName } from '../../../shared/model/step.ts';
import { startTestCloud, type TestCloud } from '../../support/localCloud.ts';
import { articleSpec } from '../../support/spec.ts';

const spec = articleSpec({ name: 'shop', cluster: { name: 'shop' } });
let cloud: TestCloud;
const notHere = () => Promise.reject(new Error('not here'));
const lanes = { start: notHere, look: notHere, end: notHere };
const logged: string[] = [];
const log = { error: (message: string) => void logged.push(message) };

beforeAll(async () => {
  cloud = await startTestCloud({ planted: ['futureSwitch'] });
  await cloud.call('POST', '/environments', { name: 'shop', cluster: { name: 'shop' } });
  await cloud.untilState('shop', 'ready', 'failed');
});
afterAll(() => cloud.close());

const stored = async ({ id, apiVersion }: DesiredResource): Promise<JsonObject> =>
  (await readResource(id, apiVersion))!;
const graft = (id: string, change: object) => cloud.control('PUT', `/state${id}`, change);

/** Follows a started step's operation to its end. */
async function finish(outcome: StepOutcome): Promise<void> {
  if (outcome.outcome !== 'started') throw new Error(`The step did not start a write: ${JSON.stringify(outcome)}`);
  for (;;) {
    const progress = await pollOperation({ step: 'firewall', operation: outcome.operation }, log);
    if (progress.status === 'failed') throw new Error(progress.problem.message);
    if (progress.status === 'succeeded') return;
    await cloud.clock.sleep(15_000);
  }
}

/** A resource without what every write renews. */
function settled(resource: JsonObject): unknown {
  return JSON.parse(
    JSON.stringify(resource, (key, value: unknown) =>
      /^e?tag$|^eTag$/i.test(key) && key !== 'tags' ? undefined : value,
    ),
  );
}

describe('a write changes what differs and nothing else', () => {
  const unknown = { futureSwitch: { deep: [1, { two: 'three' }], on: true } };

  test.each<[string, () => DesiredResource, object]>([
    ['firewall', () => desiredFirewall(spec), { properties: { ...unknown, threatIntelMode: 'Off' } }],
    [
      'virtual network',
      () => desiredNetworkRouting(spec, { firewallPrivateIp: '10.42.2.4' }),
      { properties: { ...unknown, dhcpOptions: { dnsServers: ['9.9.9.9'] } } },
    ],
    ['subnet', () => desiredSubnetRouting(spec), { properties: { ...unknown, routeTable: null } }],
    ['cluster', () => desiredCluster(spec, { frontends: ['1.2.3.4'], outboundRanges: [] }), { properties: unknown }],
  ])('%s', async (_kind, desiredResource, change) => {
    const desired = desiredResource();
    const before = await stored(desired);
    await graft(desired.id, change);
    await finish(await ensureResource(desired, 'shop'));
    const after = await stored(desired);
    expect(after['properties']).toMatchObject(unknown);
    if (desired.kind !== 'cluster') {
      // Apart from the unknown property, the outside change is undone to the last byte.
      expect(settled(after)).toEqual({
        ...(settled(before) as JsonObject),
        properties: { ...(settled(before) as { properties: object }).properties, ...unknown },
      });
    }
    expect(await ensureResource(desired, 'shop')).toEqual({ outcome: 'done', wrote: false });
  });

  test('route table: foreign routes and unknown properties stay', async () => {
    const address = ((await stored(desiredPublicIpOf())) as { properties: { ipAddress: string } }).properties.ipAddress;
    const desired = desiredRoutes(spec, { firewallPrivateIp: '10.42.2.4', frontends: [address] });
    const theirs = { name: 'theirs', properties: { addressPrefix: '192.0.2.0/24', nextHopType: 'None', ...unknown } };
    await graft(desired.id, { properties: { ...unknown, routes: [theirs] } });
    await finish(await ensureResource(desired, 'shop'));
    expect((await stored(desired))['properties']).toMatchObject({
      ...unknown,
      routes: [theirs, { name: 'shop-fwrn' }, { name: 'shop-fwinternet' }],
    });
  });

  const desiredPublicIpOf = (): DesiredResource => ({
    kind: 'publicIp',
    id: `/subscriptions/${spec.subscription}/resourceGroups/shop-rg/providers/Microsoft.Network/publicIPAddresses/shop-fwpublicip`,
    apiVersion: '2025-07-01',
    body: {},
  });
});

describe('a step that is run again', () => {
  test.each<StepName>([
    'preflight',
    'resourceGroup',
    'virtualNetwork',
    'firewall',
    'routes',
    'cluster',
    'clusterRoles',
  ])('%s writes nothing when all is as wanted', async (step) => {
    expect(
      await startStep(
        { graph: 'provision', step, spec, force: false, mayWrite: true, writes: 0, time: '2026-01-01T00:00:00.000Z' },
        lanes,
        log,
      ),
    ).toEqual({
      outcome: 'done',
      wrote: false,
    });
  });

  test('waits for a write whose answer was lost, and adopts it', async () => {
    const desired = desiredFirewall(spec);
    await graft(desired.id, { properties: { threatIntelMode: 'Off' } });
    const lost = await ensureResource(desired, 'shop');
    // The write was accepted, and the process died before it could be recorded: the step begins anew.
    const again = await ensureResource(desired, 'shop');
    expect(again).toMatchObject({ outcome: 'wait', refused: false, reason: expect.stringContaining('Updating') });
    await finish(lost);
    expect(await ensureResource(desired, 'shop')).toEqual({ outcome: 'done', wrote: false });
  });
});

test('a step that has written often enough only looks, and says what keeps differing', async () => {
  const desired = desiredFirewall(spec);
  await graft(desired.id, { properties: { threatIntelMode: 'Off' } });
  expect(await ensureResource(desired, 'shop', false)).toMatchObject({
    outcome: 'failed',
    problem: { code: 'KeepsDiffering', message: expect.stringContaining('threatIntelMode') },
  });
  await graft(desired.id, { properties: { threatIntelMode: 'Alert' } });
});

test('a resource whose tag is gone is never written', async () => {
  const desired = desiredFirewall(spec);
  const tagged = await stored(desired);
  await graft(desired.id, { tags: { 'gatehouse-environment': 'another' }, properties: { threatIntelMode: 'Off' } });
  const before = await stored(desired);
  expect(await ensureResource(desired, 'shop')).toMatchObject({
    outcome: 'failed',
    problem: { code: 'ForeignResource' },
  });
  expect(await stored(desired)).toEqual(before);
  await graft(desired.id, { tags: tagged['tags'], properties: { threatIntelMode: 'Alert' } });
});

test('nothing of all this was unexpected', () => {
  expect(logged).toEqual([]);
});
