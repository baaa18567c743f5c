import { recorded } from './app/record.ts';
import type { TestHost } from './testHost.ts';
import { startTestHost } from './testHost.ts';

let host: TestHost;
beforeAll(async () => (host = await startTestHost()));
afterAll(() => host.close());
beforeEach(() => recorded('events').splice(0));

const webhook = (functionName = 'events') =>
  `/runtime/webhooks/EventGrid?functionName=${functionName}&code=${host.keys.eventGrid}`;
const post = (type: string, body: unknown, path = webhook()) =>
  host.request('POST', path, { body, headers: { 'aeg-event-type': type } });

const gridEvent = (id: string) => ({
  id,
  eventType: 'Written',
  subject: '/x',
  data: { n: 1 },
  eventTime: '2026-01-01T00:00:00Z',
  dataVersion: '1',
});
const cloudEvent = (id: string) => ({
  id,
  specversion: '1.0',
  type: 'Written',
  source: '/x',
  subject: 'y',
  data: { n: 1 },
});

describe('the Event Grid webhook', () => {
  it('answers the validation handshake of the Event Grid schema with its code', async () => {
    const event = { ...gridEvent('v'), data: { validationCode: 'abc', validationUrl: 'https://example.com' } };
    const response = await post('SubscriptionValidation', [event]);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ validationResponse: 'abc' });
  });

  it.each([
    ['eventgrid.azure.net', 'eventgrid.azure.net'],
    ['eventgrid.azure.us', 'eventgrid.azure.us'],
    ['elsewhere.example', 'eventgrid.azure.net'],
  ])('answers the handshake of CloudEvents from %s: %s may deliver', async (origin, allowed) => {
    const response = await host.request('OPTIONS', webhook(), { headers: { 'webhook-request-origin': origin } });
    expect(response.status).toBe(200);
    expect(response.headers.get('webhook-allowed-origin')).toBe(allowed);
  });

  it('runs the function once per event, in both schemas', async () => {
    expect((await post('Notification', [gridEvent('a'), gridEvent('b')])).status).toBe(202);
    expect((await post('Notification', cloudEvent('c'))).status).toBe(202);
    expect(recorded('events').map((event) => (event as { id: string }).id)).toEqual(['a', 'b', 'c']);
    expect(recorded('events')[2]).toEqual(cloudEvent('c'));
  });

  it('answers 500 when one of the events fails, so that the sender delivers again', async () => {
    expect((await post('Notification', [gridEvent('a'), gridEvent('poison')])).status).toBe(500);
    expect(recorded('events')).toHaveLength(1);
  });

  it.each([
    ['an unknown function', 'Notification', 'nobody', 404],
    ['a function of another trigger', 'Notification', 'keyed', 404],
    ['another event type', 'Whatever', 'events', 400],
    ['an end of the subscription', 'Unsubscribe', 'events', 202],
  ])('answers %s: %s to %s is %d', async (_case, type, functionName, status) => {
    expect((await post(type, [gridEvent('a')], webhook(functionName))).status).toBe(status);
  });

  it.each([['no JSON'], ['[1]'], ['null']])('refuses a body of %s', async (body) => {
    expect((await post('Notification', body)).status).toBe(400);
    expect((await post('SubscriptionValidation', body)).status).toBe(400);
  });

  it('wants the system key', async () => {
    const path = '/runtime/webhooks/EventGrid?functionName=events';
    expect((await post('Notification', [gridEvent('a')], path)).status).toBe(401);
    expect((await post('Notification', [gridEvent('a')], `${path}&code=${host.keys.function}`)).status).toBe(401);
    expect(recorded('events')).toEqual([]);
  });
});
