import fc from 'fast-check';
import { relevantChange } from '../../functions/loadBalancerEvent.ts';
import { isList, type Json } from '../../shared/model/json.ts';
import { referenceJson } from '../local/azure/referenceData.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { createShop, SUBSCRIPTION, type Shop } from '../support/shop.ts';
import { broken, surprise } from './brokenJson.ts';
import { fuzzed } from './fuzz.ts';
import { rawClient } from './httpRequests.ts';

const NODES = `${SUBSCRIPTION}/resourceGroups/MC_shop-rg_shop_eastus`;
const resourceUri = `${NODES}/providers/Microsoft.Network/loadBalancers/kubernetes`;
const eventGridEvent: Json = {
  topic: SUBSCRIPTION,
  subject: resourceUri,
  eventType: 'Microsoft.Resources.ResourceWriteSuccess',
  eventTime: '2026-01-01T00:00:00.1234567Z',
  id: '5b1f9c1e-2f0a-4b52-9d3c-0c7d1a2b3c4d',
  data: {
    authorization: { scope: resourceUri, action: 'Microsoft.Network/loadBalancers/write', evidence: { role: 'x' } },
    claims: { aud: 'https://management.azure.com/' },
    resourceProvider: 'Microsoft.Network',
    resourceUri,
    operationName: 'Microsoft.Network/loadBalancers/write',
    status: 'Succeeded',
  },
  dataVersion: '2',
  metadataVersion: '1',
};
const { topic: source, eventType: type, eventTime: time, ...shared } = eventGridEvent;
const cloudEvent: Json = { ...shared, specversion: '1.0', source: source ?? '', type: type ?? '', time: time ?? '' };

/** The documented deliveries, where they are on this machine, as if they were of `shop`. */
const documented = ['load-balancer-written.eventgrid.json', 'load-balancer-deleted.cloudevent.json'].flatMap((file) => {
  const text = JSON.stringify(referenceJson(`events/${file}`) ?? []).replaceAll('aks-egress', 'shop');
  const parsed = JSON.parse(text) as Json;
  return isList(parsed) ? parsed : [parsed];
});

const brokenEvent = fc.oneof(
  ...[eventGridEvent, cloudEvent, ...documented].map((event) => ({ weight: 3, arbitrary: broken(event, 3) })),
  { weight: 1, arbitrary: surprise },
);

test('any event at all is a change of a node resource group, or refused with a reason', () => {
  fc.assert(
    fc.property(brokenEvent, (event) => {
      const change = relevantChange(event, { allowedScopes: [SUBSCRIPTION] });
      if ('refused' in change) expect(change.refused).toMatch(/^[a-z-]+$/);
      else expect(change).toMatchObject({ id: expect.stringMatching(/./), nodeResourceGroupId: NODES.toLowerCase() });
    }),
    fuzzed(3_000),
  );
});

describe('delivered over HTTP', () => {
  let cloud: TestCloud;
  let shop: Shop;
  let client: ReturnType<typeof rawClient>;
  const errors: string[] = [];
  beforeAll(async () => {
    cloud = await startTestCloud({ log: (message) => void (message.startsWith('error') && errors.push(message)) });
    client = rawClient(cloud.host.origin);
    shop = await createShop(cloud);
  });
  afterAll(async () => {
    client.close();
    await cloud.close();
  });

  const body = fc.oneof(
    { weight: 4, arbitrary: fc.array(brokenEvent, { maxLength: 4 }).map((events) => JSON.stringify(events)) },
    { weight: 2, arbitrary: brokenEvent.map((event) => JSON.stringify(event)) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  );
  const kind = fc.constantFrom('Notification', 'Notification', 'SubscriptionValidation', 'Unsubscribe', 'x', '');

  test('whatever comes, no invocation fails, so that Event Grid delivers nothing again and again', async () => {
    await fc.assert(
      fc.asyncProperty(body, kind, async (text, deliveryType) => {
        const { status } = await client.send({
          method: 'POST',
          path: '/runtime/webhooks/eventgrid?functionName=loadBalancerChanged',
          headers: {
            'content-type': 'application/json',
            'aeg-event-type': deliveryType,
            'x-functions-key': cloud.host.keys.eventGrid,
          },
          body: text,
        });
        expect(errors).toEqual([]);
        expect([200, 202, 400]).toContain(status);
      }),
      fuzzed(300),
    );
  });

  test('and the environment, which was told of changes now and then, is as it was', async () => {
    const status = await shop.sync();
    expect(status).toMatchObject({ state: 'ready', counts: { firewallWrites: 1 } });
    expect(await shop.rules()).toEqual([]);
    await shop.apply('web');
    await shop.until(({ counts }) => counts.publications === 1);
  });
});
