import assert from 'node:assert/strict';
import type { ConformanceCase } from '../conformanceCase.ts';

const DAY_SECONDS = 24 * 60 * 60;

export const orchestrations: readonly ConformanceCase[] = [
  {
    name: 'input, custom status and output pass through as JSON',
    run: async (api) => {
      const input = { text: 'äöü "quoted"', list: [1, 2.5, null, true], nested: { deep: {} } };
      const status = await api.ended(await api.start('echoes', api.newId('json'), input));
      assert.equal(status.runtimeStatus, 'Completed');
      assert.deepEqual(status.input, input);
      assert.deepEqual(status.output, input);
      assert.deepEqual(status.customStatus, { step: 'calling' });
    },
  },
  {
    name: 'an orchestrator that throws fails with its message as output',
    run: async (api) => {
      const { runtimeStatus, output } = await api.ended(await api.start('throws', api.newId('throws')));
      assert.equal(runtimeStatus, 'Failed');
      assert.match(String(output), /the orchestrator gave up/);
    },
  },
  {
    name: 'an activity with retry runs until it works',
    run: async (api) => {
      const { output } = await api.ended(await api.start('retries', api.newId('retry-works'), { failures: 2 }));
      assert.deepEqual(output, { outcome: { attempts: 3 }, afterwards: 'afterwards' });
    },
  },
  {
    name: 'retries that are exhausted throw, and the next activity still gets its own result',
    run: async (api) => {
      const id = await api.start('retries', api.newId('retry-fails'), { failures: 99 });
      const { outcome, afterwards } = (await api.ended(id)).output as {
        outcome: { error: string };
        afterwards: string;
      };
      assert.match(outcome.error, /attempt 3 failed/);
      assert.equal(afterwards, 'afterwards');
    },
  },
  {
    name: 'the last failed attempt of a retry adds a timer as well',
    run: async (api) => {
      const id = await api.start('retries', api.newId('retry-timers'), { failures: 99 });
      await api.ended(id);
      const timers = (await api.history(id)).filter(({ EventType }) => EventType === 'TimerFired');
      assert.equal(timers.length, 3);
    },
  },
  {
    name: 'a sub-orchestration gives its result to its parent and is an instance of its own',
    run: async (api) => {
      const id = await api.start('parent', api.newId('parent'), { child: 'echoes', input: 'for the child' });
      assert.deepEqual((await api.ended(id)).output, { result: 'for the child' });
      const child = await api.status(`${id}.child`);
      assert.equal(child.name, 'echoes');
      assert.equal(child.runtimeStatus, 'Completed');
    },
  },
  {
    name: 'a sub-orchestration that fails throws in its parent',
    run: async (api) => {
      const id = await api.start('parent', api.newId('parent-of-failure'), { child: 'throws', input: null });
      const { error } = (await api.ended(id)).output as { error: string };
      assert.match(error, /the orchestrator gave up/);
    },
  },
  {
    // Seen on Azure Storage, which holds a message back for whole seconds.
    name: 'a timer fires no sooner than a second before it is due',
    run: async (api) => {
      const { output } = await api.ended(await api.start('sleeps', api.newId('sleeps'), { seconds: 3 }));
      const { seconds } = output as { seconds: number };
      assert.ok(seconds > 2, `fired after ${seconds} s`);
    },
  },
  {
    name: 'a timer over more than six days goes in steps of three days',
    needsVirtualTime: true,
    run: async (api) => {
      const id = await api.start('sleeps', api.newId('sleeps-long'), { seconds: 10 * DAY_SECONDS });
      assert.deepEqual((await api.ended(id)).output, { seconds: 10 * DAY_SECONDS });
      const timers = (await api.history(id)).filter(({ EventType }) => EventType === 'TimerFired');
      assert.equal(timers.length, 4);
    },
  },
  {
    name: 'Task.any gives the winner and Task.all the results in order',
    run: async (api) => {
      const { output } = await api.ended(await api.start('anyAndAll', api.newId('any-all')));
      assert.deepEqual(output, { winner: 'fast', all: [1, 2, 3] });
    },
  },
  {
    name: 'a cancelled timer does not keep an ending instance alive',
    run: async (api) => {
      const { createdTime, lastUpdatedTime } = await api.ended(await api.start('anyAndAll', api.newId('cancelled')));
      const seconds = (Date.parse(lastUpdatedTime) - Date.parse(createdTime)) / 1000;
      assert.ok(seconds < 60, `ended after ${seconds} s`);
    },
  },
  {
    name: 'Task.all over activities that return result objects never throws and keeps results in place',
    run: async (api) => {
      const { output } = await api.ended(await api.start('outcomes', api.newId('outcomes')));
      assert.deepEqual(output, {
        results: [
          { ok: false, reason: 'no 1' },
          { ok: true, value: 2 },
          { ok: false, reason: 'no 3' },
          { ok: true, value: 4 },
        ],
        afterwards: 'afterwards',
      });
    },
  },
  {
    name: 'an instance whose orchestrator returned early ends only when its open tasks have ended',
    run: async (api) => {
      const id = await api.start('failsFast', api.newId('fails-fast'));
      await api.reached(id, 'failed fast');
      assert.equal((await api.status(id)).runtimeStatus, 'Running');
      await api.openGate(id);
      const { runtimeStatus, output } = await api.ended(id);
      assert.equal(runtimeStatus, 'Completed');
      assert.equal(output, 'failed fast');
    },
  },
  {
    name: 'in a long history every activity gets its own result',
    run: async (api, host) => {
      const count = host.virtualTime ? 300 : 60;
      const { output } = await api.ended(await api.start('countsTo', api.newId('counts'), { count }));
      assert.deepEqual(output, { count, wrong: [] });
    },
  },
  {
    name: 'a custom status of 16 KB in UTF-16 passes',
    run: async (api) => {
      const { runtimeStatus, customStatus } = await api.ended(
        await api.start('statusOf', api.newId('status-fits'), { characters: 8192 }),
      );
      assert.equal(runtimeStatus, 'Completed');
      assert.equal(JSON.stringify(customStatus).length, 8192);
    },
  },
  {
    name: 'a custom status of 17 KB in UTF-16 fails the orchestration',
    run: async (api) => {
      const { runtimeStatus, output } = await api.ended(
        await api.start('statusOf', api.newId('status-bursts'), { characters: 17 * 512 }),
      );
      assert.equal(runtimeStatus, 'Failed');
      assert.match(String(output), /16 KB/);
    },
  },
];
