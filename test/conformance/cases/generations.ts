import assert from 'node:assert/strict';
import type { ConformanceCase } from '../conformanceCase.ts';

export const generations: readonly ConformanceCase[] = [
  {
    name: 'continueAsNew right after a cancelled timer brings a consumed event again and again',
    run: async (api, host) => {
      const id = api.newId('cancel-then-continue');
      await host.whileTimeStands(async () => {
        await api.start('cancelThenContinue', id, { signals: [] });
        await api.reached(id, 'waiting with 0');
        await api.signal(id, 'once');
      });
      // The orchestrator stops after three generations; the host would never stop.
      assert.deepEqual((await api.ended(id)).output, ['once', 'once', 'once']);
    },
  },
  {
    name: 'another yielded task between cancelled timer and continueAsNew cures it',
    run: async (api, host) => {
      const id = api.newId('cancel-yield-continue');
      await host.whileTimeStands(async () => {
        await api.start('cancelThenYieldThenContinue', id, { signals: [] });
        await api.reached(id, 'waiting with 0');
        await api.signal(id, 'once');
        await api.delivered(id, 1);
      });
      assert.deepEqual((await api.ended(id)).output, ['once']);
    },
  },
  {
    name: 'continueAsNew drops events that were delivered but not awaited',
    run: async (api) => {
      const id = await api.start('continueUndrained', api.newId('undrained'), { generation: 0 });
      await api.reached(id, 'working');
      await api.signal(id, '1', '2');
      await api.delivered(id, 2);
      await api.openGate(id);
      assert.deepEqual((await api.ended(id)).output, []);
    },
  },
  {
    name: 'a drain before continueAsNew saves them',
    run: async (api) => {
      const id = await api.start('continueDrained', api.newId('drained-generation'), { generation: 0 });
      await api.reached(id, 'working');
      await api.signal(id, '1', '2', '3');
      await api.delivered(id, 3);
      await api.openGate(id);
      assert.deepEqual([...((await api.ended(id)).output as string[])].sort(), ['1', '2', '3']);
    },
  },
  {
    name: 'events that arrive after the call of continueAsNew are carried over to the next generation',
    run: async (api, host) => {
      const id = api.newId('carried-over');
      await host.whileTimeStands(async () => {
        await api.start('continueWhileTimerOpen', id, { signals: [] });
        await api.reached(id, 'waiting');
        await api.signal(id, 'before');
        await api.delivered(id, 1);
        await api.signal(id, 'after 1', 'after 2');
        await api.delivered(id, 3);
      });
      const [first, ...rest] = (await api.ended(id)).output as string[];
      assert.equal(first, 'before');
      assert.deepEqual(rest.sort(), ['after 1', 'after 2']);
    },
  },
  {
    name: 'a custom status outlives continueAsNew for the first turn of the next generation only',
    run: async (api) => {
      const id = await api.start('statusOnce', api.newId('status-once'), { generation: 0 });
      await api.reached(id, 'set by the first generation');
      await api.openGate(id);
      const { output, customStatus } = await api.ended(id);
      assert.equal(output, 'second generation');
      assert.equal(customStatus, null);
    },
  },
  {
    name: 'continueAsNew keeps the instance id and clears the history',
    run: async (api) => {
      const id = await api.start('versioned', api.newId('cleared'));
      assert.equal((await api.ended(id)).instanceId, id);
      const echoes = (await api.history(id)).filter((event) => event.FunctionName === 'echo');
      assert.equal(echoes.length, 1);
    },
  },
];
