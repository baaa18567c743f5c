import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { createShop, SUBSCRIPTION } from '../support/shop.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.close());

const deliver = (events: readonly object[]) =>
  fetch(`${cloud.host.origin}/runtime/webhooks/eventgrid?functionName=loadBalancerChanged`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'aeg-event-type': 'Notification',
      'x-functions-key': cloud.host.keys.eventGrid,
    },
    body: JSON.stringify(events),
  });

const event = (id: string, group: string) => ({
  id,
  topic: SUBSCRIPTION,
  subject: `${SUBSCRIPTION}/resourceGroups/${group}/providers/Microsoft.Network/loadBalancers/kubernetes`,
  eventType: 'Microsoft.Resources.ResourceWriteSuccess',
  eventTime: '2026-01-01T00:00:00Z',
  data: { operationName: 'Microsoft.Network/loadBalancers/write', claims: { name: 'somebody' } },
  dataVersion: '2',
  metadataVersion: '1',
});

test('a storm is answered whole and costs a few syncs; foreign events cost none', async () => {
  const shop = await createShop(cloud);
  const hold = cloud.clock.busy();
  const before = (await shop.until(() => true)).counts.syncs;
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) => deliver([event(`e${index}`, 'MC_shop-rg_shop_eastus')])),
  );
  expect(answers.map(({ status }) => status).filter((status) => status !== 202)).toEqual([]);
  const foreign = await Promise.all(
    Array.from({ length: 50 }, (_, index) => deliver([event(`f${index}`, 'MC_others_theirs_eastus')])),
  );
  expect(foreign.every(({ status }) => status === 202)).toBe(true);
  hold();
  const { counts } = await shop.until(({ counts: now, sync }) => now.syncs > before && sync?.running === false);
  expect(counts.syncs - before).toBeLessThanOrEqual(2);
  expect(await shop.firewallWrites()).toBe(1);
});

test('each event is counted by what became of it', async () => {
  const counted = async () => {
    const { text } = await cloud.call('GET', '/metrics');
    const lines = text.matchAll(/^gatehouse_events_total\{outcome="([^"]+)"\} (\d+)$/gm);
    return new Map([...lines].map(([, outcome = '', times]) => [outcome, Number(times)]));
  };
  const ours = event('counted', 'MC_shop-rg_shop_eastus');
  const elsewhere = SUBSCRIPTION.replace(/aa$/, 'ab');
  const outcomes: Readonly<Record<string, object>> = {
    signalled: ours,
    malformed: { ...ours, data: {} },
    'other-event-type': { ...ours, eventType: 'Microsoft.Resources.ResourceActionSuccess' },
    'other-operation': { ...ours, data: { operationName: 'Microsoft.Network/virtualNetworks/write' } },
    'other-resource': { ...ours, subject: ours.subject.replace('/loadBalancers/', '/publicIPAddresses/') },
    'other-topic': { ...ours, topic: elsewhere },
    'other-subscription': { ...ours, subject: ours.subject.replace(SUBSCRIPTION, elsewhere) },
    'unknown-node-resource-group': event('counted', 'MC_others_theirs_eastus'),
  };
  const before = await counted();
  const answers = await Promise.all(Object.values(outcomes).map((one) => deliver([one])));
  expect(answers.every(({ status }) => status === 202)).toBe(true);
  const after = await counted();
  const more = [...after].map(([outcome, times]) => [outcome, times - (before.get(outcome) ?? 0)]);
  expect(Object.fromEntries(more)).toEqual(Object.fromEntries(Object.keys(outcomes).map((outcome) => [outcome, 1])));
});
