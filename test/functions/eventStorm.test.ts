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
