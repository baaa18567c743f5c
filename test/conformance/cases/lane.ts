import assert from 'node:assert/strict';
import type { ConformanceCase } from '../conformanceCase.ts';
import type { DurableApi } from '../durableApi.ts';

const LANE = { pending: [], applied: [], dueSeconds: 60, gated: false };

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** Stops the lane and checks that it has applied each of `signals` exactly once. */
async function expectAppliedOnce(api: DurableApi, id: string, signals: readonly string[]): Promise<void> {
  await api.signal(id, 'stop');
  const { output } = await api.ended(id);
  assert.deepEqual([...(output as string[])].sort(), [...signals, 'stop'].sort());
}

export const lane: readonly ConformanceCase[] = [
  {
    name: 'a lane applies each signal of a burst exactly once',
    run: async (api, host) => {
      const id = api.newId('lane-burst');
      const burst = numbered('burst', 30);
      await host.whileTimeStands(async () => {
        await api.start('lane', id, LANE);
        await Promise.all(burst.map((signal) => api.signal(id, signal)));
      });
      await expectAppliedOnce(api, id, burst);
    },
  },
  {
    name: 'a lane keeps signals that arrive in its quiet period',
    run: async (api, host) => {
      const id = api.newId('lane-quiet');
      await host.whileTimeStands(async () => {
        await api.start('lane', id, LANE);
        await api.reached(id, 'waiting');
        await api.signal(id, 'first');
        await api.delivered(id, 1);
        await api.signal(id, 'quiet 1', 'quiet 2');
        await api.delivered(id, 3);
      });
      await expectAppliedOnce(api, id, ['first', 'quiet 1', 'quiet 2']);
    },
  },
  {
    name: 'a lane keeps signals that arrive while it works',
    run: async (api) => {
      const id = api.newId('lane-work');
      await api.start('lane', id, { ...LANE, pending: ['before'], gated: true });
      await api.reached(id, 'working');
      await api.signal(id, 'work 1', 'work 2', 'work 3');
      await api.delivered(id, 3);
      await api.openGate(id);
      await expectAppliedOnce(api, id, ['before', 'work 1', 'work 2', 'work 3']);
    },
  },
  {
    name: 'a lane keeps signals that arrive as its work ends',
    run: async (api) => {
      const id = api.newId('lane-drain');
      await api.start('lane', id, { ...LANE, pending: ['before'], gated: true });
      await api.reached(id, 'working');
      const arriving = numbered('arriving', 10);
      await Promise.all([api.openGate(id), ...arriving.map((signal) => api.signal(id, signal))]);
      await expectAppliedOnce(api, id, ['before', ...arriving]);
    },
  },
  {
    name: 'a lane keeps signals through quiet period, drain, work and drain of one round',
    run: async (api, host) => {
      const id = api.newId('lane-round');
      await host.whileTimeStands(async () => {
        await api.start('lane', id, { ...LANE, gated: true });
        await api.reached(id, 'waiting');
        await api.signal(id, 'first', 'second');
        await api.delivered(id, 2);
        await api.signal(id, 'third');
      });
      await api.reached(id, 'working');
      await api.signal(id, 'fourth', 'fifth');
      await api.delivered(id, 2);
      await Promise.all([api.openGate(id), api.signal(id, 'sixth')]);
      await expectAppliedOnce(api, id, ['first', 'second', 'third', 'fourth', 'fifth', 'sixth']);
    },
  },
  {
    name: 'a lane keeps signals around the due times of its wait',
    run: async (api, host) => {
      const id = api.newId('lane-due');
      const signals = numbered('due', 20);
      // A wait that never gets a longer rest than this is always about to lose its race.
      await api.start('lane', id, { ...LANE, dueSeconds: 1 });
      for (const signal of signals) {
        await api.signal(id, signal);
        await host.breathe();
      }
      await expectAppliedOnce(api, id, signals);
    },
  },
  {
    name: 'a lane neither loses nor doubles any signal of a storm',
    run: async (api, host) => {
      const id = api.newId('lane-storm');
      await api.start('lane', id, { ...LANE, dueSeconds: 3 });
      const signals = numbered('storm', 120);
      // Three senders whose signals fall into every moment of the lane's rounds.
      const shares = [0, 1, 2].map((sender) => signals.filter((_, index) => index % 3 === sender));
      await Promise.all(
        shares.map(async (share) => {
          for (const signal of share) {
            await api.signal(id, signal);
            await host.breathe();
          }
        }),
      );
      await expectAppliedOnce(api, id, signals);
    },
  },
  {
    name: 'the same lane without its drain loses a signal that arrives while it works',
    run: async (api, host) => {
      const id = api.newId('lane-no-drain');
      await host.whileTimeStands(async () => {
        await api.start('laneWithoutDrain', id, { applied: [] });
        await api.reached(id, 'waiting');
        await api.signal(id, 'first');
        await api.reached(id, 'working');
      });
      await api.signal(id, 'lost');
      await api.delivered(id, 2);
      await api.openGate(id);
      assert.deepEqual((await api.ended(id)).output, ['first']);
    },
  },
];
