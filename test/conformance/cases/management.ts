import assert from 'node:assert/strict';
import type { ConformanceCase } from '../conformanceCase.ts';
import type { DurableApi } from '../durableApi.ts';
import { jsonOf } from '../durableApi.ts';

async function expectStatus(expected: number, answer: Promise<Response>): Promise<Response> {
  const response = await answer;
  assert.equal(response.status, expected, `${response.url.split('?')[0]}: ${await response.clone().text()}`);
  return response;
}

const held = async (api: DurableApi, prefix: string) => {
  const id = await api.start('held', api.newId(prefix));
  await api.reached(id, 'held');
  return id;
};

const finished = async (api: DurableApi, prefix: string, input: unknown = null) => {
  const id = await api.start('echoes', api.newId(prefix), input);
  await api.ended(id);
  return id;
};

const ids = async (answer: Promise<Response>) =>
  ((await jsonOf(await expectStatus(200, answer))) as { instanceId: string }[])
    .map(({ instanceId }) => instanceId)
    .sort();

export const management: readonly ConformanceCase[] = [
  {
    name: 'starting answers 202 with the id, the management URLs and a Location',
    run: async (api) => {
      const id = api.newId('started');
      const answer = await expectStatus(202, api.call('POST', `orchestrators/echoes/${id}`, '', null));
      const body = (await jsonOf(answer)) as Record<string, string>;
      assert.equal(body['id'], id);
      for (const name of ['statusQueryGetUri', 'sendEventPostUri', 'terminatePostUri', 'purgeHistoryDeleteUri']) {
        assert.ok(body[name]?.includes(`/runtime/webhooks/durabletask/instances/${id}`), `${name}: ${body[name]}`);
      }
      assert.equal(answer.headers.get('location'), body['statusQueryGetUri']);
      await expectStatus(200, fetch((await api.ended(id), body['statusQueryGetUri'] ?? '')));
    },
  },
  {
    name: 'starting without an id makes one up',
    run: async (api) => {
      const answer = await expectStatus(202, api.call('POST', 'orchestrators/echoes', '', 'x'));
      const { id } = (await jsonOf(answer)) as { id: string };
      assert.equal((await api.ended(id)).output, 'x');
    },
  },
  {
    name: 'starting an unknown orchestrator is accepted, and the instance fails',
    run: async (api) => {
      const { runtimeStatus, output } = await api.ended(await api.start('nobody', api.newId('unknown'), null));
      assert.equal(runtimeStatus, 'Failed');
      assert.match(String(output), /nobody.* doesn't exist/);
    },
  },
  {
    name: 'the status of a running instance is 202 with Location, of a finished one 200, of an unknown one 404',
    run: async (api) => {
      const id = await held(api, 'status');
      const running = await expectStatus(202, api.call('GET', `instances/${id}`));
      assert.ok(running.headers.get('location')?.includes(`/instances/${id}`));
      await api.openGate(id);
      await api.ended(id);
      await expectStatus(200, api.call('GET', `instances/${id}`));
      await expectStatus(404, api.call('GET', `instances/${api.newId('nobody')}`));
    },
  },
  {
    name: 'starting an id that is alive answers 409',
    run: async (api) => {
      const id = await held(api, 'alive');
      await expectStatus(409, api.call('POST', `orchestrators/echoes/${id}`, '', null));
      await api.openGate(id);
      assert.equal((await api.ended(id)).name, 'held');
    },
  },
  {
    name: 'starting an id that has finished replaces it',
    run: async (api) => {
      const id = await finished(api, 'replaced', 'first');
      await api.start('held', id);
      await api.reached(id, 'held');
      await api.openGate(id);
      const { name, output } = await api.ended(id);
      assert.deepEqual({ name, output }, { name: 'held', output: id });
    },
  },
  {
    name: 'an event for a finished instance answers 410, for an unknown one 404, in another content type 400',
    run: async (api) => {
      const id = await finished(api, 'gone');
      await expectStatus(410, api.call('POST', `instances/${id}/raiseEvent/signal`, '', 'late'));
      await expectStatus(404, api.call('POST', `instances/${api.newId('nobody')}/raiseEvent/signal`, '', 'lost'));
      const alive = await held(api, 'content-type');
      await expectStatus(400, api.call('POST', `instances/${alive}/raiseEvent/signal`, '', 'plain', 'text/plain'));
      await api.openGate(alive);
    },
  },
  {
    name: 'terminating ends an instance with the reason as output',
    run: async (api) => {
      const id = await api.start('hearsOne', api.newId('terminated'));
      await api.reached(id, 'waiting');
      await expectStatus(202, api.call('POST', `instances/${id}/terminate`, 'reason=enough'));
      const { runtimeStatus, output } = await api.ended(id);
      assert.deepEqual({ runtimeStatus, output }, { runtimeStatus: 'Terminated', output: 'enough' });
      await expectStatus(410, api.call('POST', `instances/${id}/terminate`, 'reason=again'));
      await expectStatus(404, api.call('POST', `instances/${api.newId('nobody')}/terminate`, 'reason=x'));
    },
  },
  {
    name: 'a suspended instance keeps its events and goes on with them when resumed',
    run: async (api) => {
      const id = await api.start('hearsOne', api.newId('suspended'));
      await api.reached(id, 'waiting');
      await expectStatus(202, api.call('POST', `instances/${id}/suspend`, 'reason=pause'));
      await api.runs(id, 'Suspended');
      await api.signal(id, 'kept');
      await expectStatus(202, api.call('GET', `instances/${id}`));
      // Whatever was started after the signal ends before anything can be said about the signal's instance.
      await finished(api, 'meanwhile');
      assert.equal((await api.status(id)).runtimeStatus, 'Suspended');
      await expectStatus(202, api.call('POST', `instances/${id}/resume`, 'reason=go'));
      assert.equal((await api.ended(id)).output, 'kept');
    },
  },
  {
    name: 'purging removes a finished instance; a running one answers 412, an unknown one 404',
    run: async (api) => {
      const id = await finished(api, 'purged');
      const purged = await expectStatus(200, api.call('DELETE', `instances/${id}`));
      assert.deepEqual(await jsonOf(purged), { instancesDeleted: 1 });
      await expectStatus(404, api.call('GET', `instances/${id}`));
      await expectStatus(404, api.call('DELETE', `instances/${id}`));
      const alive = await held(api, 'not-purged');
      await expectStatus(412, api.call('DELETE', `instances/${alive}`));
      await api.openGate(alive);
      await api.ended(alive);
    },
  },
  {
    name: 'queries find instances by prefix and by status',
    run: async (api) => {
      const prefix = api.newId('query');
      const done = await api.start('echoes', `${prefix}-done`, 'x');
      const alive = await api.start('held', `${prefix}-alive`);
      await api.ended(done);
      await api.reached(alive, 'held');
      const query = (more: string) => api.call('GET', 'instances', `instanceIdPrefix=${prefix}${more}`);
      assert.deepEqual(await ids(query('')), [alive, done]);
      assert.deepEqual(await ids(query('&runtimeStatus=Completed')), [done]);
      assert.deepEqual(await ids(query('&runtimeStatus=Running,Pending')), [alive]);
      assert.deepEqual(await ids(query('&runtimeStatus=Failed')), []);
      await api.openGate(alive);
      await api.ended(alive);
    },
  },
  {
    name: 'restarting a finished instance runs it again with its input under a new id',
    run: async (api) => {
      const id = await finished(api, 'restarted', 'same input');
      const answer = await expectStatus(202, api.call('POST', `instances/${id}/restart`));
      const again = ((await jsonOf(answer)) as { id: string }).id;
      assert.notEqual(again, id);
      assert.equal((await api.ended(again)).output, 'same input');
    },
  },
  {
    name: 'the history of an instance names its events and the functions that ran',
    run: async (api) => {
      const id = await finished(api, 'history');
      const events = (await api.history(id)).map(({ EventType, FunctionName }) => [EventType, FunctionName ?? '']);
      assert.deepEqual(events, [
        ['ExecutionStarted', 'echoes'],
        ['TaskCompleted', 'echo'],
        ['ExecutionCompleted', ''],
      ]);
    },
  },
];
