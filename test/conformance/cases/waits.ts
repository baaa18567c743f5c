import assert from 'node:assert/strict';
import type { ConformanceCase } from '../conformanceCase.ts';

export const waits: readonly ConformanceCase[] = [
  {
    name: 'a wait that lost its race stays open and swallows the next event',
    run: async (api) => {
      const id = await api.start('lostRace', api.newId('lost-race'));
      await api.reached(id, 'working');
      await api.signal(id, 'swallowed');
      await api.delivered(id, 1);
      await api.openGate(id);
      assert.deepEqual((await api.ended(id)).output, []);
    },
  },
  {
    name: 'racing the same wait again loses events too',
    run: async (api) => {
      const id = await api.start('racedTwice', api.newId('raced-twice'));
      await api.reached(id, 'race 1');
      await api.openGate(`${id}.1`);
      await api.reached(id, 'race 2');
      await api.signal(id, 'heard');
      await api.reached(id, 'working');
      await api.signal(id, 'lost');
      await api.delivered(id, 2);
      await api.openGate(`${id}.2`);
      await api.openGate(`${id}.3`);
      assert.deepEqual((await api.ended(id)).output, ['heard']);
    },
  },
  {
    name: 'buffered events of one name come first in, first out',
    run: async (api) => {
      const id = await api.start('buffered', api.newId('buffered'));
      await api.reached(id, 'working');
      for (const [count, signal] of ['first', 'second', 'third'].entries()) {
        await api.signal(id, signal);
        await api.delivered(id, count + 1);
      }
      await api.openGate(id);
      assert.deepEqual((await api.ended(id)).output, ['first', 'second', 'third']);
    },
  },
  {
    name: 'several waiters of one name are served last in, first out',
    run: async (api) => {
      const id = await api.start('twoWaiters', api.newId('two-waiters'));
      await api.reached(id, 'waiting');
      await api.signal(id, 'first event');
      await api.delivered(id, 1);
      await api.signal(id, 'second event');
      assert.deepEqual((await api.ended(id)).output, ['second event', 'first event']);
    },
  },
  {
    name: 'an abandoned wait takes no event while a newer wait of the name is open',
    run: async (api) => {
      const id = await api.start('waitsAgain', api.newId('waits-again'));
      await api.reached(id, 'waiting again');
      await api.signal(id, 'for the newer');
      assert.equal((await api.ended(id)).output, 'for the newer');
    },
  },
  {
    name: 'draining against due timers that are not cancelled loses nothing',
    run: async (api) => {
      const id = await api.start('drained', api.newId('drained'));
      const signals = ['1', '2', '3', '4', '5'];
      await api.reached(id, 'working');
      await api.signal(id, ...signals);
      await api.delivered(id, signals.length);
      await api.openGate(id);
      const { output } = await api.ended(id);
      assert.deepEqual([...(output as string[])].sort(), signals);
    },
  },
  {
    name: 'a second Task.any over a task that was in one schedules its activity again',
    run: async (api) => {
      const id = await api.start('activityRacedTwice', api.newId('activity-raced-twice'));
      await api.reached(id, 'first race');
      await api.signal(id, 'go');
      await api.reached(id, 'second race');
      await api.openGate(id);
      assert.equal((await api.ended(id)).runtimeStatus, 'Completed');
      const runs = (await api.history(id)).filter((event) => event.FunctionName === 'hold');
      assert.equal(runs.length, 2);
    },
  },
  {
    name: 'a losing timer that is not cancelled keeps an ending instance alive until it fires',
    run: async (api) => {
      const { createdTime, lastUpdatedTime, output } = await api.ended(
        await api.start('losingTimer', api.newId('losing-timer')),
      );
      assert.equal(output, 'fast');
      const seconds = (Date.parse(lastUpdatedTime) - Date.parse(createdTime)) / 1000;
      assert.ok(seconds >= 3, `ended after ${seconds} s`);
    },
  },
];
