import assert from 'node:assert/strict';
import type { ConformanceCase } from '../conformanceCase.ts';
import { jsonOf } from '../durableApi.ts';
import type { HostUnderTest } from '../hostUnderTest.ts';

const eventGrid = (host: HostUnderTest, type: string, key: string, events: unknown) =>
  fetch(`${host.origin}/runtime/webhooks/eventgrid?functionName=arrivals&code=${encodeURIComponent(key)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'aeg-event-type': type },
    body: JSON.stringify(events),
  });

const event = (eventType: string, subject: string, data: unknown) => ({
  id: 'b0c9d3a4-0000-4000-8000-000000000001',
  topic: '/subscriptions/00000000-0000-0000-0000-000000000000',
  subject,
  eventType,
  eventTime: '2026-01-01T00:00:00Z',
  data,
  dataVersion: '1',
  metadataVersion: '1',
});

export const triggers: readonly ConformanceCase[] = [
  {
    name: 'an HTTP trigger gets its route parameters, query, headers and body',
    run: async (_api, host) => {
      const answer = await fetch(`${host.origin}/api/mirror/hello?a=1&b=two%20words`, {
        method: 'POST',
        headers: { 'x-mirror': 'header' },
        body: 'the body',
      });
      assert.equal(answer.status, 201);
      assert.equal(answer.headers.get('x-mirror'), 'header');
      const { method, params, query, body } = (await jsonOf(answer)) as Record<string, unknown>;
      assert.equal(method, 'POST');
      assert.equal((params as Record<string, string>)['word'], 'hello');
      assert.deepEqual(query, { a: '1', b: 'two words' });
      assert.equal(body, 'the body');
    },
  },
  {
    name: 'an optional route parameter may be missing, an unknown route is 404',
    run: async (_api, host) => {
      const answer = await fetch(`${host.origin}/api/mirror/one/two`);
      assert.equal(((await jsonOf(answer)) as { params: Record<string, string> }).params['rest'], 'two');
      assert.equal((await fetch(`${host.origin}/api/mirror`)).status, 404);
      assert.equal((await fetch(`${host.origin}/api/nothing/here`)).status, 404);
    },
  },
  {
    name: 'a function that throws answers 500',
    run: async (_api, host) => assert.equal((await fetch(`${host.origin}/api/breaks`)).status, 500),
  },
  {
    name: 'a function key opens a guarded function by query or header; without or with a wrong one it is 401',
    run: async (_api, host) => {
      const guarded = (query: string, headers: Record<string, string> = {}) =>
        fetch(`${host.origin}/api/guarded${query}`, { headers }).then(({ status }) => status);
      const key = host.keys.function;
      assert.equal(await guarded(''), 401);
      assert.equal(await guarded('?code=wrong'), 401);
      assert.equal(await guarded(`?code=${encodeURIComponent(key)}`), 200);
      assert.equal(await guarded('', { 'x-functions-key': key }), 200);
    },
  },
  {
    name: 'the Durable API answers 401 without its system key',
    run: async (_api, host) => {
      const answer = await fetch(`${host.origin}/runtime/webhooks/durabletask/instances/any`);
      assert.equal(answer.status, 401);
    },
  },
  {
    name: 'a function starts orchestrations through its client and gives their management URLs',
    run: async (api, host) => {
      const id = api.newId('client');
      const answer = await fetch(`${host.origin}/api/starts/echoes/${id}`, {
        method: 'POST',
        body: JSON.stringify({ by: 'client' }),
      });
      assert.equal(answer.status, 202);
      const { statusQueryGetUri } = (await jsonOf(answer)) as { statusQueryGetUri: string };
      assert.ok(statusQueryGetUri.startsWith(host.origin), statusQueryGetUri);
      await api.ended(id);
      const status = (await jsonOf(await fetch(statusQueryGetUri))) as { output: unknown };
      assert.deepEqual(status.output, { by: 'client' });
    },
  },
  {
    name: 'the Event Grid webhook answers the validation handshake with its code',
    run: async (_api, host) => {
      const validation = event('Microsoft.EventGrid.SubscriptionValidationEvent', '', { validationCode: 'code-1' });
      const answer = await eventGrid(host, 'SubscriptionValidation', host.keys.eventGrid, [validation]);
      assert.equal(answer.status, 200);
      assert.deepEqual(await jsonOf(answer), { validationResponse: 'code-1' });
    },
  },
  {
    name: 'the Event Grid webhook delivers each event to its function and refuses a wrong key',
    run: async (api, host) => {
      const id = await api.start('hearsOne', api.newId('event-grid'));
      await api.reached(id, 'waiting');
      const events = [event('Gatehouse.Test', id, { from: 'event grid' })];
      assert.equal((await eventGrid(host, 'Notification', 'wrong', events)).status, 401);
      assert.equal((await eventGrid(host, 'Notification', host.keys.eventGrid, events)).status, 202);
      assert.deepEqual((await api.ended(id)).output, { from: 'event grid' });
    },
  },
];
